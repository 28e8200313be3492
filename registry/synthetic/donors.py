"""The donor, HLA, KIR and antibody forms."""

from __future__ import annotations

from registry.forms.codes import (
    Clearance,
    CmvStatus,
    DonorRelation,
    DonorRole,
    DsaMethod,
    ReplacementReason,
    Sex,
    TestResult,
)
from registry.synthetic import hla
from registry.synthetic.cells import Supply
from registry.synthetic.chart import UNKNOWN, WITHHELD, Chart, Person
from registry.synthetic.draw import Draw
from registry.synthetic.kir import write_kir

GCSF_DAYS = 5
RELATED = {
    DonorRelation.CHILD: 0.56, DonorRelation.SIBLING: 0.22, DonorRelation.OTHER_RELATIVE: 0.07,
    DonorRelation.UNRELATED: 0.15,
}  # fmt: skip


def write_donors(chart: Chart, patient: Person, cells: Supply, draw: Draw) -> dict[str, Sex]:
    """All donors of a case and the patient's own typing; returns the sex of each donor."""
    relatives = hla.family(draw)
    hla.write_typing(chart, patient, "patient", relatives.patient, draw)
    sexes = {}
    for donor_id in cells.donors or ["D1"]:
        first = min((c.day for c in cells.collections if c.donor_id == donor_id), default=None)
        sexes[donor_id] = _write_donor(chart, patient, cells, relatives, donor_id, first, draw)
    if draw.chance(0.12):
        _write_considered(chart, patient, relatives, draw)
    return sexes


def _write_donor(
    chart: Chart, patient: Person, cells: Supply, relatives: hla.Family, donor_id: str,
    collected: int | None, draw: Draw,
) -> Sex:  # fmt: skip
    relation = draw.weighted(RELATED)
    sex = draw.among(list(Sex))
    used = any(i.donor_id == donor_id for i in cells.infusions)
    mobilised = (collected if collected is not None else 12) - GCSF_DAYS + 1
    screening = max(mobilised - draw.whole(2, 8), 0)
    late = draw.chance(0.02)
    typed = patient.practice.kir != "none" and draw.chance(0.95)
    tested = patient.practice.antibodies != "none" and draw.chance(0.97)
    replaced = donor_id == "D2"
    chart.add(
        "donor", donor_id=donor_id, role=DonorRole.USED if used else DonorRole.CONSIDERED,
        relation=relation, eligible=True, sex=sex,
        age_years=WITHHELD if draw.chance(0.02) else _age(patient, relation, draw),
        cmv_status=CmvStatus.POSITIVE if draw.chance(0.7) else CmvStatus.NEGATIVE,
        screening_day=screening, examination_day=screening, infectious_markers_day=screening,
        clearance=Clearance.CLEARED, consent_day=mobilised + 1 if late else mobilised - 1,
        kir_typed=typed, antibodies_tested=tested, replaces_donor_id="D1" if replaced else None,
        replacement_reason=_replacement(draw) if replaced else None,
    )  # fmt: skip
    hla.write_typing(chart, patient, donor_id, hla.donor_type(relatives, relation, draw), draw)
    if typed:
        write_kir(chart, patient, donor_id, screening + 1, draw)
    if tested:
        _write_antibody(chart, patient, donor_id, screening, collected, draw)
    return sex


def _age(patient: Person, relation: DonorRelation, draw: Draw) -> int:
    match relation:
        case DonorRelation.SIBLING:
            return draw.whole(max(patient.age - 14, 50), min(patient.age + 3, 74))
        case DonorRelation.CHILD:
            return draw.whole(max(patient.age - 38, 22), patient.age - 22)
        case _:
            return draw.whole(20, 52)


def _replacement(draw: Draw) -> ReplacementReason:
    return draw.weighted(
        {
            ReplacementReason.INSUFFICIENT_CELLS: 0.75, ReplacementReason.DONOR_UNAVAILABLE: 0.17,
            ReplacementReason.MEDICAL: 0.08,
        }
    )  # fmt: skip


def _write_antibody(
    chart: Chart, patient: Person, donor_id: str, screening: int, collected: int | None, draw: Draw
) -> None:
    after = patient.practice.antibodies == "late" and draw.chance(0.4) and collected is not None
    day = (collected or 0) + draw.whole(3, 10) if after else screening + draw.whole(0, 2)
    day = min(day, chart.last_day)
    positive = draw.chance(0.04)
    mfi = draw.normal(2600, 1500, 1100, 9000, 0) if positive else draw.normal(180, 120, 0, 480, 0)
    chart.add(
        "antibody", donor_id=donor_id, test_day=day,
        result=TestResult.POSITIVE if positive else TestResult.NEGATIVE,
        method=DsaMethod.SINGLE_ANTIGEN, mfi_max=mfi,
        specificities=draw.among(["A2", "B44, C5", "DR4", "DQ7"]) if positive else None,
        c1q=TestResult.NEGATIVE if positive else None,
    )  # fmt: skip


def _write_considered(chart: Chart, patient: Person, relatives: hla.Family, draw: Draw) -> None:
    """A candidate who was typed and not taken."""
    chart.add(
        "donor", donor_id="D9", role=DonorRole.CONSIDERED, relation=DonorRelation.SIBLING,
        eligible=draw.chance(0.5), sex=draw.among(list(Sex)),
        age_years=_age(patient, DonorRelation.SIBLING, draw), cmv_status=UNKNOWN,
        clearance=Clearance.NOT_CLEARED, kir_typed=False, antibodies_tested=False,
    )  # fmt: skip
    pair = hla.donor_type(relatives, DonorRelation.SIBLING, draw)
    hla.write_typing(chart, patient, "D9", pair, draw)
