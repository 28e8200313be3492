"""Who may open which page and give which command, at which center; written down here, derived from nothing.

And another center's case, query or submission is answered as one that does not exist.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import CliRunner

from dashboards.portal import menu
from registry.access import sessions
from registry.access.accounts import add_account
from registry.access.rights import NotAllowedError
from registry.cli import app
from registry.home import home
from tests.access.material import (
    AT_A_CENTER,
    NOWHERE,
    OTHER,
    OWN,
    PASSWORD,
    person,
    shown,
    words,
)
from tests.queries.material import found, only_query, upload

pytestmark = [
    pytest.mark.usefixtures("empty_database"),
    pytest.mark.requirement("ACC-06", "ACC-08"),
]

ROLES = (
    "coordinator", "center lead", "analyst", "steward", "administrator", "auditor", "operator",
)  # fmt: skip
COHORT = Path(__file__).resolve().parents[2] / "examples/cohorts/adverse-risk.yaml"
MST = typer.main.get_command(app)
PAGES = """
Start          yes yes -   -   -   -   yes
Send data      yes yes -   -   -   -   yes
Queries        yes yes -   yes -   yes yes
Cases          yes yes -   yes -   yes yes
Receipts       yes yes -   yes -   yes yes
Adherence      yes yes yes yes -   yes yes
Figures        yes yes yes yes -   yes yes
Outcomes       yes yes yes yes -   yes yes
Benchmarks     yes yes yes yes -   yes yes
Centers        yes yes yes yes -   yes yes
Cohorts        -   -   yes yes -   -   yes
Ask a question -   -   yes yes -   -   yes
HLA and KIR    -   -   yes yes -   -   yes
One case       yes yes -   yes -   -   yes
Query work     -   -   -   yes -   yes yes
Audit trail    -   yes -   yes -   yes yes
Accounts       -   -   -   -   yes -   yes
My account     yes yes yes yes yes yes yes
"""
# of one center, each given with --center: own, all, or - for none
AT_CENTERS = """
check FILE                             own own -   -   -   -   all
submit FILE                            own own -   -   -   -   all
export OUT                             own own -   all -   -   all
cases                                  own own -   all -   all all
receipt show 9                         own own -   all -   all all
withdraw P9 --reason because           own own -   all -   -   all
reinstate P9 --reason because          own own -   all -   -   all
rekey FILE                             own own -   -   -   -   all
queries list                           own own -   all -   all all
queries show 999                       own own -   all -   all all
queries report                         own own -   all -   all all
queries answer ANSWERS                 own own -   all -   -   all
queries open P9 --form x --column y --question what?  -   -   -   all -   -   all
queries close 999 --reason because     -   -   -   all -   -   all
queries reopen 999 --reason because    -   -   -   all -   -   all
audit list                             -   own -   all -   all all
audit history P9                       -   own -   all -   all all
sign P9 --meaning COMPLETE             -   own -   -   -   -   -  
lock --cut none --reason because       -   -   -   all -   -   all
unlock --cut none --reason because     -   -   -   all -   -   all
erase P9 --reason because --yes        -   -   -   all -   -   all
"""
OF_THE_REGISTRY = """
whoami                                 yes yes yes yes yes yes yes
audit list                             -   yes -   yes -   yes yes
audit verify                           -   -   -   yes -   yes yes
queries report                         -   -   -   yes -   yes yes
release list                           yes yes yes yes -   yes yes
release create no/name                 -   -   -   yes -   -   yes
release rebuild none                   -   -   -   yes -   -   yes
release published                      yes yes yes yes -   yes yes
release propose none                   -   -   -   yes -   -   yes
release publish none                   -   -   -   yes -   -   yes
benchmarks                             yes yes yes yes -   yes yes
build none                             -   -   -   yes -   -   yes
trace adherence MST-2-04 a met         yes yes yes yes -   yes yes
trace figure MST-1-02 age_at_diagnosis yes yes yes yes -   yes yes
trace curve survival os diagnosis --day 1  yes yes yes yes -   yes yes
consensus check                        yes yes yes yes -   yes yes
consensus diff 2023.1 2023.1 --release none  yes yes yes yes -   yes yes
consensus diff 2023.1 2023.1 --release none --rows  -   -   -   yes -   -   yes
sql SELECT                             -   -   yes yes -   -   yes
sql SELECT --as steward                -   -   -   yes -   -   yes
codebook                               -   -   yes yes -   -   yes
cohort show COHORT                     -   -   yes yes -   -   yes
extract COHORT --to OUT --reason because  -   -   yes yes -   -   yes
users list                             -   -   -   -   yes -   yes
users add no --role analyst            -   -   -   -   yes -   yes
users sql-login nobody                 -   -   -   -   yes -   yes
users sql-logout nobody                -   -   -   -   yes -   yes
backup create OUT                      -   -   -   -   yes -   yes
backup verify FILE                     -   -   -   -   yes -   yes
backup prune --keep 9                  -   -   -   -   yes -   yes
restore FILE                           -   -   -   -   yes -   yes
users report                           -   -   -   -   yes -   yes
users invite no --role analyst --name No  -   -   -   -   yes -   yes
users invite-again nobody              -   -   -   -   yes -   yes
users grant nobody --role analyst      -   -   -   -   yes -   yes
users revoke nobody --role analyst     -   -   -   -   yes -   yes
users deactivate nobody                -   -   -   -   yes -   yes
users reactivate nobody                -   -   -   -   yes -   yes
users end-sessions nobody              -   -   -   -   yes -   yes
"""
# what asks for no right, and why
OPEN = {
    "template": "holds the forms alone",
    "consensus list": "holds the paper alone", "consensus show": "holds the paper alone",
    "consensus coverage": "the paper, and of the data only for whoever reads results (below)",
    "models": "holds the models alone", "docs": "writes the pages of the source",
    "receipt key": "is public", "receipt verify": "reads the file that is given",
    "deidentify file": "runs at the center, without a registry", "deidentify find": "as above",
    "deidentify key compromised": "as above", "deidentify key lost": "as above", "deidentify key new": "as above",
    "deidentify key rotate": "as above", "deidentify key show": "as above", "deidentify page": "as above",
    "sign-in": "asks for the password", "sign-out": "ends the own sign-in",
    "release verify": "says whole or not, of files of the registry's machine",
    "backup list": "names files of the registry's machine", "backup key": "makes a key, of nothing yet",
    "health": "says well or not", "serve": "asks whoever comes to sign in",
    "migrate": "asks for the owner's login of the database", "demo": "makes a registry of its own",
}  # fmt: skip


def rows(table: str) -> Iterator[tuple[str, dict[str, str]]]:
    for line in table.strip().splitlines():
        parts = line.split()
        named, cells = parts[: -len(ROLES)], parts[-len(ROLES) :]
        yield " ".join(named), dict(zip(ROLES, cells, strict=True))


@pytest.fixture
def two_centers() -> None:
    """A case with a query at each of two centers."""
    upload([found(case="P1")], center=OWN, cases=("P1",))
    upload([found(case="Q1")], center=OTHER, cases=("Q1",))


class Desk:
    """Gives commands as one role after another, with the token of that role."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        monkeypatch.setenv("MST_TOKEN_FILE", str(folder / "token"))
        monkeypatch.setenv("COLUMNS", "200")
        self.files = {"FILE": folder / "empty.xlsx", "OUT": folder / "out.xlsx",
                      "ANSWERS": folder / "Queries.csv", "SELECT": "select 1",
                      "COHORT": COHORT, "COMPLETE": "data complete"}  # fmt: skip
        (folder / "empty.xlsx").touch()
        (folder / "Queries.csv").write_text("query,answer,comment\n")

    def sit_down_as(self, role: str) -> None:
        """The operator has no token: it works on the registry's own machine."""
        token = self.folder / "token"
        token.unlink(missing_ok=True)
        if role != "operator":
            who, now = person(role), datetime.now(UTC)
            add_account(who.username, PASSWORD, who.role, who.center_id, at=now)
            token.touch(mode=0o600)
            token.write_text(
                sessions.sign_in(who.username, PASSWORD, at=now, channel="command").token
            )

    def mst(self, command: str, *more: str) -> tuple[int, str]:
        given = [str(self.files.get(word, word)) for word in command.split()]
        told = CliRunner().invoke(MST, [*given, *more], input=f"{PASSWORD}\n")
        return told.exit_code, told.output


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_its_pages_and_no_other_even_when_called(role: str) -> None:
    expected = [title for title, cells in rows(PAGES) if cells[role] == "yes"]
    offered = [page.title for page in menu.offered(person(role))]
    assert sorted(offered) == sorted(expected)
    if person(role).center_id:
        assert offered == expected  # the own center first
    assert offered[-1] == "My account"
    guarded = [*menu.OF_A_CENTER, *menu.OF_THE_REGISTRY]
    assert [title for title, _ in rows(PAGES)] == [of[1] for of in guarded] + ["My account"]
    for right, title, _, _, show in guarded:
        if title not in expected:
            with pytest.raises(NotAllowedError):
                menu.shows(person(role), right, title, show)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gives_its_commands_at_its_centers_and_no_other(
    role: str, desk: Desk, two_centers: None
) -> None:
    desk.sit_down_as(role)
    allowed: dict[str, str] = {}
    for command, _ in rows(AT_CENTERS):
        own, other = desk.mst(command, "--center", OWN), desk.mst(command, "--center", OTHER)
        reach = {(True, False): "own", (True, True): "all", (False, False): "-"}
        allowed[command] = reach[own[0] != 3, other[0] != 3]
        assert 70 not in (own[0], other[0]), own[1] + other[1]
        if role in AT_A_CENTER:
            assert desk.mst(command, "--center", NOWHERE) == other
            assert OTHER not in other[1]
    assert allowed == {command: cells[role] for command, cells in rows(AT_CENTERS)}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gives_its_commands_of_the_registry_and_no_other(role: str, desk: Desk) -> None:
    desk.sit_down_as(role)
    told = {command: desk.mst(command) for command, _ in rows(OF_THE_REGISTRY)}
    assert [t for t in told.values() if t[0] not in (0, 2, 3, 4)] == []
    allowed = {command: "-" if code == 3 else "yes" for command, (code, _) in told.items()}
    assert allowed == {command: cells[role] for command, cells in rows(OF_THE_REGISTRY)}


