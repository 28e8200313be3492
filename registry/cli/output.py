"""What the commands share: where they write, how they print rows, how they fail."""

from __future__ import annotations

import csv
import io
import json
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

REFUSED, NOT_ALLOWED, CONFLICT, TRY_AGAIN, BUG = 2, 3, 4, 5, 70
say = Console(stderr=True, highlight=False, soft_wrap=True)
out = Console(highlight=False, soft_wrap=True)


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


class Rows(StrEnum):
    """How rows are printed; `text` is the same as `table`."""

    TABLE = "table"
    TEXT = "text"
    JSON = "json"
    CSV = "csv"


FormatOption = Annotated[Format, typer.Option("--format", help="text or json")]
RowsOption = Annotated[Rows, typer.Option("--format", help="table, json or csv")]


def progress(message: str) -> None:
    say.print(f"[dim]… {message}[/dim]")


def fail(message: str, code: int = REFUSED) -> typer.Exit:
    say.print(message, markup=False)
    return typer.Exit(code)


def print_rows(rows: list[dict[str, Any]], as_: Rows) -> None:
    """Rows of the same keys; a table takes the width of the terminal."""
    if as_ is Rows.JSON:
        typer.echo(json.dumps(rows, indent=2, default=str))
    elif as_ is Rows.CSV:
        typer.echo(_csv(rows), nl=False)
    else:
        out.print(_table(rows), soft_wrap=False)


def _csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
    if rows:
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue()


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in rows[0] if rows else ["nothing to show"]:
        values = [row[name] for row in rows]
        # only prose is broken over lines: a broken id or number cannot be copied
        prose = any(isinstance(value, str) and " " in value for value in values)
        table.add_column(name, no_wrap=not prose and " " not in name, overflow="fold")
    for row in rows:
        table.add_row(*("" if v is None else _escaped(v) for v in row.values()))
    return table


def _escaped(value: Any) -> str:
    return str(value).replace("[", r"\[")
