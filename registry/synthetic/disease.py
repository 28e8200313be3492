"""The diagnosis and genetics forms: lesions that agree with karyotype, risk group and onset."""

from __future__ import annotations

from dataclasses import dataclass

from registry.forms.codes import (
    Disease,
    DiseaseStatus,
    FabType,
    GeneticMethod,
    GeneticResult,
    LesionKind,
    OnsetType,
    RiskGroup,
    RiskSystem,
    Sex,
)
from registry.synthetic.chart import NOT_DONE, UNKNOWN, Chart, Person
from registry.synthetic.draw import Draw


@dataclass(frozen=True)
class Profile:
    """A leukaemia: its karyotype (X stands for the sex chromosomes), lesions and ELN group.

    Every profile has the same group in ELN 2017 and 2022, unless `from_2022` says otherwise.
    """

    group: RiskGroup
    weight: float
    karyotype: str
    lesions: tuple[str, ...] = ()
    from_2022: bool = False


NORMAL = "46,X[20]"
PROFILES = (
    Profile(RiskGroup.FAVORABLE, 3, "46,X,t(8;21)(q22;q22)[20]", ("RUNX1::RUNX1T1",)),
    Profile(RiskGroup.FAVORABLE, 3, "46,X,inv(16)(p13q22)[18]/46,X[2]", ("CBFB::MYH11",)),
    Profile(RiskGroup.FAVORABLE, 10, NORMAL, ("NPM1", "DNMT3A")),
    Profile(RiskGroup.FAVORABLE, 4, NORMAL, ("NPM1", "IDH2")),
    Profile(RiskGroup.FAVORABLE, 3, NORMAL, ("CEBPA",)),
    Profile(RiskGroup.INTERMEDIATE, 8, NORMAL, ("NPM1", "FLT3-ITD", "DNMT3A")),
    Profile(RiskGroup.INTERMEDIATE, 8, NORMAL, ("TET2", "NRAS")),
    Profile(RiskGroup.INTERMEDIATE, 7, NORMAL, ("IDH1", "DNMT3A")),
    Profile(RiskGroup.INTERMEDIATE, 6, NORMAL, ("IDH2",)),
    Profile(RiskGroup.INTERMEDIATE, 6, "47,X,+8[16]/46,X[4]", ("TET2",)),
    Profile(RiskGroup.INTERMEDIATE, 2, "46,X,t(9;11)(p21;q23)[20]", ("KMT2A::MLLT3",)),
    Profile(RiskGroup.INTERMEDIATE, 4, NORMAL, ("FLT3-TKD", "NRAS")),
    Profile(
        RiskGroup.ADVERSE,
        9,
        "44,X,del(5)(q13q33),-7,-17[18]/46,X[2]",
        ("TP53", "del(5q)", "monosomy 7"),
    ),
    Profile(RiskGroup.ADVERSE, 5, "45,X,-7[20]", ("ASXL1", "monosomy 7")),
    Profile(RiskGroup.ADVERSE, 4, "46,X,del(5)(q13q33)[14]/46,X[6]", ("del(5q)",)),
    Profile(RiskGroup.ADVERSE, 2, "46,X,inv(3)(q21q26.2)[20]", ("MECOM",)),
    Profile(RiskGroup.ADVERSE, 2, "46,X,t(6;9)(p23;q34)[20]", ("DEK::NUP214", "FLT3-ITD")),
    Profile(RiskGroup.ADVERSE, 9, NORMAL, ("ASXL1", "TET2")),
    Profile(RiskGroup.ADVERSE, 9, NORMAL, ("RUNX1", "SRSF2")),
    Profile(RiskGroup.ADVERSE, 7, NORMAL, ("SRSF2", "IDH2"), from_2022=True),
    Profile(RiskGroup.ADVERSE, 4, NORMAL, ("U2AF1", "BCOR"), from_2022=True),
)
GENES = (
    "NPM1", "FLT3-ITD", "FLT3-TKD", "CEBPA", "RUNX1", "ASXL1", "TP53", "IDH1", "IDH2", "DNMT3A",
    "TET2", "SRSF2", "SF3B1", "U2AF1", "ZRSR2", "STAG2", "BCOR", "EZH2", "NRAS", "KRAS", "DDX41",
)  # fmt: skip
PCR_GENES = ("NPM1", "FLT3-ITD", "FLT3-TKD", "CEBPA", "IDH1", "IDH2", "RUNX1", "ASXL1", "TP53")
FUSIONS = (
    "RUNX1::RUNX1T1", "CBFB::MYH11", "KMT2A::MLLT3", "DEK::NUP214", "BCR::ABL1", "PML::RARA", "MECOM",
)  # fmt: skip


