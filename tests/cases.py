"""A tidy case, and the smallest change that trips each edit check."""

from __future__ import annotations

import copy
from typing import Any

Rows = dict[str, list[dict[str, Any]]]

KIR_A_HAPLOTYPE = ("2DL1", "2DL3", "2DL4", "2DP1", "2DS4", "3DL1", "3DL2", "3DL3", "3DP1")
KIR_OTHERS = ("2DL2", "2DL5", "2DS1", "2DS2", "2DS3", "2DS5", "3DS1")

_PATIENT_HLA = {"A": ("A*02:01", "A*24:02"), "B": ("B*07:02", "B*40:01"), "C": ("C*07:02", "C*03:04"),
                "DRB1": ("DRB1*15:01", "DRB1*04:05"), "DQB1": ("DQB1*06:02", "DQB1*04:01")}  # fmt: skip
_DONOR_HLA = {"A": ("A*02:01", "A*11:01"), "B": ("B*07:02", "B*15:01"), "C": ("C*07:02", "C*04:01"),
              "DRB1": ("DRB1*15:01", "DRB1*09:01"), "DQB1": ("DQB1*06:02", "DQB1*03:03")}  # fmt: skip


def tidy_case(center_id: str = "C01", case_id: str = "P001") -> Rows:
    """One woman of 68 with fit status, two MST courses and a remission; no check complains."""
    rows: Rows = {
        "patient": [dict(sex="female", diagnosis_year=2024, age_at_diagnosis_years=68, height_cm=164,
                         weight_kg=61.5, cmv_status="positive", consent_to_registry=True)],
        "diagnosis": [dict(disease="AML", disease_status="newly diagnosed", onset_type="de novo",
                           antecedent_mds=False, prior_antileukaemic_lines=0, fab_type="M2",
                           risk_system="ELN 2022", risk_group="intermediate", blood_blasts_pct=18,
                           marrow_blasts_pct=52, karyotype_iscn="46,XX[20]", metaphases=20)],
        "genetics": [dict(lesion="FLT3-ITD", test_day=0, kind="mutation", result="present",
                          vaf_pct=30, allelic_ratio=0.4),
                     dict(lesion="NPM1", test_day=0, kind="mutation", result="absent")],
        "fitness": [dict(assessment_day=1, point="diagnosis", fitness_class="fit",
                         instrument="Ferrara 2013", ecog=1, hct_ci_score=1, heart_failure=False,
                         **_hct_ci("diabetes"))],
        "comorbidity": [dict(kind="diabetes", needs_immunosuppression=False)],
        "plan": [dict(point="diagnosis", decision_day=2, mst_considered=True)],
        "hla": _hla("patient", _PATIENT_HLA) + _hla("D1", _DONOR_HLA),
        "donor": [dict(donor_id="D1", role="cells infused", relation="child", age_years=40,
                       clearance="cleared", consent_day=2, kir_typed=True, antibodies_tested=True)],
        "kir": [dict(donor_id="D1", gene=g, present=g in KIR_A_HAPLOTYPE, method="SSP", test_day=2)
                for g in KIR_A_HAPLOTYPE + KIR_OTHERS],
        "antibody": [dict(donor_id="D1", test_day=3, result="negative", c1q="negative",
                          method="single-antigen beads")],
        "collection": [dict(collection_id="COL1", donor_id="D1", product_type="PBSC",
                            mobilisation_agent="G-CSF", mobilisation_start_day=5,
                            gcsf_ug_per_kg_per_day=10, gcsf_days=5, collection_day=10,
                            count_method="flow cytometry", mnc_e8=320, cd34_e8=2.5, cd3_e8=125,
                            cd4_e8=70, cd8_e8=45, nk_e8=20, nkt_e8=4, gdt_e8=5)],
        "aliquot": [dict(aliquot_id="COL1-A", collection_id="COL1", state="fresh", mnc_e8=155, cd3_e8=60),
                    dict(aliquot_id="COL1-B", collection_id="COL1", state="frozen", freeze_day=11,
                         thaw_day=62, mnc_e8=155, cd3_e8=60)],
        "course": [_course(1, "induction", "standard 7+3", 4, 10), _course(2, "consolidation",
                   "intermediate-dose cytarabine", 58, 60)],
        "drug": [_drug(1, "cytarabine", 4, 10, 100, 1), _drug(1, "daunorubicin", 4, 6, 60, 1),
                 _drug(2, "cytarabine", 58, 60, 1000, 2)],
        "infusion": [_infusion(1, 1, "COL1-A", 12, "fresh"), _infusion(2, 2, "COL1-B", 62, "after thaw")],
        "conmed": [dict(drug_name="fluconazole", first_day=4, last_day=30, drug_class="antifungal",
                        indication="infection prophylaxis", route="oral")],
        "radiation": [dict(radiation_day=1, radiation_type="local", dose_gy=8)],
        "transfusion": [dict(transfusion_day=14, product="platelets", irradiated=True, units=1)],
        "blood_count": [dict(sample_day=d, anc_e9_per_l=a, platelets_e9_per_l=p, wbc_e9_per_l=a + 0.5,
                             cmv_tested=False)
                        for d, a, p in ((18, 0.1, 12), (22, 0.7, 30), (23, 0.9, 45), (24, 1.4, 70))],
        "response": [dict(assessment_day=32, after_course_no=1, response="CR", marrow_blasts_pct=2,
                          blood_blasts_pct=0, anc_e9_per_l=1.8, platelets_e9_per_l=142)],
        "mrd": [dict(test_day=33, method="flow cytometry", target="LAIP", result="negative",
                     value_pct=0.01, lod_pct=0.01)],
        "chimerism": [dict(sample_day=26, donor_id="D1", method="NGS", cell_fraction="unfractionated",
                           detected=True, donor_pct=0.4, lod_pct=0.1)],
        "immune": [dict(sample_day=26, t_cells_e6_per_l=900, cd4_cells_e6_per_l=500,
                        cd8_cells_e6_per_l=380, pentamer_done=False)],
        "complication": [dict(kind="infection", onset_day=16, end_day=25, ctcae_grade=3)],
        "allo": [dict(eligible=False, transplant_done=False, reason_not_done="age",
                      missing={"transplant_day": "not applicable"})],
        "followup": [dict(last_contact_day=612, status="alive", relapsed=False,
                          missing={"relapse_day": "not applicable", "death_cause": "not applicable"})],
    }  # fmt: skip
    for form in rows.values():
        for row in form:
            row["center_id"], row["case_id"] = center_id, case_id
    return rows


