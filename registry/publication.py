"""What the public sees: a release that a named person approved, laid over what was published before.

`MST_HOME/public` holds the published files and the pointer to the last, and may be copied to the machine that
serves them. `MST_HOME/publications` holds what stays with the steward: the record of each approval, and what
its strata were made of. Nothing of either is ever removed: the next publication is judged by all before.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from registry.consensus import in_force
from registry.disclosure import (
    Family,
    Fate,
    Published,
    attack,
    lay_over,
    told_again,
    verify_public,
)
from registry.disclosure.policy import POLICY_FILE
from registry.duck import POINTER
from registry.files import aside, only_one, sync, write_json
from registry.release import manifest
from registry.warehouse import Build, current

_TAKEN = "Another publication is under way; nothing was done. Try again when it has ended."
_PUBLIC, _CONTRIBUTIONS, _RECORD = "public.duckdb", "contributions.duckdb", "record.json"
Progress = Callable[[str], None]


class PublicationError(Exception):
    """It cannot be published; the message says why and what to do."""


class UnchangedError(PublicationError):
    """No stratum changed by enough patients."""


@dataclass(frozen=True)
class Proposal:
    """What publishing would do: how many strata meet which fate, and the hidden counts that could be found out.

    `kept_back` are those whose strata are left out for it, `families` these and all left out before.
    """

    release: str
    fates: Counter[Fate]
    found_out: tuple[str, ...]
    kept_back: tuple[str, ...]
    families: tuple[Family, ...]

    @property
    def changes_something(self) -> bool:
        return bool(self.fates[Fate.REFRESHED] or self.fates[Fate.ENDED])


def pointer(home: Path) -> Path:
    """The file that names what is published."""
    return home / "public" / POINTER


def propose(home: Path, release: str, *, progress: Progress = lambda _: None) -> Proposal:
    """What publishing the release would do; changes nothing. Raises PublicationError, DisclosureError."""
    with _workshop(home) as made:
        return _lay(home, _built(home, release), made, {}, progress)


def publish(
    home: Path, release: str, *, approver: str, at: datetime, reasons: Mapping[str, str] | None = None,
    progress: Progress = lambda _: None,
) -> dict[str, Any]:  # fmt: skip
    """Publish the release that the warehouse serves, as `approver` decided at `at`; returns the record.

    A stratum whose hidden count could be found out is kept back, with those told together with it, unless
    `reasons` has a reason for it, by its name. Raises PublicationError where one is missing or idle, or nothing
    changed enough; DisclosureError for a file the policy forbids.
    """
    build = _built(home, release)
    given = {cell: why for cell, why in (reasons or {}).items() if why.strip()}
    with _workshop(home) as made:
        proposal = _lay(home, build, made, given, progress)
        if not proposal.changes_something:
            raise UnchangedError(
                "No stratum changed by enough patients; what is published stays as it is."
            )
        _require_reasons(proposal, given)
        said = _words(home, release)
        record = {
            "release": release, "build": build.build_id, "approved_by": approver,
            "approved_at": at.isoformat(timespec="seconds"),
            "policy_sha256": hashlib.sha256(POLICY_FILE.read_bytes()).hexdigest(),
            "public_sha256": hashlib.sha256(made.public.read_bytes()).hexdigest(),
            "strata": {fate.value: proposal.fates[fate] for fate in Fate},
            "found_out": {cell: given[cell] for cell in proposal.found_out},
            "kept_back": list(proposal.kept_back), "kept_back_families": list(proposal.families), **said,
        }  # fmt: skip
        number = _keep(home, made, record)
        write_json(pointer(home), {
            "build": number, "release": release, "data_cut": said["data_cut"], "built_at": record["approved_at"],
        })  # fmt: skip
    return record


def publications(home: Path) -> list[dict[str, Any]]:
    """The records, oldest first."""
    last = _last(home)
    return [
        {"number": number, **json.loads((_records(home) / number / _RECORD).read_text("utf-8"))}
        for number in _numbers(home) if last is not None and number <= last
    ]  # fmt: skip


@contextmanager
def _workshop(home: Path) -> Iterator[Published]:
    """Where the next publication is made, by one process at a time; what is left there goes."""
    root = _records(home)
    with only_one(root / ".lock", _TAKEN), aside(root, ".making-") as folder:
        yield Published(folder / _PUBLIC, folder / _CONTRIBUTIONS)


def _built(home: Path, release: str) -> Build:
    try:
        build = current(home)
    except FileNotFoundError:
        raise PublicationError(f"No warehouse has been built yet: mst build {release}") from None
    if build.release != release:
        raise PublicationError(
            f"The warehouse serves the release {build.release}. Look at {release} there first: "
            f"mst build {release}"
        )
    return build


def _lay(
    home: Path, build: Build, made: Published, reasons: Mapping[str, str], progress: Progress
) -> Proposal:
    """Lay the release over what is published, until nothing can be found out but what has a reason."""
    last = _last(home)
    before = _published(home, last) if last else None
    earlier = [
        _published(home, number).public for number in _numbers(home) if last and number <= last
    ]
    kept_back: dict[str, Family] = {}
    families = _still_left_out(home, build)
    while True:
        progress("laying the release over what is published")
        made.public.unlink(missing_ok=True)
        made.contributions.unlink(missing_ok=True)
        fates = lay_over(
            build.release,
            build.public,
            build.steward,
            before,
            made,
            keep_back=families,
        )
        verify_public(made.public)
        progress("computing what an outsider could")
        try:
            versions = in_force()
            found = attack(
                [*earlier, made.public], versions[-1].statistic_vars(), one_version=len(versions) == 1
            )  # fmt: skip
        except ValueError as error:
            raise PublicationError(f"What would be public contradicts itself: {error}.") from error
        new = {
            cell: family for cell, family in found.items()
            if family not in families and cell not in reasons
        }  # fmt: skip
        if not new:
            return Proposal(
                build.release, fates, tuple(found), tuple(kept_back), tuple(sorted(families))
            )
        kept_back |= new
        families |= set(new.values())


def _still_left_out(home: Path, build: Build) -> set[Family]:
    """What the last publication left out, but for what may be told again."""
    left_out = {
        record["number"]: {(t, f) for t, f in record["kept_back_families"]}
        for record in publications(home)
    }
    last = next(reversed(left_out.values()), set[Family]())
    leaving = [_published(home, number) for number, families in left_out.items() if families & last]
    return last - told_again(last, build.steward, leaving)


def _require_reasons(proposal: Proposal, reasons: Mapping[str, str]) -> None:
    bare = [cell for cell in proposal.found_out if cell not in reasons]
    if bare:
        raise PublicationError(
            "Hidden counts could be found out; nothing was published. Each needs a reason "
            "(--reason NAME=WHY), or a coarser table: " + "; ".join(bare)
        )
    if idle := sorted(reasons.keys() - set(proposal.found_out)):
        raise PublicationError("There is nothing to give a reason for: " + "; ".join(idle))


def _words(home: Path, release: str) -> dict[str, Any]:
    told = manifest(release)
    return {
        "data_cut": told["created_at"], "consensus_version": told["consensus_version"],
        "code_version": told["code_version"],
    }  # fmt: skip


def _keep(home: Path, made: Published, record: Mapping[str, Any]) -> str:
    """Give the files their place under the next number; the pointer decides what counts."""
    last = _last(home)
    number = f"{int(last or 0) + 1:04d}"
    for root in (_records(home), pointer(home).parent):
        # left by a publication that was killed before its pointer
        shutil.rmtree(root / number, ignore_errors=True)
        (root / number).mkdir(parents=True)
    made.contributions.rename(_records(home) / number / _CONTRIBUTIONS)
    made.public.rename(pointer(home).parent / number / _PUBLIC)
    write_json(_records(home) / number / _RECORD, record)
    for root in (_records(home), pointer(home).parent):
        for file in (root / number).iterdir():
            file.chmod(0o400)
            sync(file)
        sync(root / number)
        sync(root)
    return number


def _last(home: Path) -> str | None:
    try:
        return str(json.loads(pointer(home).read_text("utf-8"))["build"])
    except FileNotFoundError:
        return None


def _numbers(home: Path) -> list[str]:
    return sorted(path.parent.name for path in _records(home).glob(f"[0-9]*/{_RECORD}"))


def _published(home: Path, number: str) -> Published:
    return Published(
        pointer(home).parent / number / _PUBLIC, _records(home) / number / _CONTRIBUTIONS
    )


def _records(home: Path) -> Path:
    return home / "publications"
