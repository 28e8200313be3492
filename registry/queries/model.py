"""A query as a center sees it, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AnswerCode(StrEnum):
    """How a center answers a query."""

    CORRECTED = "corrected"
    CONFIRMED = "confirmed as is"
    NO_SOURCE = "source not available"
    NOT_IN_SCOPE = "not in scope"


ANSWER_WORDS: dict[AnswerCode, str] = {
    AnswerCode.CORRECTED: "the value was corrected in this file",
    AnswerCode.CONFIRMED: "the value was compared with the source and is right",
    AnswerCode.NO_SOURCE: "the source cannot be found or asked any more",
    AnswerCode.NOT_IN_SCOPE: "the question does not apply to this case",
}


@dataclass(frozen=True)
class OpenQuery:
    """A query the center has not answered yet, or whose answer was not enough.

    `record` names the row by its own key as in a finding, `asked_on` is a day such as 2026-03-01,
    and `status` is the word of the query's state.
    """

    query_id: int
    case_id: str
    form: str
    record: str
    column: str
    rule: str
    message: str
    fix: str
    asked_on: str
    status: str


@dataclass(frozen=True)
class Answer:
    """One answered query. `cell` is the cell of the answer in the sheet Queries."""

    query_id: int
    code: str
    comment: str
    cell: str
