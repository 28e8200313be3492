"""Every fault of every file is reported at once, with file, line and entry."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from registry import consensus
from registry.consensus import ConsensusFaults, load_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "2023.1"
    shutil.copytree(consensus.FOLDER / consensus.CURRENT_VERSION, copy)
    return copy


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(ConsensusFaults) as caught:
        load_folder(folder)
    return [str(fault) for fault in caught.value.faults]


def line_of(path: Path, text: str) -> int:
    return next(n for n, line in enumerate(path.read_text().splitlines(), 1) if text in line)


def test_the_shipped_consensus_has_no_fault(folder: Path) -> None:
    assert len(load_folder(folder).recommendations) == len(consensus.load().recommendations)


def test_faults_of_many_files_and_entries_are_told_together(folder: Path) -> None:
    principle = folder / "section_2_principle.yaml"
    first = line_of(principle, "- id: MST-2-04")
    change(principle, "headline: true", "headlines: true")  # MST-2-04
    change(principle, "{is_false: fludarabine_given}", "{is_false: fludarabin_given}")  # MST-2-05
    change(principle, "tier: matched_donor", "tier: matched_donors")  # MST-2-08
    change(folder / "section_2_1_donor_screening.yaml", "{parameter: kir_genes_complete}",
           "{parameter: kir_genes}")  # fmt: skip
    change(folder / "section_5_post_remission.yaml", "headline: false", "headline: true")
    change(folder / "section_2_3_supportive_care.yaml", "case: not_evaluable", "case: boundary")
    change(folder / "benchmarks.yaml", "trust: low", "trust: high")
    told = "\n".join(faults_of(folder))
    for words in (
        f"section_2_principle.yaml:{first}: statements MST-2-04: headline is missing",
        "MST-2-04 headlines: headlines is not a known key",
        "fludarabin_given is not a fact of this subject",
        "there is no tier matched_donors",
        "no parameter named 'kir_genes' in parameters.yaml",
        "suggested is weaker than a recommendation",
        "no example of: not_evaluable",
        "benchmarks B-02 trust:",
    ):
        assert words in told


def test_a_fault_names_its_line(folder: Path) -> None:
    path = folder / "section_2_2_collection_infusion.yaml"
    line = line_of(path, "between: {fact: mnc_e8_per_kg, low: 1.875")
    change(path, "low: 1.875, high: 3.125", "low: low, high: 3.125")
    told = faults_of(folder)
    place = f"{path.name}:{line}: statements MST-2.2-08 readings or met any item 1 between low"
    assert any(fault.startswith(place) for fault in told)


FAULTS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "an id given twice": (
        "more than one entry",
        lambda f: change(f / "section_2_principle.yaml", "id: MST-2-05", "id: MST-2-04"),
    ),
    "a key written twice": (
        "written twice",
        lambda f: change(f / "section_2_principle.yaml", "    kind: rule\n",
                         "    kind: rule\n    kind: option\n"),
    ),
    "not YAML": (
        "not YAML",
        lambda f: change(f / "section_2_principle.yaml", "statements:", "statements: ]"),
    ),
    "an alias within itself": (
        "trial_or_care: stands within itself",
        lambda f: change(f / "section_4_3_frail_and_timing.yaml", "met: &trial_or_care",
                         "met: &trial_or_care [*trial_or_care]\n        deviated:"),
    ),
    "a file gone": ("the file is missing", lambda f: (f / "parameters.yaml").unlink()),
    "an entry in the wrong file": (
        "this file is section",
        lambda f: change(f / "section_2_principle.yaml", 'section: "2"', 'section: "3"'),
    ),
    "two defaults": (
        "one reading must be the default, there are 2",
        lambda f: change(f / "section_2_2_collection_infusion.yaml", "      - name: and\n",
                         "      - name: and\n        default: true\n"),
    ),
    "an example that contradicts its case": (
        "cannot expect deviated",
        lambda f: change(f / "section_2_principle.yaml", "verdict: met", "verdict: deviated"),
    ),
    "an example of a fact nobody reads": (
        "is not a fact column of this subject",
        lambda f: change(f / "section_2_principle.yaml", "tbi_given: false}", "tbi: false}"),
    ),
    "a number that is not said to be the registry's": (
        "say in `registry_defined`",
        lambda f: change(f / "section_2_3_supportive_care.yaml",
                         "    registry_defined: >-\n      The paper gives no window around the",
                         "    correction: >-\n      The paper gives no window around the"),
    ),
    "an unknown parameter of a fact": (
        "no parameter named 'radiation_days'",
        lambda f: change(f / "section_2_principle.yaml",
                         "fact_parameters: [radiation_days_before_course",
                         "fact_parameters: [radiation_days"),
    ),
    "a fact used as what it is not": (
        "is a boolean and is used as a number",
        lambda f: change(f / "section_2_principle.yaml", "{is_true: is_mst}",
                         "{at_least: {fact: is_mst, value: 1}}"),
    ),
    "an interval used as a plain fact": (
        "hours_since_cytotoxic is an interval",
        lambda f: change(f / "section_2_2_collection_infusion.yaml",
                         "{between: {interval: hours_since_cytotoxic",
                         "{between: {fact: hours_since_cytotoxic"),
    ),
    "a rule that is not judged and does not say why": (
        "a rule gives a verdict, or says in `undecidable` why it cannot",
        lambda f: change(f / "section_2_4_concomitant_medication.yaml", "    undecidable: >-",
                         "    use: >-"),
    ),
    "a statement nobody does anything with": (
        "say in `use` what the registry does",
        lambda f: change(f / "section_2_principle.yaml", "    use: >-", "    correction: >-"),
    ),
    "a figure of a fact that is no text": (
        "is_mst is not a text fact of this subject",
        lambda f: change(f / "section_2_principle.yaml", "        by: phase", "        by: is_mst"),
    ),
    "a tension that is not listed": (
        "T-99 is not in tensions.yaml",
        lambda f: change(f / "section_5_post_remission.yaml", "tensions: [T-13,",
                         "tensions: [T-99, T-13,"),
    ),
    "a tension that no entry represents": (
        "no entry represents this tension",
        lambda f: (f / "tensions.yaml").write_text(
            (f / "tensions.yaml").read_text()
            + "\n  - {id: T-98, title: x, where: x, tension: x, represented: x}\n"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found(folder: Path, name: str) -> None:
    words, spoil = FAULTS[name]
    spoil(folder)
    assert any(words in fault for fault in faults_of(folder))


def test_a_version_that_does_not_exist_is_named() -> None:
    with pytest.raises(KeyError, match=r"there are 2023\.1"):
        consensus.load("1999.1")
    with pytest.raises(KeyError, match="MST-2-04"):
        consensus.load().get("MST-9-99")
