"""`mst consensus`: what the paper says, what is executable, what a new version would change."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registry.access.rights import EVERY_CENTER, Right
from registry.cli.caller import caller
from registry.cli.output import Rows, RowsOption, fail, out, print_rows, progress, say

if TYPE_CHECKING:
    from registry.consensus import Consensus, Statement
    from registry.warehouse.practice import Counts

consensus_app = typer.Typer(no_args_is_help=True, help="The consensus as code.")


@consensus_app.command("list")
def list_(
    section: Annotated[str | None, typer.Option(help="a section of the paper, such as 2.2")] = None,
    kind: Annotated[str | None, typer.Option(help="rule, option, report, benchmark ...")] = None,
    status: Annotated[
        str | None, typer.Option(help="judged, reported, recorded, undecidable or retired")
    ] = None,
    format_: RowsOption = Rows.TABLE,
) -> None:
    """Every statement of the paper, or those that are asked for."""
    from registry import consensus

    known: list[dict[str, Any]] = [dict(row) for row in consensus.coverage()]
    asked = {"section": section, "kind": kind, "status": status}
    for name, value in asked.items():
        if value is not None and value not in {row[name] for row in known}:
            values = ", ".join(dict.fromkeys(row[name] for row in known))
            raise fail(f"There is no {name} {value}; there are: {values}.")
    rows = [
        {key: row[key] for key in ("id", "title", "kind", "strength", "status")}
        for row in known
        if all(value in (None, row[name]) for name, value in asked.items())
    ]
    print_rows(rows, format_)


@consensus_app.command()
def show(
    statement: Annotated[str, typer.Argument(help="its id, such as MST-2.2-04")],
    sql: Annotated[bool, typer.Option("--sql", help="with the SQL")] = False,
) -> None:
    """One statement in full, in the width of the terminal."""
    from rich.markdown import Markdown

    from registry import consensus
    from registry.consensus.pages import page

    try:
        found = consensus.load().statement(statement.upper())
    except KeyError:
        raise fail(f"There is no statement {statement}. See mst consensus list.") from None
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", page(found))  # a terminal follows no link
    if not sql:
        text = text.partition("\n## SQL\n")[0]
    out.print(Markdown(text, code_theme="bw"), soft_wrap=False)


@consensus_app.command()
def coverage(
    rules: Annotated[bool, typer.Option("--rules", help="one line a rule")] = False,
    format_: RowsOption = Rows.TABLE,
) -> None:
    """What is executable, and how far the data of the served warehouse can be judged."""
    from registry import consensus
    from registry.duck import NoWarehouseError, served_folder
    from registry.home import home
    from registry.warehouse.practice import practice

    counts: dict[tuple[str, str], Counts] | None = None
    try:
        folder = served_folder(home() / "warehouse" / "current.json")
    except NoWarehouseError:
        say.print("No warehouse is served, so nothing is said of data.")
    else:
        with caller(Right.READ_RESULTS, action="read the coverage of the consensus"):
            counts = practice(folder)
    current = consensus.load()
    rows = _by_rule(current, counts) if rules else _by_section(current, counts)
    if not rules and format_ in (Rows.TABLE, Rows.TEXT):
        rows = [_in_few_columns(row) for row in rows]
    print_rows(rows, format_)


def _in_few_columns(row: dict[str, Any]) -> dict[str, Any]:
    """A section's row for a terminal of 80 columns."""
    named = {"section": f"{row['section']} {row['title']}", "all": row["statements"]}
    left_out = ("section", "title", "statements")
    return named | {name: value for name, value in row.items() if name not in left_out}


def _by_section(
    current: Consensus, counts: dict[tuple[str, str], Counts] | None
) -> list[dict[str, Any]]:
    """Sections in numbers; of the data the default reading of each entry counts, once."""
    from registry.consensus.coverage import totals
    from registry.warehouse.practice import Counts

    rows = []
    for row in totals(current):
        told = {
            "section": row["section"],
            "title": row["title"],
            "statements": row["statements"],
            "rules": row["rules"],
            "executable": row["rules_judged"],
            "examples": row["examples"],
        }
        if counts is not None:
            of_section = [e for e in current.judged() if e.section == row["section"]]
            found = [counts.get((e.id, e.default_reading.name), Counts()) for e in of_section]
            total = sum(found, Counts())
            told |= {
                "judged": total.judged,
                "not evaluable %": _percent(total.not_evaluable, total.concerned),
            }
        rows.append(told)
    return rows


def _by_rule(
    current: Consensus, counts: dict[tuple[str, str], Counts] | None
) -> list[dict[str, Any]]:
    from registry.consensus.coverage import status_of

    rows = []
    for entry in current.statements:
        if entry.kind == "rule":
            told = {"id": entry.id, "title": entry.title, "status": status_of(entry)}
            rows.append({**told, **_told_by_data(entry, counts)})
    return rows


