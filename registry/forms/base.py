"""What a case record form is made of: items, their metadata, and the rules every form shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from types import MappingProxyType, UnionType
from typing import Any, ClassVar, Literal, get_args, get_type_hints

from sqlmodel import Field, SQLModel

FIRST_VERSION = "2026.1"
FORM_VERSION = "2026.2"  # 2026.2: columns for changes and deleted rows; ages over 89 are top-coded
READABLE_VERSIONS = (FIRST_VERSION, FORM_VERSION)
"""Files made for these forms are read; columns of earlier ones are known by their former names."""

Tier = Literal["core", "extended"]


class MissingCode(StrEnum):
    """Why a value is absent. A coordinator writes one of these words instead of the value."""

    NOT_DONE = "not done"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Item:
    """One question of a form. `low` and `high` bound what is possible, `plausible` what is usual.
    `formerly` are the column names of earlier versions of the form, which files may still use.
    `top_code` stands for itself and every larger value.
    """

    label: str
    why: str
    unit: str | None = None
    codes: type[StrEnum] | None = None
    low: float | None = None
    high: float | None = None
    plausible: tuple[float, float] | None = None
    pattern: str | None = None
    pattern_words: str | None = None
    tier: Tier = "extended"
    key: bool = False
    refers_to: str | None = None
    uses: tuple[str, ...] = ()
    since: str = FIRST_VERSION
    example: str = ""
    formerly: tuple[str, ...] = ()
    top_code: int | None = None
    only_if: tuple[str, str | bool] | None = None

    @property
    def only_if_words(self) -> str:
        """When an empty answer is asked for, where not always."""
        if self.only_if is None:
            return ""
        column, answer = self.only_if
        return f"if {column} is {answer if isinstance(answer, str) else 'yes' if answer else 'no'}"


def item(
    label: str,
    why: str,
    *,
    unit: str | None = None,
    codes: type[StrEnum] | None = None,
    low: float | None = None,
    high: float | None = None,
    plausible: tuple[float, float] | None = None,
    pattern: str | None = None,
    pattern_words: str | None = None,
    tier: Tier = "extended",
    key: bool = False,
    refers_to: str | None = None,
    uses: tuple[str, ...] = (),
    example: str = "",
    formerly: tuple[str, ...] = (),
    top_code: int | None = None,
    only_if: tuple[str, str | bool] | None = None,
) -> Any:
    """A model field that carries its `Item`. Key items are required, all others may be missing.

    `only_if` names another column and the answer to it without which nobody asks for this one.
    """
    meta = Item(
        label=label, why=why, unit=unit, codes=codes, low=low, high=high, plausible=plausible,
        pattern=pattern, pattern_words=pattern_words, tier="core" if key else tier, key=key,
        refers_to=refers_to, uses=uses, example=example, formerly=formerly,
        top_code=top_code, only_if=only_if,
    )  # fmt: skip
    default: Any = ... if key else None
    return Field(default, schema_extra={"json_schema_extra": {"item": meta}})


def day(label: str, why: str, **more: Any) -> Any:
    """A day counted from diagnosis (day 0). Days before diagnosis are negative."""
    return item(label, why, unit="days since diagnosis", low=-40_000, high=40_000, **more)


def clock(label: str, why: str, **more: Any) -> Any:
    """A time of day, written 24-hour as 08:30. A day without a time is read as the whole day."""
    return item(
        label, why, unit="HH:MM", pattern=r"([01][0-9]|2[0-3]):[0-5][0-9]",
        pattern_words="a time of day such as 08:30", **more,
    )  # fmt: skip


OLDEST_KEPT_YEARS = 90


def age(label: str, why: str, **more: Any) -> Any:
    """An age in completed years; 90 stands for 90 and over (Safe Harbor, 45 CFR 164.514(b)(2)(i)(C))."""
    return item(
        label, f"{why} Enter 90 for anyone aged 90 or over.", unit="years", low=0,
        high=OLDEST_KEPT_YEARS, top_code=OLDEST_KEPT_YEARS, **more,
    )  # fmt: skip


ValueType = Literal["text", "integer", "number", "boolean"]
_VALUE_TYPES: Mapping[type, ValueType] = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "boolean",
}


@dataclass(frozen=True)
class Column:
    """An item together with its column name and value type: what intake, database and docs read."""

    name: str
    type: ValueType
    item: Item = field(repr=False)


CENTER_ID_PATTERN = r"[A-Z][A-Z0-9]{1,9}"
CENTER_UNIT = "-"  # the center's own row is decided on and asked about like a case, under this name
CASE_ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}"


class CenterForm(SQLModel):
    """A form whose rows belong to a center."""

    form: ClassVar[str]
    title: ClassVar[str]

    center_id: str = item(
        "Center",
        "Every row belongs to one center; together with the case it is the key of everything.",
        key=True,
        pattern=CENTER_ID_PATTERN,
        pattern_words="two to ten capital letters or digits, starting with a letter",
        example="C01",
    )

    @classmethod
    def columns(cls) -> Mapping[str, Column]:
        """All columns of the form in the order of the template."""
        return _columns(cls)

    @classmethod
    def key(cls) -> tuple[str, ...]:
        """The columns that name a row; unique within a file and within the registry."""
        return _key(cls)


class CaseForm(CenterForm):
    """A form whose rows belong to one case of a center."""

    case_id: str = item(
        "Case",
        "The center's own pseudonym for the patient; never a hospital number, name or initials.",
        key=True,
        pattern=CASE_ID_PATTERN,
        pattern_words="letters, digits, - or _ only",
        example="P001",
    )


@cache
def _columns(form: type[CenterForm]) -> Mapping[str, Column]:
    hints = get_type_hints(form)
    found = {}
    for name, info in form.model_fields.items():
        meta = (info.json_schema_extra or {}).get("item")  # type: ignore[union-attr]
        if isinstance(meta, Item):
            found[name] = Column(name, _value_type(hints[name]), meta)
    return MappingProxyType(found)


@cache
def _key(form: type[CenterForm]) -> tuple[str, ...]:
    return tuple(c.name for c in form.columns().values() if c.item.key)


def _value_type(hint: Any) -> ValueType:
    members = [t for t in get_args(hint) if t is not type(None)] if isinstance(
        hint, UnionType
    ) else [hint]  # fmt: skip
    return _VALUE_TYPES[members[0]]
