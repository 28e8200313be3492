"""Releases: named, immutable sets of Parquet files with a manifest that proves them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import ColumnElement, func, select

from registry import consensus
from registry.audit import enter, head
from registry.audit.anchors import keep
from registry.forms import FORM_VERSION, FORMS
from registry.forms.arrow import raw_schema
from registry.home import home
from registry.lifecycle.latest import case_states
from registry.schema import CASE_EVENT, ERASURE, SUBMISSION
from registry.store import engine, read_form

MANIFEST = "manifest.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}")


class ReleaseError(Exception):
    """A release cannot be made or trusted; the message says why."""


def folder(name: str) -> Path:
    """Where the release of that name lies. Raises ReleaseError for a name that is no name."""
    if not _NAME.fullmatch(name):
        raise ReleaseError("A release name is letters, digits, point, - and _, at most 61.")
    return home() / "releases" / name


def create(
    name: str, *, as_of: datetime | None = None, progress: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Write every form's current rows as Parquet. Returns the manifest; never replaces a release.

    Cases whose consent is withdrawn and rows that were deleted are not in it.
    """
    final = folder(name)
    if final.exists():
        raise ReleaseError(
            f"The release {name} exists; releases never change. Choose another name."
        )
    last, last_event = _last(SUBMISSION.c.submission_id), _last(CASE_EVENT.c.event_id)
    last_erasure = _last(ERASURE.c.erasure_id)
    if not last:
        raise ReleaseError("The registry holds no submission yet.")
    aside = final.with_name(f".{name}.{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    files = {}
    for form in FORMS:
        progress(f"writing {form}")
        files[form] = _write(form, aside / f"{form}.parquet", last, last_event)
    with engine("mst_reader").begin() as session:
        enter(session, "make a release", detail=name)
        end = head(session)
    manifest = {
        "name": name,
        "created_at": (as_of or datetime.now(UTC)).isoformat(timespec="seconds"),
        "last_submission": last,
        "last_case_event": last_event,
        "form_version": FORM_VERSION,
        "consensus_version": consensus.CURRENT_VERSION,
        "code_version": version("microtransplant-registry"),
        "counts": {form: entry["rows"] for form, entry in files.items()},
        "audit": end._asdict() if end else None,
        "files": {f"{form}.parquet": entry["sha256"] for form, entry in files.items()},
    }
    (aside / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    if _last(ERASURE.c.erasure_id) != last_erasure:
        shutil.rmtree(aside)
        raise ReleaseError("A case was erased meanwhile; make the release again.")
    aside.rename(final)
    keep(end)
    return manifest


def _last(number: ColumnElement[int]) -> int:
    with engine("mst_reader").connect() as session:
        return int(session.execute(select(func.coalesce(func.max(number), 0))).scalar_one())


def _write(form: str, path: Path, as_of: int, as_of_case_event: int) -> dict[str, Any]:
    stored = read_form(form, as_of=as_of, as_of_case_event=as_of_case_event)
    table = stored.cast(raw_schema(FORMS[form]))
    _store(table, path)
    return {"rows": table.num_rows, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _store(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd")
    path.chmod(0o400)


def manifest(name: str) -> dict[str, Any]:
    """The manifest of a release. Raises ReleaseError if there is none."""
    path = folder(name) / MANIFEST
    if not path.is_file():
        raise ReleaseError(f"There is no release {name}.")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def releases() -> list[dict[str, Any]]:
    """The manifests of all releases, oldest first."""
    return sorted(map(manifest, names()), key=lambda m: (m["last_submission"], m["created_at"]))


def names() -> list[str]:
    """The names of all releases."""
    return sorted(path.parent.name for path in (home() / "releases").glob(f"[!.]*/{MANIFEST}"))


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
    for file, aside in made.items():
        aside.replace(folder(name) / file)
    return bool(made)


def _write_erasure(
    name: str, content: dict[str, Any], made: Mapping[str, Path], cases: int
) -> None:
    hashes = {file: hashlib.sha256(path.read_bytes()).hexdigest() for file, path in made.items()}
    steps = {
        file: {"was": content["files"][file], "is": is_}
        for file, is_ in hashes.items() if content["files"][file] != is_
    }  # fmt: skip
    if steps:
        content["files"] |= hashes
        content["counts"] |= {
            Path(file).stem: pq.read_metadata(path).num_rows for file, path in made.items()
        }
        content.setdefault("erased", []).append({"cases": cases, "files": steps})
        aside = folder(name) / f".{MANIFEST}.new"
        aside.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        aside.replace(folder(name) / MANIFEST)


def remove_unfinished() -> None:
    """Remove what a release that was broken off left behind; one in the making notices an erasure itself."""
    for path in (home() / "releases").glob(".*"):
        number = path.name.rpartition(".")[2]
        if not (number.isdigit() and Path(f"/proc/{number}").exists()):
            shutil.rmtree(path)


def withdrawn_since(name: str) -> int:
    """How many cases of a release are withdrawn by now. The release itself never changes."""
    columns = ["center_id", "case_id"]
    held = pq.read_table(folder(name) / "patient.parquet", columns=columns)
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
        if hashlib.sha256(present[file].read_bytes()).hexdigest() != expected[file]:
            faults.append(f"{file} was changed")
    return faults
