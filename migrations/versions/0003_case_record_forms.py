"""One append-only table for each case record form."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import as_owner, protect

revision = "0003"
down_revision = "0002"

FORMS = (
    "aliquot",
    "allo",
    "antibody",
    "blood_count",
    "center",
    "chimerism",
    "collection",
    "comorbidity",
    "complication",
    "conmed",
    "course",
    "diagnosis",
    "donor",
    "drug",
    "fitness",
    "followup",
    "genetics",
    "hla",
    "immune",
    "infusion",
    "kir",
    "mrd",
    "patient",
    "plan",
    "radiation",
    "response",
    "transfusion",
)


def upgrade() -> None:
    with as_owner():
        create()


def create() -> None:
    op.create_table(
        "aliquot",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("aliquot_id", sa.String(), nullable=False),
        sa.Column("collection_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("freeze_day", sa.Integer(), nullable=True),
        sa.Column("thaw_day", sa.Integer(), nullable=True),
        sa.Column("viability_pct", sa.Float(), nullable=True),
        sa.Column("mnc_e8", sa.Float(), nullable=True),
        sa.Column("cd3_e8", sa.Float(), nullable=True),
        sa.Column("cd34_e8", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id", "case_id", "aliquot_id", "submission_id", name="aliquot_version"
        ),
        schema="crf",
    )
    op.create_index("aliquot_submission", "aliquot", ["submission_id"], unique=False, schema="crf")
    op.create_table(
        "allo",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("eligible", sa.Boolean(), nullable=True),
        sa.Column("considered", sa.Boolean(), nullable=True),
        sa.Column("decision_day", sa.Integer(), nullable=True),
        sa.Column("transplant_done", sa.Boolean(), nullable=True),
        sa.Column("transplant_day", sa.Integer(), nullable=True),
        sa.Column("age_at_transplant_years", sa.Integer(), nullable=True),
        sa.Column("donor_type", sa.String(), nullable=True),
        sa.Column("reason_not_done", sa.String(), nullable=True),
        sa.Column("neutrophil_recovery_day", sa.Integer(), nullable=True),
        sa.Column("platelet_recovery_day", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint("center_id", "case_id", "submission_id", name="allo_version"),
        schema="crf",
    )
    op.create_index("allo_submission", "allo", ["submission_id"], unique=False, schema="crf")
    op.create_table(
        "antibody",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("donor_id", sa.String(), nullable=False),
        sa.Column("test_day", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("specificities", sa.String(), nullable=True),
        sa.Column("mfi_max", sa.Float(), nullable=True),
        sa.Column("c1q", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id", "case_id", "donor_id", "test_day", "submission_id", name="antibody_version"
        ),
        schema="crf",
    )
    op.create_index(
        "antibody_submission", "antibody", ["submission_id"], unique=False, schema="crf"
    )
    op.create_table(
        "blood_count",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("sample_day", sa.Integer(), nullable=False),
        sa.Column("anc_e9_per_l", sa.Float(), nullable=True),
        sa.Column("platelets_e9_per_l", sa.Float(), nullable=True),
        sa.Column("haemoglobin_g_per_l", sa.Float(), nullable=True),
        sa.Column("wbc_e9_per_l", sa.Float(), nullable=True),
        sa.Column("alt_u_per_l", sa.Float(), nullable=True),
        sa.Column("ast_u_per_l", sa.Float(), nullable=True),
        sa.Column("ldh_u_per_l", sa.Float(), nullable=True),
        sa.Column("bilirubin_mg_per_dl", sa.Float(), nullable=True),
        sa.Column("temperature_max_c", sa.Float(), nullable=True),
        sa.Column("cmv_tested", sa.Boolean(), nullable=True),
        sa.Column("cmv_dna_copies_per_ml", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id", "case_id", "sample_day", "submission_id", name="blood_count_version"
        ),
        schema="crf",
    )
    op.create_index(
        "blood_count_submission", "blood_count", ["submission_id"], unique=False, schema="crf"
    )
    op.create_table(
        "center",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("adoption_year", sa.Integer(), nullable=True),
        sa.Column("transfusion_standard", sa.Boolean(), nullable=True),
        sa.Column("infection_standard", sa.Boolean(), nullable=True),
        sa.Column("supportive_care_standard", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint("center_id", "submission_id", name="center_version"),
        schema="crf",
    )
    op.create_index("center_submission", "center", ["submission_id"], unique=False, schema="crf")
    op.create_table(
        "chimerism",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("sample_day", sa.Integer(), nullable=False),
        sa.Column("donor_id", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("cell_fraction", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("detected", sa.Boolean(), nullable=True),
        sa.Column("donor_pct", sa.Float(), nullable=True),
        sa.Column("lod_pct", sa.Float(), nullable=True),
        sa.Column("informative_markers", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id",
            "case_id",
            "sample_day",
            "donor_id",
            "method",
            "cell_fraction",
            "submission_id",
            name="chimerism_version",
        ),
        schema="crf",
    )
    op.create_index(
        "chimerism_submission", "chimerism", ["submission_id"], unique=False, schema="crf"
    )
    op.create_table(
        "collection",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("collection_id", sa.String(), nullable=False),
        sa.Column("donor_id", sa.String(), nullable=True),
        sa.Column("product_type", sa.String(), nullable=True),
        sa.Column("mobilisation_agent", sa.String(), nullable=True),
        sa.Column("mobilisation_start_day", sa.Integer(), nullable=True),
        sa.Column("gcsf_ug_per_kg_per_day", sa.Float(), nullable=True),
        sa.Column("gcsf_days", sa.Integer(), nullable=True),
        sa.Column("collection_day", sa.Integer(), nullable=True),
        sa.Column("collection_days", sa.Integer(), nullable=True),
        sa.Column("device", sa.String(), nullable=True),
        sa.Column("count_method", sa.String(), nullable=True),
        sa.Column("mnc_e8", sa.Float(), nullable=True),
        sa.Column("cd34_e8", sa.Float(), nullable=True),
        sa.Column("cd3_e8", sa.Float(), nullable=True),
        sa.Column("cd4_e8", sa.Float(), nullable=True),
        sa.Column("cd8_e8", sa.Float(), nullable=True),
        sa.Column("nk_e8", sa.Float(), nullable=True),
        sa.Column("nkt_e8", sa.Float(), nullable=True),
        sa.Column("gdt_e8", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id", "case_id", "collection_id", "submission_id", name="collection_version"
        ),
        schema="crf",
    )
    op.create_index(
        "collection_submission", "collection", ["submission_id"], unique=False, schema="crf"
    )
    op.create_table(
        "comorbidity",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("needs_immunosuppression", sa.Boolean(), nullable=True),
        sa.Column("on_medication", sa.Boolean(), nullable=True),
        sa.Column("medication_continued", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id", "case_id", "kind", "submission_id", name="comorbidity_version"
        ),
        schema="crf",
    )
    op.create_index(
        "comorbidity_submission", "comorbidity", ["submission_id"], unique=False, schema="crf"
    )
    op.create_table(
        "complication",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("onset_day", sa.Integer(), nullable=False),
        sa.Column("end_day", sa.Integer(), nullable=True),
        sa.Column("ctcae_grade", sa.Integer(), nullable=True),
        sa.Column("agvhd_grade", sa.Integer(), nullable=True),
        sa.Column("agvhd_skin_stage", sa.Integer(), nullable=True),
        sa.Column("agvhd_liver_stage", sa.Integer(), nullable=True),
        sa.Column("agvhd_lower_gi_stage", sa.Integer(), nullable=True),
        sa.Column("agvhd_upper_gi_stage", sa.Integer(), nullable=True),
        sa.Column("cgvhd_severity", sa.String(), nullable=True),
        sa.Column("cgvhd_max_organ_stage", sa.Integer(), nullable=True),
        sa.Column("cgvhd_organs", sa.Integer(), nullable=True),
        sa.Column("cgvhd_lung_stage", sa.Integer(), nullable=True),
        sa.Column("crs_grade", sa.Integer(), nullable=True),
        sa.Column("cmv_event", sa.String(), nullable=True),
        sa.Column("organism", sa.String(), nullable=True),
        sa.Column("gvhd_considered", sa.Boolean(), nullable=True),
        sa.Column("suspicion_day", sa.Integer(), nullable=True),
        sa.Column("workup_day", sa.Integer(), nullable=True),
        sa.Column("biopsy_day", sa.Integer(), nullable=True),
        sa.Column("confirmation_day", sa.Integer(), nullable=True),
        sa.Column("treatment_day", sa.Integer(), nullable=True),
        sa.Column("gvhd_treatment", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id",
            "case_id",
            "kind",
            "onset_day",
            "submission_id",
            name="complication_version",
        ),
        schema="crf",
    )
    op.create_index(
        "complication_submission", "complication", ["submission_id"], unique=False, schema="crf"
    )
    op.create_table(
        "conmed",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("drug_name", sa.String(), nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=True),
        sa.Column("drug_class", sa.String(), nullable=True),
        sa.Column("indication", sa.String(), nullable=True),
        sa.Column("route", sa.String(), nullable=True),
        sa.Column("dose_mg_per_day", sa.Float(), nullable=True),
        sa.Column("interruptible", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id", "case_id", "drug_name", "first_day", "submission_id", name="conmed_version"
        ),
        schema="crf",
    )
    op.create_index("conmed_submission", "conmed", ["submission_id"], unique=False, schema="crf")
    op.create_table(
        "course",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("course_no", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(), nullable=True),
        sa.Column("intent", sa.String(), nullable=True),
        sa.Column("regimen", sa.String(), nullable=True),
        sa.Column("start_day", sa.Integer(), nullable=True),
        sa.Column("end_day", sa.Integer(), nullable=True),
        sa.Column("dose_adjusted", sa.Boolean(), nullable=True),
        sa.Column("weight_kg", sa.Float(), nullable=True),
        sa.Column("bsa_m2", sa.Float(), nullable=True),
        sa.Column("trial_id", sa.String(), nullable=True),
        sa.Column("trial_arm", sa.String(), nullable=True),
        sa.Column("drug_list_complete", sa.Boolean(), nullable=True),
        sa.Column("conmed_list_complete", sa.Boolean(), nullable=True),
        sa.Column("radiation_list_complete", sa.Boolean(), nullable=True),
        sa.Column("transfusion_list_complete", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id", "case_id", "course_no", "submission_id", name="course_version"
        ),
        schema="crf",
    )
    op.create_index("course_submission", "course", ["submission_id"], unique=False, schema="crf")
    op.create_table(
        "diagnosis",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("disease", sa.String(), nullable=True),
        sa.Column("disease_status", sa.String(), nullable=True),
        sa.Column("onset_type", sa.String(), nullable=True),
        sa.Column("antecedent_mds", sa.Boolean(), nullable=True),
        sa.Column("prior_antileukaemic_lines", sa.Integer(), nullable=True),
        sa.Column("who_subtype", sa.String(), nullable=True),
        sa.Column("fab_type", sa.String(), nullable=True),
        sa.Column("risk_system", sa.String(), nullable=True),
        sa.Column("risk_group", sa.String(), nullable=True),
        sa.Column("wbc_e9_per_l", sa.Float(), nullable=True),
        sa.Column("haemoglobin_g_per_l", sa.Float(), nullable=True),
        sa.Column("platelets_e9_per_l", sa.Float(), nullable=True),
        sa.Column("blood_blasts_pct", sa.Float(), nullable=True),
        sa.Column("marrow_blasts_pct", sa.Float(), nullable=True),
        sa.Column("marrow_aspirate_day", sa.Integer(), nullable=True),
        sa.Column("immunophenotype_day", sa.Integer(), nullable=True),
        sa.Column("leukaemia_phenotype", sa.Boolean(), nullable=True),
        sa.Column("karyotype_iscn", sa.String(), nullable=True),
        sa.Column("metaphases", sa.Integer(), nullable=True),
        sa.Column("mutation_panel", sa.String(), nullable=True),
        sa.Column("genetics_day", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint("center_id", "case_id", "submission_id", name="diagnosis_version"),
        schema="crf",
    )
    op.create_index(
        "diagnosis_submission", "diagnosis", ["submission_id"], unique=False, schema="crf"
    )
    op.create_table(
        "donor",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("donor_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("relation", sa.String(), nullable=True),
        sa.Column("eligible", sa.Boolean(), nullable=True),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("age_years", sa.Integer(), nullable=True),
        sa.Column("cmv_status", sa.String(), nullable=True),
        sa.Column("screening_day", sa.Integer(), nullable=True),
        sa.Column("examination_day", sa.Integer(), nullable=True),
        sa.Column("infectious_markers_day", sa.Integer(), nullable=True),
        sa.Column("clearance", sa.String(), nullable=True),
        sa.Column("consent_day", sa.Integer(), nullable=True),
        sa.Column("kir_typed", sa.Boolean(), nullable=True),
        sa.Column("antibodies_tested", sa.Boolean(), nullable=True),
        sa.Column("replaces_donor_id", sa.String(), nullable=True),
        sa.Column("replacement_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id", "case_id", "donor_id", "submission_id", name="donor_version"
        ),
        schema="crf",
    )
    op.create_index("donor_submission", "donor", ["submission_id"], unique=False, schema="crf")
    op.create_table(
        "drug",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("course_no", sa.Integer(), nullable=False),
        sa.Column("drug", sa.String(), nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=True),
        sa.Column("last_dose_end_time", sa.String(), nullable=True),
        sa.Column("dose_mg_per_m2", sa.Float(), nullable=True),
        sa.Column("dose_mg", sa.Float(), nullable=True),
        sa.Column("doses_per_day", sa.Integer(), nullable=True),
        sa.Column("days_given", sa.Integer(), nullable=True),
        sa.Column("route", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id",
            "case_id",
            "course_no",
            "drug",
            "first_day",
            "submission_id",
            name="drug_version",
        ),
        schema="crf",
    )
    op.create_index("drug_submission", "drug", ["submission_id"], unique=False, schema="crf")
    op.create_table(
        "fitness",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("assessment_day", sa.Integer(), nullable=False),
        sa.Column("point", sa.String(), nullable=True),
        sa.Column("fitness_class", sa.String(), nullable=True),
        sa.Column("instrument", sa.String(), nullable=True),
        sa.Column("ecog", sa.Integer(), nullable=True),
        sa.Column("hct_ci_score", sa.Integer(), nullable=True),
        sa.Column("hct_ci_arrhythmia", sa.Boolean(), nullable=True),
        sa.Column("hct_ci_cardiac", sa.Boolean(), nullable=True),
        sa.Column("hct_ci_bowel", sa.Boolean(), nullable=True),
        sa.Column("hct_ci_diabetes", sa.Boolean(), nullable=True),
        sa.Column("hct_ci_cerebrovascular", sa.Boolean(), nullable=True),
        sa.Column("hct_ci_psychiatric", sa.Boolean(), nullable=True),
        sa.Column("hct_ci_hepatic_mild", sa.Boolean(), nullable=True),
        sa.Column("hct_ci_obesity", sa.Boolean(), nullable=True),
        sa.Column("hct_ci_infection", sa.Boolean(), nullable=True),
        sa.Column("hct_ci_rheumatologic", sa.Boolean(), nullable=True),
        sa.Column("hct_ci_peptic_ulcer", sa.Boolean(), nullable=True),
        sa.Column("hct_ci_renal", sa.Boolean(), nullable=True),
        sa.Column("hct_ci_pulmonary_moderate", sa.Boolean(), nullable=True),
        sa.Column("hct_ci_tumour", sa.Boolean(), nullable=True),
        sa.Column("hct_ci_valve", sa.Boolean(), nullable=True),
        sa.Column("hct_ci_pulmonary_severe", sa.Boolean(), nullable=True),
        sa.Column("hct_ci_hepatic_severe", sa.Boolean(), nullable=True),
        sa.Column("cardiac_ef_pct", sa.Float(), nullable=True),
        sa.Column("dlco_pct", sa.Float(), nullable=True),
        sa.Column("fev1_pct", sa.Float(), nullable=True),
        sa.Column("creatinine_mg_per_dl", sa.Float(), nullable=True),
        sa.Column("bilirubin_mg_per_dl", sa.Float(), nullable=True),
        sa.Column("transaminases_x_uln", sa.Float(), nullable=True),
        sa.Column("heart_failure", sa.Boolean(), nullable=True),
        sa.Column("oxygen_or_rest_dyspnoea", sa.Boolean(), nullable=True),
        sa.Column("dialysis", sa.Boolean(), nullable=True),
        sa.Column("cirrhosis_child_b_or_c", sa.Boolean(), nullable=True),
        sa.Column("viral_hepatitis_acute", sa.Boolean(), nullable=True),
        sa.Column("resistant_infection", sa.Boolean(), nullable=True),
        sa.Column("cognitive_dependence", sa.Boolean(), nullable=True),
        sa.Column("uncontrolled_cancer", sa.Boolean(), nullable=True),
        sa.Column("other_incompatible", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id", "case_id", "assessment_day", "submission_id", name="fitness_version"
        ),
        schema="crf",
    )
    op.create_index("fitness_submission", "fitness", ["submission_id"], unique=False, schema="crf")
    op.create_table(
        "followup",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("last_contact_day", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("relapsed", sa.Boolean(), nullable=True),
        sa.Column("relapse_day", sa.Integer(), nullable=True),
        sa.Column("death_cause", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint("center_id", "case_id", "submission_id", name="followup_version"),
        schema="crf",
    )
    op.create_index(
        "followup_submission", "followup", ["submission_id"], unique=False, schema="crf"
    )
    op.create_table(
        "genetics",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("lesion", sa.String(), nullable=False),
        sa.Column("test_day", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("vaf_pct", sa.Float(), nullable=True),
        sa.Column("allelic_ratio", sa.Float(), nullable=True),
        sa.Column("biallelic", sa.Boolean(), nullable=True),
        sa.Column("in_frame_bzip", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id", "case_id", "lesion", "test_day", "submission_id", name="genetics_version"
        ),
        schema="crf",
    )
    op.create_index(
        "genetics_submission", "genetics", ["submission_id"], unique=False, schema="crf"
    )
    op.create_table(
        "hla",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("locus", sa.String(), nullable=False),
        sa.Column("allele_1", sa.String(), nullable=True),
        sa.Column("allele_2", sa.String(), nullable=True),
        sa.Column("homozygosity_confirmed", sa.Boolean(), nullable=True),
        sa.Column("resolution", sa.String(), nullable=True),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("nomenclature_release", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id", "case_id", "subject_id", "locus", "submission_id", name="hla_version"
        ),
        schema="crf",
    )
    op.create_index("hla_submission", "hla", ["submission_id"], unique=False, schema="crf")
    op.create_table(
        "immune",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("sample_day", sa.Integer(), nullable=False),
        sa.Column("t_cells_e6_per_l", sa.Float(), nullable=True),
        sa.Column("cd4_cells_e6_per_l", sa.Float(), nullable=True),
        sa.Column("cd8_cells_e6_per_l", sa.Float(), nullable=True),
        sa.Column("b_cells_e6_per_l", sa.Float(), nullable=True),
        sa.Column("nk_cells_e6_per_l", sa.Float(), nullable=True),
        sa.Column("il2_pg_per_ml", sa.Float(), nullable=True),
        sa.Column("il6_pg_per_ml", sa.Float(), nullable=True),
        sa.Column("il8_pg_per_ml", sa.Float(), nullable=True),
        sa.Column("il10_pg_per_ml", sa.Float(), nullable=True),
        sa.Column("il12_pg_per_ml", sa.Float(), nullable=True),
        sa.Column("ifn_alpha_pg_per_ml", sa.Float(), nullable=True),
        sa.Column("ifn_gamma_pg_per_ml", sa.Float(), nullable=True),
        sa.Column("cytokine_raised", sa.Boolean(), nullable=True),
        sa.Column("pentamer_done", sa.Boolean(), nullable=True),
        sa.Column("pentamer_antigen", sa.String(), nullable=True),
        sa.Column("pentamer_hla_restriction", sa.String(), nullable=True),
        sa.Column("pentamer_pct_of_cd8", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id", "case_id", "sample_day", "submission_id", name="immune_version"
        ),
        schema="crf",
    )
    op.create_index("immune_submission", "immune", ["submission_id"], unique=False, schema="crf")
    op.create_table(
        "infusion",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("infusion_no", sa.Integer(), nullable=False),
        sa.Column("course_no", sa.Integer(), nullable=True),
        sa.Column("donor_id", sa.String(), nullable=True),
        sa.Column("aliquot_id", sa.String(), nullable=True),
        sa.Column("infusion_day", sa.Integer(), nullable=True),
        sa.Column("infusion_start_time", sa.String(), nullable=True),
        sa.Column("delay_reason", sa.String(), nullable=True),
        sa.Column("mnc_e8_per_kg", sa.Float(), nullable=True),
        sa.Column("cd3_e8_per_kg", sa.Float(), nullable=True),
        sa.Column("cd34_e6_per_kg", sa.Float(), nullable=True),
        sa.Column("dose_state", sa.String(), nullable=True),
        sa.Column("weight_kg", sa.Float(), nullable=True),
        sa.Column("weight_basis", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id", "case_id", "infusion_no", "submission_id", name="infusion_version"
        ),
        schema="crf",
    )
    op.create_index(
        "infusion_submission", "infusion", ["submission_id"], unique=False, schema="crf"
    )
    op.create_table(
        "kir",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("donor_id", sa.String(), nullable=False),
        sa.Column("gene", sa.String(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=True),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("test_day", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id", "case_id", "donor_id", "gene", "submission_id", name="kir_version"
        ),
        schema="crf",
    )
    op.create_index("kir_submission", "kir", ["submission_id"], unique=False, schema="crf")
    op.create_table(
        "mrd",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("test_day", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("value_pct", sa.Float(), nullable=True),
        sa.Column("lod_pct", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id",
            "case_id",
            "test_day",
            "method",
            "target",
            "submission_id",
            name="mrd_version",
        ),
        schema="crf",
    )
    op.create_index("mrd_submission", "mrd", ["submission_id"], unique=False, schema="crf")
    op.create_table(
        "patient",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("diagnosis_year", sa.Integer(), nullable=True),
        sa.Column("age_at_diagnosis_years", sa.Integer(), nullable=True),
        sa.Column("height_cm", sa.Float(), nullable=True),
        sa.Column("weight_kg", sa.Float(), nullable=True),
        sa.Column("cmv_status", sa.String(), nullable=True),
        sa.Column("biobank_samples", sa.Boolean(), nullable=True),
        sa.Column("consent_to_registry", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint("center_id", "case_id", "submission_id", name="patient_version"),
        schema="crf",
    )
    op.create_index("patient_submission", "patient", ["submission_id"], unique=False, schema="crf")
    op.create_table(
        "plan",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("point", sa.String(), nullable=False),
        sa.Column("decision_day", sa.Integer(), nullable=True),
        sa.Column("mst_considered", sa.Boolean(), nullable=True),
        sa.Column("mst_offered", sa.Boolean(), nullable=True),
        sa.Column("mst_reason_not", sa.String(), nullable=True),
        sa.Column("intensification_considered", sa.Boolean(), nullable=True),
        sa.Column("best_supportive_care", sa.Boolean(), nullable=True),
        sa.Column("trial_offered", sa.Boolean(), nullable=True),
        sa.Column("next_line", sa.String(), nullable=True),
        sa.Column("maintenance_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint("center_id", "case_id", "point", "submission_id", name="plan_version"),
        schema="crf",
    )
    op.create_index("plan_submission", "plan", ["submission_id"], unique=False, schema="crf")
    op.create_table(
        "radiation",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("radiation_day", sa.Integer(), nullable=False),
        sa.Column("radiation_type", sa.String(), nullable=False),
        sa.Column("dose_gy", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id",
            "case_id",
            "radiation_day",
            "radiation_type",
            "submission_id",
            name="radiation_version",
        ),
        schema="crf",
    )
    op.create_index(
        "radiation_submission", "radiation", ["submission_id"], unique=False, schema="crf"
    )
    op.create_table(
        "response",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("assessment_day", sa.Integer(), nullable=False),
        sa.Column("after_course_no", sa.Integer(), nullable=True),
        sa.Column("response", sa.String(), nullable=True),
        sa.Column("marrow_done", sa.Boolean(), nullable=True),
        sa.Column("marrow_adequate", sa.Boolean(), nullable=True),
        sa.Column("marrow_blasts_pct", sa.Float(), nullable=True),
        sa.Column("blood_blasts_pct", sa.Float(), nullable=True),
        sa.Column("extramedullary_disease", sa.Boolean(), nullable=True),
        sa.Column("anc_e9_per_l", sa.Float(), nullable=True),
        sa.Column("platelets_e9_per_l", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id", "case_id", "assessment_day", "submission_id", name="response_version"
        ),
        schema="crf",
    )
    op.create_index(
        "response_submission", "response", ["submission_id"], unique=False, schema="crf"
    )
    op.create_table(
        "transfusion",
        sa.Column("row_version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column(
            "missing", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("transfusion_day", sa.Integer(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("irradiated", sa.Boolean(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["registry.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("row_version"),
        sa.UniqueConstraint(
            "center_id",
            "case_id",
            "transfusion_day",
            "product",
            "submission_id",
            name="transfusion_version",
        ),
        schema="crf",
    )
    op.create_index(
        "transfusion_submission", "transfusion", ["submission_id"], unique=False, schema="crf"
    )
    for form in FORMS:
        protect(f'crf."{form}"')


def downgrade() -> None:
    for form in reversed(FORMS):
        op.drop_table(form, schema="crf")
