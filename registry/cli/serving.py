"""`mst serve`, `mst health`: what the people who run the registry need."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import Annotated

import typer

from registry.cli.output import TRY_AGAIN, Format, FormatOption, fail, say


class Served(StrEnum):
    PORTAL = "portal"
    PUBLIC = "public"
    HEALTH = "health"


def add_to(app: typer.Typer) -> None:
    for command in (serve, health):
        app.command()(command)


def serve(
    which: Served,
    port: Annotated[int | None, typer.Option(help="loopback port: 8501, 8502, 8504")] = None,
    name: Annotated[
        str | None, typer.Option(help="the host name under which a proxy serves the dashboard")
    ] = None,
) -> None:
    """Serve a dashboard or the health endpoint, on loopback only."""
    from registry import serving, store

    # a database that does not answer stops no health endpoint: it is there to say so
    if which is Served.HEALTH:
        _serve_health(port)
        return
    if which is Served.PORTAL:
        store.prepare()
    chosen = port or serving.PORTS[which]
    try:
        command, known = serving.command(which, chosen, name), serving.environment(which)
    except serving.OpenIdFileError as error:
        raise fail(str(error)) from None
    with serving.place(which, chosen) as kept:
        os.set_inheritable(kept, True)
        os.chdir(serving.DASHBOARDS.parent)
        os.execvpe(sys.executable, command, known)


def _serve_health(port: int | None) -> None:
    from registry.health import PORT, server

    # a database that hangs must not hang its watcher
    os.environ.setdefault("PGCONNECT_TIMEOUT", "5")
    running = server(port or PORT)
    say.print(f"http://127.0.0.1:{running.server_port}/healthz", markup=False)
    try:
        running.serve_forever()
    except KeyboardInterrupt:
        say.print("Stopping.")


def health(format_: FormatOption = Format.TEXT) -> None:
    """Look whether the registry is well; exit code 5 if something is broken."""
    from registry.health import as_json, checks

    found = checks()
    if format_ is Format.JSON:
        typer.echo(as_json(found))
    else:
        for check in found:
            typer.echo(f"{'well  ' if check.well else 'BROKEN'} {check.name}: {check.reason}")
    if not all(check.well for check in found):
        raise fail("The registry needs attention.", TRY_AGAIN)
