"""`mst queries`, `mst receipt`, and the commands about cases: list, sign, lock, withdraw, reinstate."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from registry.access.rights import EVERY_CENTER, Right, Role
from registry.cli.caller import acted_as, caller, secret
from registry.cli.output import (
    CONFLICT,
    REFUSED,
    Format,
    FormatOption,
    Rows,
    RowsOption,
    fail,
    out,
    print_rows,
    say,
)  # fmt: skip
from registry.lifecycle.status import Meaning

queries_app = typer.Typer(no_args_is_help=True, help="What a center is asked, and its answers.")
receipt_app = typer.Typer(no_args_is_help=True, help="Signed receipts of submissions.")


class State(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"


CenterOption = Annotated[str, typer.Option("--center", help="the center, such as C01")]
AsOption = Annotated[
    Role | None, typer.Option("--as", help="in which role you act, if you hold several")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="why, in words without identifiers")]
CutOption = Annotated[str, typer.Option("--cut", help="the name of the data cut")]
LockCenterOption = Annotated[
    str | None, typer.Option("--center", help="one center, such as C01; else all")
]
NumberArgument = Annotated[int, typer.Argument(help="the number of the query")]


def _now() -> datetime:
    return datetime.now(UTC)


@queries_app.command("list")
def list_(
    center: CenterOption,
    state: Annotated[State | None, typer.Option(help="only those in this state")] = State.OPEN,
    all_: Annotated[bool, typer.Option("--all", help="in any state")] = False,
    format_: RowsOption = Rows.TABLE,
) -> None:
    """The open queries of a center, or those in another state."""
    from registry.queries import queries

    with caller(Right.READ_CASES, center, action="read queries"):
        found = queries(center, statuses=None if all_ or state is None else (state.value,))
    if format_ in (Rows.JSON, Rows.CSV):
        print_rows([asdict(q) for q in found], format_)
        return
    print_rows(
        [
            {"query": q.query_id, "case": q.case_id, "place": f"{q.form} {q.record} {q.column}",
             "question": f"{q.message} {q.fix}", "since": q.asked_on, "status": q.status}
            for q in found
        ],
        format_,
    )  # fmt: skip


@queries_app.command()
def show(query: NumberArgument, center: CenterOption, format_: FormatOption = Format.TEXT) -> None:
    """One query with everything that happened to it."""
    from registry.queries import history, queries

    with caller(Right.READ_CASES, center, action="read a query"):
        found = [q for q in queries(center) if q.query_id == query]
        events = history(center, query) if found else []
    if not found:
        raise fail("There is no such query of this center.", CONFLICT)
    if format_ is Format.JSON:
        shown = {**asdict(found[0]), "history": [asdict(e) for e in events]}
        typer.echo(json.dumps(shown, indent=2, default=str))
        return
    q = found[0]
    out.print(f"query {q.query_id}, {q.status}: case {q.case_id}, {q.form} {q.record} {q.column}",
              markup=False)  # fmt: skip
    out.print(f"{q.message} {q.fix}", markup=False)
    for e in events:
        words = ": ".join(part for part in (e.answer, e.comment) if part)
        out.print(
            f"{e.at:%Y-%m-%d %H:%M}  {e.event} by {e.actor} ({e.role})  {words}", markup=False
        )


@queries_app.command()
def answer(
    file: Annotated[Path, typer.Argument(help="a workbook or CSV with the sheet Queries")],
    center: CenterOption,
    as_: AsOption = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Take the answers of a sheet Queries, and nothing else of the file."""
    from registry.intake.raw import UnreadableFileError
    from registry.intake.reader import read
    from registry.queries import answer as run
    from registry.roundtrip.answers import answers
    from registry.rules import may_confirm

    try:
        sheet = read(file).answers
    except UnreadableFileError as error:
        raise fail(f"{error.message} {error.fix}") from None
    if sheet is None:
        raise fail("The file has no sheet Queries. Answer in the workbook that came back.")
    given, unread = answers(sheet)
    with caller(Right.ANSWER, center, action="answer queries", as_=as_) as person:
        role = acted_as(person, as_ or Role.COORDINATOR)
        outcomes = run(center, given, actor=person.username, role=role, at=_now(),
                       may_confirm=may_confirm)  # fmt: skip
    refused: list[dict[str, Any]] = [
        {"cell": f.cell, "query": None, "why": f"{f.message} {f.fix}"} for f in unread
    ]
    refused += [
        {"cell": o.cell, "query": o.query_id, "why": o.message}
        for o in outcomes
        if o.result == "refused"
    ]
    counts = {
        result: sum(o.result == result for o in outcomes) for result in ("taken", "already so")
    }
    if format_ is Format.JSON:
        typer.echo(json.dumps({**counts, "refused": refused}, indent=2))
    else:
        out.print(
            f"{counts['taken']} answers taken, {counts['already so']} given before, "
            f"{len(refused)} refused."
        )
        for row in refused:
            out.print(f"{row['cell'] or 'the sheet'}: {row['why']}", markup=False)
    if refused:
        raise typer.Exit(REFUSED)


