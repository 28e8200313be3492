"""Where the paper disagrees with itself, and how the registry represents both sides."""

from __future__ import annotations

from registry.consensus.base import Frozen
from registry.consensus.entries import TensionId


class Tension(Frozen):
    """One inner tension of the paper: where it stands, what it is, how it is represented."""

    id: TensionId
    title: str
    where: str
    tension: str
    represented: str


class TensionFile(Frozen):
    """`tensions.yaml`."""

    tensions: tuple[Tension, ...]
