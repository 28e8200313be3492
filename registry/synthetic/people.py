"""The forms about the patient: patient, fitness, comorbidity."""

from __future__ import annotations

from registry.forms.codes import (
    AssessmentPoint,
    CmvStatus,
    ComorbidityKind,
    FitnessClass,
    FitnessInstrument,
)
from registry.synthetic.chart import NOT_APPLICABLE, UNKNOWN, Chart, Person, Row
from registry.synthetic.draw import Draw
from registry.synthetic.story import Story

POINTS = {
    "arrhythmia": 1, "cardiac": 1, "bowel": 1, "diabetes": 1, "cerebrovascular": 1,
    "psychiatric": 1, "hepatic_mild": 1, "obesity": 1, "infection": 1, "rheumatologic": 2,
    "peptic_ulcer": 2, "renal": 2, "pulmonary_moderate": 2, "tumour": 3, "valve": 3,
    "pulmonary_severe": 3, "hepatic_severe": 3,
}  # fmt: skip
CHANCE = {
    "arrhythmia": 0.1, "bowel": 0.01, "diabetes": 0.17, "cerebrovascular": 0.06,
    "psychiatric": 0.05, "infection": 0.07, "rheumatologic": 0.03, "peptic_ulcer": 0.03,
    "tumour": 0.06, "valve": 0.02,
}  # fmt: skip
DISEASES = {
    "cardiac": ComorbidityKind.CARDIAC, "diabetes": ComorbidityKind.DIABETES,
    "cerebrovascular": ComorbidityKind.CEREBROVASCULAR, "renal": ComorbidityKind.RENAL,
    "psychiatric": ComorbidityKind.PSYCHIATRIC, "tumour": ComorbidityKind.CANCER,
    "rheumatologic": ComorbidityKind.AUTOIMMUNE, "pulmonary_moderate": ComorbidityKind.PULMONARY,
}  # fmt: skip
FERRARA = (
    "heart_failure", "oxygen_or_rest_dyspnoea", "dialysis", "cirrhosis_child_b_or_c",
    "viral_hepatitis_acute", "resistant_infection", "cognitive_dependence", "uncontrolled_cancer",
    "other_incompatible",
)  # fmt: skip


def write_patient(chart: Chart, patient: Person, draw: Draw) -> None:
    cmv = CmvStatus.POSITIVE if draw.chance(0.78) else CmvStatus.NEGATIVE
    chart.add(
        "patient",
        sex=patient.sex,
        diagnosis_year=patient.year,
        age_at_diagnosis_years=patient.age,
        height_cm=patient.height_cm,
        weight_kg=patient.weight_kg,
        cmv_status=UNKNOWN if draw.chance(0.06) else cmv,
        biobank_samples=UNKNOWN if draw.chance(0.1) else draw.chance(0.6),
        consent_to_registry=True,
    )


def fitness_class(patient: Person, draw: Draw) -> FitnessClass:
    """Nobody above 75 is fit after Ferrara 2013."""
    if patient.age > 75:
        return draw.weighted({FitnessClass.UNFIT: 0.85, FitnessClass.FRAIL: 0.15})
    fit = 0.74 if patient.age < 70 else 0.6
    return draw.weighted(
        {FitnessClass.FIT: fit, FitnessClass.UNFIT: 0.97 - fit, FitnessClass.FRAIL: 0.03}
    )


def write_fitness(chart: Chart, patient: Person, story: Story, draw: Draw) -> Row:
    """Both assessments and the comorbidities; returns the organ items found at diagnosis."""
    found = _organs(patient, story.fitness, draw)
    ecog = _ecog(story.fitness, draw)
    day = draw.whole(0, story.courses[0].start - 1)
    instrument = FitnessInstrument.FERRARA if draw.chance(0.8) else FitnessInstrument.CLINICIAN
    _assess(chart, day, AssessmentPoint.DIAGNOSIS, story.fitness, instrument, ecog, found)
    later = [c for c in story.courses if c.start > (story.remission_day or 10**6)]
    if later and draw.chance(patient.practice.reassesses):
        assert story.remission_day is not None
        day = draw.whole(story.remission_day, later[0].start - 1)
        better = story.refitness is not story.fitness
        organs = _organs(patient, story.refitness, draw) if better else found
        ecog = min(ecog, 1) if better else ecog
        _assess(chart, day, AssessmentPoint.REMISSION, story.refitness, instrument, ecog, organs)
    _comorbidities(chart, found, draw)
    return found


