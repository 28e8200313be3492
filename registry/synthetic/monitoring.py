"""The response, residual disease, chimerism and immune monitoring forms."""

from __future__ import annotations

from dataclasses import dataclass

from registry.forms.codes import (
    CellFraction,
    ChimerismMethod,
    MrdMethod,
    Response,
    SampleSource,
    Sex,
    TestResult,
)
from registry.synthetic.cells import Supply
from registry.synthetic.chart import NOT_DONE, Chart, Person
from registry.synthetic.disease import Profile
from registry.synthetic.draw import Draw
from registry.synthetic.story import REMISSIONS, Assessment, Story


def write_responses(chart: Chart, story: Story, draw: Draw) -> None:
    counts = {row["sample_day"]: row for row in chart.rows.get("blood_count", [])}
    for found in story.assessments:
        # a partial remission with the counts of ELN 2022 is rare: its counts are left out
        count = {} if found.response is Response.PR else counts.get(found.day, {})
        missed = found.response is Response.NOT_EVALUABLE
        chart.add(
            "response", assessment_day=found.day, after_course_no=found.after_course,
            response=found.response, marrow_done=not missed,
            marrow_adequate=None if missed else True,
            marrow_blasts_pct=NOT_DONE if missed else _blasts(found, draw),
            blood_blasts_pct=0 if found.response in REMISSIONS else None,
            extramedullary_disease=False if found.response in REMISSIONS else None,
            anc_e9_per_l=count.get("anc_e9_per_l"), platelets_e9_per_l=count.get("platelets_e9_per_l"),
        )  # fmt: skip


def _blasts(found: Assessment, draw: Draw) -> float:
    match found.response:
        case Response.PR:
            return draw.normal(13, 4, 6, 24, 0)
        case Response.NO_RESPONSE:
            return draw.normal(45, 15, 26, 92, 0)
        case Response.RELAPSE:
            return draw.normal(38, 18, 8, 95, 0)
        case _:
            return draw.normal(2, 1, 0, 4, 0)


def write_mrd(chart: Chart, patient: Person, story: Story, found: Profile, draw: Draw) -> None:
    """After every remission marrow; patients who relapse are positive more often."""
    if not patient.practice.follows_mrd:
        return
    relapses = story.relapse_day is not None
    molecular = [g for g in ("NPM1", "RUNX1::RUNX1T1", "CBFB::MYH11") if g in found.lesions]
    for assessed in (a for a in story.assessments if a.response in REMISSIONS):
        positive = draw.chance(0.5 if relapses else 0.15)
        _mrd(chart, assessed.day, MrdMethod.FLOW, "LAIP", 0.1, positive, draw)
        if molecular:
            _mrd(chart, assessed.day, MrdMethod.QPCR, molecular[0], 0.01, positive, draw)


def _mrd(
    chart: Chart, day: int, method: MrdMethod, target: str, lod: float, positive: bool, draw: Draw
) -> None:
    chart.add(
        "mrd", test_day=day, method=method, target=target, source=SampleSource.MARROW,
        result=TestResult.POSITIVE if positive else TestResult.NEGATIVE,
        value_pct=round(lod * (1 + 8 * draw.unit()), 3) if positive else None, lod_pct=lod,
    )  # fmt: skip


# The seven named in 2.3, with usual values in pg/mL.
CYTOKINES = {"il2": 2.0, "il6": 9.0, "il8": 18.0, "il10": 4.0, "il12": 2.0, "ifn_alpha": 2.0,
             "ifn_gamma": 5.0}  # fmt: skip


@dataclass(frozen=True)
class Persistence:
    """Donor cells in the blood: a level after infusion that falls below any limit in the end.

    NGS sees them for a median of 10.5 months; STR-PCR sees nothing below 1 %.
    """

    start_pct: float
    months: float

    def level(self, days_since_infusion: int) -> float:
        return float(self.start_pct * 0.5 ** (4 * days_since_infusion / (self.months * 30.4)))


def persistence(patient: Person, draw: Draw) -> Persistence:
    months = max(draw.around(10.5, 0.8), 0.3)
    if patient.rare == "full chimerism":
        return Persistence(97.5, 400)
    if patient.rare in ("mixed chimerism", "severe GVHD"):
        return Persistence(3 + 20 * draw.unit(), 12)
    return Persistence(min(draw.around(0.35, 0.6), 0.95), months)


