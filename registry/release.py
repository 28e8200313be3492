"""Releases: named, immutable sets of Parquet files with a manifest that proves them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import func, select

from registry import consensus
from registry.audit import enter, head
from registry.audit.anchors import keep
from registry.consensus.base import quoted
from registry.files import TakenError, aside, only_one, sync, write_json
from registry.forms import FORM_VERSION, FORMS
from registry.forms.arrow import QUERY_FILE, QUERY_SCHEMA, raw_schema
from registry.home import home
from registry.lifecycle.latest import case_states
from registry.lifecycle.status import QUERY_STATE, UNSETTLED
from registry.row_versions import read_form, snapshot
from registry.schema import ERASURE
from registry.store import engine

MANIFEST, WRITING = "manifest.json", ".writing-"
TAKEN = "Another release is being written; nothing was done. Try again when it is finished."
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}")


class ReleaseError(Exception):
    """A release cannot be made or trusted; the message says why."""


class Cut(NamedTuple):
    """The last submission, event of a case, exchange of pseudonyms and event of a query, 0 before the first.

    `query_event` is None where queries are not told of.
    """

    submission: int
    case_event: int
    rekeying: int
    query_event: int | None


def folder(name: str) -> Path:
    """Where the release of that name lies. Raises ReleaseError for a name that is no name."""
    if not _NAME.fullmatch(name):
        raise ReleaseError("A release name is letters, digits, point, - and _, at most 61.")
    return home() / "releases" / name


def create(
    name: str, *, at: datetime | None = None, progress: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Write every form's current rows and their queries as Parquet. Returns the manifest; never replaces a release.

    Cases whose consent is withdrawn and rows that were deleted are not in it. `at` is when it is said to be made,
    for material that is always the same; it chooses no rows.
    """
    final = folder(name)
    with only_one(final.parent / ".lock", TAKEN), aside(final.parent, WRITING) as made:
        if final.exists():
            raise ReleaseError(
                f"The release {name} exists; releases never change. Choose another name."
            )
        erased = _last_erasure()
        manifest = _fill(made / name, name, at or datetime.now(UTC), progress)
        if _last_erasure() != erased:
            raise ReleaseError("A case was erased meanwhile; make the release again.")
        (made / name).rename(final)
        sync(final.parent)
    return manifest


def _fill(
    made: Path, name: str, moment: datetime, progress: Callable[[str], None]
) -> dict[str, Any]:
    """Write every form, the queries and the manifest, all of the registry as it is at one moment."""
    made.mkdir()
    with snapshot() as connection:
        cut = last(connection)
        if not cut.submission:
            raise ReleaseError("The registry holds no submission yet.")
        files = write_files(made, cut, connection, progress)
    with engine("mst_reader").begin() as session:
        enter(session, "make a release", detail=name)
        end = head(session)
    manifest = {
        "name": name,
        "created_at": moment.isoformat(timespec="seconds"),
        "last_submission": cut.submission,
        "last_case_event": cut.case_event,
        "last_rekeying": cut.rekeying,
        "last_query_event": cut.query_event,
        **made_by(),
        "consensus_version": consensus.CURRENT_VERSION,
        "counts": {form: pq.read_metadata(made / f"{form}.parquet").num_rows for form in FORMS},
        "audit": end._asdict() if end else None,
        "files": files,
    }
    write_json(made / MANIFEST, manifest)
    keep(end)
    return manifest


def _last_erasure() -> int:
    with engine("mst_reader").connect() as session:
        query = select(func.coalesce(func.max(ERASURE.c.erasure_id), 0))
        return int(session.execute(query).scalar_one())


def last(connection: Any) -> Cut:
    """Where the registry stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select (select coalesce(max(submission_id), 0) from registry.submission), "
            "(select coalesce(max(event_id), 0) from registry.case_event), "
            "(select coalesce(max(rekeying_id), 0) from registry.rekeying), "
            "(select coalesce(max(event_id), 0) from registry.query_event)"
        )
        return Cut(*map(int, cursor.fetchone()))


def made_by() -> dict[str, str]:
    """What decides the bytes of a release beside the rows."""
    return {
        "form_version": FORM_VERSION,
        "code_version": version("microtransplant-registry"),
        "arrow_version": pa.__version__,
    }


def write_files(
    made: Path, cut: Cut, connection: Any, progress: Callable[[str], None]
) -> dict[str, str]:
    """Write every form's rows, and the queries, as of a cut; the hash of each file."""
    for form in FORMS:
        progress(f"writing {form}")
        stored = read_form(
            form, as_of=cut.submission, as_of_case_event=cut.case_event, connection=connection
        )
        _store(stored.cast(raw_schema(FORMS[form])), made / f"{form}.parquet")
    if cut.query_event is not None:
        cases = pq.read_table(made / "patient.parquet", columns=["center_id", "case_id"])
        _store(_questioned(connection, cases, cut.query_event), made / QUERY_FILE)
    return {path.name: sha256(path) for path in made.glob("*.parquet")}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _questioned(connection: Any, cases: pa.Table, query_event: int) -> pa.Table:
    """The queries of these cases that were not settled, or settled by a confirmation, with their state."""
    states = " ".join(
        f"when {quoted(event)} then {quoted(state)}" for event, state in QUERY_STATE.items()
    )
    wanted = ", ".join(map(quoted, (*UNSETTLED, QUERY_STATE["confirmed"])))
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from (select q.center_id, q.case_id, q.form, q.rule, "
            f"case e.event {states} end as state from registry.query q cross join lateral ("
            f"select event from registry.query_event where query_id = q.query_id and event_id <= {query_event} "
            f"order by event_id desc limit 1) as e) as latest where state in ({wanted})"
        )
        found = cursor.fetch_arrow_table().cast(QUERY_SCHEMA)
    return found.join(cases, ["center_id", "case_id"], join_type="left semi").sort_by(
        [(name, "ascending") for name in QUERY_SCHEMA.names]
    )


