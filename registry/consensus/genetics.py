"""The lesions that risk groups and targeted drugs depend on, as lists that a clinician can read."""

from __future__ import annotations

from pydantic import Field

from registry.consensus.base import Frozen


class Edition(Frozen):
    """The lesions of one edition of the ELN risk classification, by their names on the form."""

    favorable_fusions: tuple[str, ...]
    adverse_fusions: tuple[str, ...]
    adverse_cytogenetics: tuple[str, ...]
    adverse_genes: tuple[str, ...]


class Genetics(Frozen):
    """`genetics.yaml`: editions of the risk classification, and targetable lesions."""

    names: dict[str, tuple[str, ...]]
    also_genes: tuple[str, ...]
    eln_2017: Edition
    eln_2022: Edition
    panel_genes: tuple[str, ...] = Field(min_length=1)
    targetable: dict[str, tuple[str, ...]]
