"""Processes of the registry that a test may kill: each forked from one that has imported everything.

Starting Python and importing takes seconds; a fork takes milliseconds, so that hundreds can die.
"""

from __future__ import annotations

import importlib
import os
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce, wraps
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

import psycopg
from sqlalchemy import make_url

from registry.store import SERVICE_LOGIN

Victim = Literal["process", "backend terminated", "backend killed", "server"]
_APPLICATION = "doomed"
_PATIENCE_SECONDS = 300
_NURSERY = get_context("forkserver")
_NURSERY.set_forkserver_preload(["tests.durability.warm"])


@dataclass(frozen=True)
class Fate:
    """What dies when the process comes to a place: before or after it calls the function `at`, named as
    module:attribute, for the `nth` time. With `since`, only calls after that function has returned count.
    """

    at: str
    when: Literal["before", "after"] = "after"
    victim: Victim = "process"
    since: str = ""
    nth: int = 1


@dataclass(frozen=True)
class End:
    """How a process ended: with the value its task returned, with what a person would be told of a
    trouble that passes, or with neither, since it was killed."""

    value: Any = None
    trouble: str | None = None
    killed: bool = False


@dataclass(frozen=True)
class Nursery:
    """Where its processes find the registry; `url` is the owner's login."""

    home: str
    url: str

    def start(self, task: Callable[..., Any], *arguments: Any, fate: Fate | None = None) -> Life:
        """A process that does the task, and meets its fate. It cannot run dbt, which was run before."""
        here, there = _NURSERY.Pipe(duplex=False)
        process = _NURSERY.Process(
            target=_live, args=(self.home, self.url, there, fate, task, arguments)
        )
        process.start()
        there.close()
        return Life(process, here)

    def together(self, task: Callable[..., Any], arguments: Sequence[Sequence[Any]]) -> list[Any]:
        """The values of as many processes as there are arguments, which begin each round at once: a task
        takes a function that waits for the others first."""
        meet = _NURSERY.Barrier(len(arguments))
        lives = [self.start(task, meet, *each) for each in arguments]
        try:
            ends = [life.end() for life in lives]
        finally:
            for life in lives:
                life.process.kill()
        assert [end.trouble for end in ends] == [None] * len(ends)
        return [end.value for end in ends]

    def event(self) -> Any:
        """Something one of its processes can tell the others."""
        return _NURSERY.Event()

    def run(
        self, task: Callable[..., Any], *arguments: Any, fate: Fate | None = None,
        kill_after: float | None = None,
    ) -> End:  # fmt: skip
        """The same, waited for; killed after so many seconds unless it is done."""
        life = self.start(task, *arguments, fate=fate)
        if kill_after is not None:
            life.process.join(kill_after)
            life.process.kill()
        return life.end()


@dataclass(frozen=True)
class Life:
    """A process at its task."""

    process: Any
    answers: Connection

    def end(self) -> End:
        """Wait for it. Raises what the task raised, unless that is a trouble that passes."""
        try:
            if not self.answers.poll(_PATIENCE_SECONDS):
                self.process.kill()
                raise TimeoutError("the process hangs")
            end = self.answers.recv()
        except EOFError:
            end = End(killed=True)
        self.process.join()
        self.answers.close()
        if isinstance(end, End):
            return end
        raise AssertionError(f"a bug, not a trouble: {end}")


def _live(
    home: str, url: str, answers: Connection, fate: Fate | None, task: Callable[..., Any],
    arguments: tuple[Any, ...],
) -> None:  # fmt: skip
    service = make_url(url).set(username=SERVICE_LOGIN).render_as_string(hide_password=False)
    os.environ |= {
        "MST_HOME": home, "MST_DATABASE_URL": service, "MST_OWNER_DATABASE_URL": url,
        "PGAPPNAME": _APPLICATION,
    }  # fmt: skip
    if fate is not None:
        _destine(fate)
    end: End | str
    try:
        end = End(value=task(*arguments))
    except Exception as error:
        from registry.trouble import trouble

        said = trouble(error)
        end = End(trouble=said) if said else f"{type(error).__name__}: {error}"
    answers.send(end)
    answers.close()


def _destine(fate: Fate) -> None:
    """Put the fate beside the functions it names; the registry knows nothing of it."""
    seen = Counter[str]()

    def strike() -> None:
        if not fate.since or seen["since"]:
            seen["calls"] += 1
            if seen["calls"] == fate.nth:
                _kill(fate.victim)

    if fate.since:
        _wrap(fate.since, after=lambda: seen.update(["since"]))
    _wrap(fate.at, **{fate.when: strike})


def _wrap(
    place: str, *, before: Callable[[], None] | None = None,
    after: Callable[[], None] | None = None,
) -> None:  # fmt: skip
    module, _, path = place.partition(":")
    *owners, name = path.split(".")
    owner = reduce(getattr, owners, importlib.import_module(module))
    original = getattr(owner, name)

    @wraps(original)
    def wrapped(*args: Any, **more: Any) -> Any:
        if before:
            before()
        result = original(*args, **more)
        if after:
            after()
        return result

    setattr(owner, name, wrapped)


def _kill(victim: Victim) -> None:
    if victim == "process":
        os.kill(os.getpid(), signal.SIGKILL)
    elif victim == "server":
        kill_server(Path(os.environ["MST_HOME"]))
    else:
        end_backends(os.environ["MST_OWNER_DATABASE_URL"], gently=victim == "backend terminated")


def kill_server(home: Path) -> None:
    """SIGKILL for the postmaster of the embedded server; its other processes then end by themselves."""
    pid = (home / "postgres" / "postmaster.pid").read_text().split()[0]
    os.kill(int(pid), signal.SIGKILL)


def end_backends(url: str, *, gently: bool) -> int:
    """End the processes of PostgreSQL that serve the nursery: by its own function, or by SIGKILL."""
    with psycopg.connect(url, application_name="killer", autocommit=True) as session:
        query = "select pid from pg_stat_activity where application_name = %s"
        pids = [row[0] for row in session.execute(query, [_APPLICATION])]
        for pid in pids:
            if gently:
                session.execute("select pg_terminate_backend(%s)", [pid])
            else:
                # the postmaster ends the others when one of them dies
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
    return len(pids)
