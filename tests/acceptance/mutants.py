"""Single faults made in clean cases: what a center might have done, or typed, otherwise.

Every kind changes the rows of one case in place and says whether the case offered the occasion.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from registry.forms import MissingCode

Row = dict[str, Any]
Case = dict[str, list[Row]]
Mutation = Callable[[Case], bool]

KINDS: dict[str, Mutation] = {}
NOT_DONE = MissingCode.NOT_DONE
FLOW_SUBSETS = ("cd34_e8", "cd3_e8", "cd4_e8", "cd8_e8", "nk_e8", "nkt_e8", "gdt_e8")


def kind(name: str) -> Callable[[Mutation], Mutation]:
    def add(mutation: Mutation) -> Mutation:
        KINDS[name] = mutation
        return mutation

    return add


def mutated(case: Case, name: str) -> Case | None:
    """A changed copy of the case, or None where the kind finds no occasion in it."""
    changed = copy.deepcopy(case)
    return changed if KINDS[name](changed) else None


def known(row: Row, *columns: str) -> bool:
    return all(row.get(c) is not None and not isinstance(row.get(c), MissingCode) for c in columns)


def first(case: Case, form: str, test: Callable[[Row], bool] = lambda row: True) -> Row | None:
    return next((row for row in case.get(form, []) if test(row)), None)


def put(row: Row | None, **values: Any) -> bool:
    """Changes the row; False without a row or when nothing is different."""
    if row is None or all(row.get(c) == v for c, v in values.items()):
        return False
    row.update(values)
    return True


def add(case: Case, form: str, like: Row | None = None, **values: Any) -> bool:
    key = {"center_id": case["patient"][0]["center_id"], "case_id": case["patient"][0]["case_id"]}
    case.setdefault(form, []).append({**(like or {}), **key, **values})
    return True


def drop(case: Case, form: str, test: Callable[[Row], bool] = lambda row: True) -> bool:
    before = len(case.get(form, []))
    case[form] = [row for row in case.get(form, []) if not test(row)]
    return len(case[form]) < before


def mst(case: Case) -> Row | None:
    """The first infusion with a course and cells that are known."""
    return first(case, "infusion", lambda r: known(r, "course_no", "mnc_e8_per_kg"))


def course_of(case: Case, infusion: Row | None) -> Row | None:
    if infusion is None:
        return None
    return first(case, "course", lambda r: r["course_no"] == infusion["course_no"])


def donor_of(case: Case, infusion: Row | None) -> Row | None:
    if infusion is None:
        return None
    return first(case, "donor", lambda r: r["donor_id"] == infusion["donor_id"])


def collection_of(case: Case, infusion: Row | None) -> Row | None:
    if infusion is None:
        return None
    aliquot = first(case, "aliquot", lambda r: r["aliquot_id"] == infusion["aliquot_id"])
    return aliquot and first(
        case, "collection", lambda r: r["collection_id"] == aliquot["collection_id"]
    )


def consolidation(case: Case, number: int = 1) -> Row | None:
    found = [r for r in case.get("course", []) if r["phase"] == "consolidation"]
    return found[number - 1] if len(found) >= number else None


def shift(case: Case, course: Row | None, days: int) -> bool:
    """Moves a course with all that hangs on it by so many days."""
    if course is None:
        return False
    course["start_day"] += days
    course["end_day"] += days
    for form, columns in (("drug", ("first_day", "last_day")), ("infusion", ("infusion_day",))):
        for row in case.get(form, []):
            if row.get("course_no") == course["course_no"]:
                for column in columns:
                    if known(row, column):
                        row[column] += days
    return True


# --- the infusion ---------------------------------------------------------------------------------


@kind("infusion three days later, no reason")
def _(case: Case) -> bool:
    row = mst(case)
    return row is not None and put(row, infusion_day=row["infusion_day"] + 3, delay_reason=None)


@kind("infusion on the last day of chemotherapy")
def _(case: Case) -> bool:
    course = course_of(case, mst(case))
    return course is not None and put(mst(case), infusion_day=course["end_day"])


@kind("infusion linked to another course")
def _(case: Case) -> bool:
    other = first(case, "course", lambda r: r["course_no"] != (mst(case) or {}).get("course_no"))
    return other is not None and put(mst(case), course_no=other["course_no"])


@kind("mononuclear and CD3+ cells doubled")
def _(case: Case) -> bool:
    row = mst(case)
    if row is None or not known(row, "cd3_e8_per_kg"):
        return False
    return put(
        row,
        mnc_e8_per_kg=round(2 * row["mnc_e8_per_kg"], 2),
        cd3_e8_per_kg=2 * row["cd3_e8_per_kg"],
    )


@kind("a third of the mononuclear cells")
def _(case: Case) -> bool:
    row = mst(case)
    return row is not None and put(row, mnc_e8_per_kg=round(row["mnc_e8_per_kg"] / 3, 2))


@kind("cell doses not entered")
def _(case: Case) -> bool:
    return put(mst(case), mnc_e8_per_kg=None, cd3_e8_per_kg=None)


@kind("donor of the infusion not entered")
def _(case: Case) -> bool:
    return put(mst(case), donor_id=None)


@kind("aliquot of the infusion not entered")
def _(case: Case) -> bool:
    return put(mst(case), aliquot_id=None)


# --- the donor and the collection -----------------------------------------------------------------


@kind("lymphocytes instead of mobilised stem cells")
def _(case: Case) -> bool:
    return put(collection_of(case, mst(case)), product_type="DLI", mobilisation_agent="none")


@kind("bone marrow instead of blood stem cells")
def _(case: Case) -> bool:
    return put(collection_of(case, mst(case)), product_type="bone marrow")


@kind("mobilised by plerixafor alone")
def _(case: Case) -> bool:
    return put(collection_of(case, mst(case)), mobilisation_agent="plerixafor")


@kind("a subset not counted")
def _(case: Case) -> bool:
    row = collection_of(case, mst(case))
    return row is not None and known(row, *FLOW_SUBSETS) and put(row, nkt_e8=NOT_DONE)


@kind("subsets counted by an analyser")
def _(case: Case) -> bool:
    return put(collection_of(case, mst(case)), count_method="blood analyser")


@kind("donor consented after mobilisation")
def _(case: Case) -> bool:
    row = collection_of(case, mst(case))
    return row is not None and put(donor_of(case, mst(case)), consent_day=row["collection_day"] + 1)


@kind("donor not cleared")
def _(case: Case) -> bool:
    return put(donor_of(case, mst(case)), clearance="not cleared")


@kind("donor examined after mobilisation")
def _(case: Case) -> bool:
    row = collection_of(case, mst(case))
    if row is None:
        return False
    return put(donor_of(case, mst(case)), examination_day=row["collection_day"] + 2)


@kind("infectious markers of the donor not tested")
def _(case: Case) -> bool:
    return put(donor_of(case, mst(case)), infectious_markers_day=NOT_DONE)


@kind("antibodies tested after the infusion")
def _(case: Case) -> bool:
    infusion = mst(case)
    found = False
    for row in case.get("antibody", []):
        if infusion and row["donor_id"] == infusion["donor_id"]:
            row["test_day"], found = infusion["infusion_day"] + 20, True
    return found


@kind("KIR not typed")
def _(case: Case) -> bool:
    return drop(case, "kir") and put(donor_of(case, mst(case)), kir_typed=False)


@kind("a KIR gene left out")
def _(case: Case) -> bool:
    return drop(case, "kir", lambda r: r["gene"] == "2DS4")


@kind("donor typed by serology at one locus")
def _(case: Case) -> bool:
    donor = donor_of(case, mst(case)) or {}
    row = first(
        case, "hla", lambda r: r["subject_id"] == donor.get("donor_id") and r["locus"] == "B"
    )
    return put(row, resolution="low", method="serology")


@kind("patient typed at low resolution")
def _(case: Case) -> bool:
    row = first(case, "hla", lambda r: r["subject_id"] == "patient" and r["locus"] == "DRB1")
    return put(row, resolution="low", method="SSO")


@kind("typing of the donor left out")
def _(case: Case) -> bool:
    donor = donor_of(case, mst(case)) or {}
    return drop(case, "hla", lambda r: r["subject_id"] == donor.get("donor_id"))


@kind("donor typed as the patient")
def _(case: Case) -> bool:
    donor = donor_of(case, mst(case)) or {}
    own = {r["locus"]: r for r in case.get("hla", []) if r["subject_id"] == "patient"}
    found = False
    for row in case.get("hla", []):
        if row["subject_id"] == donor.get("donor_id") and row["locus"] in own:
            like = own[row["locus"]]
            row["allele_1"], row["allele_2"], found = like["allele_1"], like["allele_2"], True
    return found


@kind("donor homozygous for an allele of the patient")
def _(case: Case) -> bool:
    donor = donor_of(case, mst(case)) or {}
    own = first(case, "hla", lambda r: r["subject_id"] == "patient" and r["locus"] == "A")
    row = first(
        case, "hla", lambda r: r["subject_id"] == donor.get("donor_id") and r["locus"] == "A"
    )
    if own is None or not known(own, "allele_1"):
        return False
    return put(row, allele_1=own["allele_1"], allele_2=own["allele_1"], homozygosity_confirmed=True)


# --- what must not be given -----------------------------------------------------------------------


@kind("fludarabine given")
def _(case: Case) -> bool:
    course = course_of(case, mst(case))
    if course is None:
        return False
    return add(
        case, "drug", course_no=course["course_no"], drug="fludarabine",
        first_day=course["start_day"], last_day=course["start_day"] + 4,
        last_dose_end_time="12:00", dose_mg_per_m2=30.0, doses_per_day=1, days_given=5, route="IV",
    )  # fmt: skip


@kind("anti-thymocyte globulin given")
def _(case: Case) -> bool:
    course = course_of(case, mst(case))
    return course is not None and add(
        case, "conmed", drug_name="thymoglobulin", first_day=course["start_day"],
        last_day=course["start_day"] + 2, drug_class="anti-lymphocyte globulin",
        indication="GVHD prophylaxis", route="IV",
    )  # fmt: skip


@kind("total body irradiation given")
def _(case: Case) -> bool:
    course = course_of(case, mst(case))
    return course is not None and add(
        case, "radiation", radiation_day=course["start_day"] - 2, radiation_type="total body",
        dose_gy=2.0,
    )  # fmt: skip


@kind("total lymphoid irradiation given")
def _(case: Case) -> bool:
    course = course_of(case, mst(case))
    return course is not None and add(
        case, "radiation", radiation_day=course["start_day"] - 2, radiation_type="total lymphoid",
        dose_gy=8.0,
    )  # fmt: skip


@kind("ciclosporin to prevent GVHD")
def _(case: Case) -> bool:
    infusion = mst(case)
    return infusion is not None and add(
        case, "conmed", drug_name="ciclosporin", first_day=infusion["infusion_day"],
        last_day=infusion["infusion_day"] + 20, drug_class="calcineurin inhibitor",
        indication="GVHD prophylaxis", route="oral",
    )  # fmt: skip


@kind("steroid for another disease")
def _(case: Case) -> bool:
    infusion = mst(case)
    return infusion is not None and add(
        case, "conmed", drug_name="prednisolone", first_day=infusion["infusion_day"] - 1,
        last_day=infusion["infusion_day"] + 6, drug_class="corticosteroid",
        indication="concomitant disease", route="oral",
    )  # fmt: skip


@kind("letermovir to prevent CMV")
def _(case: Case) -> bool:
    infusion = mst(case)
    return infusion is not None and add(
        case, "conmed", drug_name="letermovir", first_day=infusion["infusion_day"],
        last_day=infusion["infusion_day"] + 60, drug_class="CMV antiviral",
        indication="infection prophylaxis", route="oral",
    )  # fmt: skip


@kind("a concomitant drug without a reason")
def _(case: Case) -> bool:
    infusion = mst(case)
    return infusion is not None and add(
        case, "conmed", drug_name="methylprednisolone", first_day=infusion["infusion_day"],
        last_day=infusion["infusion_day"] + 3, drug_class="corticosteroid", route="IV",
    )  # fmt: skip


@kind("immunosuppression that cannot be interrupted")
def _(case: Case) -> bool:
    drop(case, "comorbidity", lambda r: r["kind"] == "autoimmune disease")
    return add(case, "comorbidity", kind="autoimmune disease", needs_immunosuppression=True)


@kind("a blood product not irradiated")
def _(case: Case) -> bool:
    infusion = mst(case)
    if infusion is None:
        return False
    row = first(
        case, "transfusion",
        lambda r: r["product"] != "plasma" and r["transfusion_day"] >= infusion["infusion_day"],
    )  # fmt: skip
    return put(row, irradiated=False)


@kind("medication list said to be incomplete")
def _(case: Case) -> bool:
    return put(course_of(case, mst(case)), conmed_list_complete=False)


@kind("drug list said to be incomplete")
def _(case: Case) -> bool:
    return put(course_of(case, mst(case)), drug_list_complete=False)


# --- chemotherapy ---------------------------------------------------------------------------------


def _main_drug(case: Case) -> Row | None:
    return first(
        case, "drug",
        lambda r: r["course_no"] == 1 and known(r, "dose_mg_per_m2", "last_day")
        and r["last_day"] > r["first_day"],
    )  # fmt: skip


@kind("half the dose")
def _(case: Case) -> bool:
    row = _main_drug(case)
    return row is not None and put(row, dose_mg_per_m2=row["dose_mg_per_m2"] / 2)


@kind("three times the dose")
def _(case: Case) -> bool:
    row = _main_drug(case)
    return row is not None and put(row, dose_mg_per_m2=row["dose_mg_per_m2"] * 3)


@kind("two days of a drug left out")
def _(case: Case) -> bool:
    row = _main_drug(case)
    if row is None or not known(row, "days_given") or row["days_given"] < 3:
        return False
    return put(row, last_day=row["last_day"] - 2, days_given=row["days_given"] - 2)


@kind("a drug a day early")
def _(case: Case) -> bool:
    row = _main_drug(case)
    return row is not None and put(
        row, first_day=row["first_day"] - 1, last_day=row["last_day"] - 1
    )


@kind("etoposide added")
def _(case: Case) -> bool:
    course = course_of(case, mst(case))
    if course is None:
        return False
    return add(
        case, "drug", course_no=course["course_no"], drug="etoposide",
        first_day=course["start_day"], last_day=course["start_day"] + 4, dose_mg_per_m2=100.0,
        doses_per_day=1, days_given=5, route="IV", last_dose_end_time="12:00",
    )  # fmt: skip


@kind("another regimen named than given")
def _(case: Case) -> bool:
    row = first(case, "course", lambda r: r["regimen"] in ("standard 7+3", "reduced-intensity 7+3"))
    return put(row, regimen="CPX-351")


@kind("dose not entered")
def _(case: Case) -> bool:
    return put(_main_drug(case), dose_mg_per_m2=None)


@kind("first consolidation two weeks after induction")
def _(case: Case) -> bool:
    course, induction = consolidation(case), first(case, "course")
    if course is None or induction is None or course["course_no"] != 2:
        return False
    return shift(case, course, induction["end_day"] + 14 - course["start_day"])


@kind("second consolidation three weeks after the first")
def _(case: Case) -> bool:
    one, two = consolidation(case), consolidation(case, 2)
    if one is None or two is None or one["regimen"] == "venetoclax + HMA":
        return False
    return shift(case, two, one["start_day"] + 20 - two["start_day"])


@kind("counts low before consolidation")
def _(case: Case) -> bool:
    course, found = consolidation(case), False
    for row in case.get("blood_count", []):
        if course and course["start_day"] - 14 <= row["sample_day"] < course["start_day"]:
            row["anc_e9_per_l"], row["platelets_e9_per_l"], found = 0.2, 12.0, True
    return found


@kind("no blood counts")
def _(case: Case) -> bool:
    return drop(case, "blood_count")


@kind("no count at the start of a course")
def _(case: Case) -> bool:
    course = course_of(case, mst(case))
    if course is None:
        return False
    return drop(case, "blood_count", lambda r: abs(r["sample_day"] - course["start_day"]) <= 4)


# --- the patient ----------------------------------------------------------------------------------


@kind("fitness assessed only after treatment began")
def _(case: Case) -> bool:
    row, course = first(case, "fitness"), first(case, "course")
    if row is None or course is None or len(case["fitness"]) > 1:
        return False
    return put(row, assessment_day=course["start_day"] + 10)


@kind("fitness instrument not named")
def _(case: Case) -> bool:
    return put(first(case, "fitness"), instrument=None)


@kind("called frail")
def _(case: Case) -> bool:
    return put(first(case, "fitness"), fitness_class="frail")


@kind("fitness not assessed again after remission")
def _(case: Case) -> bool:
    course = consolidation(case)
    if course is None or len(case.get("fitness", [])) < 2:
        return False
    case["fitness"] = case["fitness"][:1]
    return True


@kind("ten years older")
def _(case: Case) -> bool:
    row = case["patient"][0]
    return put(row, age_at_diagnosis_years=min(row["age_at_diagnosis_years"] + 10, 90))


@kind("risk group turned round")
def _(case: Case) -> bool:
    row = case["diagnosis"][0]
    return put(row, risk_group="favorable" if row["risk_group"] == "adverse" else "adverse")


@kind("risk classification not named")
def _(case: Case) -> bool:
    return put(case["diagnosis"][0], risk_system=None)


@kind("called relapsed at registration")
def _(case: Case) -> bool:
    return put(case["diagnosis"][0], disease_status="relapsed")


@kind("microtransplant said not to be considered")
def _(case: Case) -> bool:
    return put(
        first(case, "plan", lambda r: r["point"] == "diagnosis"),
        mst_considered=False, mst_offered=False,
    )  # fmt: skip


@kind("no karyotype")
def _(case: Case) -> bool:
    return put(case["diagnosis"][0], karyotype_iscn=NOT_DONE, metaphases=NOT_DONE)


@kind("too few metaphases")
def _(case: Case) -> bool:
    row = case["diagnosis"][0]
    if not str(row["karyotype_iscn"]).startswith("46,X") or "t(" in str(row["karyotype_iscn"]):
        return False
    return put(row, metaphases=8)


@kind("no molecular tests")
def _(case: Case) -> bool:
    return drop(case, "genetics") and put(
        case["diagnosis"][0], mutation_panel=NOT_DONE, genetics_day=NOT_DONE
    )


@kind("TP53 not tested")
def _(case: Case) -> bool:
    return drop(case, "genetics", lambda r: r["lesion"] == "TP53")


@kind("no marrow at diagnosis")
def _(case: Case) -> bool:
    return put(case["diagnosis"][0], marrow_aspirate_day=NOT_DONE)


@kind("no immunophenotype")
def _(case: Case) -> bool:
    return put(case["diagnosis"][0], immunophenotype_day=NOT_DONE)


@kind("no residual disease measured")
def _(case: Case) -> bool:
    return drop(case, "mrd")


@kind("no immune cells measured")
def _(case: Case) -> bool:
    return drop(case, "immune")


@kind("response without marrow")
def _(case: Case) -> bool:
    return put(first(case, "response"), marrow_done=False, marrow_adequate=None)


# --- after the cells ------------------------------------------------------------------------------


@kind("no chimerism measured")
def _(case: Case) -> bool:
    return drop(case, "chimerism")


@kind("chimerism of five percent")
def _(case: Case) -> bool:
    infusion = mst(case)
    row = first(
        case, "chimerism",
        lambda r: infusion is not None and r["sample_day"] > infusion["infusion_day"],
    )  # fmt: skip
    return put(row, detected=True, donor_pct=5.0)


@kind("limit of detection not entered")
def _(case: Case) -> bool:
    found = False
    for row in case.get("chimerism", []):
        found = put(row, lod_pct=None) or found
    return found


@kind("fever after the infusion, GVHD not considered")
def _(case: Case) -> bool:
    infusion = mst(case)
    if infusion is None:
        return False
    day = infusion["infusion_day"] + 12
    drop(
        case,
        "complication",
        lambda r: infusion["infusion_day"] <= r["onset_day"] <= infusion["infusion_day"] + 60,
    )
    return add(case, "complication", kind="rash", onset_day=day, ctcae_grade=2,
               gvhd_considered=False)  # fmt: skip


@kind("GVHD confirmed and not treated for a week")
def _(case: Case) -> bool:
    infusion = mst(case)
    if infusion is None:
        return False
    day = infusion["infusion_day"] + 15
    return add(
        case, "complication", kind="acute GVHD", onset_day=day, agvhd_grade=2, suspicion_day=day,
        workup_day=day + 1, confirmation_day=day + 2, treatment_day=day + 9,
        gvhd_treatment="systemic corticosteroid", agvhd_skin_stage=3, agvhd_liver_stage=0,
        agvhd_lower_gi_stage=0, agvhd_upper_gi_stage=0, gvhd_considered=True,
    )  # fmt: skip


@kind("able to undergo transplant, not considered")
def _(case: Case) -> bool:
    row = first(case, "allo", lambda r: r["transplant_done"] is False)
    if consolidation(case) is None:
        return False
    return put(row, eligible=True, considered=False, decision_day=None)


@kind("cells frozen after they were infused")
def _(case: Case) -> bool:
    infusion = mst(case)
    if infusion is None:
        return False
    row = first(case, "aliquot", lambda r: r["aliquot_id"] == infusion["aliquot_id"])
    return put(row, state="frozen", freeze_day=infusion["infusion_day"] + 3, thaw_day=None)


@kind("death before the last contact with a sample")
def _(case: Case) -> bool:
    row, sample = case["followup"][0], first(case, "blood_count")
    return sample is not None and put(row, last_contact_day=sample["sample_day"] - 1)


@kind("relapse before remission")
def _(case: Case) -> bool:
    row = case["followup"][0]
    return first(case, "response") is not None and put(row, relapsed=True, relapse_day=2)