@queries_app.command("open")
def open_(
    case: Annotated[str, typer.Argument(help="the case it is about")],
    center: CenterOption,
    form: Annotated[str, typer.Option(help="such as course")],
    column: Annotated[str, typer.Option(help="such as start_day")],
    question: Annotated[str, typer.Option(help="the question, in words without identifiers")],
    record: Annotated[str, typer.Option(help='the row by its key, such as "course_no 2"')] = "",
    as_: AsOption = None,
) -> None:
    """Ask a center a question in own words."""
    from registry.queries import ask

    with caller(Right.ASK, center, action="open a query", as_=as_, case=case) as person:
        role = acted_as(person, as_ or Role.STEWARD)
        number = ask(center, case_id=case, form=form, column=column, record=record,
                     question=question, actor=person.username, role=role, at=_now())  # fmt: skip
    say.print(f"Query {number} is open.")


@queries_app.command("close")
def close_(
    query: NumberArgument, center: CenterOption, reason: ReasonOption, as_: AsOption = None
) -> None:
    """Close a query that needs no more work."""
    from registry.queries import close

    _by_hand(close, query, center, reason, as_)
    say.print(f"Query {query} is closed.")


@queries_app.command("reopen")
def reopen_(
    query: NumberArgument, center: CenterOption, reason: ReasonOption, as_: AsOption = None
) -> None:
    """Ask again what was answered, confirmed or closed."""
    from registry.queries import reopen

    _by_hand(reopen, query, center, reason, as_)
    say.print(f"Query {query} is open.")


def _by_hand(
    do: Callable[..., None], query: int, center: str, reason: str, as_: Role | None
) -> None:
    with caller(Right.ASK, center, action=f"{do.__name__} a query", as_=as_) as person:
        role = acted_as(person, as_ or Role.STEWARD)
        do(center, query, actor=person.username, role=role, comment=reason, at=_now())


@queries_app.command("report")
def report_(
    center: Annotated[str | None, typer.Option("--center", help="one center, else all")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(help="as it was then (UTC)", formats=["%Y-%m-%d"])
    ] = None,
    format_: RowsOption = Rows.TABLE,
) -> None:
    """Ageing, times to answer and to close, and per rule how often a value changed."""
    from registry.queries import report

    right = Right.OVERSEE if center is None else Right.READ_CASES
    with caller(right, center, action="read the query report"):
        found = report(as_of=as_of.replace(tzinfo=UTC) if as_of else _now(), center_id=center)
    rules = [
        {**asdict(row), "changed %": _percent(row.yield_share),
         "confirmed %": _percent(row.override_share)}
        for row in found.rules
    ]  # fmt: skip
    if format_ is Rows.JSON:
        typer.echo(json.dumps({**asdict(found), "rules": rules}, indent=2, default=str))
        return
    if format_ is not Rows.CSV:
        print_rows([asdict(band) for band in found.ageing], format_)
        times = {name: round(v, 1) if v else v for name, v in asdict(found.times).items()}
        print_rows([{name.replace("_", " "): v for name, v in times.items()}], format_)
    print_rows(rules, format_)


def _percent(share: float) -> float:
    return round(100 * share, 1)