def test_every_command_has_a_line_or_a_reason_to_have_none() -> None:
    """A new door is not forgotten."""
    told = [row for table in (AT_CENTERS, OF_THE_REGISTRY) for row, _ in rows(table)]
    there_are = set(commands(MST))
    lined = {name for name in there_are if any(f"{row} ".startswith(f"{name} ") for row in told)}
    assert there_are - lined == set(OPEN)


def commands(of: Any, name: str = "") -> Iterator[str]:
    if not hasattr(of, "commands"):
        yield name
        return
    for part, command in of.commands.items():
        yield from commands(command, f"{name} {part}".strip())


def test_who_may_not_read_the_stewards_file_is_told_so(desk: Desk) -> None:
    for role in ("auditor", "analyst"):
        desk.sit_down_as(role)
        told = desk.mst("sql SELECT", "--as", "steward")
        assert told == (3, f"As {role} you may not read the steward's file.\n")


def test_what_the_data_say_of_the_consensus_is_for_whoever_reads_results(desk: Desk) -> None:
    desk.sit_down_as("administrator")
    assert desk.mst("consensus coverage")[0] == 0  # nothing is served: the paper alone
    pointer = home() / "warehouse" / "current.json"
    pointer.parent.mkdir(exist_ok=True)
    pointer.write_text(json.dumps({"build": "none", "release": "none"}))
    try:
        assert desk.mst("consensus coverage")[0] == 3
    finally:
        pointer.unlink()