def _told_by_data(entry: Statement, counts: dict[tuple[str, str], Counts] | None) -> dict[str, Any]:
    from registry.consensus import Recommendation

    if counts is None:
        return {"remark": _why(entry)}
    told: dict[str, Any] = {"judged": None, "met %": None, "not evaluable %": None}
    if not isinstance(entry, Recommendation) or not entry.is_judged:
        return {**told, "remark": _why(entry)}
    found = counts.get((entry.id, entry.default_reading.name))
    if found is None:
        return {**told, "remark": "the served warehouse has no verdict of it"}
    return {
        "judged": found.judged,
        "met %": _percent(found.met, found.judged),
        "not evaluable %": _percent(found.not_evaluable, found.concerned),
        "remark": _remark(found),
    }


def _why(entry: Statement) -> str:
    from registry.consensus import Recommendation

    if isinstance(entry, Recommendation):
        return f"retired since {entry.retired.since}: {entry.retired.why}" if entry.retired else ""
    return " ".join(entry.undecidable.split())


def _remark(found: Counts) -> str:
    """What a steward should look at: a rule that tells nobody apart, or cannot be judged."""
    said = []
    if not found.concerned:
        said.append("applies to nobody")
    elif not found.judged:
        said.append("nobody can be judged")
    elif not found.deviated:
        said.append("met by all")
    elif not found.met:
        said.append("met by none")
    if found.judged and found.not_evaluable * 2 > found.concerned:
        said.append("not evaluable for more than half")
    return ", ".join(said)


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


@consensus_app.command()
def check(format_: RowsOption = Rows.TABLE) -> None:
    """The consensus as a suite of expectations over the verdicts of the served warehouse."""
    from registry import consensus
    from registry.duck import NoWarehouseError, open_locked, served_folder
    from registry.home import home
    from registry.verdict_checks import OtherConsensusError
    from registry.verdict_checks import check as run

    with caller(Right.READ_RESULTS, action="check the consensus"):
        try:
            folder = served_folder(home() / "warehouse" / "current.json")
            with open_locked(folder / "steward.duckdb") as connection:
                outcomes = run(connection, consensus.load())
        except (NoWarehouseError, OtherConsensusError) as error:
            raise fail(str(error)) from None
    rows = [
        {
            "id": o.entry.id, "reading": o.reading, "title": o.entry.title,
            "severity": o.severity, "evaluated": o.evaluated, "unexpected": o.unexpected,
            "%": _percent(o.unexpected, o.evaluated), "means": o.entry.verdict_words("deviated"),
        }
        for o in outcomes
    ]  # fmt: skip
    if format_ in (Rows.TABLE, Rows.TEXT) and out.width < 110:
        rows = [{k: v for k, v in row.items() if k != "title"} for row in rows]
    print_rows(rows, format_)


@consensus_app.command()
def diff(
    old: Annotated[str, typer.Argument(help="a version, or the path of its folder")],
    new: Annotated[str, typer.Argument(help="the version it is compared with, or its folder")],
    release: Annotated[
        str | None, typer.Option(help="the release to judge; by default the one that is served")
    ] = None,
    rows: Annotated[
        bool,
        typer.Option("--rows", help="name the subjects, for who may see the cases behind a result"),
    ] = False,
    format_: RowsOption = Rows.TABLE,
) -> None:
    """What a version changes: entries, and exactly the verdicts that flip."""
    from registry import consensus
    from registry.consensus.changes import changes

    try:
        before, after = consensus.find(old), consensus.find(new)
    except (KeyError, consensus.ConsensusFaults) as error:
        raise fail(str(error.args[0])) from None
    changed = [
        {"entry": c.entry, "change": c.what, "detail": c.detail} for c in changes(before, after)
    ]
    flipped = _flipped(release, before, after, named=rows)
    if flipped is None:
        say.print("No release is served, so no verdict is compared.")
    if format_ is Rows.JSON:
        typer.echo(json.dumps({"changes": changed, "flips": flipped}, indent=2))
    elif format_ is Rows.CSV:
        print_rows(changed if flipped is None else flipped, format_)
    else:
        print_rows(changed, format_)
        if flipped is not None:
            print_rows(flipped, format_)


def _flipped(
    release: str | None, before: Consensus, after: Consensus, *, named: bool
) -> list[dict[str, Any]] | None:
    """The verdicts that flip, counted or by subject; None where no release is there to be judged."""
    from registry.audit import note
    from registry.home import home
    from registry.warehouse.flips import counted, flips
    from registry.warehouse.score import score

    pointer = home() / "warehouse" / "current.json"
    if release is None and not pointer.is_file():
        return None
    right = Right.READ_ROWS_BEHIND if named else Right.READ_RESULTS
    with caller(right, EVERY_CENTER, action="compare versions of the consensus"):
        folder = _release_folder(release, pointer)
        scored = []
        for version in (before, after):
            progress(f"judging {folder.name} by consensus {version.version}")
            scored.append(score(folder, home(), version))
        found = flips(*scored)
        if named:
            note(
                "read the verdicts that flip",
                detail=f"{folder.name}: {before.version} {after.version}",
            )
    told: list[dict[str, Any]] = (found if named else counted(found)).to_pylist()
    return told


def _release_folder(name: str | None, pointer: Path) -> Path:
    """The release asked for, or the one the served warehouse was built from."""
    from registry import release

    if name is None:
        return Path(json.loads(pointer.read_text(encoding="utf-8"))["built_from"])
    try:
        release.manifest(name)
    except release.ReleaseError as error:
        raise fail(str(error)) from None
    return release.folder(name)
