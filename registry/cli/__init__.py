"""The `mst` command. Exit codes: 0 done, 2 refused by rules, 3 not allowed, 4 conflict,
5 try again later, 70 a bug."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer

from registry.cli.consensus import consensus_app
from registry.cli.deidentify import deidentify_app
from registry.cli.intake import add_to as add_intake
from registry.cli.operations import add_to as add_operations
from registry.cli.output import (
    BUG,
    REFUSED,
    Rows,
    RowsOption,
    fail,
    print_rows,
    progress,
    say,
)
from registry.cli.queries import add_to as add_queries
from registry.home import NotReadyError, home

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="The microtransplant registry.",
)  # fmt: skip
release_app = typer.Typer(no_args_is_help=True, help="Named, immutable data sets.")
users_app = typer.Typer(no_args_is_help=True, help="Local accounts.")
add_intake(app)
app.add_typer(consensus_app, name="consensus")
add_queries(app)
add_operations(app)
app.add_typer(deidentify_app, name="deidentify")
app.add_typer(release_app, name="release")
app.add_typer(users_app, name="users")


class Audience(StrEnum):
    STEWARD = "steward"
    ANALYST = "analyst"
    PUBLIC = "public"


CenterOption = Annotated[str, typer.Option("--center", help="the center that submits")]


@contextmanager
def _prepared() -> Iterator[None]:
    """A database at the newest migration."""
    from registry import store

    store.migrate()
    yield


@app.command()
def migrate() -> None:
    """Create the database or bring it to the newest migration."""
    with _prepared():
        say.print("The database is at the newest migration.")


@release_app.command("create")
def release_create(name: str) -> None:
    """Write a release of everything accepted so far."""
    from registry import release

    with _prepared():
        try:
            made = release.create(name, progress=progress)
        except release.ReleaseError as error:
            raise fail(str(error)) from None
    say.print(f"Release {name}: {sum(made['counts'].values()):,} rows.", markup=False)


@release_app.command("list")
def release_list(format_: RowsOption = Rows.TABLE) -> None:
    """All releases."""
    from registry import release

    keep = ("name", "created_at", "last_submission", "form_version", "consensus_version")
    with _prepared():
        rows = [
            {**{k: m[k] for k in keep}, "cases": m["counts"]["patient"],
             "withdrawn_since": release.withdrawn_since(m["name"])}
            for m in release.releases()
        ]  # fmt: skip
    print_rows(rows, format_)


@release_app.command("verify")
def release_verify(name: str) -> None:
    """Hold a release's files against its manifest."""
    from registry import release

    try:
        faults = release.verify(name)
    except release.ReleaseError as error:
        raise fail(str(error)) from None
    if faults:
        raise fail("\n".join(faults))
    say.print(f"Release {name} is whole and unchanged.", markup=False)


@app.command()
def build(name: str) -> None:
    """Build the warehouse from a release and put it in service."""
    from registry import release, warehouse
    from registry.disclosure import DisclosureError

    try:
        faults = release.verify(name)
        if faults:
            raise fail("The release was changed:\n" + "\n".join(faults))
        warehouse.build(release.folder(name), home(), progress=progress)
    except (release.ReleaseError, warehouse.DbtError, DisclosureError) as error:
        raise fail(str(error)) from None
    say.print(f"The warehouse now serves release {name}.", markup=False)


@app.command()
def sql(
    query: str,
    as_: Annotated[Audience, typer.Option("--as", help="whose file to ask")] = Audience.ANALYST,
    format_: RowsOption = Rows.TABLE,
) -> None:
    """Ask the warehouse. Reads only, and only the file named."""
    import duckdb

    from registry.duck import NoWarehouseError, open_locked, served_folder

    try:
        folder = served_folder(home() / "warehouse" / "current.json")
        with open_locked(folder / f"{as_.value}.duckdb") as connection:
            found = connection.execute(query)
            names = [d[0] for d in found.description or []]
            rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    except (duckdb.Error, NoWarehouseError) as error:
        raise fail(str(error)) from None
    print_rows(rows, format_)


@users_app.command("add")
def users_add(
    username: str,
    role: Annotated[str, typer.Option(help="coordinator, analyst or steward")],
    center: Annotated[str | None, typer.Option(help="the coordinator's center")] = None,
) -> None:
    """Add an account; the password is read from the terminal or standard input."""
    from registry.access.accounts import AccountError, Role, add_account

    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    with _prepared():
        try:
            add_account(username, password, Role(role), center)
        except (AccountError, ValueError) as error:
            raise fail(str(error)) from None
    say.print("Added.")


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
        from registry.serving import serve_both

        serve_both(say=lambda m: say.print(m, markup=False))


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
    """Run the command; a bug is one line and exit code 70, never a traceback."""
    if os.environ.get("MST_DEBUG"):
        app()
    try:
        app()
    except NotReadyError as error:
        say.print(str(error), markup=False)
        sys.exit(REFUSED)
    except Exception as error:
        say.print(f"A fault of the registry itself ({type(error).__name__}). Nothing was stored.")
        say.print("Set MST_DEBUG=1 and run it again to see where.")
        sys.exit(BUG)
