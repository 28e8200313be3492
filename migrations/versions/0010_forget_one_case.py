"""The audit forgets what names an erased case as a whole word, and leaves other centers' entries alone."""

from alembic import op

from migrations.audit import FORGET

revision = "0010"
down_revision = "0009"

# a joined id, such as P1-A, is another case; an entry of no one center, such as a question, may name this one
_FORGET = r"""
create or replace function audit.forget(p_center_id text, p_case_id text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    forgotten bigint;
    named text := '(?<![A-Za-z0-9])(?<![A-Za-z0-9][_-])'
        || regexp_replace(p_case_id, '([^A-Za-z0-9])', '\\\1', 'g') || '(?![_-]*[A-Za-z0-9])';
begin
    update audit.entry set salt = null, case_id = null, detail = null
    where (center_id = p_center_id and case_id = p_case_id)
        or (coalesce(center_id, '*') in (p_center_id, '*') and detail ~ named);
    update audit.change set salt = null, case_id = null, row_id = null
    where center_id = p_center_id and case_id = p_case_id;
    get diagnostics forgotten = row_count;
    return forgotten;
end $$
"""


def upgrade() -> None:
    _as_keeper(_FORGET)


def downgrade() -> None:
    _as_keeper(FORGET.replace("create function", "create or replace function"))


def _as_keeper(statement: str) -> None:
    op.execute("set local role mst_audit")
    op.execute(statement)
    op.execute("set local role none")
