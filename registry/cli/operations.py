"""`mst backup` and `mst restore`: what keeps the registry through the loss of its machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from registry.acting import Act, acting
from registry.cli.caller import keeper
from registry.cli.output import (
    CONFLICT,
    NOT_ALLOWED,
    TRY_AGAIN,
    Rows,
    RowsOption,
    fail,
    print_rows,
    progress,
    say,
)


class _CreateByDefault(TyperGroup):
    """`mst backup [OUT]` is `mst backup create [OUT]`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or args[0] not in {*self.commands, "--help"}:
            args = ["create", *args]
        return super().parse_args(ctx, args)


backup_app = typer.Typer(
    cls=_CreateByDefault, help="Backups; without a command, make one: mst backup [OUT]."
)
File = Annotated[Path, typer.Argument(metavar="FILE", help="the backup")]
KeyOption = Annotated[
    Path | None, typer.Option("--key", help="the file of the key, if the backup is encrypted")
]


def add_to(app: typer.Typer) -> None:
    app.add_typer(backup_app, name="backup")
    app.command()(restore)


@backup_app.command()
def create(
    out: Annotated[
        Path | None, typer.Argument(help="a file or a folder; default: MST_HOME/backups")
    ] = None,
    recipient: Annotated[
        str | None,
        typer.Option(envvar="MST_BACKUP_RECIPIENT", help="encrypt to this public key"),
    ] = None,
    although_broken: Annotated[
        bool,
        typer.Option(
            "--although-broken",
            help="keep it although the audit trail does not hold, with what does not written down",
        ),
    ] = False,
) -> None:
    """Make a backup and prove it by restoring it aside. The path is printed."""
    from registry import backup

    with _operating("make a backup"):
        made = backup.create(
            out, public_key=recipient, although_broken=although_broken, progress=progress
        )
    say.print("The backup is proven. Copy it to another place: a disk takes its backups with it.")
    typer.echo(made)


@backup_app.command("list")
def list_(format_: RowsOption = Rows.TABLE) -> None:
    """The backups in MST_HOME/backups."""
    from registry import backup

    print_rows(backup.backups(), format_)


@backup_app.command()
def verify(file: File, key: KeyOption = None) -> None:
    """Prove a backup again: every byte, and its rows in a scratch database."""
    from registry import backup

    with _operating("verify a backup"):
        found = backup.verify(file, key=key, progress=progress)
    say.print(f"The backup of {found.made_at:%Y-%m-%d %H:%M} UTC is whole and can be restored.")


@backup_app.command()
def prune(keep: Annotated[int, typer.Option(min=1, help="how many of the newest stay")]) -> None:
    """Remove old backups from MST_HOME/backups."""
    from registry import backup

    with _operating("remove old backups"):
        gone = backup.prune(keep)
    for name in gone:
        say.print(f"removed {name}", markup=False)


@backup_app.command("key")
def key_new(file: Annotated[Path, typer.Argument(metavar="FILE", help="a new file")]) -> None:
    """Make the key that opens encrypted backups; its public half is printed."""
    from registry import backup

    with _in_plain_words():
        public = backup.create_key(file, datetime.now(UTC))
    say.print(
        "Keep the file away from this machine, in two places: without it no encrypted backup can be "
        "read. Give the line below to mst backup as --recipient or MST_BACKUP_RECIPIENT."
    )
    typer.echo(public)


def restore(file: File, key: KeyOption = None) -> None:
    """Fill an empty registry from a backup, after proving it."""
    from registry import backup

    with _operating("restore a backup"):
        found = backup.restore(file, key=key, progress=progress)
    say.print(
        f"The registry is as it was on {found.made_at:%Y-%m-%d %H:%M} UTC. What came later must be "
        "done again: submissions, withdrawals, new pseudonyms, accounts. What was erased is erased again "
        "by: mst erase --again"
    )
    if found.audit_faults:
        say.print(
            f"Its audit trail did not hold already when the backup was made: {len(found.audit_faults)} faults. "
            "mst audit verify names them."
        )
    if found.served:
        say.print(f"The warehouse is built, not backed up: mst build {found.served}", markup=False)


@contextmanager
def _operating(action: str) -> Iterator[None]:
    """Whoever has the owner's login, and if signed in the right; a database of an older revision is backed up as it is."""
    with _in_plain_words():
        person = keeper()
        with acting(Act(person.username, person.role.value, "command", action)):
            yield


@contextmanager
def _in_plain_words() -> Iterator[None]:
    """Every way it can fail as a sentence and an exit code."""
    from sqlalchemy.exc import OperationalError

    from registry import backup
    from registry.access.rights import NotAllowedError

    try:
        yield
    except (backup.WrongLoginError, NotAllowedError) as error:
        raise fail(str(error), NOT_ALLOWED) from None
    except backup.OccupiedError as error:
        raise fail(str(error), CONFLICT) from None
    except backup.BusyError as error:
        raise fail(str(error), TRY_AGAIN) from None
    except backup.BackupError as error:
        raise fail(str(error)) from None
    except OperationalError:
        raise fail("The database cannot be reached. Is its server running?", TRY_AGAIN) from None
    except OSError as error:
        raise fail(f"{error.strerror}: {error.filename}. Nothing was kept.", TRY_AGAIN) from None
