"""Old pseudonyms to new ones, made at the center, applied by the registry.

The file is JSON:

    format    "mst rekey mapping 1"
    center_id the center whose cases it is about; applied to no other
    reason    "rotation", "compromise" or "recovery"
    old_key   name of the key the old pseudonyms come from ("" when it was lost); new_key likewise
    counts    how many pairs of each kind: case, donor, collection, aliquot
    sha256    of `cases` as JSON with sorted keys and no spaces: a damaged file is noticed
    cases     [{"old", "new", "donor": [[old, new], ...], "collection": [...], "aliquot": [...]}]

It holds no local id. Whoever has it can tie the old pseudonyms to the new ones, so it travels like a
submission and is deleted when it has been applied.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from registry.deidentify.pseudonyms import Entry, Kind
from registry.forms.base import CASE_ID_PATTERN, CENTER_ID_PATTERN

FORMAT = "mst rekey mapping 1"
Reason = Literal["rotation", "compromise", "recovery"]
OF_A_CASE: tuple[Kind, ...] = ("donor", "collection", "aliquot")


class MappingError(Exception):
    """The file is no mapping, or it was damaged on the way."""


@dataclass(frozen=True)
class CasePair:
    """One patient's old and new pseudonym, and those of donors and products of the case."""

    old: str
    new: str
    own: Mapping[Kind, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class RekeyMapping:
    center_id: str
    reason: Reason
    old_key: str
    new_key: str
    cases: tuple[CasePair, ...]

    @property
    def counts(self) -> dict[str, int]:
        counts = {"case": len(self.cases)}
        for kind in OF_A_CASE:
            counts[kind] = sum(len(case.own[kind]) for case in self.cases)
        return counts


def pairs(old: Mapping[Entry, str], new: Mapping[Entry, str]) -> tuple[CasePair, ...]:
    """Both pseudonyms of every entry of `old`, in the order of the old ones."""
    own: dict[str, dict[Kind, list[tuple[str, str]]]] = {}
    for what, pseudonym in old.items():
        kinds = own.setdefault(what[1], {kind: [] for kind in OF_A_CASE})
        if what[0] != "case":
            kinds[what[0]].append((pseudonym, new[what]))
    found = [
        CasePair(
            old["case", case, ""],
            new["case", case, ""],
            {kind: tuple(sorted(listed)) for kind, listed in kinds.items()},
        )
        for case, kinds in own.items()
    ]
    return tuple(sorted(found, key=lambda pair: pair.old))


def encoded(mapping: RekeyMapping) -> bytes:
    cases = [
        {"old": c.old, "new": c.new, **{k: [list(p) for p in c.own[k]] for k in OF_A_CASE}}
        for c in mapping.cases
    ]
    whole = {
        "format": FORMAT, "center_id": mapping.center_id, "reason": mapping.reason,
        "old_key": mapping.old_key, "new_key": mapping.new_key, "counts": mapping.counts,
        "sha256": _digest(cases), "cases": cases,
    }  # fmt: skip
    return (json.dumps(whole, indent=1) + "\n").encode()


def read_mapping(path: Path) -> RekeyMapping:
    """Raises MappingError for anything but an undamaged mapping in which nothing is ambiguous."""
    try:
        data: dict[str, Any] = json.loads(path.read_bytes())
        cases = data["cases"]
        if data["format"] != FORMAT or data["sha256"] != _digest(cases):
            raise ValueError("damaged")
        found = tuple(
            CasePair(
                c["old"], c["new"], {k: tuple((o, n) for o, n in c[k]) for k in OF_A_CASE}
            )
            for c in cases
        )  # fmt: skip
        mapping = RekeyMapping(
            data["center_id"], data["reason"], data["old_key"], data["new_key"], found
        )
        if mapping.counts != data["counts"] or not _is_sound(mapping):
            raise ValueError("ambiguous")
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise MappingError("This is not a mapping of pseudonyms, or it is damaged.") from error
    return mapping


def _is_sound(mapping: RekeyMapping) -> bool:
    groups = [[(c.old, c.new) for c in mapping.cases]]
    groups += [list(c.own[kind]) for c in mapping.cases for kind in OF_A_CASE]
    return re.fullmatch(CENTER_ID_PATTERN, mapping.center_id) is not None and all(
        _is_one_to_one(group) for group in groups
    )


def _is_one_to_one(group: Sequence[tuple[str, str]]) -> bool:
    """Each old one once, each new one once, and no new one that is also an old one."""
    old, new = {o for o, _ in group}, {n for _, n in group}
    names = all(re.fullmatch(CASE_ID_PATTERN, name) for name in old | new)
    return len(old) == len(new) == len(group) and not old & new and names


def _digest(cases: Any) -> str:
    text = json.dumps(cases, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
