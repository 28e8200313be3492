"""`mst benchmarks`: published figures and the registry's own."""

from __future__ import annotations

from typing import Any

import typer

from registry.access.rights import Right
from registry.cli.caller import caller
from registry.cli.output import Rows, RowsOption, fail, print_rows
from registry.home import home


def add_to(app: typer.Typer) -> None:
    app.command()(benchmarks)


def benchmarks(format_: RowsOption = Rows.TABLE) -> None:
    """Every published figure, the registry's own beside it, or why there is none."""
    from registry.analysis.benchmarks import comparisons, told_to
    from registry.duck import POINTER, NoWarehouseError, open_served

    with caller(Right.READ_RESULTS, action="read the benchmarks") as person:
        try:
            with open_served(home() / "warehouse" / POINTER, "analyst") as connection:
                found = comparisons(connection)
                if person.center_id is not None:
                    found = told_to(person.center_id, connection, found)
        except NoWarehouseError as error:
            raise fail(str(error)) from None
    rows = [
        _row(comparison, own) for comparison in found for own in comparison.own or (None,)
    ]  # fmt: skip
    if format_ in (Rows.TABLE, Rows.TEXT):
        wide = ("population", "denominator", "definition", "caveat", "unknown")
        rows = [{k: v for k, v in row.items() if k not in wide} for row in rows]
    print_rows(rows, format_)


def _row(comparison: Any, own: Any) -> dict[str, Any]:
    b = comparison.benchmark
    row = {
        "id": b.id, "published": b.figure, "trust": b.trust, "marks": "".join(f"[{m.mark}]" for m in b.marks),
        "population": b.population, "denominator": b.denominator, "definition": b.definition,
        "caveat": b.caveat,
    }  # fmt: skip
    if own is None:
        return row | {"registry": comparison.why_none, "value": None, "unit": None, "from": None,
                      "to": None, "spread": None, "of": None, "unknown": None, "registry_caveat": None}  # fmt: skip
    value, low, high = (
        None if v is None else round(v, 1) for v in (own.value, own.lower, own.upper)
    )
    words = f"{own.words}: {own.why_not}" if own.why_not else own.words
    spread = None if low is None and high is None else own.spread  # what from and to are
    return row | {"registry": words, "value": value, "unit": own.unit, "from": low, "to": high,
                  "spread": spread, "of": own.of, "unknown": own.unknown, "registry_caveat": own.caveat or None}  # fmt: skip