def test_another_centers_case_query_and_submission_are_answered_as_none_at_all(
    desk: Desk, two_centers: None
) -> None:
    theirs = str(only_query(OTHER))
    at_own = ("--center", OWN)
    why = ("--reason", "looked at it")
    for role, commands in {
        "center lead": (
            ("audit list --case {}", "Q1", "none", ()),
            ("export OUT --case {}", "Q1", "none", at_own),
            ("withdraw {}", "Q1", "none", (*at_own, *why)),
            ("reinstate {}", "Q1", "none", (*at_own, *why)),
            ("audit history {}", "Q1", "none", at_own),
            ("queries show {}", theirs, "987654", at_own),
            ("receipt show {}", "2", "987654", at_own),
            ("sql {}", "select+'Q1'", "select+'none'", ()),
        ),
        "steward": (
            ("queries close {}", theirs, "987654", (*at_own, *why)),
            ("queries reopen {}", theirs, "987654", (*at_own, *why)),
            ("queries open {} --form course --column start_day", "Q1", "none",
             (*at_own, "--question", "Was it so?")),
        ),
    }.items():  # fmt: skip
        desk.sit_down_as(role)
        for command, other, none, more in commands:
            code, told = desk.mst(command.format(other), *more)
            absent = desk.mst(command.format(none), *more)
            assert (code, told.replace(other, none)) == absent, command
            assert code in (0, 2, 3, 4), told


@pytest.mark.parametrize("title", ["Cases", "Queries", "Receipts"])
def test_a_page_shows_the_own_center_whatever_the_browser_asks_for(
    title: str, two_centers: None
) -> None:
    told = words(shown(person("coordinator"), title, of_center=OTHER, center=OTHER))
    assert OWN in told
    assert OTHER not in told
    assert "Q1" not in told
    steward = shown(person("steward"), title)
    assert [heading.value for heading in steward.title] == [title]
    assert OWN not in words(steward).replace(str(steward.selectbox[0].options), "")
    steward.selectbox[0].select(OTHER).run()
    assert OTHER in words(steward)


def test_the_audit_page_keeps_to_the_own_center_and_tells_no_case_of_another(
    two_centers: None,
) -> None:
    lead = shown(person("center lead"), "Audit trail", center=OTHER)
    told = words(lead)
    assert "P1" not in told or "Q1" not in told
    assert OTHER not in told
    answers = []
    for case in ("Q1", "none"):
        lead.text_input(key="history case").input(case)
        lead.text_input(key="audit case").input(case)
        answers.append(words(lead.run()))
    assert answers[0] == answers[1]
    assert "Nothing of such a case was ever stored." in answers[0]
    auditor = shown(person("auditor"), "Audit trail")
    assert OTHER in words(auditor)
