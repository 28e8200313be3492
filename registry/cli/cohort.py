"""`mst cohort` and `mst extract`: what is left of the patients, criterion by criterion, and their rows; `mst codebook`: the columns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from secrets import token_hex
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
_TOO_UNIQUE = (
    "Refused: more patients stand out than the policy lets go. Ask for fewer columns by --with, pick a "
    "larger cohort, or say by --despite why it may be."
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


def extract(
    file: CohortFile,
    to: Annotated[Path, typer.Option(help="a new folder for the rows and what explains them")],
    reason: Annotated[str, typer.Option(help="what the rows are needed for, without identifiers")],
    with_: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="COLUMN", help="a column that leaves on request only"),
    ] = None,
    despite: Annotated[
        str | None,
        typer.Option(metavar="WHY", help="why patients may stand out more than the policy lets go"),
    ] = None,
    format_: RowsOption = Rows.TABLE,
) -> None:
    """Take the rows of a cohort out as Parquet and CSV, with codebook and risk report."""
    from registry.audit import note
    from registry.cohorts import ExtractError, prepare, refuse_taken, write
    from registry.duck import POINTER, standing
    from registry.lifecycle.remarks import words

    cohort = read_cohort(file)
    with caller(Right.EXTRACT, EVERY_CENTER, action="extract a cohort"), analysts_file() as rows:
        why = words(reason, "a reason")
        accepted = words(despite, "why the risk is taken") if despite is not None else None
        number = token_hex(4)
        try:
            refuse_taken(to)
            prepared = prepare(rows, cohort, with_ or ())
            print_rows(prepared.risk.rows(), format_)
            told = f"{cohort.name}, {prepared.risk.patients} patients: {why}"
            if prepared.risk.is_over and accepted is None:
                note("extract of a cohort refused", detail=told)
                raise fail(_TOO_UNIQUE)
            # before anything leaves
            over = f"; over the limit: {accepted}" if prepared.risk.is_over else ""
            note("extract a cohort", detail=f"extract {number} of {told}{over}")
            served = standing(home() / "warehouse" / POINTER)
            about = {
                "extract": number, "release": served.release, "data_day": served.data_day,
                "reason": why, "over_the_limit_because": accepted if over else None,
            }  # fmt: skip
            write(rows, prepared, to, about=about)
        except ExtractError as error:
            raise fail(str(error)) from None
    say.print(f"Extract {number}: rows of {prepared.risk.patients} patients.", markup=False)
    warn_of_time(cohort)


def codebook(
    to: Annotated[
        Path | None,
        typer.Option(help="a file to write, .md or .csv; without it, rows on the screen"),
    ] = None,
    table: Annotated[
        list[str] | None, typer.Option(help="only this table; may be repeated")
    ] = None,
    format_: RowsOption = Rows.TABLE,
) -> None:
    """Each column of the analyst's file: what it means, how much of it is filled, its values."""
    from registry.audit import note
    from registry.cohorts import codebook as books
    from registry.cohorts import marts, nearest
    from registry.duck import POINTER, standing

    for name in table or ():
        if name not in marts():
            raise fail(
                f"There is no such table; there are {', '.join(marts())}{nearest(name, marts())}"
            )
    if to is not None and (to.suffix not in (".md", ".csv") or not to.parent.is_dir()):
        raise fail("The file is named .md or .csv, in a folder that exists.")
    with caller(Right.ASK_WAREHOUSE, EVERY_CENTER, action="read the codebook"):
        note("read the codebook of the analyst file")
        with analysts_file() as connection:
            wanted = {name: tuple(marts()[name].columns) for name in table or marts()}
            entries = books.codebook(connection, wanted)
            served = standing(home() / "warehouse" / POINTER)
    if to is None:
        rows = [asdict(entry) for entry in entries]
        if format_ in (Rows.TABLE, Rows.TEXT):
            # a terminal has no room for more
            keep = ("table", "column", "filled_percent", "description")
            rows = [{name: row[name] for name in keep} for row in rows]
        print_rows(rows, format_)
        return
    title = f"Codebook of release {served.release}, data of {served.data_day}"
    text = books.as_csv(entries) if to.suffix == ".csv" else books.as_markdown(entries, title)
    to.write_text(text, encoding="utf-8")
    say.print(f"wrote {to}: {len(entries)} columns", markup=False)


def read_cohort(file: Path) -> Cohort:
    """The cohort of a file, or the end of the command with every fault of it."""
    from registry.cohorts import CohortError, load

    if file.is_dir():
        raise fail(f"{file} is a folder; name the file of one cohort in it.")
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
