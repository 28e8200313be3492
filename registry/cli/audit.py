"""`mst audit`: read the audit trail, prove it, and keep its end outside the database."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from registry.access.rights import Right
from registry.cli.caller import caller
from registry.cli.output import Format, FormatOption, Rows, RowsOption, fail, print_rows, say

audit_app = typer.Typer(
    no_args_is_help=True, help="Who did what, and the proof that nobody altered it."
)


@audit_app.command("list")
def list_(
    center: Annotated[str | None, typer.Option("--center", help="only of one center")] = None,
    case: Annotated[str | None, typer.Option(help="only of one case")] = None,
    actor: Annotated[str | None, typer.Option(help="only of one person")] = None,
    action: Annotated[str | None, typer.Option(help="only acts whose words hold this")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    limit: Annotated[int, typer.Option(help="at most so many, the newest first; 0 for all")] = 100,
    format_: RowsOption = Rows.TABLE,
) -> None:
    """Entries, the newest first."""
    from registry.audit.read import Wanted, entries

    with caller(Right.READ_AUDIT, center, action="read the audit trail") as person:
        wanted = Wanted(
            center_id=center or person.center_id, case_id=case, actor=actor, action=action,
            since=since.date() if since else None, until=until.date() if until else None,
            limit=limit or None,
        )  # fmt: skip
        rows = [entry.as_row() for entry in entries(wanted)]
    if format_ in (Rows.TABLE, Rows.TEXT):
        # a terminal has no room for hashes; JSON and CSV have everything
        rows = [
            {"no": r["seq"], "when": r["at"], "who": f"{r['actor']} ({r['role']})".replace(" ()", ""),
             "what": r["action"], "about": " ".join(filter(None, (r["center_id"], r["case_id"]))),
             "rows": r["changes"]}
            for r in rows
        ]  # fmt: skip
    print_rows(rows, format_)


@audit_app.command("history")
def history_(
    case: str,
    center: Annotated[str, typer.Option("--center", help="the center, such as C01")],
    format_: RowsOption = Rows.TABLE,
) -> None:
    """Every value of a case that was ever entered or changed: when, by whom, old, new, why."""
    from registry.audit.read import history

    with caller(Right.READ_AUDIT, center, action="read the history of a case", case=case):
        rows = history(center, case)
    print_rows(rows, format_)


@audit_app.command("verify")
def verify_(
    anchor: Annotated[
        list[Path] | None,
        typer.Option(help="a receipt or manifest kept outside; may be repeated"),
    ] = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Hold the chain and every row against it, and against every end of it that was kept."""
    from registry.audit.anchors import AnchorError, kept, of_file
    from registry.audit.check import check

    with caller(Right.VERIFY_AUDIT, action="verify the audit trail"):
        try:
            anchors = [*kept(), *(of_file(path) for path in anchor or ())]
        except AnchorError as error:
            raise fail(str(error)) from None
        head, faults = check(anchors)
    told: dict[str, Any] = {
        "valid": not faults, "entries": head.seq if head else 0, "head": head.hash if head else None,
        "anchors": len(anchors), "faults": [{"entry": f.seq, "message": f.message} for f in faults],
    }  # fmt: skip
    if format_ is Format.JSON:
        typer.echo(json.dumps(told, indent=2))
        if faults:
            raise typer.Exit(2)
        return
    if faults:
        raise fail("\n".join(f.message for f in faults))
    say.print(
        f"{told['entries']:,} entries, each as it was entered; every row is the one that was entered; "
        f"{len(anchors)} kept ends agree."
    )
