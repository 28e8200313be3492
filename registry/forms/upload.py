"""What a file may say besides the answers of its forms: why a row changes, that it goes, that an
answer goes, and that a row is only the example of the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

EXAMPLE_CASE = "EXAMPLE"
"""The case (in the form center: the center) of the template's example rows; never stored."""

CLEAR_WORD = "delete"
"""Written into a cell instead of a value it takes the stored answer away; a blank cell does not."""

FORM_VERSION_WORDS = "Form version"
BASED_ON_WORDS = "Based on submission"
BASED_ON_NOTHING = "none"


class ChangeReason(StrEnum):
    """Why an answer that the registry already accepted is sent again with another value."""

    ENTRY_ERROR = "entry error"
    NEW_INFORMATION = "new information"
    SOURCE_CORRECTED = "source corrected"
    QUERY_ANSWER = "answer to a query"
    OTHER = "other"


class RowAction(StrEnum):
    """What happens to the whole row; blank means that its answers are taken in."""

    DELETE = "delete row"


@dataclass(frozen=True)
class UploadColumn:
    """A column at the end of every sheet that is no answer of the form and may be left out."""

    name: str
    label: str
    words: str
    codes: type[StrEnum]


UPLOAD_COLUMNS: Mapping[str, UploadColumn] = MappingProxyType(
    {
        column.name: column
        for column in (
            UploadColumn(
                "change_reason",
                "Reason for the change",
                "Needed only where the row changes or deletes answers the registry has already "
                "accepted. Leave it blank for new rows.",
                ChangeReason,
            ),
            UploadColumn(
                "row_action",
                "What to do with the row",
                "Blank: take the row in. delete row: remove the stored row with this key; the "
                "reason beside it is then needed.",
                RowAction,
            ),
        )
    }
)


def is_example(form: str, center_id: object, case_id: object) -> bool:
    """Whether a row is the template's example and must not be stored."""
    name = center_id if form == "center" else case_id
    return isinstance(name, str) and name.strip().casefold() == EXAMPLE_CASE.casefold()
