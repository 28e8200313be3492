"""The mistakes that can be planted: which row each fits, and what then stands in the cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

from registry.forms import MissingCode
from registry.synthetic.chart import Row, Rows

RENUMBERED = (
    ("course", "course_no"), ("drug", "course_no"), ("infusion", "course_no"),
    ("response", "after_course_no"),
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """The rows of one case, with their position in the sheet."""

    case_id: str
    rows: Rows

    def of(self, form: str) -> list[tuple[int, Row]]:
        return [(i, r) for i, r in enumerate(self.rows[form]) if r["case_id"] == self.case_id]

    def first(self, form: str, column: str, value: object) -> Row:
        return next(row for _, row in self.of(form) if row[column] == value)

    @property
    def followup(self) -> Row:
        return self.of("followup")[0][1]

    @property
    def last_day(self) -> int:
        return whole(self.followup["last_contact_day"])


def whole(value: object) -> int:
    return int(str(value))


def number(value: object) -> float:
    return float(str(value))


def has(column: str) -> Callable[[Case, Row], bool]:
    def test(case: Case, row: Row) -> bool:
        value = row.get(column)
        return value is not None and not isinstance(value, MissingCode)

    return test


def when(column: str, value: object) -> Callable[[Case, Row], bool]:
    return lambda case, row: row.get(column) == value


def always(text: object) -> Callable[[Case, Row], object]:
    return lambda case, row: text


@dataclass(frozen=True)
class Spec:
    """One kind of mistake in one column."""

    kind: str
    form: str
    column: str
    value: Callable[[Case, Row], object]
    fits: Callable[[Case, Row], bool] = lambda case, row: True


def _course_start(case: Case, row: Row) -> int:
    return whole(case.first("course", "course_no", row["course_no"])["start_day"])


def _known_course(case: Case, row: Row) -> bool:
    found = [r for _, r in case.of("course") if r["course_no"] == row["course_no"]]
    return bool(found) and isinstance(found[0]["start_day"], int)


def _frozen_and_thawed(case: Case, row: Row) -> bool:
    return row.get("thaw_day") is not None


def _relapsed(case: Case, row: Row) -> bool:
    return row["relapsed"] is True


def _doubled_dose(case: Case, row: Row) -> float:
    return round(2 * number(row["mnc_e8_per_kg"]), 2)


SPECS: tuple[Spec, ...] = (
    Spec("unknown code", "patient", "sex", always("F")),
    Spec("misspelt code", "diagnosis", "disease", always("AMLL")),
    Spec("unknown code", "course", "regimen", always("7+3")),
    Spec("decimal comma", "infusion", "mnc_e8_per_kg", always("2,5")),
    Spec("decimal comma", "patient", "weight_kg", always("61,5")),
    Spec("text in a number", "aliquot", "mnc_e8", always("approx. 150")),
    Spec("unit in a number", "drug", "dose_mg_per_m2", always("100 mg/m2"), has("dose_mg_per_m2")),
    Spec("impossible value", "patient", "age_at_diagnosis_years", always(168)),
    Spec("impossible value", "diagnosis", "marrow_blasts_pct", always(140)),
    Spec("impossible value", "blood_count", "platelets_e9_per_l", always(14200)),
    Spec("unusual value", "patient", "height_cm", always(98)),
    Spec("unknown donor", "infusion", "donor_id", always("D7")),
    Spec("unknown aliquot", "infusion", "aliquot_id", always("COL9-A")),
    Spec("unknown course", "drug", "course_no", always(19), when("route", "oral")),
    Spec(
        "after last contact", "complication", "onset_day", lambda c, r: c.last_day + 30,
        when("kind", "fever"),
    ),
    Spec(
        "infusion before chemotherapy", "infusion", "infusion_day",
        lambda c, r: _course_start(c, r) - 3, _known_course,
    ),
    Spec("more infused than the aliquot holds", "infusion", "mnc_e8_per_kg", _doubled_dose),
    Spec(
        "more in an aliquot than collected", "aliquot", "mnc_e8",
        lambda c, r: round(1.5 * number(
            c.first("collection", "collection_id", r["collection_id"])["mnc_e8"]), 1),
    ),
    Spec("CD4 and CD8 exceed CD3", "collection", "cd4_e8", lambda c, r: r["cd3_e8"]),
    Spec("subset exceeds MNC", "collection", "nk_e8", lambda c, r: number(r["mnc_e8"]) + 40),
    Spec("KIR framework gene absent", "kir", "present", always(False), when("gene", "3DL3")),
    Spec(
        "KIR linkage broken", "kir", "present", always(False),
        lambda c, r: r["gene"] == "2DP1" and r["present"] is True,
    ),
    Spec("single allele", "hla", "allele_2", always(None), when("locus", "B")),
    Spec("allele turned into a time", "hla", "allele_1", always(time(2, 1)), when("locus", "A")),
    Spec("allele syntax", "hla", "allele_1", always("A0201"), when("locus", "A")),
    Spec("missing core item", "patient", "sex", always(None)),
    Spec("missing core item", "course", "start_day", always(None), when("phase", "consolidation")),
    Spec("missing core item", "chimerism", "lod_pct", always(None)),
    Spec(
        "grade turned into a date", "complication", "ctcae_grade", always(date(2026, 3, 4)),
        when("kind", "infection"),
    ),
    Spec("date in a text cell", "mrd", "result", always(date(2024, 4, 2))),
    Spec("calendar date for a day", "course", "end_day", always("12/03/2024")),
    Spec("time of day", "drug", "last_dose_end_time", always("6pm"), has("last_dose_end_time")),
    Spec("time of day", "infusion", "infusion_start_time", always("25:10")),
    Spec("neither yes nor no", "course", "drug_list_complete", always("maybe")),
    Spec("unknown word for missing", "infusion", "cd3_e8_per_kg", always("n/a")),
    Spec("relapse before remission", "followup", "relapse_day", always(5), _relapsed),
    Spec(
        "contradiction", "followup", "relapsed", always(False),
        lambda c, r: _relapsed(c, r) and whole(r["relapse_day"]) > 30,
    ),
    Spec(
        "alive with a cause of death", "followup", "death_cause", always("leukaemia"),
        when("status", "alive"),
    ),
    Spec("CR with blasts", "response", "marrow_blasts_pct", always(30), when("response", "CR")),
    Spec(
        "thawed before frozen", "aliquot", "thaw_day", lambda c, r: whole(r["freeze_day"]) - 2,
        _frozen_and_thawed,
    ),
    Spec(
        "ends before it starts", "drug", "last_day", lambda c, r: whole(r["first_day"]) - 2,
        lambda c, r: r["drug"] == "cytarabine" and isinstance(r["last_day"], int),
    ),
    Spec(
        "collected before mobilised", "collection", "mobilisation_start_day",
        lambda c, r: whole(r["collection_day"]) + 2,
    ),
    Spec("row of another center", "transfusion", "center_id", always("C03")),
    Spec("wrong sum", "fitness", "hct_ci_score", lambda c, r: whole(r["hct_ci_score"]) + 4),
)  # fmt: skip
