"""`mst template`, `mst check`, `mst submit`, `mst export`: what a coordinator does with files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from registry.access.rights import Person, Right
from registry.cli.caller import acted_as, caller
from registry.cli.output import (
    CONFLICT,
    REFUSED,
    TRY_AGAIN,
    Format,
    FormatOption,
    fail,
    out,
    progress,
    say,
)
from registry.findings import of_rows
from registry.forms.upload import ChangeReason

MAX_LINES, MAX_CELLS = 1_000, 10  # a terminal is read by people; JSON has everything

CenterOption = Annotated[str, typer.Option("--center", help="the center that submits")]
ReasonOption = Annotated[
    ChangeReason | None,
    typer.Option("--reason", help="why accepted answers change, for rows that do not say it"),
]
BasedOnOption = Annotated[
    int | None,
    typer.Option("--based-on", help="the last submission the file knows of, if it has no stamp"),
]
ReturnOption = Annotated[
    Path | None,
    typer.Option("--return", help="write the file back here (.xlsx) with its cells marked"),
]
KeyOption = Annotated[
    str | None, typer.Option("--key", help="your own name for this sending; safe to repeat")
]


def add_to(app: typer.Typer) -> None:
    for command in (template, check, submit, export):
        app.command()(command)


def template(
    target: Annotated[Path, typer.Argument(metavar="OUT", help="a .xlsx or .json file, or a folder for CSVs")],
    format_: FormatOption = Format.TEXT,
) -> None:  # fmt: skip
    """Write an empty template: a workbook, a JSON file, or a folder of CSV files."""
    from registry.forms import FORM_VERSION, FORMS
    from registry.workbook import write_template

    written = [str(path) for path in write_template(target)]
    if format_ is Format.JSON:
        typer.echo(
            json.dumps({"written": written, "form_version": FORM_VERSION, "forms": list(FORMS)})
        )
    else:
        say.print(f"Wrote {', '.join(written)} (forms {FORM_VERSION}).", markup=False)


def check(
    path: Path, center: CenterOption, reason: ReasonOption = None, based_on: BasedOnOption = None,
    return_: ReturnOption = None, format_: FormatOption = Format.TEXT,
) -> None:  # fmt: skip
    """Check a file as a submission would, and store nothing."""
    from registry.intake.submit import check as run

    _take_in(
        Right.CHECK, center,
        lambda _: run(path, center, reason=reason, based_on=based_on, progress=progress),
        path, return_, format_,
    )  # fmt: skip


def submit(
    path: Path, center: CenterOption, reason: ReasonOption = None, based_on: BasedOnOption = None,
    key: KeyOption = None, return_: ReturnOption = None, format_: FormatOption = Format.TEXT,
) -> None:  # fmt: skip
    """Check a file and store every case that is in order."""
    from registry.intake.submit import submit as run

    _take_in(
        Right.SEND, center,
        lambda person: run(path, center, actor=person.username, role=acted_as(person), reason=reason,
                           based_on=based_on, key=key, progress=progress),
        path, return_, format_,
    )  # fmt: skip


def export(
    target: Annotated[Path, typer.Argument(metavar="OUT", help="a .xlsx or .json file, or a folder")],
    center: CenterOption,
    case: Annotated[list[str] | None, typer.Option(help="only this case; may be repeated")] = None,
    format_: FormatOption = Format.TEXT,
) -> None:  # fmt: skip
    """Write the present state of the center's cases, to amend and send back."""
    from registry.intake.export import NoSuchCaseError
    from registry.intake.export import export as run

    with caller(Right.EXPORT_CASES, center, action="export cases"):
        try:
            rows = run(target, center, cases=case or ())
        except NoSuchCaseError as error:
            raise fail(str(error)) from None
    if format_ is Format.JSON:
        typer.echo(json.dumps({"written": str(target), "rows": rows}))
    else:
        say.print(f"Wrote {sum(rows.values()):,} rows to {target}.", markup=False)


