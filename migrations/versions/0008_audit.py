"""The audit: an entry for every act, a commitment to every row, chained so that no change goes unseen.

Tables and functions belong to `mst_audit`, whom no login may act as. Whoever adds, renames or erases a row
of another table writes a commitment to it here by a trigger, in the same transaction, whatever program did
it; a program may add an act of its own (a sign-in, an export) and nothing else.
"""

from alembic import op

from migrations.audit import CHAIN, TABLES, VIEW, commit_to_present_rows, watch

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute(
        "do $$ begin create role mst_audit nologin nosuperuser nobypassrls; "
        "exception when duplicate_object then null; end $$"
    )
    op.execute("grant mst_audit to current_user")
    op.execute("create schema audit authorization mst_audit")
    op.execute("set local role mst_audit")
    for statement in (*TABLES, *CHAIN, *VIEW):
        op.execute(statement)
    op.execute("set local role none")
    for table, row_id in WATCHED.items():
        watch(table, row_id)
        commit_to_present_rows(table, row_id)


FORMS = (
    "aliquot", "allo", "antibody", "blood_count", "center", "chimerism", "collection", "comorbidity",
    "complication", "conmed", "course", "diagnosis", "donor", "drug", "fitness", "followup",
    "genetics", "hla", "immune", "infusion", "kir", "mrd", "patient", "plan", "radiation",
    "response", "transfusion",
)  # fmt: skip
# by table, what names one of its rows
WATCHED = {
    **{f"crf.{form}": "row_version" for form in FORMS},
    "registry.submission": "submission_id",
    "registry.receipt": "submission_id",
    "registry.submission_case": "submission_id, case_id",
    "registry.finding": "finding_id",
    "registry.query": "query_id",
    "registry.query_event": "event_id",
    "registry.case_event": "event_id",
    "registry.rekeying": "rekeying_id",
    "registry.account": "username",
    "registry.account_event": "event_id",
    "registry.role_grant": "grant_id",
    "registry.openid_identity": "issuer, subject",
}


def downgrade() -> None:
    for table in WATCHED:
        for what in ("added", "changed", "removed"):
            op.execute(f"drop trigger audit_{what} on {table}")
    op.execute("drop schema audit cascade")
