"""Writes a release again from the row versions that the database keeps, and holds it against its manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from registry.audit import note
from registry.files import aside, only_one, sync
from registry.release import (
    TAKEN,
    WRITING,
    Cut,
    ReleaseError,
    folder,
    last,
    made_by,
    manifest,
    sha256,
    write_files,
)
from registry.row_versions import snapshot

_MADE_BY = {
    "form_version": "forms", "code_version": "the registry", "arrow_version": "the writer of Parquet",
}  # fmt: skip


@dataclass(frozen=True)
class Rebuilt:
    """What came of it: the files that differ and how, what was put back, and what happened since."""

    differs: Mapping[str, str]
    put_back: tuple[str, ...]
    since: tuple[str, ...]


def rebuild(
    name: str, *, repair: bool = False, progress: Callable[[str], None] = lambda _: None
) -> Rebuilt:
    """Write every file of a release again and compare it by its hash. Raises ReleaseError.

    `repair` puts back files that were lost or changed, where what was written is to the byte what the manifest
    says. Nothing else is ever changed.
    """
    told = manifest(name)
    with (
        only_one(folder(name).parent / ".lock", TAKEN),
        aside(folder(name).parent, WRITING) as made,
    ):
        note("rebuild a release", detail=name)
        with snapshot() as connection:
            now = last(connection)
            if now.submission < told["last_submission"]:
                raise ReleaseError(
                    f"The database holds submissions up to {now.submission}, the release those up to "
                    f"{told['last_submission']}. Restore a backup made after it first."
                )
            cut = Cut(
                told["last_submission"], told["last_case_event"], now.rekeying, told.get("last_query_event")
            )  # fmt: skip
            hashes = write_files(made, cut, connection, progress)
        expected: dict[str, str] = told["files"]
        differs = {
            file: _difference(folder(name) / file, made / file, expected.get(file))
            for file in sorted(hashes.keys() | expected.keys())
            if hashes.get(file) != expected.get(file)
        }
        whole = sorted(expected.keys() - differs.keys())
        put_back = tuple(_put_back(name, made, whole)) if repair else ()
    return Rebuilt(differs, put_back, tuple(_since(told, now)))


def _difference(kept: Path, made: Path, expected: str | None) -> str:
    if expected is None:
        return "the release has no such file"
    if not made.exists():
        return "this version of the registry has no such file"
    if not kept.exists() or sha256(kept) != expected:
        return "not the file of the manifest, and the release's own was lost or changed"
    columns = [pq.read_schema(path).names for path in (kept, made)]
    if columns[0] != columns[1]:
        return "other columns: " + ", ".join(sorted(set(columns[0]) ^ set(columns[1])))
    with duckdb.connect() as connection:
        gone, new = (
            len(connection.execute(
                "from (from read_parquet(?) except all from read_parquet(?))", [str(one), str(other)]
            ).fetchall())
            for one, other in ((kept, made), (made, kept))
        )  # fmt: skip
    if not gone and not new:
        return "the same rows, written in another way"
    return f"{gone} rows only in the release, {new} only in the database"


def _since(told: Mapping[str, Any], now: Cut) -> Iterator[str]:
    """What stands between a release and its bytes, whether or not it did."""
    if erased := sum(step["cases"] for step in told.get("erased", ())):
        yield (
            f"{erased} erased from it since: it is as its manifest says now, and as it first was it can "
            "not be made again"
        )  # fmt: skip
    if exchanged := now.rekeying - told.get("last_rekeying", now.rekeying):
        yield (
            f"{exchanged} exchanges of pseudonyms since: the old ones are kept nowhere, so rows of those centers "
            "differ"
        )  # fmt: skip
    for key, version in made_by().items():
        if (then := told.get(key)) not in (None, version):
            yield f"made with {_MADE_BY[key]} {then}, and this is {version}: install {then} to compare"


def _put_back(name: str, made: Path, files: list[str]) -> Iterator[str]:
    for file in files:
        path = folder(name) / file
        if path.exists() and sha256(path) == sha256(made / file):
            continue
        (made / file).replace(path)
        sync(path.parent)
        # an erasure writes the manifest first, then the files
        if sha256(path) != manifest(name)["files"][file]:
            path.unlink()
            raise ReleaseError("A case was erased meanwhile; rebuild the release again.")
        note("put back a file of a release", detail=f"{name}: {file}")
        yield file
