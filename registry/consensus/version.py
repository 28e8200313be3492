"""What a version of the consensus is: its source and since when it is in force."""

from __future__ import annotations

from registry.consensus.base import Frozen


class VersionFile(Frozen):
    """`version.yaml`. Only years: the registry keeps no calendar date of a patient."""

    in_force_from_year: int
    source: str