def _store(table: pa.Table, path: Path) -> None:
    # in one piece, so that the bytes depend on the rows and not on how they came
    pq.write_table(table.combine_chunks(), path, compression="zstd")
    path.chmod(0o400)
    sync(path)


def manifest(name: str) -> dict[str, Any]:
    """The manifest of a release. Raises ReleaseError if there is none that can be read."""
    path = folder(name) / MANIFEST
    if not path.parent.is_dir():
        raise ReleaseError(f"There is no release {name}.")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        content = None
    if not isinstance(content, dict) or not content:
        raise ReleaseError(
            f"The manifest of release {name} is {'damaged' if path.exists() else 'lost'}, and only it says what the "
            f"release holds. Put it back from a backup (tar xOf BACKUP releases/{name}/{MANIFEST}, see "
            "docs/backup.md); without one delete the folder of the release and make a new one."
        )
    return content


def names() -> list[str]:
    """The names of all releases, also of those that lost their manifest."""
    folders = (path for path in (home() / "releases").glob("*") if path.is_dir())
    return sorted(path.name for path in folders if _NAME.fullmatch(path.name))


def erase(name: str, is_erased: Callable[[str, str], bool]) -> bool:
    """Take erased cases, told by center and case, out of a release; its only change ever. Whether there were any.

    The manifest says how many, and of each file the hash before and after. It is written first: whoever is
    stopped in between finds the files at odds with it, and erases again.
    """
    content = manifest(name)
    made: dict[str, Path] = {}
    cases: set[tuple[str, str]] = set()
    for file in content["files"]:
        path = folder(name) / file
        if not path.is_file():
            continue  # lost: `verify` names it, and nothing of the case is left in it
        table = pq.read_table(path)
        if "case_id" not in table.column_names:
            continue
        rows = list(zip(table["center_id"].to_pylist(), table["case_id"].to_pylist(), strict=True))
        gone = {row for row in set(rows) if is_erased(*row)}
        if gone:
            cases |= gone
            made[file] = path.with_name(f".{file}.new")
            made[file].unlink(missing_ok=True)
            _store(table.filter([row not in gone for row in rows]), made[file])
    if made:
        _write_erasure(name, content, made, len(cases))
    for file, new in made.items():
        new.replace(folder(name) / file)
    return bool(made)


def _write_erasure(
    name: str, content: dict[str, Any], made: Mapping[str, Path], cases: int
) -> None:
    hashes = {file: sha256(path) for file, path in made.items()}
    steps = {
        file: {"was": content["files"][file], "is": is_}
        for file, is_ in hashes.items() if content["files"][file] != is_
    }  # fmt: skip
    if steps:
        content["files"] |= hashes
        content["counts"] |= {
            Path(file).stem: pq.read_metadata(path).num_rows
            for file, path in made.items()
            if file != QUERY_FILE
        }
        content.setdefault("erased", []).append({"cases": cases, "files": steps})
        write_json(folder(name) / MANIFEST, content)


def remove_unfinished() -> None:
    """Remove what a release that was broken off left behind; one in the making notices an erasure itself."""
    root = home() / "releases"
    with suppress(TakenError), only_one(root / ".lock", TAKEN), aside(root, WRITING):
        pass


def withdrawn_since(name: str) -> int:
    """How many cases of a release are withdrawn by now. The release itself never changes. Raises ReleaseError."""
    columns = ["center_id", "case_id"]
    try:
        held = pq.read_table(folder(name) / "patient.parquet", columns=columns)
    except (FileNotFoundError, pa.ArrowInvalid):
        raise ReleaseError(
            f"Of release {name} patient.parquet is lost or damaged; mst release rebuild {name} --repair puts it back."
        ) from None
    cases = set(zip(*(held[column].to_pylist() for column in columns), strict=True))
    state = case_states()
    query = select(state.c.center_id, state.c.case_id).where(state.c.status == "withdrawn")
    with engine("mst_reader").connect() as session:
        return len(cases & {(row.center_id, row.case_id) for row in session.execute(query)})


def verify(name: str) -> list[str]:
    """What is wrong with a release: files lost, added or changed. Empty if nothing is."""
    expected: dict[str, str] = manifest(name)["files"]
    present = {path.name: path for path in folder(name).glob("*.parquet")}
    faults = [f"{file} is missing" for file in sorted(expected.keys() - present.keys())]
    faults += [f"{file} does not belong to it" for file in sorted(present.keys() - expected.keys())]
    for file in sorted(expected.keys() & present.keys()):
        if sha256(present[file]) != expected[file]:
            faults.append(f"{file} was changed")
    return faults
