"""`mst erase`: a case goes from everywhere, on request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from registry.access.rights import EVERY_CENTER, Right
from registry.cli.caller import caller
from registry.cli.output import fail, progress, say


def erase(
    case: Annotated[str | None, typer.Argument(help="the case")] = None,
    center: Annotated[str | None, typer.Option(help="its center, such as C01")] = None,
    reason: Annotated[str | None, typer.Option(help="why, in words without identifiers")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask to type the case again")] = False,
    again: Annotated[
        bool,
        typer.Option("--again", help="after a backup was restored: erase what was erased before"),
    ] = False,
) -> None:
    """Erase a case from the database, the releases and the warehouse. It cannot be undone."""
    from registry import erasure
    from registry.release import ReleaseError

    with caller(Right.ERASE, center or EVERY_CENTER, action="erase a case") as person:
        try:
            if again:
                done = erasure.again(progress=progress)
            elif case and center and reason:
                if not yes and typer.prompt("Type the name of the case again") != case:
                    raise fail("That is another name; nothing was erased.")
                done = erasure.erase(
                    center, case, actor=person.username, reason=reason, at=datetime.now(UTC),
                    progress=progress,
                )  # fmt: skip
            else:
                raise fail(
                    "Name the case, its center and the reason: mst erase CASE --center C --reason ..."
                )
        except ReleaseError as error:
            raise fail(str(error)) from None
    say.print(
        f"{done.rows:,} rows erased; {len(done.releases)} releases rewritten, {len(done.builds)} builds "
        "of the warehouse removed. Backups made before still hold the case: after restoring one, run mst "
        "erase --again.", markup=False,
    )  # fmt: skip
    if done.unsearched:
        say.print(
            "The center exchanged pseudonyms by an earlier version, which kept nothing by which a case is found "
            f"under its old one. These releases from before may hold it still: {', '.join(done.unsearched)}. "
            "Delete their folders and what was built of them.", markup=False,
        )  # fmt: skip