def profile(patient: Person, draw: Draw) -> Profile:
    """High risk: adverse, or secondary with an intermediate profile. Else neither."""
    if not patient.high_risk:
        groups = {RiskGroup.FAVORABLE, RiskGroup.INTERMEDIATE}
    else:
        groups = {RiskGroup.ADVERSE} if draw.chance(0.8) else {RiskGroup.INTERMEDIATE}
    open_ = [p for p in PROFILES if p.group in groups and (patient.year >= 2022 or not p.from_2022)]
    return draw.weighted({p: p.weight for p in open_})


def write_disease(chart: Chart, patient: Person, found: Profile, draw: Draw) -> None:
    onset, mds = _onset(patient, found, draw)
    no_growth = found.karyotype == NORMAL and draw.chance(0.04)
    panel = "ELN panel of 21 genes" if patient.practice.panel == "NGS" else ", ".join(PCR_GENES)
    genetics_day = draw.whole(0, 5) if draw.chance(0.9) else draw.whole(6, 14)
    karyotype = found.karyotype.replace("X", "XX" if patient.sex is Sex.FEMALE else "XY")
    chart.add(
        "diagnosis", disease=Disease.AML, disease_status=DiseaseStatus.NEWLY_DIAGNOSED,
        onset_type=onset, antecedent_mds=mds, prior_antileukaemic_lines=0,
        who_subtype="AML with myelodysplasia-related changes" if mds else "AML",
        fab_type=UNKNOWN if draw.chance(0.3) else _fab(draw),
        risk_system=RiskSystem.ELN_2022 if patient.year >= 2022 else RiskSystem.ELN_2017,
        risk_group=found.group, wbc_e9_per_l=round(min(draw.around(6, 1.2), 220), 1),
        haemoglobin_g_per_l=draw.normal(84, 15, 45, 140, 0),
        platelets_e9_per_l=round(min(max(draw.around(50, 0.7), 5), 400)),
        blood_blasts_pct=draw.normal(24, 20, 0, 90, 0), marrow_blasts_pct=draw.normal(52, 18, 20, 95, 0),
        marrow_aspirate_day=0, immunophenotype_day=draw.whole(0, 2),
        leukaemia_phenotype=draw.chance(0.9), karyotype_iscn=NOT_DONE if no_growth else karyotype,
        metaphases=NOT_DONE if no_growth else 20, mutation_panel=panel, genetics_day=genetics_day,
    )  # fmt: skip
    _write_lesions(chart, patient, found, genetics_day, draw)


def _onset(patient: Person, found: Profile, draw: Draw) -> tuple[OnsetType, bool]:
    if not patient.high_risk:
        return OnsetType.DE_NOVO, False
    if found.group is RiskGroup.ADVERSE and draw.chance(0.65):
        return OnsetType.DE_NOVO, False
    onset = draw.weighted(
        {OnsetType.POST_MDS: 7.0, OnsetType.THERAPY_RELATED: 2.0, OnsetType.POST_MPN: 1.0}
    )
    return onset, onset is OnsetType.POST_MDS


def _fab(draw: Draw) -> FabType:
    return draw.weighted(
        {
            FabType.M0: 1.0, FabType.M1: 3.0, FabType.M2: 5.0, FabType.M4: 4.0, FabType.M5: 4.0,
            FabType.M6: 1.0, FabType.M7: 0.3,
        }
    )  # fmt: skip


def _write_lesions(chart: Chart, patient: Person, found: Profile, day: int, draw: Draw) -> None:
    ngs = patient.practice.panel == "NGS"
    for gene in GENES if ngs else PCR_GENES:
        method = GeneticMethod.NGS if ngs else GeneticMethod.PCR
        _lesion(chart, gene, LesionKind.MUTATION, method, found, day, draw)
    for fusion in FUSIONS:
        method = GeneticMethod.FISH if fusion == "MECOM" else GeneticMethod.PCR
        _lesion(chart, fusion, LesionKind.FUSION, method, found, day, draw)
    for lesion in ("del(5q)", "monosomy 7"):
        _lesion(chart, lesion, LesionKind.CYTOGENETIC, GeneticMethod.FISH, found, day, draw)


def _lesion(
    chart: Chart, name: str, kind: LesionKind, method: GeneticMethod, found: Profile, day: int,
    draw: Draw,
) -> None:  # fmt: skip
    present = name in found.lesions
    mutated = present and kind is LesionKind.MUTATION
    unclear = not present and draw.chance(0.005)
    result = GeneticResult.PRESENT if present else GeneticResult.ABSENT
    chart.add(
        "genetics", lesion=name, test_day=day, kind=kind,
        result=GeneticResult.NOT_EVALUABLE if unclear else result, method=method,
        vaf_pct=draw.normal(36, 9, 12, 60) if mutated else None,
        allelic_ratio=draw.normal(0.8, 0.15, 0.55, 2, 2) if mutated and name == "FLT3-ITD" else None,
        biallelic=True if mutated and name == "CEBPA" else None,
        in_frame_bzip=True if mutated and name == "CEBPA" else None,
    )  # fmt: skip
