"""The drugs of a course, as the consensus lists them (4.1, 4.2, 5.1, 5.2) and as centers vary them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from registry.forms.codes import Drug, Regimen, Route
from registry.synthetic.draw import Draw

CYTOTOXIC_FREE = frozenset({Drug.VENETOCLAX, Drug.GILTERITINIB, Drug.MIDOSTAURIN, Drug.IVOSIDENIB})


@dataclass(frozen=True)
class Dose:
    """Equal doses on a block of days. `end_minute` is the time of day at which the last one ended."""

    drug: Drug
    first: int
    last: int
    end_minute: int | None
    mg_per_m2: float | None
    per_day: int = 1
    days: int = 0
    route: Route = Route.IV
    mg: float | None = None

    def moved(self, days: int) -> Dose:
        """The same block so many days later."""
        return replace(self, first=self.first + days, last=self.last + days)

    def cut(self, last: int) -> Dose | None:
        """The same block, stopped on day `last`."""
        if self.first > last:
            return None
        if self.last <= last:
            return self
        return replace(self, last=last, days=last - self.first + 1)


def _block(drug: Drug, first: int, days: int, mg_per_m2: float, end: int, per_day: int = 1) -> Dose:
    return Dose(drug, first, first + days - 1, end, mg_per_m2, per_day, days)


def _end(draw: Draw, low_hour: int, high_hour: int) -> int:
    return 60 * draw.whole(low_hour, high_hour - 1) + 5 * draw.whole(0, 11)


def _anthracycline(draw: Draw, start: int, *, reduced: bool) -> Dose:
    drug = draw.weighted({Drug.DAUNORUBICIN: 5.0, Drug.IDARUBICIN: 4.0, Drug.MITOXANTRONE: 1.0})
    full = 60.0 if drug is Drug.DAUNORUBICIN else 12.0
    low = 45.0 if drug is Drug.DAUNORUBICIN else draw.among([8.0, 10.0])
    return _block(drug, start, 3, low if reduced and draw.chance(0.8) else full, _end(draw, 10, 14))


def seven_and_three(draw: Draw, start: int, *, reduced: bool) -> tuple[Dose, ...]:
    days = 5 if reduced and draw.chance(0.35) else 7
    dose = draw.among([75.0, 100.0, 100.0]) if reduced else draw.among([100.0, 100.0, 150.0, 200.0])
    if draw.chance(0.04):
        dose = 50.0  # a deviation: less than the list allows
    per_day = 2 if draw.chance(0.2) else 1
    cytarabine = _block(Drug.CYTARABINE, start, days, dose / per_day, _end(draw, 16, 22), per_day)
    return (_anthracycline(draw, start, reduced=reduced), cytarabine)


def venetoclax_and_hma(draw: Draw, start: int, *, ramp: bool, azole: bool) -> tuple[Dose, ...]:
    """Venetoclax runs on after the cells; azoles ask for 100 mg."""
    return (*_hma(draw, start), *_venetoclax(start, ramp=ramp, azole=azole))


def hma_alone(draw: Draw, start: int) -> tuple[Dose, ...]:
    return _hma(draw, start)


def _hma(draw: Draw, start: int) -> tuple[Dose, ...]:
    end = _end(draw, 10, 15)
    if draw.chance(0.35):
        return (_block(Drug.DECITABINE, start, 5, 20.0, end),)
    if draw.chance(0.25):
        return (
            _block(Drug.AZACITIDINE, start, 5, 75.0, end),
            _block(Drug.AZACITIDINE, start + 7, 2, 75.0, end),
        )
    return (_block(Drug.AZACITIDINE, start, 5 if draw.chance(0.1) else 7, 75.0, end),)


def _venetoclax(start: int, *, ramp: bool, azole: bool) -> tuple[Dose, ...]:
    if azole:
        blocks = [(100.0, 1, 28)]
    else:
        blocks = [(100.0, 1, 1), (200.0, 2, 2), (400.0, 3, 28)] if ramp else [(400.0, 1, 28)]
    return tuple(
        Dose(
            Drug.VENETOCLAX, start + a - 1, start + b - 1, None, None, 1, b - a + 1, Route.ORAL, mg
        )
        for mg, a, b in blocks
    )


def cpx_351(draw: Draw, start: int, *, consolidation: bool = False) -> tuple[Dose, ...]:
    """Doses are those of the cytarabine part: 100 mg/m2 on days 1, 3, 5 (65 on 1, 3 later)."""
    if consolidation:
        return (Dose(Drug.CPX_351, start, start + 2, _end(draw, 11, 15), 65.0, 1, 2),)
    return (Dose(Drug.CPX_351, start, start + 4, _end(draw, 11, 15), 100.0, 1, 3),)


def cytarabine_twice_daily(draw: Draw, start: int, mg_per_m2: float) -> tuple[Dose, ...]:
    return (_block(Drug.CYTARABINE, start, 3, mg_per_m2, _end(draw, 20, 24), 2),)


def salvage(draw: Draw, start: int) -> tuple[Dose, ...]:
    """Fludarabine belongs to some salvage regimens, which the consensus avoids with MST."""
    doses = [_block(Drug.CYTARABINE, start, 5, 1000.0, _end(draw, 14, 20))]
    if draw.chance(0.4):
        doses.append(_block(Drug.FLUDARABINE, start, 5, 30.0, _end(draw, 9, 12)))
    else:
        doses.append(_block(Drug.MITOXANTRONE, start, 3, 8.0, _end(draw, 9, 12)))
    return tuple(doses)


def last_cytotoxic_end(doses: tuple[Dose, ...]) -> int:
    """Minutes since day 0 at which the last cytotoxic dose ended."""
    return max(d.last * 1440 + (d.end_minute or 0) for d in doses if d.drug not in CYTOTOXIC_FREE)


def doses_of(
    regimen: Regimen, draw: Draw, start: int, *, ramp: bool, azole: bool, consolidation: bool
) -> tuple[Dose, ...]:
    """The drugs of a named regimen."""
    match regimen:
        case Regimen.STANDARD_7_3:
            return seven_and_three(draw, start, reduced=False)
        case Regimen.REDUCED_7_3:
            return seven_and_three(draw, start, reduced=True)
        case Regimen.VEN_HMA:
            return venetoclax_and_hma(draw, start, ramp=ramp, azole=azole)
        case Regimen.CPX_351:
            return cpx_351(draw, start, consolidation=consolidation)
        case Regimen.INTERMEDIATE_CYTARABINE:
            return cytarabine_twice_daily(draw, start, draw.among([500.0, 1000.0, 1000.0]))
        case Regimen.HIGH_DOSE_CYTARABINE:
            return cytarabine_twice_daily(draw, start, draw.among([1500.0, 2000.0]))
        case Regimen.HMA_ALONE:
            return hma_alone(draw, start)
        case _:
            return salvage(draw, start)
