"""`mst trace`: where a number comes from."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from registry.access.rights import Right
from registry.cli.caller import caller
from registry.cli.output import Format, FormatOption, Rows, fail, out, print_rows
from registry.home import home

if TYPE_CHECKING:
    from registry.trace import Number, Trace

trace_app = typer.Typer(
    no_args_is_help=True,
    help="Where a number comes from: release, model and query, the rows behind it, their submissions.",
)
CenterOption = Annotated[str | None, typer.Option("--center", help="only rows of one center")]


Verdict = Literal["met", "deviated", "not_evaluable", "not_applicable"]
Curve = Literal["survival", "cumulative_incidence"]


@trace_app.command("adherence")
def trace_adherence(
    recommendation: str, reading: str, verdict: Verdict,
    center: CenterOption = None, format_: FormatOption = Format.TEXT,
) -> None:  # fmt: skip
    """A count of verdicts: recommendation, reading and verdict."""
    from registry import trace

    _show(lambda: trace.adherence(recommendation, reading, verdict), center, format_)


@trace_app.command("figure")
def trace_figure(
    statement: str, statistic: str,
    group: Annotated[str, typer.Option(help="of a figure that is split")] = "all",
    center: CenterOption = None, format_: FormatOption = Format.TEXT,
) -> None:  # fmt: skip
    """A share or a median: statement and the figure's name."""
    from registry import trace

    _show(lambda: trace.figure(statement, statistic, group), center, format_)


@trace_app.command("curve")
def trace_curve(
    curve: Curve, endpoint: str, origin: str,
    day: Annotated[int, typer.Option(help="days from the origin")],
    by: Annotated[str, typer.Option(help="kind of group")] = "all",
    group: Annotated[str, typer.Option()] = "all",
    center: CenterOption = None, format_: FormatOption = Format.TEXT,
) -> None:  # fmt: skip
    """A point of a curve: such as survival os first_course --day 365."""
    from registry import trace

    _show(lambda: trace.point(curve, endpoint, origin, by, group, day), center, format_)


def _show(number: Callable[[], Number], center: str | None, format_: Format) -> None:
    from registry.duck import NoWarehouseError
    from registry.trace import TraceError, trace

    with caller(Right.READ_RESULTS, action="trace a number") as person:
        try:
            found = trace(home(), person, number(), center)
        except (TraceError, NoWarehouseError) as error:
            raise fail(str(error)) from None
    if format_ is Format.JSON:
        typer.echo(json.dumps(_as_dict(found), indent=2, default=str))
        return
    _print(found)


def _as_dict(found: Trace) -> dict[str, Any]:
    number = found.number
    return {
        "number": number.about, "value": found.value, "withheld": found.is_withheld, "release": found.release, "data_cut": found.data_cut,
        "manifest_sha256": found.manifest_sha256, "build": found.build, "published_of_release": found.published,
        "model": number.model, "query": number.value, "rows_query": number.rows,
        "parameters": list(number.parameters), "rows": found.rows, "submissions": found.submissions,
    }  # fmt: skip


def _print(found: Trace) -> None:
    from registry.disclosure.others import WITHHELD

    lines = [
        found.number.about,
        f"release    {found.release}, data of {found.data_cut}, manifest {found.manifest_sha256 or 'not on this machine'}",
        f"build      {found.build}",
        f"public     {f'as of release {found.published}' if found.published else 'not published'}",
        f"model      dbt/models/marts/{found.number.model}.sql",
        f"query      {found.number.value}",
        f"rows       {found.number.rows}",
        f"asked with {', '.join(map(str, found.number.parameters))}",
    ]
    out.print("\n".join(lines), markup=False)
    print_rows(found.value, Rows.TABLE)
    if any(None in (row.get("survival", 0), row.get("incidence", 0)) for row in found.value):
        out.print("Nobody was followed so long.")
    if found.is_withheld:
        out.print(f"All centers: {WITHHELD}.")
    if found.rows is None or found.submissions is None:
        out.print("Single cases are shown to their own center and to the steward.")
        return
    print_rows(found.rows, Rows.TABLE)
    print_rows(found.submissions, Rows.TABLE)