def _organs(patient: Person, fitness: FitnessClass, draw: Draw) -> Row:
    """Organ values that agree with the class: fit has no Ferrara criterion, frail has one."""
    items: Row = dict.fromkeys(FERRARA, False)
    items |= {
        "cardiac_ef_pct": draw.normal(62, 4, 52, 75, 0), "dlco_pct": draw.normal(85, 8, 67, 120, 0),
        "fev1_pct": draw.normal(90, 9, 67, 125, 0), "bilirubin_mg_per_dl": draw.normal(0.7, 0.2, 0.2, 1.2),
        "creatinine_mg_per_dl": draw.normal(0.9, 0.2, 0.4, 1.6),
        "transaminases_x_uln": draw.normal(0.7, 0.3, 0.2, 2.4),
    }  # fmt: skip
    if fitness is FitnessClass.FRAIL:
        items[
            draw.among(["cognitive_dependence", "resistant_infection", "oxygen_or_rest_dyspnoea"])
        ] = True
    if fitness is not FitnessClass.FIT and patient.age <= 75:
        items |= draw.among(
            [
                {"heart_failure": True, "cardiac_ef_pct": draw.whole(38, 49) * 1.0},
                {"transaminases_x_uln": draw.whole(31, 45) / 10},
                {"other_incompatible": True},
            ]
        )
    return items | _index(items, patient, draw)


def _ecog(fitness: FitnessClass, draw: Draw) -> int:
    if fitness is FitnessClass.FIT:
        return draw.weighted({0: 0.35, 1: 0.5, 2: 0.15})
    if fitness is FitnessClass.FRAIL:
        return draw.weighted({2: 0.3, 3: 0.6, 4: 0.1})
    return draw.weighted({1: 0.4, 2: 0.45, 3: 0.15})


def _assess(
    chart: Chart, day: int, point: AssessmentPoint, fitness: FitnessClass,
    instrument: FitnessInstrument, ecog: int, found: Row,
) -> None:  # fmt: skip
    chart.add(
        "fitness", assessment_day=day, point=point, fitness_class=fitness, instrument=instrument,
        ecog=ecog, **found,
    )  # fmt: skip


def _index(found: Row, patient: Person, draw: Draw) -> Row:
    """HCT-CI items (Sorror 2005) in agreement with the organ values, and their sum."""
    ef, dlco, fev1 = (float(str(found[k])) for k in ("cardiac_ef_pct", "dlco_pct", "fev1_pct"))
    worst = min(dlco, fev1)
    severe = worst <= 65 or bool(found["oxygen_or_rest_dyspnoea"])
    has = {name: draw.chance(p) for name, p in CHANCE.items()}
    has |= {
        "cardiac": ef <= 50 or bool(found["heart_failure"]),
        "obesity": patient.bmi > 35,
        "renal": float(str(found["creatinine_mg_per_dl"])) > 2 or bool(found["dialysis"]),
        "pulmonary_severe": severe, "pulmonary_moderate": not severe and worst <= 80,
        "hepatic_mild": 1.0 < float(str(found["transaminases_x_uln"])) <= 2.5,
        "hepatic_severe": bool(found["cirrhosis_child_b_or_c"]),
        "infection": bool(found["resistant_infection"]) or has["infection"],
        "psychiatric": bool(found["cognitive_dependence"]) or has["psychiatric"],
    }  # fmt: skip
    items: Row = {f"hct_ci_{name}": has[name] for name in POINTS}
    items["hct_ci_score"] = sum(POINTS[name] for name in POINTS if has[name])
    return items


def _comorbidities(chart: Chart, found: Row, draw: Draw) -> None:
    for name, kind in DISEASES.items():
        if not found.get(f"hct_ci_{name}"):
            continue
        autoimmune = kind is ComorbidityKind.AUTOIMMUNE
        treated = name in ("diabetes", "rheumatologic") or draw.chance(0.6)
        chart.add(
            "comorbidity",
            kind=kind,
            needs_immunosuppression=autoimmune and draw.chance(0.25),
            on_medication=treated,
            medication_continued=draw.chance(0.92) if treated else NOT_APPLICABLE,
        )
