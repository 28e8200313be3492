"""Code lists. The value is what stands in the file; the template shows the same words."""

from __future__ import annotations

from enum import StrEnum


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


class CmvStatus(StrEnum):
    NEGATIVE = "negative"
    POSITIVE = "positive"


class Disease(StrEnum):
    AML = "AML"
    APL = "APL"
    MDS = "MDS"
    ALL = "ALL"
    LYMPHOMA = "lymphoma"
    AIDS = "AIDS"
    OTHER = "other"


class OnsetType(StrEnum):
    DE_NOVO = "de novo"
    POST_MDS = "after MDS"
    POST_MPN = "after MPN or CMML"
    THERAPY_RELATED = "therapy-related"


class DiseaseStatus(StrEnum):
    NEWLY_DIAGNOSED = "newly diagnosed"
    REMISSION = "in remission"
    REFRACTORY = "refractory"
    RELAPSED = "relapsed"


class FabType(StrEnum):
    M0 = "M0"
    M1 = "M1"
    M2 = "M2"
    M3 = "M3"
    M4 = "M4"
    M5 = "M5"
    M4_OR_M5 = "M4 or M5"
    M6 = "M6"
    M7 = "M7"
    OTHER = "not M4 or M5"


class RiskSystem(StrEnum):
    ELN_2017 = "ELN 2017"
    ELN_2022 = "ELN 2022"
    ELN_2024_LESS_INTENSIVE = "ELN 2024 less-intensive"
    OTHER = "other"


class RiskGroup(StrEnum):
    FAVORABLE = "favorable"
    INTERMEDIATE = "intermediate"
    ADVERSE = "adverse"
    LOW = "low"
    HIGH = "high"


class LesionKind(StrEnum):
    MUTATION = "mutation"
    FUSION = "fusion"
    CYTOGENETIC = "cytogenetic"


class GeneticResult(StrEnum):
    PRESENT = "present"
    ABSENT = "absent"
    NOT_EVALUABLE = "not evaluable"


class GeneticMethod(StrEnum):
    KARYOTYPE = "karyotype"
    FISH = "FISH"
    PCR = "PCR"
    NGS = "NGS panel"
    OTHER = "other"


class FitnessClass(StrEnum):
    FIT = "fit"
    UNFIT = "unfit"
    FRAIL = "frail"


class FitnessInstrument(StrEnum):
    FERRARA = "Ferrara 2013"
    HCT_CI = "HCT-CI"
    GERIATRIC = "geriatric assessment"
    CLINICIAN = "clinician judgement"
    OTHER = "other"


class AssessmentPoint(StrEnum):
    DIAGNOSIS = "diagnosis"
    AFTER_INDUCTION = "after induction"
    REMISSION = "remission"
    FOLLOW_UP = "follow-up"


class HlaSubject(StrEnum):
    PATIENT = "patient"
    DONOR = "donor"


class HlaLocus(StrEnum):
    A = "A"
    B = "B"
    C = "C"
    DRB1 = "DRB1"
    DRB345 = "DRB345"
    DQB1 = "DQB1"
    DPB1 = "DPB1"


class HlaMethod(StrEnum):
    NGS = "NGS"
    SANGER = "Sanger sequencing"
    SSO = "SSO"
    SSP = "SSP"
    SEROLOGY = "serology"
    OTHER = "other"


class HlaResolution(StrEnum):
    HIGH = "high"
    INTERMEDIATE = "intermediate"
    LOW = "low"


class DonorRelation(StrEnum):
    CHILD = "child"
    SIBLING = "sibling"
    PARENT = "parent"
    OTHER_RELATIVE = "other relative"
    UNRELATED = "unrelated"


class DonorRole(StrEnum):
    USED = "cells infused"
    COLLECTED = "collected, not infused"
    CONSIDERED = "considered only"


