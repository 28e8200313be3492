"""What a query, a case and a submission may be, and how they get there: tables, as data.

The code asks these tables before it writes an event, and `docs/status.md` is printed from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

SYSTEM, COORDINATOR, LEAD, STEWARD = "system", "coordinator", "center lead", "steward"
PEOPLE = (COORDINATOR, LEAD, STEWARD)


class Meaning(StrEnum):
    """What a center lead declares by signing a case."""

    COMPLETE = "data complete"
    REVIEWED = "data reviewed"


class NotAllowedError(Exception):
    """The role may not do this; the message says who may."""


class ConflictError(Exception):
    """It cannot be done in the present state; the message says which state that is."""


@dataclass(frozen=True)
class Transition:
    """`event` leads from one of `sources` (None: before it exists) to `target`, if `guard` holds."""

    sources: tuple[str | None, ...]
    event: str
    target: str
    actors: tuple[str, ...]
    guard: str


QUERY_LIFECYCLE = (
    Transition((None,), "opened", "open", (SYSTEM,),
               "a rule finds it, and never asked about this record with this value"),
    Transition((None,), "opened", "open", (STEWARD,),
               "a question in own words about a case the center has sent"),
    Transition(("open", "answered"), "responded", "answered", PEOPLE,
               "an answer code; in words too where the code does not say enough"),
    Transition(("open", "answered"), "confirmed", "confirmed", PEOPLE,
               "confirmed as is; the rule allows it"),
    Transition(("open", "answered"), "closed", "closed", (SYSTEM,),
               "the rule no longer finds it: the value was fixed, or the rule changed"),
    Transition(("open", "answered"), "closed", "closed", (STEWARD,), "a reason in words"),
    Transition(("closed", "answered", "confirmed"), "reopened", "open", (STEWARD,),
               "a reason in words"),
    Transition(("closed",), "reopened", "open", (SYSTEM,),
               "closed by the system, and the value came back; or the rule changed and finds it"),
    Transition(("answered",), "reopened", "open", (SYSTEM,),
               "answered as corrected, and a later file still holds the value"),
    Transition(("lapsed",), "reopened", "open", (SYSTEM,), "the rule finds it again"),
    Transition(("open", "answered"), "reopened", "open", (SYSTEM,),
               "the rule changed and still finds it"),
    Transition(("confirmed",), "lapsed", "lapsed", (SYSTEM,),
               "the value changed, or the rule did"),
)  # fmt: skip

CASE_LIFECYCLE = (
    Transition((None,), "held", "held", (SYSTEM,),
               "something must be fixed; nothing of the case was ever accepted"),
    Transition((None, "held"), "accepted", "in query", (SYSTEM,),
               "accepted, with a query open or answered"),
    Transition((None, "held"), "accepted", "clean", (SYSTEM,),
               "accepted, with no query open or answered"),
    Transition(("clean",), "query opened", "in query", (SYSTEM, STEWARD),
               "a query of the case was opened or reopened"),
    Transition(("in query",), "queries settled", "clean", (SYSTEM, *PEOPLE),
               "the last query of the case was closed or confirmed"),
    Transition(("held", "in query", "clean"), "withdrawn", "withdrawn", PEOPLE,
               "a reason in words"),
    Transition(("withdrawn",), "reinstated", "held", PEOPLE,
               "a reason in words; nothing of the case was ever accepted"),
    Transition(("withdrawn",), "reinstated", "in query", PEOPLE,
               "a reason in words; a query is open or answered"),
    Transition(("withdrawn",), "reinstated", "clean", PEOPLE,
               "a reason in words; no query is open or answered"),
)  # fmt: skip

SIGNATURE_LIFECYCLE = (
    Transition((None, "void"), "signed", "valid", (LEAD,),
               "the case is clean; the password was given again; a meaning of the list"),
    Transition(("valid",), "content changed", "void", (SYSTEM,),
               "any row of the case was added, changed, deleted or renamed since; it stays void "
               "when the old answers come back"),
)  # fmt: skip

LOCK_LIFECYCLE = (
    Transition((None, "unlocked"), "locked", "locked", (STEWARD,),
               "the case is in query or clean; the name of the data cut and a reason in words"),
    Transition(("locked",), "unlocked", "unlocked", (STEWARD,), "a reason in words"),
)  # fmt: skip

WHILE_LOCKED = (
    ("a file that changes the case", "the case is held (`case.locked`), the rest goes through"),
    ("a file that says the same of the case", "unchanged, as ever"),
    ("answering a query", "possible: no answer of the case record changes by it"),
    ("signing", "possible"),
    ("withdrawing and reinstating", "possible: consent comes before a data cut"),
    ("exchanging pseudonyms, erasing", "possible: they protect the patient"),
)

SUBMISSION_LIFECYCLE = tuple(
    Transition((None,), "received", target, (SYSTEM,), guard)
    for target, guard in (
        ("refused", "the file as a whole cannot be taken; nothing is stored"),
        ("held", "every case has something that must be fixed"),
        ("partly held", "some cases are held, the rest is stored"),
        ("accepted", "every row is stored or was there already, and at least one is new"),
        ("unchanged", "every row was there already"),
        ("already received", "this very file was taken in before and would change nothing"),
        ("conflict", "the file rests on an older state of a case that has changed since"),
    )
)

UNSETTLED = ("open", "answered")
QUERY_STATE = {step.event: step.target for step in QUERY_LIFECYCLE}


def require(
    table: Sequence[Transition], *, what: str, source: str | None, event: str, role: str,
    target: str | None = None,
) -> str:  # fmt: skip
    """The state `event` leads to. Raises NotAllowedError, else ConflictError, if it is no step.

    `target` is needed where an event may lead to several states.
    """
    named = [t for t in table if t.event == event and target in (None, t.target)]
    of_role = [step for step in named if role in step.actors]
    if not of_role:
        who = " or ".join(dict.fromkeys(a for step in named for a in step.actors))
        raise NotAllowedError(f"Only the {who} may do this ({what}: {event}).")
    for step in of_role:
        if source in step.sources:
            return step.target
    done = "answered" if event == "responded" else event
    raise ConflictError(f"{what} is {source or 'unknown'}; it cannot be {done} now.")


def sources(table: Sequence[Transition], event: str, role: str) -> list[str]:
    """The states from which `role` may cause `event`."""
    found = (s for t in table if t.event == event and role in t.actors for s in t.sources)
    return list(dict.fromkeys(s for s in found if s is not None))


def page(notice: str) -> str:
    """The tables in Markdown."""
    lines = [f"<!-- {notice} -->", "", "# Status", ""]
    lines += [
        "Who may do what to a query, a case and a submission, and when. Every step is kept with its",
        "time and person and never changed; the present status is the latest step.",
    ]
    for title, table in (
        ("Query", QUERY_LIFECYCLE),
        ("Case", CASE_LIFECYCLE),
        ("Signature of a case", SIGNATURE_LIFECYCLE),
        ("Lock of a case", LOCK_LIFECYCLE),
        ("Submission", SUBMISSION_LIFECYCLE),
    ):
        lines += [
            "",
            f"## {title}",
            "",
            "| from | event | to | who | if |",
            "|---|---|---|---|---|",
        ]
        lines += [_line(step) for step in table]
    lines += [
        "",
        "## While a case is locked",
        "",
        "| what | becomes of it |",
        "|---|---|",
        *(f"| {what} | {becomes} |" for what, becomes in WHILE_LOCKED),
        "",
        "Once a case was signed, every change of it needs a reason, filling a blank and adding a row too.",
        "A case with open or answered queries, or one that is held, is not signed: what is asked comes first.",
        "A case that is [erased](erasure.md) has no status any more.",
    ]
    return "\n".join(lines) + "\n"


def _line(step: Transition) -> str:
    from_ = ", ".join(source or "–" for source in step.sources)
    return f"| {from_} | {step.event} | {step.target} | {', '.join(step.actors)} | {step.guard} |"
