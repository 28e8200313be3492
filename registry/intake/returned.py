"""The center's own file back, with everything the registry has to say about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from registry.findings import Finding
from registry.forms import FORMS
from registry.intake.assess import Progress
from registry.intake.causes import all_of
from registry.intake.reader import read
from registry.intake.receipt import Receipt
from registry.intake.stage import stage
from registry.queries import open_queries
from registry.queries.model import OpenQuery
from registry.roundtrip.annotate import annotate
from registry.roundtrip.model import MissingItem
from registry.roundtrip.places import RowNumbers, question, question_of


def return_workbook(
    path: Path, target: Path, receipt: Receipt, *, file_name: str | None = None,
    progress: Progress = lambda _: None,
) -> None:  # fmt: skip
    """Write `path` to `target` (.xlsx) with cells marked, queries to answer, and what is missing.

    Raises UnreadableFileError for a file that could not be read in the first place.
    """
    queries = open_queries(receipt.center_id)
    annotate(
        path, target, findings=receipt.findings, queries=queries,
        missing=None if receipt.status == "refused" else tuple(missing_items(receipt)), name=file_name, progress=progress,
        stamp=stamp_of(receipt), rows=_row_numbers(path, receipt, queries, file_name),
    )  # fmt: skip


def stamp_of(receipt: Receipt) -> int | None:
    """The submission the file is based on from now on; None leaves its stamp as it is.

    A file with a case refused for an older state keeps its stamp: with a new one it would overwrite,
    on its next way in, what it has never seen.
    """
    taken = receipt.accepted or receipt.unchanged
    older = any(finding.rule == "case.older" for finding in all_of(receipt.findings))
    return receipt.submission_id if taken and not older else None


def _row_numbers(
    path: Path, receipt: Receipt, queries: Sequence[OpenQuery], file_name: str | None
) -> RowNumbers:
    """Where the rows stand that only queries ask about; the file is read again only for these."""
    told = {question(finding) for finding in receipt.findings}
    if all(question_of(query) in told for query in queries):
        return {}
    staged = stage(read(path, name=file_name), receipt.center_id)
    return {
        (form, case, each.rows.record(i)): int(each.rows.numbers[i])
        for form, each in staged.forms.items()
        for i, case in enumerate(each.rows.case_ids)
    }


def missing_items(receipt: Receipt) -> Iterator[MissingItem]:
    """The core items without a value and without a word why."""
    for finding in receipt.findings:
        if finding.form and finding.column and finding.rule.endswith(".core"):
            yield _missing(finding, finding.form, finding.column)


def _missing(finding: Finding, form: str, column: str) -> MissingItem:
    item = FORMS[form].columns()[column].item
    return MissingItem(
        case_id=finding.case_id or "", form=form, record=finding.record or "", column=column,
        label=item.label, why=item.why, row=finding.row, cell=finding.cell,
    )  # fmt: skip