def _take_in(
    right: Right, center: str, work: Callable[[Person], Any], path: Path, return_: Path | None,
    as_: Format,
) -> None:  # fmt: skip
    from registry.intake.raw import UnreadableFileError
    from registry.intake.returned import return_workbook
    from registry.intake.submit import BusyError

    if return_ is not None and (
        return_.suffix.lower() != ".xlsx" or return_.resolve() == path.resolve()
    ):
        raise fail("--return takes the name of another .xlsx file; yours is never overwritten.")
    action = "check a file" if right is Right.CHECK else "send a file"
    with caller(right, center, action=action) as person:
        try:
            receipt = work(person)
        except BusyError:
            raise fail("The registry was busy; nothing was stored. Try again.", TRY_AGAIN) from None
        try:
            if return_ is not None:
                return_workbook(path, return_, receipt, progress=progress)
        except UnreadableFileError as error:
            say.print(f"No workbook to return: {error.message}", markup=False)
        except OSError:
            # the receipt comes all the same: what is stored is stored
            say.print("No workbook to return: it cannot be written there.", markup=False)
    if as_ is Format.JSON:
        typer.echo(json.dumps(receipt.as_dict(), indent=2))
    else:
        print_receipt(receipt)
    if any(f.rule in ("case.older", "file.key") for f in receipt.findings):
        raise typer.Exit(CONFLICT)
    if receipt.held or receipt.status == "refused":
        raise typer.Exit(REFUSED)


def print_receipt(receipt: Any) -> None:
    from registry.intake.causes import alike
    from registry.intake.receipt import REFUSED_WORDS

    number = f"submission {receipt.submission_id}: " if receipt.submission_id else ""
    out.print(
        f"{number}{receipt.status}. {receipt.rows} rows = {receipt.accepted} accepted "
        f"({receipt.rows_new} new, {receipt.rows_changed} changed, {receipt.rows_deleted} deleted) + "
        f"{receipt.held} held + {receipt.unchanged} unchanged", markup=False,
    )  # fmt: skip
    if receipt.status == "refused" and receipt.rows:
        out.print(REFUSED_WORDS, markup=False)
    if receipt.cases_held:
        out.print(f"held cases: {', '.join(receipt.cases_held)}", markup=False)
    for a in receipt.answers:
        out.print(f"answer to query {a.query_id}: {a.result}. {a.message}".rstrip(), markup=False)
    _print_practice(receipt.practice)
    _print_some([_change_line(c) for c in receipt.changes], "changes")
    groups = alike(receipt.findings)
    _print_some([line for group in groups for line in _group_lines(group)], "findings")


def _print_practice(found: Any) -> None:
    met, deviated, unknown = (
        sum(getattr(p, verdict) for p in found) for verdict in ("met", "deviated", "not_evaluable")
    )
    if found:
        out.print(
            f"consensus, apart from any mistake: {met} met, {deviated} deviated from, {unknown} not "
            f"evaluable, of {len(found)} recommendations that apply", markup=False,
        )  # fmt: skip


def _print_some(lines: list[str], what: str) -> None:
    for line in lines[:MAX_LINES]:
        out.print(line, markup=False)
    if len(lines) > MAX_LINES:
        out.print(
            f"… {len(lines) - MAX_LINES:,} more lines of {what}; --format json has all of them."
        )


def _change_line(change: Any) -> str:
    place = f"case {change.case_id}, {change.form} {change.record}".rstrip()
    if change.column is None:
        return f"change  {place}: the whole row is deleted"
    old, new = (_shown(value) for value in (change.old, change.new))
    return f"change  {place}, {change.column}: {old} → {new} ({change.kind})"


def _shown(value: Any) -> str:
    if value is None:
        return "blank"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _group_lines(group: Sequence[Any]) -> Iterator[str]:
    f = group[0]
    if len(group) == 1:
        yield from _finding_lines(f)
        return
    cells = ", ".join(g.cell or f"row {g.row}" for g in group[:MAX_CELLS])
    more = f" and {len(group) - MAX_CELLS:,} more" if len(group) > MAX_CELLS else ""
    yield f"{f.severity:<7} {f.form}, {of_rows(group)}: {f.message} {f.fix} [{f.rule}]"
    yield f"        {cells}{more}"


def _finding_lines(f: Any, indent: str = "") -> Iterator[str]:
    case = f"case {f.case_id}, " if f.case_id else ""
    yield f"{indent}{f.severity:<7} {case}{f.place()}: {f.message} {f.fix} [{f.rule}]"
    for folded in f.consequences:
        yield from _finding_lines(folded, indent + "  because of this: ")
