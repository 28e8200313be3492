"""What processes of the registry do in these tests, each as a command would."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Event
from typing import Any

from tests.durability.material import case, file

_PATIENCE_SECONDS = 300
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def upload(path: str, center: str, key: str | None, more: dict[str, Any] | None = None) -> Any:
    """The receipt of a file sent, as `mst submit --format json` prints it."""
    from registry.intake.submit import submit

    return submit(Path(path), center, actor="ada", key=key, **(more or {})).as_dict()


def uploads(sent: list[tuple[str, str]], center: str) -> list[str]:
    """The same for several files with their keys, one after the other; what became of each."""
    return [upload(path, center, key)["status"] for path, key in sent]


def rounds(meet: Barrier, sent: list[tuple[str, str | None]], center: str) -> list[Any]:
    """As `uploads`, each begun when all others are ready: status and number of each."""
    told = []
    for path, key in sent:
        meet.wait(_PATIENCE_SECONDS)
        receipt = upload(path, center, key)
        told.append((receipt["status"], receipt["submission_id"]))
    return told


def amend(meet: Barrier, folder: str, who: int, changes: list[int]) -> list[Any]:
    """One of two coordinators: looks at the case, and changes the weight to a value nobody else gives.

    `changes` are numbers, which no other call gives.
    """
    from registry.intake.assess import latest
    from registry.store import center_session

    told = []
    for number in changes:
        meet.wait(_PATIENCE_SECONDS)
        with center_session("C01") as session:
            seen = latest(session)
        meet.wait(_PATIENCE_SECONDS)
        # above the weight of the first file, whose repeat would be "already received"
        weight = 62 + 0.1 * (2 * number + who)
        path = file(Path(folder) / f"{who}-{number}.json", case("A", weight_kg=round(weight, 1)))
        receipt = upload(str(path), "C01", None, {"based_on": seen, "reason": "entry error"})
        changes = [(c["old"], c["new"]) for c in receipt["changes"]]
        told.append((receipt["status"], changes, [f["message"] for f in receipt["findings"]]))
    return told


def work_through(meet: Barrier, queries: list[int], cases: list[str]) -> list[str]:
    """Answer each query and withdraw each case, one transaction each; what became of them."""
    from registry.lifecycle.cases import withdraw
    from registry.queries import answer
    from registry.queries.model import Answer, AnswerCode

    meet.wait(_PATIENCE_SECONDS)
    told: list[str] = []
    for query in queries:
        given = Answer(query, AnswerCode.NO_SOURCE, "", "")
        told += [o.result for o in answer("C01", [given], actor="ada", role="coordinator", at=NOW,
                                          may_confirm=lambda _: False)]  # fmt: skip
    for name in cases:
        withdraw("C01", name, actor="ada", reason="consent withdrawn", at=NOW)
        told.append("withdrawn")
    return told


def migrate() -> None:
    from registry import store

    store.migrate()


def migrate_together(meet: Barrier) -> None:
    meet.wait(_PATIENCE_SECONDS)
    migrate()


def release(name: str) -> Any:
    from registry import release

    return release.create(name, at=NOW)["counts"]


def build(name: str) -> str:
    from registry import release, warehouse

    home = Path(os.environ["MST_HOME"])
    return warehouse.build(release.folder(name), home, progress=lambda _: None, at=NOW).build_id


def shelve(name: str, rows: int) -> str:
    """Put a build of three small files on the shelf and serve it; each table says the same number."""
    import duckdb

    from registry.files import aside, only_one
    from registry.warehouse import shelf
    from registry.warehouse.runner import Warehouse

    root = Path(os.environ["MST_HOME"]) / "warehouse"
    with only_one(root / ".lock", ""), aside(root, ".building-") as scratch:
        files = Warehouse(scratch / "files")
        files.folder.mkdir()
        for path in files.files():
            with duckdb.connect(str(path)) as connection:
                for table in ("one", "other"):
                    connection.execute(
                        f"create table {table} as select {rows} as n from range({rows})"
                    )
        done = shelf.put(files.folder, root, name)
        shelf.serve(done, {"data_cut": None, "built_at": NOW.isoformat()})
        shelf.clear(root)
    return done.build_id


def swap(done: Event, swaps: int) -> None:
    """Serve one build after the other."""
    for number in range(1, swaps + 1):
        shelve("swapped", number)
    done.set()


def look(done: Event) -> list[tuple[int, ...]]:
    """Read what is served, over and over: the numbers that its tables say and how many rows they have."""
    from registry.duck import open_served

    pointer = Path(os.environ["MST_HOME"]) / "warehouse" / "current.json"
    seen = []
    last = False
    while not last:
        last = done.is_set()
        with open_served(pointer, "analyst") as connection:
            found = connection.execute(
                "select max(n), count(*), (select max(n) from other), (select count(*) from other) from one"
            ).fetchall()
        seen.append(found[0])
    return seen


def hold(lock: str) -> None:
    """Hold a lock until killed."""
    from registry.files import only_one

    with only_one(Path(lock), "") as handle:
        os.write(handle, b"held")
        time.sleep(_PATIENCE_SECONDS)
