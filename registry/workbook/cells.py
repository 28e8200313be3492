"""What every writer of a file needs: the columns of a sheet and the text of a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.forms import FORM_VERSION, FORMS
from registry.forms.upload import BASED_ON_NOTHING, UPLOAD_COLUMNS

YES_NO = ("yes", "no")

Row = Mapping[str, object]
Rows = Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Stamp:
    """What a file says of itself: the forms it was made for and the last submission it knows of."""

    form_version: str = FORM_VERSION
    based_on: int | None = None

    @property
    def based_on_words(self) -> str:
        return BASED_ON_NOTHING if self.based_on is None else str(self.based_on)


def column_names(form: str) -> list[str]:
    """The header of the form's sheet: its items, then the columns that are no answers."""
    return [*FORMS[form].columns(), *UPLOAD_COLUMNS]


def require_known(rows: Rows) -> None:
    """Raises ValueError naming every form and column that does not exist."""
    unknown = [f"{name} is not a form" for name in rows if name not in FORMS]
    for name in rows.keys() & FORMS.keys():
        used = {column for row in rows[name] for column in row}
        unknown += [f"{name} has no column {c}" for c in sorted(used - set(column_names(name)))]
    if unknown:
        raise ValueError("; ".join(unknown))


def as_text(value: object) -> str:
    """A value as a coordinator writes it: yes, 61 rather than 61.0, blank for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES_NO[0] if value else YES_NO[1]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def prepare(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
