"""What a criterion kind must offer: SQL, words, and the facts it reads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Literal

from pydantic import Field

from registry.consensus.base import Frozen, Number
from registry.consensus.facts import Facts

FactName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Use(Frozen):
    """How a criterion uses a fact; `values` are the texts it compares with."""

    name: str
    way: Literal["boolean", "number", "interval", "text", "column"]
    values: tuple[str, ...] = ()


class Kind(Frozen, ABC):
    """A criterion: true, false or unknown. In YAML a mapping with one key, the kind."""

    @abstractmethod
    def sql(self) -> str:
        """An ANSI expression over fact columns; NULL means unknown."""

    @abstractmethod
    def words(self, facts: Facts) -> str:
        """What it means that the criterion is true."""

    @abstractmethod
    def denial(self, facts: Facts) -> str:
        """What it means that the criterion is false."""

    @abstractmethod
    def facts(self) -> tuple[str, ...]:
        """The columns it reads, each once."""

    @abstractmethod
    def uses(self) -> tuple[Use, ...]:
        """How it uses them, to be held against the declared facts."""

    def numbers(self) -> tuple[Number, ...]:
        """The thresholds in it, those of its members included."""
        return ()
