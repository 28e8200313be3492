"""The rows of a cohort as files: under a number drawn for this extract, without center, pseudonym or free words."""

from __future__ import annotations

import csv
import hashlib
import json
import secrets
import tempfile
from collections.abc import Collection, Mapping, Set
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from registry.cohorts import codebook as books
from registry.cohorts.attrition import Attrition, attrition
from registry.cohorts.conditions import nearest
from registry.cohorts.definition import PATIENTS, Cohort
from registry.cohorts.marts import MartColumn, marts
from registry.cohorts.risk import Risk, risk_of
from registry.consensus import in_force
from registry.consensus.compiler import facts_of
from registry.disclosure import policy

VERDICTS = "fct_verdict"
PATIENT = "patient"  # the column that holds the drawn number, in each file


class ExtractError(Exception):
    """The extract cannot be made as asked; the message says why."""


@dataclass(frozen=True)
class Extract:
    """What would leave, before anything does: `columns` by table, besides the drawn number."""

    cohort: Cohort
    attrition: Attrition
    columns: Mapping[str, tuple[str, ...]]
    risk: Risk


def prepare(
    connection: duckdb.DuckDBPyConnection, cohort: Cohort, wanted: Collection[str] = ()
) -> Extract:
    """Counts the cohort and the risk. `wanted` are the columns that leave on request only.

    Raises ExtractError for a column that cannot be asked for, and for a cohort of nobody.
    """
    limits = policy().extracts
    for name in wanted:
        if name not in limits.on_request:
            known = sorted(limits.on_request)
            raise ExtractError(
                f"Only these columns leave on request: {', '.join(known)}{nearest(name, known)}"
            )
    found = attrition(connection, cohort)
    if not found.cases:
        raise ExtractError("Nobody is left in the cohort; mst cohort show says at which step.")
    _draw(connection, found)
    withheld = limits.on_request - set(wanted)
    columns = {table: tuple(_columns(table, withheld)) for table in limits.tables}
    for table, names in columns.items():
        source = _verdicts(withheld) if table == VERDICTS else f"from {table}"
        connection.execute(
            f"create or replace temp view {_leaving(table)} as select {', '.join([PATIENT, *names])} "
            f"from ({source}) join drawn using (center_id, case_id)"
        )
    known_of = [name for name in limits.quasi_identifiers if name in columns[PATIENTS]]
    rows = connection.execute(
        f"select {', '.join([*known_of, limits.outcome])} from {_leaving(PATIENTS)}"
    ).fetchall()
    risk = risk_of(known_of, [(row[:-1], row[-1]) for row in rows], limits)
    return Extract(cohort, found, columns, risk)


def write(
    connection: duckdb.DuckDBPyConnection,
    extract: Extract,
    folder: Path,
    *,
    about: Mapping[str, Any],
) -> None:
    """Write the files of a prepared extract, all or none. Raises ExtractError if the folder holds anything.

    `about` goes into the manifest: release, reasons, and the like.
    """
    refuse_taken(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".extract-", dir=folder.parent) as scratch:
        made = Path(scratch) / "made"
        made.mkdir(mode=0o700)
        _write_tables(connection, extract, made)
        _write_papers(connection, extract, made, about)
        made.rename(folder)


def refuse_taken(folder: Path) -> None:
    """Raises ExtractError if the folder holds anything, or is no folder."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExtractError("The folder holds something already; name a new one.")


def _draw(connection: duckdb.DuckDBPyConnection, found: Attrition) -> None:
    """Numbers in an order that nobody can know; two extracts cannot be joined by them."""
    numbers = list(range(1, len(found.cases) + 1))
    secrets.SystemRandom().shuffle(numbers)
    centers, cases = zip(*found.cases, strict=True)
    connection.execute(
        f"create or replace temp table drawn as select unnest(?::varchar[]) as center_id, "
        f"unnest(?::varchar[]) as case_id, unnest(?::integer[]) as {PATIENT}",
        [list(centers), list(cases), numbers],
    )


def _columns(table: str, withheld: Set[str]) -> list[str]:
    """Numbers, yes and no, and text whose values are laid down; what leaves on request only if asked for."""
    return [
        column.name
        for column in marts()[table].columns.values()
        if column.name not in withheld
        and (_is_plain(column) or column.name in policy().extracts.open_text)
    ]


def _verdicts(withheld: Set[str]) -> str:
    """SQL of the verdicts but those that read what is withheld: whom it does not apply to may be told by it too."""
    told = [
        entry.id for version in in_force() for entry in version.recommendations
        if withheld & {*facts_of(entry)}
    ]  # fmt: skip
    return f"from {VERDICTS} where recommendation_id != all({told}::varchar[])"


def _is_plain(column: MartColumn) -> bool:
    return column.kind != "text" or bool(column.values)


def _leaving(table: str) -> str:
    """The view of the rows and columns that leave."""
    return f"leaving_{table}"


def _write_tables(connection: duckdb.DuckDBPyConnection, extract: Extract, folder: Path) -> None:
    for table in extract.columns:
        rows = connection.sql(f"from {_leaving(table)} order by all").to_arrow_table()
        pyarrow.parquet.write_table(rows, folder / f"{table}.parquet")
        pyarrow.csv.write_csv(_for_r(rows), folder / f"{table}.csv")


def _for_r(rows: pa.Table) -> pa.Table:
    """Yes and no as TRUE and FALSE: R reads true and false as words."""
    for number, field in enumerate(rows.schema):
        if pa.types.is_boolean(field.type):
            said = pc.if_else(rows.column(number), "TRUE", "FALSE")
            rows = rows.set_column(number, field.name, said)
    return rows


def _write_papers(
    connection: duckdb.DuckDBPyConnection,
    extract: Extract,
    folder: Path,
    about: Mapping[str, Any],
) -> None:
    entries = books.codebook(connection, extract.columns, _leaving)
    title = f"Codebook of the extract {extract.cohort.name}"
    (folder / "cohort.yaml").write_text(extract.cohort.text, encoding="utf-8")
    (folder / "codebook.md").write_text(books.as_markdown(entries, title), encoding="utf-8")
    (folder / "codebook.csv").write_text(books.as_csv(entries), encoding="utf-8")
    _write_csv(folder / "attrition.csv", [asdict(step) for step in extract.attrition.steps])
    _write_csv(folder / "risk.csv", extract.risk.rows())
    digests = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}
    said = {"cohort": extract.cohort.name, "question": extract.cohort.question, **about}
    (folder / "manifest.json").write_text(
        json.dumps({**said, "sha256": digests}, indent=2) + "\n", encoding="utf-8"
    )


def _write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
