"""The demonstration: synthetic centers submit their files by the same door as anyone."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from registry import publication, release, store, warehouse
from registry.access.accounts import add_account
from registry.access.rights import Role
from registry.home import home
from registry.intake.submit import submit
from registry.synthetic import write_submissions

RELEASE = "demo"
AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
Say = Callable[[str], None]


def run(*, patients: int, seed: int, progress: Say, say: Say) -> None:
    """Everything but serving; started again it finds its files received and changes nothing."""
    progress("preparing the database")
    store.migrate()
    progress(f"writing the workbooks of 12 centers with {patients} patients")
    files = write_submissions(home() / "demo", patients=patients, seed=seed)
    for number, path in enumerate(files, start=1):
        center = path.stem
        receipt = submit(path, center, actor="demo", as_of=AS_OF)
        say(
            f"[{number}/{len(files)}] {center}: {receipt.status}; {receipt.rows} rows = "
            f"{receipt.accepted} accepted + {receipt.held} held + {receipt.unchanged} unchanged, "
            f"{len(receipt.findings)} findings"
        )
    _release(progress)
    progress("building the warehouse")
    warehouse.build(release.folder(RELEASE), home(), progress=progress)
    _publish(progress)
    _accounts(say)


def _release(progress: Say) -> None:
    progress("writing the release")
    # a demonstration may be run again and again; real releases are never replaced
    shutil.rmtree(release.folder(RELEASE), ignore_errors=True)
    release.create(RELEASE, at=AS_OF)


def _publish(progress: Say) -> None:
    """As a steward would; run again, the same data changes nothing that is published."""
    with suppress(publication.UnchangedError):
        now = datetime.now(UTC)
        publication.publish(home(), RELEASE, approver="demo", at=now, progress=progress)


def _accounts(say: Say) -> None:
    """One account a role, with passwords made here and kept in a file only its owner can read."""
    path = home() / "demo_accounts.txt"
    if path.exists():
        say(f"accounts: see {path.name} in the state folder")
        return
    lines = []
    for name, role, center in (
        ("coordinator", Role.COORDINATOR, "C12"),
        ("lead", Role.LEAD, "C12"),
        ("analyst", Role.ANALYST, None),
        ("steward", Role.STEWARD, None),
        ("administrator", Role.ADMINISTRATOR, None),
        ("auditor", Role.AUDITOR, None),
    ):
        password = secrets.token_urlsafe(12)
        add_account(name, password, role, center)
        lines.append(f"{name}  {password}  {role.value}{f' of {center}' if center else ''}")
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    say("accounts (also in demo_accounts.txt of the state folder):\n  " + "\n  ".join(lines))
