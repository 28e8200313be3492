"""The statements that make the audit, kept apart from the revision since later tables are watched too.

An entry is chained when its transaction commits, under a lock of its own: entries are numbered in the order
of commits without a gap, and a long transaction holds up nobody before its end.
"""

from alembic import op

_LOCK = 7_203_115

TABLES = (
    """
    create table audit.entry (
        entry_id bigint generated always as identity primary key,
        seq bigint unique,
        at timestamptz not null default clock_timestamp(),
        actor text not null,
        role text not null,
        channel text not null,
        action text not null,
        center_id text,
        changes integer,
        changes_sha256 bytea,
        detail_sha256 bytea not null,
        previous bytea,
        hash bytea,
        salt uuid,
        case_id text,
        detail text,
        transaction xid8
    )
    """,
    "create unique index entry_of_transaction on audit.entry (transaction, entry_id) "
    "where transaction is not null",
    "create index entry_of_case on audit.entry (center_id, case_id, seq)",
    """
    create table audit.change (
        change_id bigint generated always as identity primary key,
        entry_id bigint not null references audit.entry,
        entity text not null,
        operation text not null,
        commitment bytea not null,
        salt uuid,
        row_id text,
        center_id text,
        case_id text
    )
    """,
    "create index change_of_entry on audit.change (entry_id, change_id)",
    "create index change_of_row on audit.change (entity, row_id, change_id)",
    "create index change_of_case on audit.change (center_id, case_id, change_id)",
    """
    create function audit.net(variadic parts text[]) returns text
    language sql immutable parallel safe
    return (
        select string_agg(coalesce(octet_length(p) || ':' || p, '-') || ',', '' order by i)
        from unnest(parts) with ordinality as t (p, i)
    )
    """,
    """
    create function audit.digest(variadic parts text[]) returns bytea
    language sql immutable parallel safe
    return sha256(convert_to(audit.net(variadic parts), 'UTF8'))
    """,
)

# who is at work is what the program says, unless a person came with a login of their own
_ENTER = """
create function audit.enter(
    p_action text, p_center_id text, p_case_id text, p_detail text
) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    act jsonb := nullif(current_setting('mst.act', true), '')::jsonb;
    salt uuid := gen_random_uuid();
    entered bigint;
begin
    if act is null or exists (
        select from pg_auth_members as m join pg_roles as r on r.oid = m.roleid
        join pg_roles as p on p.oid = m.member
        where r.rolname = 'mst_person' and p.rolname = session_user
    ) then
        act := jsonb_build_object('actor', session_user, 'role', current_setting('role'),
                                  'channel', 'sql', 'action', 'use sql');
    end if;
    insert into audit.entry
        (actor, role, channel, action, center_id, case_id, detail, salt, detail_sha256, transaction)
    values (
        act ->> 'actor', act ->> 'role', act ->> 'channel', coalesce(p_action, act ->> 'action'),
        coalesce(p_center_id, act ->> 'center_id', nullif(current_setting('mst.center', true), '')),
        coalesce(p_case_id, act ->> 'case_id'),
        coalesce(p_detail, act ->> 'reason'),
        salt,
        audit.digest(salt::text, coalesce(p_case_id, act ->> 'case_id'),
                     coalesce(p_detail, act ->> 'reason')),
        pg_current_xact_id()
    )
    returning entry_id into entered;
    return entered;
end $$
"""

_PRESENT = """
create function audit.present_entry() returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    found_entry bigint;
begin
    select max(entry_id) into found_entry from audit.entry
    where transaction = pg_current_xact_id() and seq is null;
    return coalesce(found_entry, audit.enter(null, null, null, null));
end $$
"""

# the same as audit.digest of the three, spelled out since it is done for every row
_COMMITMENT = (
    "sha256(convert_to('36:' || salt || ',' || octet_length(row_id) || ':' || row_id || ',' "
    "|| octet_length(body::text) || ':' || body::text || ',', 'UTF8'))"
)

# the argument of the trigger is what names a row of the table
_NOTE = f"""
create function audit.note() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC'
as $$
declare
    entry bigint;
    is_any boolean;
    source text := case tg_op when 'DELETE' then 'gone' else 'come' end;
begin
    execute format('select exists (select from %I)', source) into is_any;
    if not is_any then
        return null;
    end if;
    entry := audit.present_entry();
    execute format(
        $sql$
        insert into audit.change
            (entry_id, entity, operation, salt, row_id, center_id, case_id, commitment)
        select $1, $2, $3, salt, row_id, body ->> 'center_id', body ->> 'case_id', {_COMMITMENT}
        from (
            select gen_random_uuid() as salt, concat_ws(':', %s) as row_id,
                jsonb_strip_nulls(to_jsonb(t)) as body
            from %I as t
        ) as c
        $sql$, tg_argv[0], source
    ) using entry, tg_table_schema || '.' || tg_table_name,
        case tg_op when 'INSERT' then 'added' when 'UPDATE' then 'changed' else 'removed' end;
    return null;
end $$
"""

