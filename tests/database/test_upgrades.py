"""A registry of every earlier revision comes through the upgrade with every row, and back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, text

from registry import store
from registry.audit import verify

CASES = 1_000
REVISIONS = ("0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011")
# what a row says must not change on the way; the columns that every revision has
KEPT = {
    "crf.patient": "row_version, submission_id, content_sha256, center_id, case_id, weight_kg",
    "crf.blood_count": "row_version, submission_id, center_id, case_id, sample_day, anc_e9_per_l",
    "registry.submission": "submission_id, center_id, actor, received_at, file_name, file_sha256",
    "registry.submission_case": "submission_id, case_id, center_id, decision, row_count",
}
FILL = (
    "insert into registry.submission (center_id, actor, file_name, file_sha256, form_version{receipt}) "
    "select 'C0' || n, 'nora', 'file ' || n, 'h' || n, '2026.1'{empty} from generate_series(1, 5) as n",
    "insert into crf.patient (submission_id, content_sha256, center_id, case_id, weight_kg) "
    "select 1 + n % 5, 'p' || n, 'C0' || 1 + n % 5, 'P' || n, 40 + n % 60 + 0.1 "
    f"from generate_series(1, {CASES}) as n",
    "insert into crf.blood_count (submission_id, content_sha256, center_id, case_id, sample_day, "
    "anc_e9_per_l) select 1 + n % 5, 'b' || n || '-' || d, 'C0' || 1 + n % 5, 'P' || n, d, d / 10.0 "
    f"from generate_series(1, {CASES}) as n, generate_series(0, 4) as d",
    "insert into registry.submission_case (submission_id, case_id, center_id, decision, row_count) "
    f"select 1 + n % 5, 'P' || n, 'C0' || 1 + n % 5, 'accepted', 6 from generate_series(1, {CASES}) as n",
)
ACCOUNT = (
    "insert into registry.account (username, password_hash, role, center_id) values "
    "('nora', 'hash of nora', 'coordinator', 'C01'), ('sam', 'hash of sam', 'steward', null)"
)


@pytest.fixture
def empty_engine(database: None) -> Iterator[Engine]:
    """A database of its own on the same server."""
    name = "upgrades"
    with store.engine(None).connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        session.execute(text(f"drop database if exists {name} with (force)"))
        session.execute(text(f"create database {name}"))
    made = create_engine(store.owner_url().set(database=name))
    yield made
    made.dispose()


def config_for(engine: Engine) -> Config:
    config: Config = store.alembic_config()
    config.attributes["connection"] = engine
    return config


def fill(engine: Engine, revision: str) -> None:
    has_receipt = revision < "0005"
    words = (
        {"receipt": ", receipt", "empty": ", '{}'"} if has_receipt else {"receipt": "", "empty": ""}
    )
    with engine.begin() as session:
        for statement in FILL:
            session.execute(text(statement.format(**words) if "{" in statement else statement))
        if revision < "0007":
            session.execute(text(ACCOUNT))


def digests(engine: Engine) -> dict[str, tuple[int, str]]:
    with engine.begin() as session:
        session.execute(text("set local timezone = 'UTC'"))
        return {
            table: tuple(session.execute(text(
                f"select count(*), md5(string_agg(row({columns})::text, ',' order by {columns})) from {table}"
            )).one())
            for table, columns in KEPT.items()
        }  # fmt: skip


@pytest.mark.requirement("REL-12", "AUD-10")
@pytest.mark.parametrize("revision", REVISIONS)
def test_a_filled_registry_of_an_earlier_revision(empty_engine: Engine, revision: str) -> None:
    config = config_for(empty_engine)
    command.upgrade(config, revision)
    fill(empty_engine, revision)
    before = digests(empty_engine)
    assert before["crf.patient"][0] == CASES

    command.upgrade(config, "head")
    assert digests(empty_engine) == before
    with empty_engine.begin() as session:
        assert verify(session) == []
        if revision < "0007":
            moved = session.execute(text(
                "select a.username, g.role, g.center_id, c.password_hash, e.event "
                "from registry.account as a join registry.role_grant as g using (username) "
                "join registry.credential as c using (username) "
                "join registry.account_event as e using (username) order by 1"))  # fmt: skip
            assert moved.all() == [
                ("nora", "coordinator", "C01", "hash of nora", "activated"),
                ("sam", "steward", "", "hash of sam", "activated"),
            ]

    command.downgrade(config, revision)
    assert digests(empty_engine) == before
    if revision < "0007":
        with empty_engine.begin() as session:
            back = session.execute(text(
                "select username, role, center_id, password_hash from registry.account order by 1"))  # fmt: skip
            assert back.all() == [
                ("nora", "coordinator", "C01", "hash of nora"),
                ("sam", "steward", None, "hash of sam"),
            ]
    command.upgrade(config, "head")
    assert digests(empty_engine) == before


def test_every_revision_with_rows_is_tried(database: None) -> None:
    from alembic.script import ScriptDirectory

    known = {
        r.revision for r in ScriptDirectory.from_config(store.alembic_config()).walk_revisions()
    }
    assert store.head_revision() == max(known)
    assert set(REVISIONS) >= known - {"0001", "0002", store.head_revision()}


@pytest.mark.requirement("REL-12")
def test_a_database_at_another_revision_is_refused(
    database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "revision", lambda: "9999")
    with pytest.raises(store.NotReadyError, match="9999, newer than this program knows"):
        store.prepare()
    monkeypatch.setattr(store, "revision", lambda: "0004")
    monkeypatch.setattr(store, "is_embedded", lambda: False)
    with pytest.raises(
        store.NotReadyError, match=r"at revision 0004, this program needs .*mst migrate"
    ):
        store.prepare()
