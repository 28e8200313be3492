"""The `mst` command. Exit codes: 0 done, 2 refused by rules, 3 not allowed, 4 conflict,
5 try again later, 70 a bug."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from registry.access.rights import EVERY_CENTER, Right
from registry.cli.audit import audit_app
from registry.cli.caller import caller
from registry.cli.cohort import codebook, cohort_app, extract
from registry.cli.consensus import consensus_app
from registry.cli.deidentify import deidentify_app
from registry.cli.erase import erase
from registry.cli.intake import add_to as add_intake
from registry.cli.operations import add_to as add_operations
from registry.cli.output import (
    BUG,
    TRY_AGAIN,
    Rows,
    RowsOption,
    fail,
    print_rows,
    progress,
    say,
)
from registry.cli.queries import add_to as add_queries
from registry.cli.release import release_app
from registry.cli.results import add_to as add_results
from registry.cli.serving import add_to as add_serving
from registry.cli.trace import trace_app
from registry.cli.users import add_to as add_users
from registry.home import NotReadyError, home

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="The microtransplant registry.",
)  # fmt: skip
add_intake(app)
app.add_typer(consensus_app, name="consensus")
app.add_typer(cohort_app, name="cohort")
add_queries(app)
add_operations(app)
app.add_typer(deidentify_app, name="deidentify")
app.add_typer(release_app, name="release")
add_results(app)
add_serving(app)
add_users(app)
app.add_typer(audit_app, name="audit")
app.add_typer(trace_app, name="trace")
app.command()(erase)
app.command()(extract)
app.command()(codebook)


class Audience(StrEnum):
    STEWARD = "steward"
    ANALYST = "analyst"
    PUBLIC = "public"


@app.command()
def migrate() -> None:
    """Create the database or bring it to the newest migration."""
    from registry import store

    store.migrate()
    say.print("The database is at the newest migration.")


@app.command()
def build(name: str) -> None:
    """Build the warehouse from a release and put it in service."""
    from registry import release, warehouse
    from registry.audit import note
    from registry.disclosure import DisclosureError

    try:
        with caller(Right.BUILD, action="build the warehouse"):
            faults = release.verify(name)
            if faults:
                raise fail("The release was changed:\n" + "\n".join(faults))
            warehouse.build(release.folder(name), home(), progress=progress)
            note("build the warehouse", detail=name)
    except (release.ReleaseError, warehouse.DbtError, DisclosureError) as error:
        raise fail(str(error)) from None
    say.print(f"The warehouse now serves release {name}.", markup=False)


@app.command()
def sql(
    query: str,
    as_: Annotated[Audience, typer.Option("--as", help="whose file to ask")] = Audience.ANALYST,
    seconds: Annotated[
        int, typer.Option(min=1, max=86_400, help="stop the query after so many seconds")
    ] = 5,
    limit: Annotated[
        int, typer.Option("--rows", min=1, max=10**9, help="refuse an answer of more rows")
    ] = 1_000_000,
    format_: RowsOption = Rows.TABLE,
) -> None:
    """Ask the warehouse. Reads only, and only the file named."""
    import duckdb

    from registry.audit import note
    from registry.duck import POINTER, NoWarehouseError, QueryError, ask, open_served
    from registry.home import home

    served = "public" if as_ is Audience.PUBLIC else "warehouse"
    rights = {
        Audience.ANALYST: Right.ASK_WAREHOUSE,
        Audience.STEWARD: Right.ASK_STEWARDS_FILE,
    }
    right = rights.get(as_)
    if right is not None:
        with caller(right, EVERY_CENTER, action="ask the warehouse"):
            note(f"ask the {as_.value} file", detail=query[:500])
    try:
        with open_served(home() / served / POINTER, as_.value) as connection:
            names, found = ask(connection, query, seconds=seconds, rows=limit)
            rows = [dict(zip(names, row, strict=True)) for row in found]
    except (duckdb.Error, NoWarehouseError, QueryError) as error:
        raise fail(str(error)) from None
    print_rows(rows, format_, names)


@app.command()
def demo(
    serve_: Annotated[bool, typer.Option("--serve/--no-serve", help="serve the dashboards")] = True,
    patients: Annotated[int, typer.Option(help="patients in the cohort")] = 185,
    seed: Annotated[int, typer.Option(help="the same seed gives the same files")] = 1,
) -> None:
    """Centers, a synthetic cohort, real submissions, a release, the warehouse, the dashboards."""
    from registry.demo import run

    run(patients=patients, seed=seed, progress=progress, say=lambda m: say.print(m, markup=False))
    if serve_:
        from registry.serving import OpenIdFileError, serve_both

        try:
            serve_both(say=lambda m: say.print(m, markup=False))
        except OpenIdFileError as error:
            raise fail(str(error)) from None


@app.command()
def models(to: Annotated[Path, typer.Argument(help="the file to write, .html")]) -> None:
    """Every model of the warehouse as a page: its columns, its SQL, what it is made from. Holds no data."""
    from registry.warehouse.pages import write_pages

    if to.suffix != ".html" or not to.parent.is_dir():
        raise fail("The file is named .html, in a folder that exists.")
    write_pages(to, home())
    say.print(f"wrote {to}", markup=False)


@app.command()
def docs(check_: Annotated[bool, typer.Option("--check", help="only compare")] = False) -> None:
    """Rebuild every generated file: codebook, derived checks, consensus pages, staging models."""
    from registry.generated import outdated, write

    if check_:
        stale = outdated()
        if stale:
            raise fail("Run mst docs; out of date:\n" + "\n".join(map(str, stale)))
        return
    for path in write():
        say.print(f"wrote {path}", markup=False)


def main() -> None:
    """Run the command; a trouble that passes and a bug are one line each, never a traceback."""
    if os.environ.get("MST_DEBUG"):
        app()
    try:
        app()
    except NotReadyError as error:
        say.print(str(error), markup=False)
        sys.exit(TRY_AGAIN)
    except Exception as error:
        from registry.trouble import trouble

        if said := trouble(error):
            say.print(said, markup=False)
            sys.exit(TRY_AGAIN)
        say.print(
            f"A fault of the registry itself ({type(error).__name__}). Nothing is stored by halves, "
            "and a file sent again is not stored twice."
        )
        say.print("Set MST_DEBUG=1 and run it again to see where.")
        sys.exit(BUG)
