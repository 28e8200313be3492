"""Whether the registry is well: a list of checks, each a state and a reason, and never a datum.

The command `mst health` prints them, `mst serve health` answers `/healthz` with them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from registry.duck import FAILURE, NoWarehouseError, served_folder
from registry.files import TakenError, only_one
from registry.home import home

PORT = 8504
LEAST_FREE_BYTES = 2 * 1024**3  # a warehouse is built beside the one that is served
OLDEST_BACKUP = timedelta(hours=26)  # one a day, with two hours to make it
OLDEST_VERIFICATION = timedelta(hours=26)  # with the backup
OLDEST_BUILD = timedelta(days=120)  # a release a quarter, with a month to make it


@dataclass(frozen=True)
class Check:
    """One thing looked at. `reason` says what was found, and what to do if it is not well."""

    name: str
    well: bool
    reason: str


def checks() -> list[Check]:
    """Every check, done now. One that cannot be done is not well, and hides no other."""
    return [_done(name, look) for name, look in CHECKS.items()]


def _done(name: str, look: Callable[[], tuple[bool, str]]) -> Check:
    try:
        return Check(name, *look())
    except Exception as error:
        # an error's own words may hold more than a health page should say
        return Check(name, False, f"This could not be looked at ({type(error).__name__}).")


def database() -> tuple[bool, str]:
    """The server answers, and its tables are those of this code."""
    from sqlalchemy.exc import OperationalError

    from registry import store

    try:
        store.require_current()
    except store.NotReadyError as error:
        return False, str(error)
    except OperationalError:
        return False, "The database does not answer. Start PostgreSQL, or look into its log."
    return True, "The database answers and is at this code's version."


def disk() -> tuple[bool, str]:
    free = shutil.disk_usage(home()).free
    words = f"{free / 1024**3:.1f} GB are free where the state folder lies"
    if free < LEAST_FREE_BYTES:
        return False, f"Only {words}. Free some, or move MST_HOME to a larger disk."
    return True, f"{words}."


def backup() -> tuple[bool, str]:
    """The newest finished backup; `mst backup` gives a file its name once it has proven it."""
    from registry.backup.keeping import last_written_at

    made_at = last_written_at()
    if made_at is None:
        return False, "There is no backup yet. Run: mst backup"
    age = datetime.now(UTC) - made_at
    if age > OLDEST_BACKUP:
        return False, f"The last backup is {_words(age)} old. Look at the backup timer."
    return True, f"The last backup is {_words(age)} old."


def served_build() -> tuple[bool, str]:
    """What the dashboards show. A registry that has not built anything yet is well."""
    pointer = home() / "warehouse" / "current.json"
    try:
        folder = served_folder(pointer)
    except NoWarehouseError:
        return True, "Nothing has been built yet."
    if not all((folder / f"{name}.duckdb").is_file() for name in ("steward", "analyst", "public")):
        return False, "Files of the build that is served are gone. Run mst build again."
    age = _age(pointer.stat().st_mtime)
    if age > OLDEST_BUILD:
        return False, f"The build that is served is {_words(age)} old. Make a release and build it."
    return True, f"The build that is served is {_words(age)} old."


def last_build() -> tuple[bool, str]:
    failed = home() / "warehouse" / FAILURE
    if not failed.is_file():
        return True, "The last build did not fail."
    age = _words(_age(failed.stat().st_mtime))
    # the word of a failure is written before the build, and taken back by one that succeeds
    try:
        with only_one(failed.with_name(".lock"), "A build is running"):
            pass
    except TakenError as running:
        return True, f"{running}, begun {age} ago; the one before is served."
    return (
        False,
        f"The last build failed, {age} ago; the one before is served. Run mst build again.",
    )


def audit() -> tuple[bool, str]:
    """What `mst audit verify` found when it last ran; a registry it never ran on has no answer."""
    try:
        found = json.loads((home() / "audit" / "last_verified.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False, "The audit trail has not been verified yet. Run: mst audit verify"
    age = datetime.now(UTC) - datetime.fromisoformat(found["at"])
    if found["faults"]:
        return False, "The audit trail was altered. Run mst audit verify and follow its words."
    if age > OLDEST_VERIFICATION:
        return False, f"The audit trail was last verified {_words(age)} ago. Run: mst audit verify"
    return True, f"The audit trail was found whole {_words(age)} ago."


CHECKS: dict[str, Callable[[], tuple[bool, str]]] = {
    "database": database,
    "disk": disk,
    "backup": backup,
    "served build": served_build,
    "last build": last_build,
    "audit": audit,
}


def _age(moment: float) -> timedelta:
    return datetime.now(UTC) - datetime.fromtimestamp(moment, UTC)


def _words(age: timedelta) -> str:
    hours = max(age, timedelta(0)) // timedelta(hours=1)
    return f"{hours // 24} days" if hours >= 48 else f"{hours} hours"


def as_json(found: list[Check]) -> str:
    """The answer of command and endpoint."""
    return json.dumps(
        {
            "well": all(check.well for check in found),
            "checks": [
                {"check": c.name, "state": "well" if c.well else "broken", "reason": c.reason}
                for c in found
            ],
        },
        indent=2,
    )


class _Answer(BaseHTTPRequestHandler):
    server_version, sys_version = "mst", ""

    def do_GET(self) -> None:
        if self.path != "/healthz":
            self.send_error(404)
            return
        found = checks()
        body = as_json(found).encode()
        self.send_response(200 if all(check.well for check in found) else 503)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """A line for each question of a monitor would fill the log and tell nothing."""


def server(port: int = PORT) -> ThreadingHTTPServer:
    """The endpoint, on loopback; `serve_forever` runs it."""
    return ThreadingHTTPServer(("127.0.0.1", port), _Answer)
