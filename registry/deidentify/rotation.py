"""A new key for the whole center, with the mapping from old to new pseudonyms.

New key and mapping appear together in a new folder, in one step; the old key file is not touched. So
whatever interrupts the work, the center has all of the old or all of the new.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from registry.deidentify.fault import FaultError
from registry.deidentify.files import appear
from registry.deidentify.id_cells import id_of
from registry.deidentify.keyfile import SiteKey, encoded, fresh_key
from registry.deidentify.layout import Use
from registry.deidentify.ledger import Ledger
from registry.deidentify.mapping import Reason, RekeyMapping, pairs
from registry.deidentify.mapping import encoded as encoded_mapping
from registry.deidentify.pseudonyms import Entry
from registry.deidentify.sheets import match
from registry.deidentify.source import Source
from registry.findings import Finding

KEY_NAME, MAPPING_NAME, NOTICE_NAME = "new.key", "mapping.json", "notice.txt"


class UnclearIdsError(Exception):
    """The file has ids that cannot be read; `refused` says where."""

    def __init__(self, refused: tuple[Finding, ...]) -> None:
        super().__init__("unclear ids")
        self.refused = refused


def pseudonyms_in(source: Source, key: SiteKey) -> dict[Entry, str]:
    """Every patient, donor and product of the center's file with its pseudonym under the key.

    Raises UnclearIdsError.
    """
    refused: list[Finding] = []
    ledger = Ledger(key.pseudonyms())
    sheets, _ = match(source, refused.append)
    for sheet in sheets:
        for placed in (p for p in sheet.columns if p.use is Use.ID):
            for row in sheet.rows:
                try:
                    id_of(ledger, row, placed.target, row.at(placed))
                except FaultError as fault:
                    refused.append(row.refusal(placed, fault))
    if refused:
        raise UnclearIdsError(tuple(refused))
    return ledger.known


def rotate(
    folder: Path, key: SiteKey, known: Mapping[Entry, str], *, center_id: str,
    passphrase: str = "", reason: Reason = "rotation",
) -> RekeyMapping:  # fmt: skip
    """Make `folder` with the new key and the mapping of everything in `known`.

    In the random profile that is the whole table, whatever file is at hand. Raises FileExistsError.
    """
    fresh = fresh_key(key.profile)
    old = {**key.table, **known}
    used = fresh.pseudonyms()
    new = {what: used.of(*what) for what in old}
    mapping = RekeyMapping(center_id, reason, key.name, fresh.name, pairs(old, new))
    write_rotation(folder, fresh.grown(used), mapping, passphrase)
    return mapping


def write_rotation(folder: Path, key: SiteKey, mapping: RekeyMapping, passphrase: str) -> None:
    """New key and mapping (and for a compromised key a notice to the steward), all or nothing."""

    def fill(beside: Path) -> None:
        beside.mkdir(mode=0o700)
        contents = {KEY_NAME: encoded(key, passphrase), MAPPING_NAME: encoded_mapping(mapping)}
        if mapping.reason == "compromise":
            contents[NOTICE_NAME] = notice(mapping).encode()
        for name, content in contents.items():
            file = beside / name
            file.touch(mode=0o600)
            file.write_bytes(content)

    appear(folder, fill)


def notice(mapping: RekeyMapping) -> str:
    """What the steward must be told of a compromised key. Holds no pseudonym and no secret."""
    counts = ", ".join(f"{n:,} {kind}s" for kind, n in mapping.counts.items())
    return (
        "To the registry's steward and to our data protection officer\n\n"
        f"The pseudonymisation key {mapping.old_key} of center {mapping.center_id} is compromised: "
        "somebody may be able to compute pseudonyms from our patient numbers.\n\n"
        f"A new key {mapping.new_key} has taken its place. The mapping that goes with this notice "
        f"names {counts}. Please apply it at once, so that the old pseudonyms stop working, delete "
        "it afterwards, and tell us which releases and files already carry the old pseudonyms.\n"
    )