def _hct_ci(*present: str) -> dict[str, bool]:
    from registry.forms import FORMS

    names = [
        n for n in FORMS["fitness"].columns() if n.startswith("hct_ci_") and n != "hct_ci_score"
    ]
    return {name: name.removeprefix("hct_ci_") in present for name in names}


def _hla(subject: str, typing: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        dict(
            subject_id=subject, locus=locus, allele_1=a, allele_2=b, resolution="high", method="NGS"
        )
        for locus, (a, b) in typing.items()
    ]


def _course(number: int, phase: str, regimen: str, start: int, end: int) -> dict[str, Any]:
    return dict(course_no=number, phase=phase, intent="antileukaemic", regimen=regimen,
                start_day=start, end_day=end, weight_kg=61.5, bsa_m2=1.67, drug_list_complete=True,
                conmed_list_complete=True, radiation_list_complete=True, transfusion_list_complete=True)  # fmt: skip


def _drug(course: int, drug: str, first: int, last: int, dose: float, daily: int) -> dict[str, Any]:
    return dict(course_no=course, drug=drug, first_day=first, last_day=last, dose_mg_per_m2=dose,
                last_dose_end_time="18:00", doses_per_day=daily, days_given=last - first + 1,
                route="IV")  # fmt: skip


def _infusion(number: int, course: int, aliquot: str, day: int, state: str) -> dict[str, Any]:
    return dict(infusion_no=number, course_no=course, donor_id="D1", aliquot_id=aliquot,
                infusion_day=day, infusion_start_time="10:30", mnc_e8_per_kg=2.5, cd3_e8_per_kg=0.95,
                cd34_e6_per_kg=1.8, dose_state=state, weight_kg=61.5, weight_basis="actual")  # fmt: skip


