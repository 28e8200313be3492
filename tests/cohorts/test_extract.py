"""What leaves in an extract and what stays; when it is refused."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.cohorts import marts
from registry.cohorts.risk import Known, risk_of
from registry.disclosure import policy
from registry.disclosure.policy import Extracts
from registry.forms import FORMS
from registry.home import home
from tests.cohorts.material import VERDICTS, write
from tests.cohorts.test_commands import entries, mst

pytestmark = pytest.mark.requirement("DEID-11")
LIMITS = policy().extracts
EVERYBODY = "- {include: everybody with AML, where: {disease: AML}}"
WHY = ("--reason", "survival by age")


def read(path: Path) -> list[dict[str, Any]]:
    return pyarrow.parquet.read_table(path).to_pylist()


@pytest.fixture
def cohort(served: None, tmp_path: Path) -> Path:
    return write(tmp_path, EVERYBODY)


def test_nothing_in_any_file_names_a_center_a_case_or_a_donor(cohort: Path, tmp_path: Path) -> None:
    told = mst("extract", cohort, "--to", tmp_path / "out", *WHY)
    assert told.exit_code == 0, told.output
    files = list((tmp_path / "out").iterdir())
    assert {f"{t}.{kind}" for t in LIMITS.tables for kind in ("csv", "parquet")} < {
        file.name for file in files
    }
    for file in files:
        words = str(read(file)) if file.suffix == ".parquet" else file.read_text()
        for pseudonym in ("PSEUDO", "DONOR1", "C01", "C02", "'center_id", "case_id", "donor_id"):
            assert pseudonym not in words, (file.name, pseudonym)


def test_the_rows_of_a_patient_stay_together_under_numbers_that_are_drawn_anew(
    cohort: Path, tmp_path: Path
) -> None:
    numbers = []
    for name in ("one", "two"):
        mst("extract", cohort, "--to", tmp_path / name, *WHY)
        sexes = {r["patient"]: r["sex"] for r in read(tmp_path / name / "dim_patient.parquet")}
        assert sorted(sexes) == list(range(1, 41))
        days = {
            r["time_days"]: r["patient"] for r in read(tmp_path / name / "fct_endpoint.parquet")
        }
        # day n is of the n-th of forty: women where n % 4 < 2
        assert [sexes[days[n]] == "female" for n in range(40)] == [n % 4 < 2 for n in range(40)]
        numbers.append([days[n] for n in range(40)])
    assert numbers[0] != numbers[1]
    assert numbers[0] != sorted(numbers[0])


def test_csv_and_parquet_hold_the_same_and_the_manifest_their_digests(
    cohort: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    mst("extract", cohort, "--to", out, *WHY)
    for table in LIMITS.tables:
        parquet = pyarrow.parquet.read_table(out / f"{table}.parquet")
        typed = pyarrow.csv.ConvertOptions(column_types=parquet.schema, strings_can_be_null=True)
        assert pyarrow.csv.read_csv(out / f"{table}.csv", convert_options=typed).equals(parquet)
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["sha256"] == {
        p.name: hashlib.sha256(p.read_bytes()).hexdigest()
        for p in out.iterdir() if p.name != "manifest.json"
    }  # fmt: skip
    assert (manifest["release"], manifest["reason"]) == ("made", "survival by age")
    assert (out / "cohort.yaml").read_text() == cohort.read_text()


def test_the_codebook_is_of_the_rows_and_columns_that_left(cohort: Path, tmp_path: Path) -> None:
    mst("extract", cohort, "--to", tmp_path / "out", *WHY)
    with (tmp_path / "out" / "codebook.csv").open() as file:
        told = {(e["table"], e["column"]): e for e in csv.DictReader(file)}
    for table in LIMITS.tables:
        columns = pyarrow.parquet.read_schema(tmp_path / "out" / f"{table}.parquet").names
        assert ["patient", *(c for t, c in told if t == table)] == columns
    dead = told["dim_patient", "is_dead"]
    assert (dead["rows"], dead["filled"], dead["filled_percent"]) == ("40", "35", "87.5")
    assert told["fct_endpoint", "time_days"]["values"] == "0 to 39"


@pytest.mark.requirement("SDC-16")
def test_too_unique_an_extract_is_refused_and_entered_and_leaves_nothing(
    cohort: Path, tmp_path: Path
) -> None:
    out, with_ = tmp_path / "out", ("--with", "age_at_diagnosis_years")
    told = mst("extract", cohort, "--to", out, *WHY, *with_, "--format", "json")
    assert told.exit_code == 2
    assert "Refused: more patients stand out" in told.stderr
    # ten ages, each of one age group and one or two sexes: classes of two
    risk = {row["measure"]: row["value"] for row in json.loads(told.stdout)}
    assert risk["patients in the smallest class"] == 2
    assert risk["of all patients, percent"] == 100
    assert not out.exists()
    assert entries() == [("extract of a cohort refused", "those, 40 patients: survival by age")]

    told = mst("extract", cohort, "--to", out, *WHY, *with_, "--despite", "agreed with the board")
    assert told.exit_code == 0, told.output
    action, detail = entries()[-1]
    assert action == "extract a cohort"
    assert detail.endswith("40 patients: survival by age; over the limit: agreed with the board")
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["over_the_limit_because"] == "agreed with the board"
    assert manifest["extract"] in detail
    assert (
        "age_at_diagnosis_years" in pyarrow.parquet.read_schema(out / "dim_patient.parquet").names
    )


def test_what_tells_the_center_or_an_age_leaves_only_when_asked_for(
    cohort: Path, tmp_path: Path
) -> None:
    asked = ("center_transfusion_standard", "center_supportive_care_standard", "age_at_diagnosis_years")  # fmt: skip
    found = {}
    for out, names in (("plain", ()), ("all", asked)):
        more = [word for name in names for word in ("--with", name)]
        told = mst("extract", cohort, "--to", tmp_path / out, *WHY, *more, "--despite", "agreed on")
        assert told.exit_code == 0, told.output
        held = set(pyarrow.parquet.read_schema(tmp_path / out / "dim_patient.parquet").names)
        assert held & LIMITS.on_request == set(names)
        key = (tmp_path / out / "risk.csv").read_text().splitlines()[1]
        assert all((name in key) == (name in names) for name in asked)
        verdicts = read(tmp_path / out / "fct_verdict.parquet")
        found[out] = {(v["recommendation_id"], v["verdict"], v["tier"]) for v in verdicts}
        filled = [e for e in csv.DictReader((tmp_path / out / "codebook.csv").open())
                  if (e["table"], e["column"]) == ("fct_verdict", "tier")]  # fmt: skip
        assert filled[0]["filled"] == str(sum(v["tier"] is not None for v in verdicts))
    assert found["all"] == set(VERDICTS)
    assert found["plain"] == {
        (entry, verdict, tier)
        for entry, verdict, tier in VERDICTS if entry == "MST-2.2-04"
    }  # fmt: skip


def test_no_column_of_the_centers_own_form_leaves_unasked() -> None:
    """All patients of a center share them, so that together they pick one out."""
    columns = {column for table in LIMITS.tables for column in marts()[table].columns}
    of_form = {f"center_{name}" for name in FORMS["center"].columns()} | {"adoption_period"}
    of_center = {c for c in columns if c.startswith("center_")} - {"center_id"}
    assert len(of_center) == 3
    assert (of_form & columns) | of_center <= LIMITS.on_request


@pytest.mark.requirement("SDC-16")
@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--reason", "why"), "Write a reason of at least 5 characters"),
        ((*WHY, "--despite", ""), "Write why the risk is taken"),
        (("--reason", "mail me: ann@example.org"), "These words seem to hold"),
        ((*WHY, "--with", "diagnosis_yeer"), "did you mean diagnosis_year?"),
        ((*WHY, "--with", "case_id"), "Only these columns leave on request"),
        ((), "Missing option '--reason'"),
    ],
)
def test_what_is_asked_for_wrongly_leaves_nothing(
    cohort: Path, tmp_path: Path, more: tuple[str, ...], said: str
) -> None:
    told = mst("extract", cohort, "--to", tmp_path / "out", *more)
    assert told.exit_code == 2
    assert said in " ".join(told.stderr.split())
    assert (entries(), (tmp_path / "out").exists()) == ([], False)


def test_a_folder_that_holds_something_is_left_as_it_is(cohort: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    told = mst("extract", cohort, "--to", tmp_path / "out", *WHY)
    assert (told.exit_code, entries()) == (2, [])
    assert "The folder holds something already" in told.stderr
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["mine"]


def test_a_cohort_of_nobody_is_said(served: None, tmp_path: Path) -> None:
    nobody = write(tmp_path, "- {include: everybody with APL, where: {disease: APL}}")
    told = mst("extract", nobody, "--to", tmp_path / "out", *WHY)
    assert told.exit_code == 2
    assert "Nobody is left in the cohort" in told.stderr


def test_the_policy_names_columns_that_exist_and_no_key() -> None:
    columns = {c: marts()[t].columns[c] for t in LIMITS.tables for c in marts()[t].columns}
    named = {*LIMITS.quasi_identifiers, *LIMITS.open_text, LIMITS.outcome}
    assert named <= columns.keys()
    keys = {"center_id", "case_id", "donor_id", "collection_id", "subject_id", "because"}
    assert not keys & (named | {c.name for c in columns.values() if c.kind != "text" or c.values})
    with pytest.raises(ValueError, match="must be a quasi-identifier"):
        Extracts.model_validate({**LIMITS.model_dump(), "on_request": ["n_courses"]})


# pairs of sex and age group, and whether the patient died
PATIENTS: list[Known] = [
    *[(("female", "60-64"), dead) for dead in (True, False, True, True, None)],
    *[(("male", "60-64"), dead) for dead in (True, True, None)],
    (("male", None), None),
]


def test_risk_by_hand() -> None:
    risk = risk_of(("sex", "age_group"), PATIENTS, LIMITS)
    assert (risk.patients, risk.classes, risk.smallest_class) == (9, 3, 1)
    assert risk.in_small_classes == 4  # three men, and one without an age group
    assert risk.one_outcome == 3  # all men of known outcome died; of the last nothing is known
    assert risk.is_over
    values = {row["measure"]: row["value"] for row in risk.rows()}
    assert values["highest chance to pick a patient out, percent"] == 100
    assert values["mean chance to pick a patient out, percent"] == 33.3


def test_the_limit_itself_may_leave() -> None:
    most = LIMITS.most_in_small_classes_percent
    alone, together = (("male",), True), (("female",), False)
    at_limit = [alone] * 1 + [together] * 19
    assert risk_of(("sex",), at_limit, LIMITS).percent_in_small_classes == most == 5
    assert not risk_of(("sex",), at_limit, LIMITS).is_over
    assert risk_of(("sex",), at_limit[:-1], LIMITS).is_over


@given(st.lists(st.tuples(st.tuples(st.sampled_from("ab"), st.integers(0, 2)), st.booleans())))
def test_risk_against_looking_at_each_patient(known: list[Known]) -> None:
    alike = [sum(other == mine for other, _ in known) for mine, _ in known]
    risk = risk_of(("one", "two"), known, LIMITS)
    assert risk.smallest_class == min(alike, default=0)
    assert risk.in_small_classes == sum(n < LIMITS.least_class for n in alike)
    assert risk.classes == len(Counter(mine for mine, _ in known))
    assert risk.one_outcome == sum(
        len({dead for other, dead in known if other == mine}) == 1 for mine, _ in known
    )


def test_the_served_file_still_holds_what_stayed(served: None) -> None:
    """Else the test of pseudonyms above would prove nothing."""
    path = home() / "warehouse" / "made-001" / "analyst.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        held = connection.execute("select count(*) from fct_infusion where donor_id = 'DONOR1'")
        assert held.fetchone() == (40,)
