"""The staging layer is what the forms say, byte for byte."""

from __future__ import annotations

import re

import yaml

from registry.forms import FORMS
from registry.warehouse import staging
from registry.warehouse.runner import PROJECT


def test_staging_is_generated_from_the_forms() -> None:
    found = {path.name: path.read_text(encoding="utf-8") for path in staging.FOLDER.iterdir()}
    assert found == staging.rendered(), f"rebuild with: {staging.COMMAND}"


def test_generated_files_say_so_first() -> None:
    assert all(staging.COMMAND in text.splitlines()[0] for text in staging.rendered().values())


def test_only_staging_reads_sources() -> None:
    for path in (PROJECT / "models").rglob("*.sql"):
        # Verdicts by earlier versions of the consensus, and queries, lie beside the rows while a build runs.
        reads = path.parent.name == "staging" or path.stem in ("fct_verdict", "int_quality")
        assert ("source(" in path.read_text()) == reads, path.name


def test_every_model_is_described_by_its_grain() -> None:
    described = {
        model["name"]: model["description"]
        for path in (PROJECT / "models").rglob("_*.yml")
        for model in yaml.safe_load(path.read_text()).get("models", [])
    }
    models = [p for p in (PROJECT / "models").rglob("*.*") if p.suffix in (".sql", ".py")]
    assert set(described) == {path.stem for path in models}
    for name, words in described.items():
        assert words.strip().rstrip(".").rpartition(". ")[2].startswith("One row per"), name


def test_models_keep_to_the_style() -> None:
    """Lower case; what is written by hand ends in `select * from final`; DuckDB's own words stand in one macro file."""
    own = re.compile(
        r"regexp_|json_|unnest|generate_series|qualify|struct_pack|group by all", re.IGNORECASE
    )
    for path in (*(PROJECT / "models").rglob("*.sql"), *(PROJECT / "macros").rglob("*.sql")):
        text = path.read_text()
        if path.name != "adapter.sql":
            assert not own.search(text), path.name
        code = re.sub(r"--.*|\{#.*?#\}|'[^']*'", "", text, flags=re.DOTALL if "{#" in text else 0)
        assert not re.search(r"\b(SELECT|FROM|WHERE|JOIN)\b", code), path.name
        if path.parts[-2] in ("intermediate", "derivations", "marts", "public"):
            assert text.rstrip().endswith("select * from final"), path.name


def test_every_form_has_a_source_and_a_model() -> None:
    names = set(staging.rendered())
    assert {f"stg_{form}.sql" for form in FORMS} | {"_sources.yml", "_staging.yml"} == names
