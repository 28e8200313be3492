"""`mst cohort`: what is left of the patients, criterion by criterion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.access.rights import EVERY_CENTER, Right
from registry.cli.caller import caller
from registry.cli.output import Rows, RowsOption, fail, print_rows, say
from registry.home import home

if TYPE_CHECKING:
    import duckdb

    from registry.cohorts import Cohort

cohort_app = typer.Typer(
    no_args_is_help=True, help="Cohorts, defined in a file (docs/analysis.md)."
)
CohortFile = Annotated[Path, typer.Argument(help="a cohort as YAML, see examples/cohorts")]


@cohort_app.command("show")
def cohort_show(file: CohortFile, format_: RowsOption = Rows.TABLE) -> None:
    """Count who is left after each criterion; what is missing is counted apart."""
    from registry.audit import note
    from registry.cohorts import attrition

    cohort = read_cohort(file)
    with caller(Right.ASK_WAREHOUSE, EVERY_CENTER, action="count a cohort"):
        note("count a cohort", detail=cohort.name)
        with analysts_file() as connection:
            found = attrition(connection, cohort)
    print_rows([asdict(step) for step in found.steps], format_)
    warn_of_time(cohort)


def read_cohort(file: Path) -> Cohort:
    """The cohort of a file, or the end of the command with every fault of it."""
    from registry.cohorts import CohortError, load

    try:
        return load(file)
    except CohortError as error:
        raise fail(str(error)) from None


@contextmanager
def analysts_file() -> Iterator[duckdb.DuckDBPyConnection]:
    """The analyst's file that is served, or the end of the command."""
    from registry.duck import POINTER, NoWarehouseError, open_served

    try:
        with open_served(home() / "warehouse" / POINTER, "analyst") as connection:
            yield connection
    except NoWarehouseError as error:
        raise fail(str(error)) from None


def warn_of_time(cohort: Cohort) -> None:
    """Criteria that patients only come to meet ask for a later beginning of time."""
    from registry.cohorts import known_only_later

    late = known_only_later(cohort)
    if late:
        which = ", ".join(map(str, late))
        say.print(
            f"Step {which}: met only in the course of treatment. Who is in the cohort has lived to meet it; "
            "count time from that day or a landmark, never from before (immortal time).",
            markup=False,
        )
