"""The codebook of what a file really holds: each column as documented, with how much of it is filled."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

import duckdb

from registry.cohorts.marts import MartColumn, marts


@dataclass(frozen=True)
class Entry:
    """A column: `filled` of `rows`; `values` as laid down, or from the least to the greatest number held."""

    table: str
    column: str
    type: str
    rows: int
    filled: int
    filled_percent: float | None
    values: str
    description: str


def codebook(
    connection: duckdb.DuckDBPyConnection,
    columns: Mapping[str, Sequence[str]],
    relation: Callable[[str], str] = str,
) -> list[Entry]:
    """The entries of these columns by table. `relation` gives the SQL of the rows that count, by default all."""
    return [
        entry
        for table, names in columns.items()
        for entry in _entries(connection, table, names, relation(table))
    ]


def _entries(
    connection: duckdb.DuckDBPyConnection, table: str, names: Sequence[str], relation: str
) -> Iterator[Entry]:
    documented = [marts()[table].columns[name] for name in names]
    asked = ", ".join(
        f"count({c.name})" + (f", min({c.name}), max({c.name})" if c.kind == "number" else "")
        for c in documented
    )
    found = connection.execute(f"select count(*), {asked} from {relation}").fetchone() or ()
    rows, *told = found
    numbers = iter(told)
    for column in documented:
        filled = next(numbers)
        limits = (next(numbers), next(numbers)) if column.kind == "number" else None
        percent = None if not rows else int(1000 * filled / rows) / 10  # 100 only where all are
        yield Entry(
            table, column.name, column.kind, rows, filled, percent,
            _values(column, limits if filled else None), column.description,
        )  # fmt: skip


def _values(column: MartColumn, limits: tuple[float, float] | None) -> str:
    if limits is not None:
        return f"{limits[0]:.10g} to {limits[1]:.10g}"
    return "; ".join(column.values)


def as_csv(entries: Iterable[Entry]) -> str:
    """One line a column."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(Entry.__annotations__), lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(entry) for entry in entries)
    return text.getvalue()


def as_markdown(entries: Iterable[Entry], title: str) -> str:
    """A table of columns for each table."""
    lines = [f"# {title}", ""]
    for table, of_table in groupby(entries, key=lambda entry: entry.table):
        told = list(of_table)
        lines += [
            f"## {table}", "", marts()[table].description, "", f"Rows: {told[0].rows:,}", "",
            "| column | type | filled | values | what |", "|---|---|---|---|---|",
        ]  # fmt: skip
        for entry in told:
            share = "" if entry.filled_percent is None else f"{entry.filled_percent:.1f} %"
            cells = (f"`{entry.column}`", entry.type, share, entry.values, entry.description)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        lines.append("")
    return "\n".join(lines)