class ReplacementReason(StrEnum):
    INSUFFICIENT_CELLS = "insufficient cells"
    DONOR_UNAVAILABLE = "donor unavailable"
    MEDICAL = "medical reason"
    ANTIBODY = "donor-specific antibody"
    OTHER = "other"


class Clearance(StrEnum):
    CLEARED = "cleared"
    NOT_CLEARED = "not cleared"


class KirGene(StrEnum):
    KIR2DL1 = "2DL1"
    KIR2DL2 = "2DL2"
    KIR2DL3 = "2DL3"
    KIR2DL4 = "2DL4"
    KIR2DL5 = "2DL5"
    KIR2DP1 = "2DP1"
    KIR2DS1 = "2DS1"
    KIR2DS2 = "2DS2"
    KIR2DS3 = "2DS3"
    KIR2DS4 = "2DS4"
    KIR2DS5 = "2DS5"
    KIR3DL1 = "3DL1"
    KIR3DL2 = "3DL2"
    KIR3DL3 = "3DL3"
    KIR3DP1 = "3DP1"
    KIR3DS1 = "3DS1"


class KirMethod(StrEnum):
    SSP = "SSP"
    SSO = "SSO"
    NGS = "NGS"
    OTHER = "other"


class DsaMethod(StrEnum):
    SINGLE_ANTIGEN = "single-antigen beads"
    SCREEN = "bead screen"
    CDC = "CDC crossmatch"
    FLOW = "flow crossmatch"
    OTHER = "other"


class TestResult(StrEnum):
    NEGATIVE = "negative"
    POSITIVE = "positive"


class ProductType(StrEnum):
    PBSC = "PBSC"
    DLI = "DLI"
    BONE_MARROW = "bone marrow"
    CORD_BLOOD = "cord blood"


class MobilisationAgent(StrEnum):
    G_CSF = "G-CSF"
    G_CSF_PLERIXAFOR = "G-CSF and plerixafor"
    PLERIXAFOR = "plerixafor"
    NONE = "none"


class CountMethod(StrEnum):
    FLOW = "flow cytometry"
    ANALYSER = "blood analyser"
    OTHER = "other"


class ProductState(StrEnum):
    FRESH = "fresh"
    FROZEN = "frozen"


class DoseState(StrEnum):
    FRESH = "fresh"
    BEFORE_FREEZING = "before freezing"
    AFTER_THAW = "after thaw"


class WeightBasis(StrEnum):
    ACTUAL = "actual"
    IDEAL = "ideal"
    ADJUSTED = "adjusted"


class CoursePhase(StrEnum):
    INDUCTION = "induction"
    CONSOLIDATION = "consolidation"
    MAINTENANCE = "maintenance"
    SALVAGE = "salvage"


class CourseIntent(StrEnum):
    ANTILEUKAEMIC = "antileukaemic"
    CONDITIONING = "conditioning for engraftment"
    PALLIATIVE = "palliative"


class Regimen(StrEnum):
    STANDARD_7_3 = "standard 7+3"
    REDUCED_7_3 = "reduced-intensity 7+3"
    VEN_HMA = "venetoclax + HMA"
    CPX_351 = "CPX-351"
    INTERMEDIATE_CYTARABINE = "intermediate-dose cytarabine"
    HIGH_DOSE_CYTARABINE = "high-dose cytarabine"
    HMA_ALONE = "HMA alone"
    TARGETED = "targeted agent"
    OTHER = "other"


