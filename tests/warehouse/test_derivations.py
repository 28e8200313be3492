"""Derived values against references that share nothing with the models: every reading tried out."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pytest

from registry.warehouse import Build, Replay, Warehouse, connect, consensus_vars
from registry.warehouse.runner import project_variables, run_dbt
from tests.warehouse.material import tables

Row = dict[str, Any]

# All proteins of this small world; A*24:09N is never expressed.
PROTEINS = ("A*02:01", "A*02:05", "A*24:02", "A*24:03", "A*03:01", "A*03:02")
WRITTEN = (
    "A*02:01", "A*02:05:01", "HLA-A*24:02:01:02L", "A*03:01:01G", "A*24:09N", "A*02:01/02:05",
    "A*24:02/A*03:01", "A*24:02/A*24:09N", "A*02", "A*02:XX", "A*24:AB", None,
)  # fmt: skip


@pytest.fixture(scope="module")
def models(replay: Replay, home: Path) -> dict[str, str]:
    """The statements of the models that are made of releases only, in the order of the build."""
    nowhere = Warehouse(home / "derivations")
    nowhere.folder.mkdir(parents=True, exist_ok=True)
    results = run_dbt(
        ["compile", "--no-introspect", "--select", "int_hla_bounds", "int_hla_bounds_locus",
         "int_hla_options"],
        warehouse=nowhere, variables=project_variables(consensus_vars()), scratch=home / "scratch",
        cache=home / "cache",
    )  # fmt: skip
    nodes = [r.node for r in results if r.node.resource_type == "model"]
    return {node.relation_name: node.compiled_code for node in nodes}


def derived(replay: Replay, models: dict[str, str], rows: dict[str, list[Row]]) -> Any:
    connection = replay.models(tables(rows), locked=False)
    for relation, sql in models.items():
        connection.execute(f"create table {relation} as {sql}")
    return connection


def alleles(written: str | None) -> set[str]:
    """What one written allele can be: proteins, or `null` for one that is not expressed."""
    if written is None:
        return set(PROTEINS)
    found: set[str] = set()
    for part in written.replace("HLA-", "").split("/"):
        whole = part if "*" in part else f"A*{part}"
        protein = ":".join(whole.split(":")[:2]).rstrip("G")
        if protein.endswith("N"):
            found.add("null")
        elif protein in PROTEINS:
            found.add(protein)
        else:
            found |= {p for p in PROTEINS if p.startswith(protein[:4])}
    return found


def persons(first: str | None, second: str | None, confirmed: bool) -> set[tuple[str, str]]:
    """Every pair of expressed proteins a typing allows."""
    one, two = (first, second) if first is not None else (second, None)
    if one is None:
        return set()
    if two is None and confirmed:
        return {(a, a) for a in alleles(one) if a != "null"}
    found = set()
    for a, b in product(alleles(one), alleles(two)):
        if (a, b) != ("null", "null"):
            found.add((a if a != "null" else b, b if b != "null" else a))
    return found


def lacking(those: tuple[str, str], others: tuple[str, str]) -> int:
    return sum(allele not in others for allele in those)


def test_bounds_hold_every_mismatch_that_typing_allows(
    replay: Replay, models: dict[str, str]
) -> None:
    draw = random.Random(20)
    typings = {
        f"P{n}": tuple(
            (draw.choice(WRITTEN), draw.choice(WRITTEN), draw.random() < 0.2) for _ in "rd"
        )
        for n in range(1500)
    }
    rows: dict[str, list[Row]] = {"patient": [], "donor": [], "hla": []}
    for case, (recipient, donor) in typings.items():
        key = {"center_id": "C01", "case_id": case}
        rows["patient"].append({**key, "sex": "female"})
        rows["donor"].append({**key, "donor_id": "D1"})
        for subject, (one, two, confirmed) in (("patient", recipient), ("D1", donor)):
            rows["hla"].append({**key, "subject_id": subject, "locus": "A", "allele_1": one,
                                "allele_2": two, "homozygosity_confirmed": confirmed})  # fmt: skip
    with derived(replay, models, rows) as connection:
        found = {row[0]: row[1:] for row in connection.execute(
            "select case_id, gvh_mismatches_lo, gvh_mismatches_hi, hvg_mismatches_lo, "
            "hvg_mismatches_hi from int_hla_bounds_locus"
        ).fetchall()}  # fmt: skip
    loose = compared = 0
    for case, (recipient, donor) in typings.items():
        pairs = list(product(persons(*recipient), persons(*donor)))
        if not pairs:
            continue
        compared += 1
        gvh = [lacking(r, d) for r, d in pairs]
        hvg = [lacking(d, r) for r, d in pairs]
        gvh_lo, gvh_hi, hvg_lo, hvg_hi = found[case]
        what = (case, recipient, donor)
        assert gvh_lo <= min(gvh) <= max(gvh) <= gvh_hi, what
        assert hvg_lo <= min(hvg) <= max(hvg) <= hvg_hi, what
        if not any("09N" in str(t) or t[2] for t in (recipient, donor)):
            assert (gvh_lo, hvg_lo) == (min(gvh), min(hvg)), what
        loose += (gvh_lo, gvh_hi) != (min(gvh), max(gvh))
        if len(pairs) == 1:
            assert (gvh_lo, gvh_hi, hvg_lo, hvg_hi) == (gvh[0], gvh[0], hvg[0], hvg[0]), what
    assert compared > 1000
    # Wide bounds would hold everything: they are as narrow as can be nearly always.
    assert loose / compared < 0.2


def test_the_worked_vector_through_the_models(replay: Replay, models: dict[str, str]) -> None:
    """immunogenetr: of eight HvG 4 and GvH 5 matches, 4 both ways; and a null allele is no match."""
    typing = {
        "patient": {"A": ("A*29:02", "A*29:02"), "C": ("C*06:02", "C*07:01"),
                    "B": ("B*08:01", "B*13:02"), "DRB1": ("DRB1*04:01", "DRB1*07:01")},
        "D1": {"A": ("A*02:01", "A*29:02"), "C": ("C*06:01", "C*07:02"),
               "B": ("B*08:01", "B*13:03"), "DRB1": ("DRB1*04:01", "DRB1*07:01")},
        "D2": {"A": ("A*29:02", "A*24:09N"), "C": ("C*06:02", "C*07:01"),
               "B": ("B*08:01", "B*13:02"), "DRB1": ("DRB1*04:01", "DRB1*07:01")},
    }  # fmt: skip
    key = {"center_id": "C01", "case_id": "P1"}
    rows = {
        "patient": [{**key, "sex": "female"}],
        "donor": [{**key, "donor_id": donor} for donor in ("D1", "D2")],
        "hla": [{**key, "subject_id": who, "locus": locus, "allele_1": one, "allele_2": two}
                for who, loci in typing.items() for locus, (one, two) in loci.items()],
    }  # fmt: skip
    with derived(replay, models, rows) as connection:
        found = connection.execute(
            "select 8 - hvg_mismatches_8_lo, 8 - hvg_mismatches_8_hi, 8 - gvh_mismatches_8_lo, "
            "8 - gvh_mismatches_8_hi, 8 - bidirectional_mismatches_8_lo, "
            "8 - bidirectional_mismatches_8_hi from int_hla_bounds order by donor_id"
        ).fetchall()
    assert found == [(4, 4, 5, 5, 4, 4), (8, 8, 8, 8, 8, 8)]


def recovered(counts: list[tuple[int, float]], day_0: int, limit: float) -> int | str:
    """Days from day 0 to the first of three counts in a row at the limit, after the lowest of the first 28 days and
    once one was below it on day 0 or later."""
    counts = [(day, value) for day, value in counts if day >= day_0]
    if all(value >= limit for _, value in counts):
        return "never below"
    _, nadir = min(((value, -day) for day, value in counts if day <= day_0 + 28), default=(0.0, 0))
    for n, (day, _) in enumerate(counts):
        run = counts[n : n + 3]
        fell = any(value < limit for _, value in counts[:n])
        if (
            day > day_0
            and day >= -nadir
            and fell
            and len(run) == 3
            and all(value >= limit for _, value in run)
        ):
            return day - day_0
    return "not by the last count"


def test_neutrophil_recovery_as_counted_by_hand(replay: Replay) -> None:
    draw = random.Random(7)
    rows: dict[str, list[Row]] = {n: [] for n in ("patient", "course", "drug", "infusion",
                                                  "blood_count", "followup")}  # fmt: skip
    expected: dict[tuple[str, str, float], int | str] = {}
    for n in range(300):
        key = {"center_id": "C01", "case_id": f"P{n}"}
        days = sorted(draw.sample(range(4, 45), draw.randint(1, 16)))
        counts = [(day, draw.choice((0.1, 0.4, 0.5, 0.8, 1.0, 1.6))) for day in days]
        rows["patient"].append({**key, "sex": "female"})
        rows["course"].append({**key, "course_no": 1, "phase": "induction", "start_day": 4})
        rows["drug"].append({**key, "course_no": 1, "drug": "cytarabine", "first_day": 4,
                             "last_day": 10, "route": "IV"})  # fmt: skip
        rows["infusion"].append({**key, "infusion_no": 1, "course_no": 1, "infusion_day": 12})
        rows["followup"].append({**key, "last_contact_day": 90, "status": "alive"})
        rows["blood_count"] += [{**key, "sample_day": d, "anc_e9_per_l": v} for d, v in counts]
        for clock, day_0 in (("last dose", 10), ("infusion", 12)):
            if days[-1] > day_0:
                for limit in (0.5, 1.0):
                    expected[f"P{n}", clock, limit] = recovered(counts, day_0, limit)
    with replay.models(tables(rows)) as connection:
        found = connection.execute(
            "select case_id, clock, threshold_e9_per_l, coalesce(cast(days_to_recovery as varchar), "
            "outcome) from int_count_recovery"
        ).fetchall()
    assert {row[:3]: row[3] for row in found} == {k: str(v) for k, v in expected.items()}
    assert {"never below", "not by the last count"} < set(map(str, expected.values()))


@pytest.fixture
def analyst_file(built: Build) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(built.analyst) as connection:
        yield connection


def test_every_derived_value_says_why(analyst_file: duckdb.DuckDBPyConnection) -> None:
    silent = "select derivation from fct_derivation where coalesce(because, '') = ''"
    assert analyst_file.execute(silent).fetchall() == []


def test_kir_and_nothing_else_is_exploratory(analyst_file: duckdb.DuckDBPyConnection) -> None:
    found = analyst_file.execute("select distinct derivation, is_exploratory from fct_derivation")
    assert {
        name: flag for name, flag in found.fetchall() if flag != name.startswith(("KIR", "ligand"))
    } == {}


def test_disagreements_are_those_of_the_rows(analyst_file: duckdb.DuckDBPyConnection) -> None:
    rows = analyst_file.execute(
        "select center_id, derivation, definition_id, count(*) from fct_derivation "
        "where value <> center_value group by all order by all"
    ).fetchall()
    rates = analyst_file.execute(
        "select center_id, derivation, definition_id, disagree from mart_disagreement "
        "where disagree > 0 order by all"
    ).fetchall()
    assert rows == rates
    assert rows


def test_every_derivation_is_documented(analyst_file: duckdb.DuckDBPyConnection) -> None:
    page = (Path(__file__).parents[2] / "docs" / "derivations.md").read_text(encoding="utf-8")
    found = analyst_file.execute("select distinct derivation from fct_derivation").fetchall()
    named = {name for (name,) in found}
    listed = {name for line in page.splitlines() if line.startswith("| ")
              for name in re.split(", |; ", line.split("|")[1].strip())}  # fmt: skip
    assert named - listed - {name for name in named if f"| {name}, ELN" in page} == set()
