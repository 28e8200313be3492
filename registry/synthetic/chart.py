"""A patient while being written: who they are, and the rows collected so far."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from registry.forms import FORMS, MissingCode
from registry.forms.codes import Sex
from registry.synthetic.centers import Practice
from registry.synthetic.draw import Draw
from registry.synthetic.strata import AGE_GROUPS, Kind, Place

Row = dict[str, object]
Rows = dict[str, list[Row]]

NOT_DONE, UNKNOWN = MissingCode.NOT_DONE, MissingCode.UNKNOWN
NOT_APPLICABLE, WITHHELD = MissingCode.NOT_APPLICABLE, MissingCode.WITHHELD

# a row whose first day lies after the last contact is not written, a last day is cut to it
FIRST_DAY: Mapping[str, str] = MappingProxyType(
    {
        "conmed": "first_day", "transfusion": "transfusion_day", "blood_count": "sample_day",
        "response": "assessment_day", "mrd": "test_day", "chimerism": "sample_day",
        "immune": "sample_day", "complication": "onset_day", "radiation": "radiation_day",
        "plan": "decision_day", "fitness": "assessment_day", "antibody": "test_day",
    }
)  # fmt: skip
LAST_DAY: Mapping[str, str] = MappingProxyType({"conmed": "last_day", "complication": "end_day"})
CORE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        name: tuple(c.name for c in form.columns().values() if c.item.tier == "core")
        for name, form in FORMS.items()
    }
)


@dataclass(frozen=True)
class Person:
    """A patient as they come in."""

    practice: Practice
    case_id: str
    age_group: str
    age: int
    high_risk: bool
    kind: Kind
    rare: str
    relapse_rank: float
    death_rank: float
    sex: Sex
    height_cm: int
    weight_kg: float
    year: int
    censor_day: int

    @property
    def bsa_m2(self) -> float:
        """Body surface area after Mosteller."""
        return bsa_m2(self.height_cm, self.weight_kg)

    @property
    def bmi(self) -> float:
        return self.weight_kg / (self.height_cm / 100) ** 2


def bsa_m2(height_cm: float, weight_kg: float) -> float:
    return round(math.sqrt(height_cm * weight_kg / 3600), 2)


YEARS = {2015: 5, 2016: 6, 2017: 7, 2018: 9, 2019: 10, 2020: 10, 2021: 11, 2022: 11, 2023: 11, 2024: 11, 2025: 9}  # fmt: skip
CUT_DAY_OF_2026 = 303


def person(place: Place, draw: Draw) -> Person:
    """Draws who the patient is. Follow-up ends at the data cut of 31 October 2026."""
    low, high = AGE_GROUPS[place.age_group]
    age = low + int((high - low + 1) * draw.unit() ** (1.6 if low == 75 else 1.0))
    sex = draw.among(list(Sex))
    tall, heavy = (160, 61) if sex is Sex.FEMALE else (171, 70)
    western = place.practice.country != "CN"
    height = int(draw.normal(tall + 2 * western, 6, 143, 192, 0))
    weight = draw.normal(heavy + 7 * western + (height - tall) * 0.5, 9, 41, 124)
    year = draw.weighted(YEARS)
    cut = (2026 - year) * 365 + CUT_DAY_OF_2026 - draw.whole(0, 364)
    return Person(
        practice=place.practice.in_year(year), case_id=f"{place.practice.center_id}-{place.case_no:04d}",
        age_group=place.age_group, age=age, high_risk=place.high_risk, kind=place.kind,
        rare=place.rare, relapse_rank=place.relapse_rank, death_rank=place.death_rank, sex=sex, height_cm=height,
        weight_kg=weight, year=year, censor_day=cut - draw.whole(0, 60),
    )  # fmt: skip


class Chart:
    """Collects the rows of one case; a core item without a value does not apply."""

    def __init__(self, patient: Person, last_day: int) -> None:
        self._ids = {"center_id": patient.practice.center_id, "case_id": patient.case_id}
        self.last_day = last_day
        self.rows: Rows = {}

    def add(self, form: str, **values: object) -> None:
        first = values.get(FIRST_DAY.get(form, ""))
        if isinstance(first, int) and first > self.last_day:
            return
        row: Row = {**self._ids, **values}
        for column in CORE[form]:
            if row.get(column) is None:
                row[column] = NOT_APPLICABLE
        end = row.get(LAST_DAY.get(form, ""))
        if isinstance(end, int) and end > self.last_day:
            row[LAST_DAY[form]] = self.last_day
        self.rows.setdefault(form, []).append(row)