class Drug(StrEnum):
    CYTARABINE = "cytarabine"
    DAUNORUBICIN = "daunorubicin"
    IDARUBICIN = "idarubicin"
    MITOXANTRONE = "mitoxantrone"
    CPX_351 = "CPX-351"
    AZACITIDINE = "azacitidine"
    DECITABINE = "decitabine"
    VENETOCLAX = "venetoclax"
    FLUDARABINE = "fludarabine"
    ETOPOSIDE = "etoposide"
    HOMOHARRINGTONINE = "homoharringtonine"
    ACLARUBICIN = "aclarubicin"
    CLADRIBINE = "cladribine"
    HYDROXYUREA = "hydroxyurea"
    MIDOSTAURIN = "midostaurin"
    GILTERITINIB = "gilteritinib"
    QUIZARTINIB = "quizartinib"
    SORAFENIB = "sorafenib"
    IVOSIDENIB = "ivosidenib"
    ENASIDENIB = "enasidenib"
    IMATINIB = "imatinib"
    DASATINIB = "dasatinib"
    LENALIDOMIDE = "lenalidomide"
    ATG = "ATG"
    ALG = "ALG"
    ALEMTUZUMAB = "alemtuzumab"
    OTHER = "other"


class Route(StrEnum):
    IV = "IV"
    SC = "SC"
    ORAL = "oral"
    INTRATHECAL = "intrathecal"
    TOPICAL = "topical"


class DelayReason(StrEnum):
    INFECTION = "infection"
    ORGAN_TOXICITY = "organ toxicity"
    DONOR = "donor or collection"
    PRODUCT = "product or transport"
    LOGISTICS = "logistics"
    PATIENT_CHOICE = "patient choice"
    OTHER = "other"


class ConmedClass(StrEnum):
    CALCINEURIN_INHIBITOR = "calcineurin inhibitor"
    MTOR_INHIBITOR = "mTOR inhibitor"
    MYCOPHENOLATE = "mycophenolate"
    METHOTREXATE = "methotrexate"
    CYCLOPHOSPHAMIDE = "cyclophosphamide"
    CORTICOSTEROID = "corticosteroid"
    ANTILYMPHOCYTE_GLOBULIN = "anti-lymphocyte globulin"
    ALEMTUZUMAB = "alemtuzumab"
    ABATACEPT = "abatacept"
    RUXOLITINIB = "ruxolitinib"
    PURINE_ANALOGUE = "purine analogue"
    G_CSF = "G-CSF"
    ANTIBACTERIAL = "antibacterial"
    ANTIFUNGAL = "antifungal"
    ANTIVIRAL_CMV = "CMV antiviral"
    ANTIVIRAL_HERPES = "herpes antiviral"
    CYP3A_INHIBITOR_STRONG = "strong CYP3A inhibitor"
    CYP3A_INHIBITOR_MODERATE = "moderate CYP3A inhibitor"
    OTHER = "other"


class Indication(StrEnum):
    GVHD_PROPHYLAXIS = "GVHD prophylaxis"
    GVHD_TREATMENT = "GVHD treatment"
    INFECTION_PROPHYLAXIS = "infection prophylaxis"
    INFECTION_TREATMENT = "infection treatment"
    PREEMPTIVE = "pre-emptive treatment"
    NEUTROPENIA = "neutropenia"
    ANTIEMESIS_PREMEDICATION = "antiemesis or premedication"
    CNS = "CNS prophylaxis or treatment"
    CYTOKINE_RELEASE = "cytokine release syndrome"
    DIFFERENTIATION = "differentiation syndrome"
    HORMONE_REPLACEMENT = "hormone replacement"
    CONCOMITANT_DISEASE = "concomitant disease"
    OTHER = "other"


class RadiationType(StrEnum):
    TOTAL_BODY = "total body"
    TOTAL_LYMPHOID = "total lymphoid"
    LOCAL = "local"


class BloodProduct(StrEnum):
    RED_CELLS = "red cells"
    PLATELETS = "platelets"
    GRANULOCYTES = "granulocytes"
    PLASMA = "plasma"


class Response(StrEnum):
    CR = "CR"
    CRH = "CRh"
    CRI = "CRi"
    MLFS = "MLFS"
    PR = "PR"
    NO_RESPONSE = "no response"
    RELAPSE = "relapse"
    NOT_EVALUABLE = "not evaluable"


class MrdMethod(StrEnum):
    FLOW = "flow cytometry"
    QPCR = "qPCR"
    DPCR = "dPCR"
    NGS = "NGS"