@receipt_app.command("verify")
def receipt_verify(
    receipt: Annotated[Path, typer.Argument(help="the receipt, as it was downloaded")],
    file: Annotated[Path | None, typer.Argument(help="the file it is about")] = None,
    key: Annotated[Path | None, typer.Option(help="the registry's public key")] = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Hold a receipt against its signature, and a file against the receipt. Needs no registry."""
    from registry.intake.signature import verify

    faults = verify(receipt, file, key)
    if format_ is Format.JSON:
        typer.echo(json.dumps({"valid": not faults, "faults": faults}, indent=2))
        if faults:
            raise typer.Exit(REFUSED)
        return
    if faults:
        raise fail("\n".join(faults))
    of_file = " and is about this very file" if file is not None else ""
    say.print(f"The receipt is unchanged{of_file}.")


@receipt_app.command("show")
def receipt_show(
    submission: Annotated[int, typer.Argument(help="the number of the submission")],
    center: CenterOption,
) -> None:
    """Print the signed receipt of a submission; keep it as it is, since every byte counts."""
    from registry.intake.signature import receipt_text

    with caller(Right.READ_CASES, center, action="read a receipt"):
        text = receipt_text(center, submission)
    if text is None:
        raise fail("There is no such submission of this center.", CONFLICT)
    typer.echo(text, nl=False)


@receipt_app.command("key")
def receipt_key() -> None:
    """Print the registry's public key, for the centers to verify receipts with."""
    from registry.intake.signature import public_key_text

    typer.echo(public_key_text(), nl=False)


def cases(center: CenterOption, format_: RowsOption = Rows.TABLE) -> None:
    """Every case a center sent, with its status."""
    from registry.lifecycle.cases import case_list

    with caller(Right.READ_CASES, center, action="list cases"):
        found = case_list(center)
    rows = [asdict(case) for case in found]
    if format_ in (Rows.TABLE, Rows.TEXT):
        rows = [{**row, "since": f"{row['since']:%Y-%m-%d}"} for row in rows]
    print_rows(rows, format_)


def sign(
    case: Annotated[str, typer.Argument(help="the case")], center: CenterOption,
    meaning: Annotated[Meaning, typer.Option(help="what you declare")],
) -> None:  # fmt: skip
    """Sign a case as it stands, as a center lead; asks for your password again."""
    from registry.access.signing import sign as run

    with caller(Right.SIGN, center, action="sign a case", as_=Role.LEAD, case=case) as person:
        run(person, center, case, meaning, at=_now(), password=secret("Your password again: "))
    say.print(f"The case {case} is signed: {meaning.value}.", markup=False)


def lock(cut: CutOption, reason: ReasonOption, center: LockCenterOption = None) -> None:
    """Let the accepted cases of a center, or of all, take no change until they are unlocked."""
    from registry.lifecycle.locks import lock as run

    say.print(f"{_for_cut(run, cut, center, reason)} cases are locked for {cut}.", markup=False)


def unlock(cut: CutOption, reason: ReasonOption, center: LockCenterOption = None) -> None:
    """Let the cases that are locked for a data cut take changes again."""
    from registry.lifecycle.locks import unlock as run

    say.print(f"{_for_cut(run, cut, center, reason)} cases are unlocked.", markup=False)


def _for_cut(run: Callable[..., int], cut: str, center: str | None, reason: str) -> str:
    action = f"{run.__name__} cases"
    with caller(Right.LOCK, center or EVERY_CENTER, action=action) as person:
        role = acted_as(person, Role.STEWARD)
        count = run(cut, center, actor=person.username, role=role, reason=reason, at=_now())
    return f"{count:,}"


def withdraw(case: str, center: CenterOption, reason: ReasonOption, as_: AsOption = None) -> None:
    """Take a case out of everything from the next release on."""
    from registry.lifecycle.cases import withdraw as run

    _decide(run, case, center, reason, as_)
    say.print(f"The case {case} is withdrawn: it is in no release made from now on.", markup=False)


def reinstate(case: str, center: CenterOption, reason: ReasonOption, as_: AsOption = None) -> None:
    """Undo the withdrawal of a case."""
    from registry.lifecycle.cases import reinstate as run

    _decide(run, case, center, reason, as_)
    say.print(f"The case {case} is part of the registry again.", markup=False)


def rekey(
    mapping: Annotated[Path, typer.Argument(help="the mapping made by mst deidentify key rotate")],
    center: CenterOption,
) -> None:
    """Exchange a center's pseudonyms for new ones, all of them or none."""
    from registry.deidentify.mapping import MappingError, read_mapping
    from registry.rekey import RekeyError
    from registry.rekey import rekey as run

    with caller(Right.REKEY, center, action="exchange pseudonyms") as person:
        try:
            counts = run(read_mapping(mapping), center, actor=person.username, at=_now())
        except MappingError as error:
            raise fail(str(error)) from None
        except RekeyError as error:
            raise fail(str(error), CONFLICT) from None
    told = ", ".join(f"{count:,} {kind}s" for kind, count in counts.items())
    say.print(f"Renamed: {told}. The old pseudonyms are gone; delete the mapping.", markup=False)


def _decide(do: Callable[..., None], case: str, center: str, reason: str, as_: Role | None) -> None:
    action = f"{do.__name__} a case"
    with caller(Right.WITHDRAW, center, action=action, as_=as_, case=case) as person:
        role = acted_as(person, as_ or Role.COORDINATOR)
        do(center, case, actor=person.username, role=role, reason=reason, at=_now())


def add_to(app: typer.Typer) -> None:
    """Add everything here to the `mst` command."""
    app.add_typer(queries_app, name="queries")
    app.add_typer(receipt_app, name="receipt")
    commands: tuple[Callable[..., Any], ...] = (
        cases, sign, lock, unlock, withdraw, reinstate, rekey,
    )  # fmt: skip
    for command in commands:
        app.command()(command)
