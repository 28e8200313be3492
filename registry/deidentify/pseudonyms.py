"""Pseudonyms of patients, donors and products: keyed, or random with a table.

Keyed: HMAC-SHA256 under the center's key, after EDPB guidelines 01/2025 (one-way functions with a
secret). Random: nothing is derived from the person, as 45 CFR 164.514(c) asks; the table is the key.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from registry.deidentify.local_ids import normalise

Kind = Literal["case", "donor", "collection", "aliquot"]
Profile = Literal["keyed", "random"]
Entry = tuple[Kind, str, str]

DOMAINS: Mapping[Kind, str] = {
    "case": "registry/v1/patient",
    "donor": "registry/v1/donor",
    "collection": "registry/v1/collection",
    "aliquot": "registry/v1/aliquot",
}
KEY_BYTES = 32
LENGTH = 26  # base32 characters of 5 bits: 130 bits


class Pseudonyms(Protocol):
    """`case` and `own` are local ids as the center writes them; `own` is "" for the patient."""

    def of(self, kind: Kind, case: str, own: str = "") -> str: ...


def entry(kind: Kind, case: str, own: str = "") -> Entry:
    """What a pseudonym stands for. Donors and products are bound to their case, so that nobody can
    see from two pseudonyms that two patients share a donor. Raises FaultError."""
    return kind, normalise(case), normalise(own) if kind != "case" else ""


@dataclass(frozen=True)
class Keyed:
    """The same id under the same key is the same pseudonym, today and in ten years."""

    key: bytes = field(repr=False)

    def of(self, kind: Kind, case: str, own: str = "") -> str:
        _, case, own = entry(kind, case, own)
        # a normalised id holds no control character, so NUL separates without doubt
        parts = (DOMAINS[kind], case) if kind == "case" else (DOMAINS[kind], case, own)
        return _letters(hmac.digest(self.key, "\0".join(parts).encode(), "sha256"))


@dataclass(frozen=True)
class Random:
    """A new id gets a random pseudonym and an entry in `table`, which grows."""

    table: dict[Entry, str] = field(default_factory=dict, repr=False)

    def of(self, kind: Kind, case: str, own: str = "") -> str:
        what = entry(kind, case, own)
        if what not in self.table:
            self.table[what] = random_pseudonym()
        return self.table[what]


def random_pseudonym() -> str:
    return _letters(secrets.token_bytes(KEY_BYTES))


def _letters(data: bytes) -> str:
    return base64.b32encode(data)[:LENGTH].decode()