_CHAIN = f"""
create function audit.chain() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    last record;
    made audit.entry := new;
begin
    perform pg_advisory_xact_lock({_LOCK});
    select e.seq, e.hash into last from audit.entry as e
    where e.seq is not null order by e.seq desc limit 1;
    select count(*), sha256(convert_to(coalesce(string_agg(
        audit.net(c.change_id::text, c.entity, c.operation, c.center_id,
                  encode(c.commitment, 'hex')), ''
        order by c.change_id), ''), 'UTF8'))
    into made.changes, made.changes_sha256
    from audit.change as c where c.entry_id = new.entry_id;
    made.seq := coalesce(last.seq, 0) + 1;
    made.previous := last.hash;
    made.at := clock_timestamp();
    update audit.entry set
        seq = made.seq, at = made.at, previous = made.previous, changes = made.changes,
        changes_sha256 = made.changes_sha256, transaction = null,
        hash = audit.digest(
            made.seq::text, made.entry_id::text,
            (extract(epoch from made.at) * 1000000)::bigint::text,
            made.actor, made.role, made.channel, made.action, made.center_id,
            made.changes::text, encode(made.changes_sha256, 'hex'),
            encode(made.detail_sha256, 'hex'), encode(made.previous, 'hex')
        )
    where entry_id = new.entry_id;
    return null;
end $$
"""

# an entry may be chained once, and what can be erased may become empty; nothing else ever
_KEEP = """
create function audit.keep() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
    erasable text[] := array['salt', 'case_id', 'detail', 'row_id'];
    was jsonb;
    is_ jsonb;
begin
    if tg_op = 'UPDATE' then
        was := to_jsonb(old);
        is_ := to_jsonb(new);
        if tg_table_name = 'entry' and was -> 'seq' = 'null'::jsonb then
            return new;
        end if;
        if was - erasable = is_ - erasable and not exists (
            select from jsonb_each(is_) as v
            where v.key = any(erasable) and v.value not in ('null'::jsonb, was -> v.key)
        ) then
            return new;
        end if;
    end if;
    raise exception 'The audit is only ever added to.';
end $$
"""

_HEAD = """
create function audit.head() returns table (seq bigint, hash text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select e.seq, encode(e.hash, 'hex') from audit.entry as e
    where e.seq is not null order by e.seq desc limit 1;
end
"""

# for the erasure of a case: what ties the audit to it goes, the commitments stay and tell nothing
FORGET = """
create function audit.forget(p_center_id text, p_case_id text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    forgotten bigint;
begin
    update audit.entry set salt = null, case_id = null, detail = null
    where (center_id = p_center_id and case_id = p_case_id) or position(p_case_id in detail) > 0;
    update audit.change set salt = null, case_id = null, row_id = null
    where center_id = p_center_id and case_id = p_case_id;
    get diagnostics forgotten = row_count;
    return forgotten;
end $$
"""

CHAIN = (
    _ENTER,
    _PRESENT,
    _NOTE,
    _CHAIN,
    _KEEP,
    _HEAD,
    FORGET,
    "create constraint trigger chain after insert on audit.entry deferrable initially deferred "
    "for each row execute function audit.chain()",
    *(
        f"create trigger keep_{table} before update or delete on audit.{table} "
        "for each row execute function audit.keep()"
        for table in ("entry", "change")
    ),
    *(
        f"create trigger keep_all_{table} before truncate on audit.{table} "
        "for each statement execute function audit.keep()"
        for table in ("entry", "change")
    ),
    "revoke all on all functions in schema audit from public",
    "grant usage on schema audit to mst_app, mst_reader, mst_access, mst_owner",
    "grant execute on function audit.enter, audit.head to mst_app, mst_reader, mst_access, mst_owner",
    "grant execute on function audit.forget to mst_owner",
)

VIEW = (
    *(f"alter table audit.{table} enable row level security" for table in ("entry", "change")),
    *(f"alter table audit.{table} force row level security" for table in ("entry", "change")),
    *(
        f"create policy keeper on audit.{table} to mst_audit using (true) with check (true)"
        for table in ("entry", "change")
    ),
    *(
        f"create policy center on audit.{table} for select to mst_app "
        "using (center_id = current_setting('mst.center', true))"
        for table in ("entry", "change")
    ),
    *(
        f"create policy release on audit.{table} for select to mst_reader using (true)"
        for table in ("entry", "change")
    ),
    "grant select on audit.entry, audit.change to mst_app, mst_reader",
)


def watch(table: str, row_id: str) -> None:
    """Let every change of a table be committed to; `row_id` is the columns that name a row."""
    for what, event, kept in (
        ("added", "insert", "new table as come"),
        ("changed", "update", "new table as come"),
        ("removed", "delete", "old table as gone"),
    ):
        op.execute(
            f"create trigger audit_{what} after {event} on {table} referencing {kept} "
            f"for each statement execute function audit.note('{row_id}')"
        )


def commit_to_present_rows(table: str, row_id: str) -> None:
    """The rows a table holds already are committed to as they are, under the entry of the migration."""
    op.execute(f"alter table {table} no force row level security")
    op.execute(
        f"""
        insert into audit.change
            (entry_id, entity, operation, salt, row_id, center_id, case_id, commitment)
        select audit.present_entry(), '{table}', 'added', salt, row_id, body ->> 'center_id',
            body ->> 'case_id', {_COMMITMENT}
        from (
            select gen_random_uuid() as salt, concat_ws(':', {row_id}) as row_id,
                jsonb_strip_nulls(to_jsonb(t)) as body
            from {table} as t
        ) as c
        """
    )
    op.execute(f"alter table {table} force row level security")
