"""Signatures and locks of cases, erasures, and logins of people who may look with SQL."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.audit import watch
from migrations.protection import as_owner, protect

revision = "0009"
down_revision = "0008"

FORMS = (
    "aliquot", "allo", "antibody", "blood_count", "chimerism", "collection", "comorbidity",
    "complication", "conmed", "course", "diagnosis", "donor", "drug", "fitness", "followup",
    "genetics", "hla", "immune", "infusion", "kir", "mrd", "patient", "plan", "radiation",
    "response", "transfusion",
)  # fmt: skip
NEW = {"case_signature": "signature_id", "case_lock": "lock_id", "erasure": "erasure_id"}
# what a person with a login of their own may look at, besides the forms
SEEN = (
    "submission", "receipt", "submission_case", "finding", "query", "query_event", "case_event",
    "rekeying", *NEW,
)  # fmt: skip


def upgrade() -> None:
    op.execute(
        "do $$ begin create role mst_person nologin nosuperuser nobypassrls; "
        "exception when duplicate_object then null; end $$"
    )
    with as_owner():
        create_tables()
        op.execute(_GUARD)
        for form in FORMS:
            op.execute(
                f"create trigger guard_case after insert on crf.{form} "
                "referencing new table as come for each statement "
                "execute function registry.guard_case()"
            )
        let_people_look()
    for table, row_id in NEW.items():
        watch(f"registry.{table}", row_id)
    op.execute("set local role mst_audit")
    op.execute(_FORGET_ROWS)
    op.execute("revoke all on function audit.forget_rows from public")
    op.execute("grant execute on function audit.forget_rows to mst_owner")
    op.execute("set local role none")


def create_tables() -> None:
    op.create_table(
        "case_signature",
        sa.Column("signature_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.Column("signer", sa.String(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["registry.submission.submission_id"]),
        sa.PrimaryKeyConstraint("signature_id"),
        schema="registry",
    )
    op.create_table(
        "case_lock",
        sa.Column("lock_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("cut", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("lock_id"),
        schema="registry",
    )
    op.create_table(
        "erasure",
        sa.Column("erasure_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("case_hmac", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("erasure_id"),
        schema="registry",
    )
    for table, row_id in (("case_signature", "signature_id"), ("case_lock", "lock_id")):
        columns = ["center_id", "case_id", row_id]
        op.create_index(f"{table}_latest", table, columns, schema="registry")
    op.create_index("erasure_of_case", "erasure", ["center_id", "case_hmac"], schema="registry")
    for table in NEW:
        protect(f"registry.{table}")
    op.execute("revoke insert on registry.erasure from mst_app")


# the program says so in words first; this holds for every other program too
_GUARD = """
create function registry.guard_case() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from (
            select distinct on (center_id, case_id) center_id, case_id, event
            from registry.case_lock order by center_id, case_id, lock_id desc
        ) as l
        where l.event = 'locked'
            and (l.center_id, l.case_id) in (select c.center_id, c.case_id from come as c)
    ) then
        raise exception 'A locked case cannot change.' using errcode = 'check_violation';
    end if;
    if exists (
        select from registry.case_signature as s
        where (s.center_id, s.case_id) in (
            select c.center_id, c.case_id from come as c where c.change_reason is null
        )
    ) then
        raise exception 'A signed case changes only with a reason.'
            using errcode = 'check_violation';
    end if;
    return null;
end $$
"""

# who is asked for is the login, which no setting and no other role changes
_VISIBLE = """
create function registry.visible_centers() returns text[]
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select coalesce(array_agg(distinct coalesce(nullif(g.center_id, ''), '*')), '{}')
    from (
        select distinct on (r.username, r.role, r.center_id) r.*
        from registry.role_grant as r
        where 'mst_p_' || r.username = session_user
        order by r.username, r.role, r.center_id, r.grant_id desc
    ) as g
    where g.given
        and g.role in ('coordinator', 'center lead', 'steward', 'auditor')
        and (now() at time zone 'UTC')::date
            between coalesce(g.valid_from, '-infinity') and coalesce(g.valid_until, 'infinity')
        and (
            select e.event from registry.account_event as e
            where e.username = g.username
                and e.event in ('invited', 'activated', 'deactivated', 'reactivated')
            order by e.event_id desc limit 1
        ) in ('activated', 'reactivated');
end
"""


def let_people_look() -> None:
    op.execute(_VISIBLE)
    op.execute("revoke all on function registry.visible_centers from public")
    op.execute("grant execute on function registry.visible_centers to mst_person")
    op.execute("grant usage on schema crf, registry to mst_person")
    for table in _seen():
        op.execute(f"grant select on {table} to mst_person")
        op.execute(
            f"create policy person on {table} for select to mst_person "
            "using (array[center_id::text, '*'] && (select registry.visible_centers()))"
        )


def _seen() -> list[str]:
    return [*(f"crf.{f}" for f in (*FORMS, "center")), *(f"registry.{t}" for t in SEEN)]


# the salts and names of rows of the audit that say something of an erased case and do not carry its name
_FORGET_ROWS = """
create function audit.forget_rows(p_entity text, p_row_ids text[]) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    forgotten bigint;
begin
    update audit.change set salt = null, case_id = null, row_id = null
    where entity = p_entity and row_id = any(p_row_ids);
    get diagnostics forgotten = row_count;
    return forgotten;
end $$
"""


def downgrade() -> None:
    op.execute("drop function audit.forget_rows")
    with as_owner():
        for table in _seen():
            op.execute(f"drop policy person on {table}")
            op.execute(f"revoke select on {table} from mst_person")
        op.execute("drop function registry.visible_centers")
        op.execute("revoke usage on schema crf, registry from mst_person")
        for form in FORMS:
            op.execute(f"drop trigger guard_case on crf.{form}")
        op.execute("drop function registry.guard_case")
        for table in NEW:
            op.drop_table(table, schema="registry")