class SampleSource(StrEnum):
    BLOOD = "blood"
    MARROW = "marrow"


class ChimerismMethod(StrEnum):
    FISH = "FISH"
    CHROMOSOMES = "chromosome analysis"
    STR_PCR = "STR-PCR"
    INDEL_PCR = "indel-PCR"
    FLOW = "flow cytometry"
    SNP = "SNP"
    DIP = "DIP"
    NGS = "NGS"
    DPCR = "dPCR"


class CellFraction(StrEnum):
    WHOLE = "unfractionated"
    T_CELLS = "CD3+"
    MYELOID = "CD33+ or CD15+"
    B_CELLS = "CD19+"
    NK_CELLS = "CD56+"
    PROGENITORS = "CD34+"


class ComplicationType(StrEnum):
    ACUTE_GVHD = "acute GVHD"
    CHRONIC_GVHD = "chronic GVHD"
    GVHD_SUSPECTED = "GVHD suspected, not confirmed"
    CRS = "CRS"
    INFECTION = "infection"
    CMV = "CMV"
    BLEEDING = "bleeding"
    FEVER = "fever"
    RASH = "rash"
    DIARRHOEA = "diarrhoea"
    LIVER = "liver dysfunction"
    OTHER = "other"


class ChronicSeverity(StrEnum):
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


class CmvEvent(StrEnum):
    VIRAEMIA = "viraemia"
    PNEUMONIA = "pneumonia"
    OTHER_DISEASE = "other disease"


class GvhdTreatment(StrEnum):
    SYSTEMIC_STEROID = "systemic corticosteroid"
    TOPICAL = "topical treatment"
    STEROID_AND_OTHER = "corticosteroid and other agent"
    OTHER = "other agent"


class AlloDonor(StrEnum):
    MATCHED_SIBLING = "matched sibling"
    HAPLOIDENTICAL = "haploidentical"
    MATCHED_UNRELATED = "matched unrelated"
    MISMATCHED_UNRELATED = "mismatched unrelated"
    CORD_BLOOD = "cord blood"


class NoAlloReason(StrEnum):
    AGE = "age"
    COMORBIDITY = "comorbidity"
    NO_DONOR = "no donor"
    PATIENT_CHOICE = "patient choice"
    RELAPSE_OR_DEATH = "relapse or death"
    OTHER = "other"


class VitalStatus(StrEnum):
    ALIVE = "alive"
    DEAD = "dead"
    LOST = "lost to follow-up"


class DeathCause(StrEnum):
    LEUKAEMIA = "leukaemia"
    INFECTION = "infection"
    BLEEDING = "bleeding"
    GVHD = "GVHD"
    ORGAN_FAILURE = "organ failure"
    SECOND_CANCER = "second cancer"
    OTHER = "other"


class DecisionPoint(StrEnum):
    DIAGNOSIS = "diagnosis"
    AFTER_INDUCTION = "after induction"
    REMISSION = "remission"
    AFTER_CONSOLIDATION = "after consolidation"
    FAILURE = "treatment failure"


class NextLine(StrEnum):
    SECOND_INDUCTION = "second induction"
    CLINICAL_TRIAL = "clinical trial"
    OTHER_PROTOCOL = "other protocol"
    ALLO_HSCT = "allogeneic transplant"
    BEST_SUPPORTIVE_CARE = "best supportive care"
    MAINTENANCE = "maintenance"
    OBSERVATION = "observation"


class ComorbidityKind(StrEnum):
    AUTOIMMUNE = "autoimmune disease"
    CARDIAC = "cardiac"
    PULMONARY = "pulmonary"
    RENAL = "renal"
    HEPATIC = "hepatic"
    DIABETES = "diabetes"
    CEREBROVASCULAR = "cerebrovascular"
    PSYCHIATRIC = "psychiatric or cognitive"
    CANCER = "earlier cancer"
    INFECTION = "chronic infection"
    OTHER = "other"
