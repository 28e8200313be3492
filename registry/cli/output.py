"""What the commands share: where they write, how they print rows, how they fail."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
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


def print_rows(rows: list[dict[str, Any]], as_: Rows, names: Sequence[str] = ()) -> None:
    """Rows of the same keys, `names` of which are known without a row too. For a screen a table, or where its
    columns do not fit, each row upright."""
    names = names or list(rows[0] if rows else ())
    if as_ is Rows.JSON:
        # JSON has no word for what is not a number, nor for the infinite
        told = json.loads(json.dumps(rows, default=str), parse_constant=lambda _: None)
        typer.echo(json.dumps(told, indent=2))
    elif as_ is Rows.CSV:
        from registry.workbook.safe import csv_text

        typer.echo(csv_text(names, rows) if names else "", nl=False)
    elif not rows:
        out.print("nothing to show")
    elif _fits(table := _table(names, rows)):
        out.print(table, soft_wrap=False)
    else:
        out.print(_upright(names, rows), markup=False)


def _table(names: Sequence[str], rows: list[dict[str, Any]]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in names:
        values = [row[name] for row in rows]
        # only prose is broken over lines: a broken id or number cannot be copied
        prose = any(isinstance(value, str) and " " in value for value in values)
        table.add_column(_escaped(name), no_wrap=not prose and " " not in name, overflow="fold")
    for row in rows:
        table.add_row(*(_escaped(_word(value)) for value in row.values()))
    return table


def _fits(table: Table) -> bool:
    """Whether the screen has the width below which columns are cut."""
    boundless = out.options.update(max_width=1_000_000)
    return Measurement.get(out, boundless, table).minimum <= out.width


def _upright(names: Sequence[str], rows: list[dict[str, Any]]) -> str:
    """A line a value, an empty line between two rows."""
    width = max(map(len, names))
    return "\n\n".join(
        "\n".join(f"{name:{width}}  {_word(value)}".rstrip() for name, value in row.items())
        for row in rows
    )


def _word(value: Any) -> str:
    return "" if value is None else str(value)


def _escaped(text: str) -> str:
    return text.replace("[", r"\[")
