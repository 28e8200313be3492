"""What patients may be divided by, and from when on it is known. What is not here cannot be asked."""

from __future__ import annotations

from dataclasses import dataclass

# Moments from which time is counted, in the order in which a patient comes to them.
DIAGNOSIS, FIRST_COURSE, FIRST_INFUSION, LAST_DOSE, REMISSION, ALLO_TRANSPLANT = (
    "diagnosis", "first_course", "first_infusion", "last_dose", "remission", "allo_transplant",
)  # fmt: skip
ORIGINS = (DIAGNOSIS, FIRST_COURSE, FIRST_INFUSION, LAST_DOSE, REMISSION, ALLO_TRANSPLANT)

# Endpoints with a competing event; the others have none.
COMPETING = frozenset({
    "relapse", "nrm", "neutrophil_recovery", "platelet_recovery",
    "acute_gvhd_2_4", "acute_gvhd_3_4", "chronic_gvhd",
})  # fmt: skip
ENDPOINTS = frozenset({"os", "os_allo_censored", "efs", "lfs", "lfs_allo_censored"}) | COMPETING


@dataclass(frozen=True)
class Covariate:
    """A column of `dim_patient`, in words.

    `known_from` is the first origin at which it is known of everybody; None where it is not settled
    before the patient's story ends. `only_there`: of everybody who comes to that origin, through which not
    everybody comes to the later ones. `exposure` names its history in `fct_exposure`, if it has one.
    """

    column: str
    words: str
    known_from: str | None = None
    exposure: str | None = None
    is_count: bool = False
    only_there: bool = False

    def is_known_at(self, origin: str) -> bool:
        """Whether it is known of everybody who comes to this origin, on that day."""
        known = self.known_from
        if self.only_there:
            return origin == known
        return known is not None and ORIGINS.index(known) <= ORIGINS.index(origin)


def _all(*covariates: Covariate) -> dict[str, Covariate]:
    return {covariate.column: covariate for covariate in covariates}


COVARIATES = _all(
    # known at diagnosis
    Covariate("sex", "sex", DIAGNOSIS),
    Covariate("age_group", "age group", DIAGNOSIS),
    Covariate("age_band", "age band", DIAGNOSIS),
    Covariate("disease", "disease", DIAGNOSIS),
    Covariate("diagnosis", "disease and reported risk", DIAGNOSIS),
    Covariate("onset_type", "onset", DIAGNOSIS),
    Covariate("risk_group", "risk group of the center", DIAGNOSIS),
    Covariate("risk_two_group", "risk in two groups", DIAGNOSIS),
    Covariate("eln_2017", "ELN 2017 risk", DIAGNOSIS),
    Covariate("eln_2022", "ELN 2022 risk", DIAGNOSIS),
    Covariate("eln_2024_less_intensive", "ELN 2024 risk, less intensive therapy", DIAGNOSIS),
    Covariate("adoption_period", "adoption of the consensus by the center", DIAGNOSIS),
    # known when treatment begins
    Covariate("fitness_class", "fitness before treatment", FIRST_COURSE),
    Covariate("fitness_ferrara", "fitness by the Ferrara criteria", FIRST_COURSE),
    # On record with the first infusion: who died before it has none. In remission some are not yet infused.
    Covariate(
        "first_donor_category", "match of the first donor", FIRST_INFUSION, only_there=True
    ),
    Covariate(
        "first_donor_relation", "relation of the first donor", FIRST_INFUSION, only_there=True
    ),
    # of its HLA and KIR (docs/derivations.md)
    Covariate(
        "first_donor_gvh_mismatches_8", "GvH mismatches of 8 with the first donor", FIRST_INFUSION,
        is_count=True, only_there=True,
    ),
    Covariate(
        "first_donor_hvg_mismatches_8", "HvG mismatches of 8 with the first donor", FIRST_INFUSION,
        is_count=True, only_there=True,
    ),
    Covariate(
        "first_donor_kir_genotype", "KIR genotype of the first donor (exploratory)", FIRST_INFUSION,
        only_there=True,
    ),
    Covariate(
        "first_donor_kir_b_content_group", "KIR B content of the first donor (exploratory)",
        FIRST_INFUSION, only_there=True,
    ),
    Covariate(
        "first_donor_kir_missing_ligand", "missing KIR ligand (exploratory)", FIRST_INFUSION,
        only_there=True,
    ),
    Covariate(
        "first_donor_kir_receptor_ligand_mismatch", "KIR receptor-ligand mismatch (exploratory)",
        FIRST_INFUSION, only_there=True,
    ),
    # what happens on the way, with the day on which it does
    Covariate("n_mst_courses", "number of MST courses", None, "mst_courses", is_count=True),
    Covariate(
        "n_mst_consolidations", "number of MST consolidations", None, "mst_consolidations",
        is_count=True,
    ),
    Covariate("in_remission", "remission", None, "remission"),
    Covariate("any_gvhd", "acute GVHD", None, "acute_gvhd"),
    Covariate("chimerism_class", "donor cells found", None, "microchimerism"),
    Covariate("allo_done", "allogeneic transplant", None, "allo_transplant"),
    # what happens on the way, without a history: it can be asked by no method
    Covariate("n_courses", "number of courses"),
    Covariate("n_consolidations", "number of consolidations"),
    Covariate("n_idac_mst_consolidations", "number of MST consolidations with cytarabine"),
    Covariate("n_standard_cycles", "number of standard cycles"),
    Covariate("had_infusion", "any infusion of donor cells"),
    Covariate("had_mst", "any MST course"),
    Covariate("first_induction_is_mst", "microtransplant in the first induction"),
    Covariate("had_consolidation", "any consolidation"),
    Covariate("consolidation_closed", "completed consolidation"),
    Covariate("maintenance_given", "maintenance"),
    Covariate("induction_response", "response after induction"),
    Covariate("cr_after_induction", "CR after induction"),
    Covariate("in_remission_after_induction", "remission after induction"),
    Covariate("severe_gvhd", "severe GVHD"),
    Covariate("cmv_event", "CMV event"),
    Covariate("severe_infection", "severe infection"),
    Covariate("microchimerism_days", "duration of microchimerism"),
    Covariate("max_donor_pct", "highest donor chimerism"),
    Covariate("neutrophil_recovery_days", "neutrophil recovery"),
    Covariate("platelet_recovery_days", "platelet recovery"),
    Covariate("has_relapsed", "relapse"),
    Covariate("early_death", "early death"),
    Covariate("is_dead", "death"),
)  # fmt: skip

# Columns of `dim_patient` by which no groups are compared, settled at diagnosis or when treatment begins as well.
_SETTLED = dict.fromkeys((
    "center_id", "case_id", "diagnosis_year", "age_at_diagnosis_years", "age_group_studied",
    "disease_status", "is_eaml", "is_eaml_over_60", "risk_two_group_without_onset",
), DIAGNOSIS) | {"first_course_day": FIRST_COURSE}  # fmt: skip


def is_known_at(column: str, origin: str) -> bool:
    """Whether a column of `dim_patient` is settled of everybody who comes to an origin, on that day; one that is
    listed nowhere is not."""
    if column in _SETTLED:
        return ORIGINS.index(_SETTLED[column]) <= ORIGINS.index(origin)
    return column in COVARIATES and COVARIATES[column].is_known_at(origin)