def write_chimerism(
    chart: Chart, patient: Person, story: Story, cells: Supply, sexes: dict[str, Sex], draw: Draw
) -> None:
    method = patient.practice.chimerism
    if method is None:
        return
    donors = persistence(patient, draw)
    stop = story.allo_day or story.last_day + 1
    taken: set[int] = set()
    for given in cells.infusions:
        if method is ChimerismMethod.FISH and sexes[given.donor_id] == patient.sex:
            continue
        for day in _sample_days(patient, given.day, draw):
            if day in taken or day >= stop or any(given.day < i.day < day for i in cells.infusions):
                continue
            taken.add(day)
            _sample(chart, patient, given.donor_id, day, donors.level(day - given.day), draw)


def _sample_days(patient: Person, infused: int, draw: Draw) -> list[int]:
    days = [infused + draw.whole(12, 28)] if draw.chance(0.85) else []
    if patient.practice.chimerism_serial:
        days += [infused + draw.whole(m * 30, m * 30 + 12) for m in (2, 3, 6, 9, 12, 18)]
    return days


def _sample(
    chart: Chart, patient: Person, donor_id: str, day: int, level: float, draw: Draw
) -> None:
    method, lod = patient.practice.chimerism, patient.practice.chimerism_lod_pct
    seen = level >= lod
    chart.add(
        "chimerism", sample_day=day, donor_id=donor_id, method=method,
        cell_fraction=CellFraction.WHOLE, source=SampleSource.BLOOD, detected=seen,
        donor_pct=round(level, 2) if seen else None, lod_pct=lod,
        informative_markers=draw.whole(2, 9) if method is ChimerismMethod.STR_PCR else draw.whole(8, 40),
    )  # fmt: skip


def write_immune(chart: Chart, patient: Person, cells: Supply, draw: Draw) -> None:
    if not patient.practice.immune:
        _no_immune_sample(chart, patient, cells)
        return
    a2 = any(
        str(v).startswith("A*02:01")
        for row in chart.rows.get("hla", [])
        if row["subject_id"] == "patient"
        for v in (row["allele_1"], row["allele_2"])
    )
    for given in cells.infusions[:3]:
        _immune_sample(chart, patient, given.day + draw.whole(13, 17), a2, draw)


def _no_immune_sample(chart: Chart, patient: Person, cells: Supply) -> None:
    """Most centers without immune monitoring say so, once a patient; some leave the form empty."""
    if not cells.infusions or patient.age % 6 == 0:
        return
    chart.add(
        "immune", sample_day=cells.infusions[0].day + 14, t_cells_e6_per_l=NOT_DONE,
        cd4_cells_e6_per_l=NOT_DONE, cd8_cells_e6_per_l=NOT_DONE, b_cells_e6_per_l=NOT_DONE,
        nk_cells_e6_per_l=NOT_DONE, cytokine_raised=NOT_DONE, pentamer_done=False,
        **dict.fromkeys((f"{name}_pg_per_ml" for name in CYTOKINES), NOT_DONE),
    )  # fmt: skip


def _immune_sample(chart: Chart, patient: Person, day: int, a2: bool, draw: Draw) -> None:
    t_cells = draw.whole(300, 1400)
    pentamer = patient.practice.pentamer and a2
    raised = draw.chance(0.08)
    cytokines = {
        f"{name}_pg_per_ml": round(draw.around(median * (6 if raised else 1), 0.4), 1)
        for name, median in CYTOKINES.items()
    }
    chart.add(
        "immune", sample_day=day, t_cells_e6_per_l=t_cells,
        cd4_cells_e6_per_l=int(t_cells * 0.45), cd8_cells_e6_per_l=int(t_cells * 0.48),
        b_cells_e6_per_l=draw.whole(5, 180), nk_cells_e6_per_l=draw.whole(60, 420),
        cytokine_raised=raised, pentamer_done=pentamer,
        pentamer_antigen="WT1" if pentamer else None,
        pentamer_hla_restriction="A*02:01" if pentamer else None,
        pentamer_pct_of_cd8=draw.normal(0.6, 0.4, 0.02, 3, 2) if pentamer else None, **cytokines,
    )  # fmt: skip
