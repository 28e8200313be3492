"""Accounts with roles given and taken, sessions, and a login of the service that is bound by every policy."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import as_owner

revision = "0007"
down_revision = "0006"

TABLES = (
    "account_event", "role_grant", "credential", "openid_identity", "session", "sign_in", "invitation",
)  # fmt: skip
# what is more than only added to
CHANGING = {"credential": "update", "session": "update", "invitation": "update"}


def upgrade() -> None:
    create_roles()
    with as_owner():
        op.execute("alter table registry.account rename to account_before")
        op.execute("alter index registry.account_pkey rename to account_before_pkey")
        create_tables()
        move_accounts()
        op.drop_table("account_before", schema="registry")
        for table in ("account", *TABLES):
            protect_access(table)


def create_roles() -> None:
    for role in ("mst_access nologin", "mst_service login noinherit"):
        op.execute(
            f"do $$ begin create role {role} nosuperuser nobypassrls; "
            "exception when duplicate_object then null; end $$"
        )
    op.execute("grant mst_access to current_user")
    op.execute("grant mst_app, mst_reader, mst_access to mst_service")
    op.execute("grant usage on schema registry to mst_access")
    op.execute("grant select on alembic_version to public")


def create_tables() -> None:
    now = sa.text("now()")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "account",
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("created_at", moment, server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("username"),
        sa.UniqueConstraint("email"),
        schema="registry",
    )
    op.create_table(
        "account_event",
        sa.Column("event_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        _username(),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", moment, server_default=now, nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("event_id"),
        schema="registry",
    )
    op.create_index(
        "account_event_latest", "account_event", ["username", "event_id"], schema="registry"
    )
    op.create_table(
        "role_grant",
        sa.Column("grant_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        _username(),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("center_id", sa.String(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", moment, server_default=now, nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("grant_id"),
        schema="registry",
    )
    op.create_index(
        "role_grant_latest", "role_grant", ["username", "role", "center_id", "grant_id"],
        schema="registry",
    )  # fmt: skip
    op.create_table(
        "credential",
        _username(),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("set_at", moment, server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("username"),
        schema="registry",
    )
    op.create_table(
        "openid_identity",
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        _username(),
        sa.Column("at", moment, server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject"),
        schema="registry",
    )
    op.create_table(
        "session",
        sa.Column("token_sha256", sa.String(), nullable=False),
        _username(),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("ticket_sha256", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("token_sha256"),
        sa.UniqueConstraint("ticket_sha256"),
        schema="registry",
    )
    op.create_index("session_of_person", "session", ["username", "started_at"], schema="registry")
    op.create_table(
        "sign_in",
        sa.Column("sign_in_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("username_sha256", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sign_in_id"),
        schema="registry",
    )
    op.create_index("sign_in_latest", "sign_in", ["username_sha256", "at"], schema="registry")
    op.create_table(
        "invitation",
        sa.Column("code_sha256", sa.String(), nullable=False),
        _username(),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("code_sha256"),
        schema="registry",
    )


def _username() -> sa.Column[str]:
    return sa.Column(
        "username", sa.String(), sa.ForeignKey("registry.account.username"), nullable=False
    )


def move_accounts() -> None:
    op.execute(
        "insert into registry.account (username, full_name, created_at) "
        "select username, username, created_at from registry.account_before"
    )
    op.execute(
        "insert into registry.account_event (username, event, actor, at) "
        "select username, 'activated', 'migration', created_at from registry.account_before"
    )
    op.execute(
        "insert into registry.role_grant (username, role, center_id, given, actor, at) "
        "select username, role, coalesce(center_id, ''), true, 'migration', created_at "
        "from registry.account_before"
    )
    op.execute(
        "insert into registry.credential (username, password_hash, set_at) "
        "select username, password_hash, created_at from registry.account_before"
    )


def protect_access(table: str) -> None:
    """Only the part of the application that keeps accounts sees them; the owner manages them."""
    for statement in (
        "alter table registry.{} enable row level security",
        "alter table registry.{} force row level security",
        "create policy access on registry.{} to mst_access using (true) with check (true)",
        "create policy management on registry.{} to mst_owner using (true) with check (true)",
        "grant select, insert on registry.{} to mst_access",
    ):
        op.execute(statement.format(table))
    if table in ("account", "account_event", "role_grant", "openid_identity"):
        op.execute(
            f"create policy release on registry.{table} for select to mst_reader using (true)"
        )
        op.execute(f"grant select on registry.{table} to mst_reader")
    if table in CHANGING:
        op.execute(f"grant {CHANGING[table]} on registry.{table} to mst_access")


def downgrade() -> None:
    with as_owner():
        op.create_table(
            "account_before",
            sa.Column("username", sa.String(), nullable=False),
            sa.Column("password_hash", sa.String(), nullable=False),
            sa.Column("role", sa.String(), nullable=False),
            sa.Column("center_id", sa.String(), nullable=True),
            sa.Column(
                "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                nullable=False,
            ),
            sa.PrimaryKeyConstraint("username"),
            schema="registry",
        )  # fmt: skip
        # the older program knew one role a person, and no account without a password
        op.execute(
            "insert into registry.account_before "
            "select distinct on (a.username) a.username, c.password_hash, g.role, "
            "nullif(g.center_id, ''), a.created_at "
            "from registry.account as a join registry.credential as c using (username) "
            "join registry.role_grant as g using (username) "
            "order by a.username, g.grant_id desc"
        )
        for table in (*reversed(TABLES), "account"):
            op.drop_table(table, schema="registry")
        op.execute("alter table registry.account_before rename to account")
        op.execute("alter index registry.account_before_pkey rename to account_pkey")
        op.execute("alter table registry.account enable row level security")
        op.execute("alter table registry.account force row level security")
        op.execute(
            "create policy own_account on registry.account for select to mst_app "
            "using (username = current_setting('mst.username', true))"
        )
        op.execute("create policy management on registry.account to mst_owner using (true)")
        op.execute("grant select on registry.account to mst_app")
