"""What every model of the consensus shares: frozen, unknown keys refused, numbers with a name."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator


class Frozen(BaseModel):
    """A record that cannot be changed and takes no key it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Parameter(Frozen):
    """A number that the paper leaves open and the registry had to choose."""

    value: float
    unit: str
    words: str
    why: str


class Number(Frozen):
    """A threshold: the paper's own number, or one of the registry's parameters by name.

    In YAML it is written as `24` or as `{parameter: kir_genes_complete}`. Parameters are looked
    up while loading, so an unknown name is a fault with a line.
    """

    value: float
    parameter: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _resolve(cls, given: Any, info: ValidationInfo) -> Any:
        if isinstance(given, bool) or not isinstance(given, int | float | dict):
            raise ValueError("write a number, or {parameter: name}")
        if not isinstance(given, dict):
            return {"value": float(given)}
        if set(given) != {"parameter"}:
            raise ValueError("write a number, or {parameter: name}")
        known = (info.context or {}).get("parameters")
        name = given["parameter"]
        if known is None:  # parameters.yaml is broken, which is a fault of its own
            return {"value": 0.0, "parameter": name}
        if name not in known:
            raise ValueError(f"no parameter named {name!r} in parameters.yaml")
        return {"value": known[name].value, "parameter": name}

    def sql(self) -> str:
        return plain(self.value)

    def words(self) -> str:
        """The number, and whose it is when it is not the paper's."""
        if self.parameter is None:
            return plain(self.value)
        return f"{plain(self.value)} (registry-defined: {self.parameter})"


def plain(value: float) -> str:
    """The shortest way to write a number: 24, not 24.0."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def quoted(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"