# check id -> changes as (form, row number, new answers); a row number of None adds a row
Change = tuple[str, int | None, dict[str, Any]]
LATE = 700
TRIPS: dict[str, list[Change]] = {
    "patient-consent": [("patient", 0, {"consent_to_registry": False})],
    "patient-consent-documented": [
        ("patient", 0, {"consent_to_registry": None, "missing": {"consent_to_registry": "unknown"}})
    ],
    "patient-body-mass": [("patient", 0, {"height_cm": 98})],
    "diagnosis-blasts": [("diagnosis", 0, {"blood_blasts_pct": 1, "marrow_blasts_pct": 4})],
    "diagnosis-apl-fab": [("diagnosis", 0, {"fab_type": "M3"})],
    "diagnosis-onset-mds": [("diagnosis", 0, {"onset_type": "after MDS"})],
    "diagnosis-new-disease": [("diagnosis", 0, {"prior_antileukaemic_lines": 2})],
    "diagnosis-risk-words": [("diagnosis", 0, {"risk_group": "high"})],
    "diagnosis-karyotype-sex": [("diagnosis", 0, {"karyotype_iscn": "46,XY[20]"})],
    "diagnosis-status-lines": [("diagnosis", 0, {"disease_status": "relapsed"})],
    "diagnosis-risk-derived": [
        ("genetics", None, {"lesion": "TP53", "test_day": 0, "kind": "mutation", "result": "present",
                            "vaf_pct": 40}),
    ],
    "genetics-ratio-of-itd": [("genetics", 1, {"allelic_ratio": 0.5})],
    "genetics-absent-frequency": [("genetics", 1, {"vaf_pct": 12})],
    "fitness-hct-ci-sum": [("fitness", 0, {"hct_ci_score": 4})],
    "fitness-alive": [("fitness", 0, {"ecog": 5})],
    "fitness-fit-despite": [("fitness", 0, {"heart_failure": True})],
    "fitness-by-last-contact": [("fitness", 0, {"assessment_day": LATE})],
    "hla-known-person": [("hla", 0, {"subject_id": "D9"})],
    "hla-allele-of-locus": [("hla", 0, {"allele_2": "B*07:02"})],
    "hla-one-allele": [("hla", 0, {"allele_2": None})],
    "hla-high-needs-fields": [("hla", 0, {"allele_1": "A*02"})],
    "hla-homozygous-contradiction": [("hla", 0, {"homozygosity_confirmed": True})],
    "donor-child-age": [("donor", 0, {"age_years": 66})],
    "donor-parent-age": [("donor", 0, {"relation": "parent"})],
    "donor-replacement-reason": [("donor", None, {"donor_id": "D2", "replaces_donor_id": "D1"})],
    "donor-replaces-another": [("donor", 0, {"replaces_donor_id": "D1"})],
    "donor-role-infused": [("donor", 0, {"role": "considered only"})],
    "kir-framework": [("kir", 7, {"present": False})],
    "kir-2dl1-with-2dp1": [("kir", 3, {"present": False})],
    "kir-2dl2-or-2dl3": [("kir", 1, {"present": False})],
    "kir-3dl1-or-3ds1": [("kir", 5, {"present": False})],
    "kir-declared": [("donor", 0, {"kir_typed": False})],
    "antibody-declared": [("donor", 0, {"antibodies_tested": False})],
    "antibody-c1q": [("antibody", 0, {"c1q": "positive"})],
    "collection-cd4-cd8": [("collection", 0, {"cd4_e8": 110})],
    "collection-subsets-in-mnc": [("collection", 0, {"nk_e8": 400})],
    "collection-after-mobilisation": [("collection", 0, {"mobilisation_start_day": 11})],
    "collection-nkt-in-cd3": [("collection", 0, {"nkt_e8": 130})],
    "collection-gcsf-agent": [("collection", 0, {"mobilisation_agent": "none"})],
    "aliquots-in-collection": [("aliquot", 1, {"mnc_e8": 250})],
    "aliquot-thaw-after-freeze": [("aliquot", 1, {"thaw_day": 9})],
    "aliquot-fresh": [("aliquot", 0, {"freeze_day": 11})],
    "aliquot-freeze-after-collection": [("aliquot", 1, {"freeze_day": 8})],
    "aliquot-infused-after-freeze": [("aliquot", 1, {"freeze_day": 63, "thaw_day": None})],
    "course-regimen-drugs": [("course", 0, {"regimen": "CPX-351"})],
    "plan-considered-when-given": [("plan", 0, {"mst_considered": False})],
    "response-remission-marrow": [("response", 0, {"marrow_done": False})],
    "course-no-gap": [("course", 1, {"course_no": 3})],
    "course-order": [("course", 1, {"start_day": 3})],
    "course-start-end": [("course", 0, {"end_day": 2})],
    "course-after-diagnosis": [("course", 0, {"start_day": -30})],
    "course-by-last-contact": [("course", 1, {"start_day": LATE})],
    "course-body-surface": [("course", 0, {"bsa_m2": 2.4})],
    "course-consolidation-in-remission": [("response", 0, {"response": "PR"})],
    "drug-days": [("drug", 0, {"last_day": 3})],
    "drug-days-given": [("drug", 0, {"days_given": 9})],
    "drug-in-course": [("drug", 0, {"first_day": 2})],
    "drug-before-next-course": [("drug", 0, {"last_day": 58})],
    "drug-dose-usual": [("drug", 1, {"dose_mg_per_m2": 600})],
    "drug-by-last-contact": [("drug", 2, {"first_day": LATE, "last_day": LATE})],
    "infusion-in-course": [("infusion", 0, {"infusion_day": 3})],
    "infusion-before-next-course": [("infusion", 0, {"infusion_day": 59})],
    "infusion-aliquot-of-donor": [("donor", None, {"donor_id": "D2"}), ("infusion", 0, {"donor_id": "D2"})],
    "infusion-within-aliquot": [("infusion", 0, {"mnc_e8_per_kg": 3.4})],
    "infusion-fills-aliquot": [("infusion", 0, {"mnc_e8_per_kg": 0.98})],
    "infusion-cd3-in-mnc": [("infusion", 0, {"cd3_e8_per_kg": 2.6})],
    "infusion-cd34-in-mnc": [("infusion", 0, {"cd34_e6_per_kg": 90, "mnc_e8_per_kg": 0.5})],
    "infusion-after-collection": [("collection", 0, {"collection_day": 13})],
    "infusion-order": [("infusion", 1, {"infusion_day": 11})],
    "infusion-by-last-contact": [("infusion", 1, {"infusion_day": LATE})],
    "infusion-weight": [("infusion", 0, {"weight_kg": 88})],
    "conmed-days": [("conmed", 0, {"last_day": 2})],
    "radiation-dose": [("radiation", 0, {"dose_gy": 0})],
    "transfusion-by-last-contact": [("transfusion", 0, {"transfusion_day": LATE})],
    "blood-count-by-last-contact": [("blood_count", 0, {"sample_day": LATE})],
    "blood-count-anc": [("blood_count", 0, {"anc_e9_per_l": 3})],
    "blood-count-cmv": [("blood_count", 0, {"cmv_dna_copies_per_ml": 900})],
    "response-by-last-contact": [("response", 0, {"assessment_day": LATE})],
    "response-remission-blasts": [("response", 0, {"marrow_blasts_pct": 8})],
    "response-cr-counts": [("response", 0, {"platelets_e9_per_l": 60})],
    "response-derived": [
        ("response", 0, {"response": "CRi", "extramedullary_disease": False, "anc_e9_per_l": 0.6,
                         "platelets_e9_per_l": 62}),
    ],
    "response-relapse-after-remission": [("response", 0, {"response": "relapse"})],
    "response-after-course": [("response", 0, {"after_course_no": 2})],
    "mrd-negative": [("mrd", 0, {"value_pct": 0.5})],
    "chimerism-after-infusion": [("chimerism", 0, {"sample_day": 5})],
    "chimerism-not-detected": [("chimerism", 0, {"detected": False})],
    "chimerism-above-limit": [("chimerism", 0, {"donor_pct": 0.05})],
    "immune-cd4-cd8": [("immune", 0, {"cd4_cells_e6_per_l": 800})],
    "immune-pentamer": [("immune", 0, {"pentamer_pct_of_cd8": 0.2})],
    "complication-days": [("complication", 0, {"end_day": 12})],
    "complication-by-last-contact": [("complication", 0, {"onset_day": LATE})],
    "complication-agvhd-only": [("complication", 0, {"agvhd_grade": 2})],
    "complication-cgvhd-only": [("complication", 0, {"cgvhd_severity": "mild"})],
    "complication-gvhd-after-cells": [("complication", 0, {"kind": "acute GVHD", "onset_day": 8})],
    "complication-confirmation": [("complication", 0, {"suspicion_day": 18, "confirmation_day": 17})],
    "complication-gvhd-grade-stages": [("complication", 0, {"kind": "acute GVHD", "agvhd_grade": 0,
                                                            "agvhd_skin_stage": 2})],
    "complication-agvhd-derived": [
        ("complication", 0, {"kind": "acute GVHD", "agvhd_grade": 1, "agvhd_skin_stage": 3, "agvhd_liver_stage": 0,
                             "agvhd_lower_gi_stage": 0, "agvhd_upper_gi_stage": 0}),
    ],
    "complication-cgvhd-derived": [
        ("complication", 0, {"kind": "chronic GVHD", "onset_day": 160, "end_day": 200, "cgvhd_severity": "mild",
                             "cgvhd_max_organ_stage": 1, "cgvhd_organs": 3, "cgvhd_lung_stage": 0}),
    ],
    "allo-day-of-transplant": [("allo", 0, {"transplant_day": 200, "missing": {}})],
    "allo-reason": [("allo", 0, {"transplant_done": True, "transplant_day": 200, "missing": {}})],
    "allo-by-last-contact": [("allo", 0, {"transplant_day": LATE})],
    "followup-death-cause": [("followup", 0, {"death_cause": "infection"})],
    "followup-dead-without-cause": [("followup", 0, {"status": "dead"})],
    "followup-relapse-day": [("followup", 0, {"relapse_day": 300, "missing": {}})],
    "followup-relapse-order": [("followup", 0, {"relapse_day": LATE})],
    "followup-relapse-after-remission": [("followup", 0, {"relapsed": True, "relapse_day": 20})],
}  # fmt: skip


def tripped(check_id: str) -> Rows:
    """A tidy case with the change that trips one edit check; the case carries the check's name."""
    return changed(tidy_case(case_id=check_id), TRIPS[check_id])


def changed(rows: Rows, changes: list[Change]) -> Rows:
    """A copy of the rows with the changes made."""
    rows = copy.deepcopy(rows)
    for form, number, answers in changes:
        if number is None:
            base = rows[form][0]
            rows[form].append(
                {"center_id": base["center_id"], "case_id": base["case_id"], **answers}
            )
        else:
            rows[form][number].update(answers)
    return rows


def as_cells(rows: Rows) -> Rows:
    """Missing codes written out as words, as a person would."""
    return {
        form: [{**{k: v for k, v in row.items() if k != "missing"}, **row.get("missing", {})}
               for row in entries]
        for form, entries in rows.items()
    }  # fmt: skip
