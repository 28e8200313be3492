"""The center's own file back, with everything the registry has to say about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from registry.findings import Finding
from registry.forms import FORMS
from registry.intake.assess import Progress
from registry.intake.causes import all_of
from registry.intake.receipt import Receipt
from registry.queries import open_queries
from registry.roundtrip.annotate import annotate
from registry.roundtrip.model import MissingItem


def return_workbook(
    path: Path, target: Path, receipt: Receipt, *, file_name: str | None = None,
    progress: Progress = lambda _: None,
) -> None:  # fmt: skip
    """Write `path` to `target` (.xlsx) with cells marked, queries to answer, and what is missing.

    Raises UnreadableFileError for a file that could not be read in the first place.
    """
    annotate(
        path, target, findings=receipt.findings, queries=open_queries(receipt.center_id),
        missing=tuple(missing_items(receipt)), name=file_name, progress=progress,
        stamp=receipt.submission_id if receipt.accepted or receipt.unchanged else None,
    )  # fmt: skip


def missing_items(receipt: Receipt) -> Iterator[MissingItem]:
    """The core items without a value and without a word why."""
    for finding in all_of(receipt.findings):
        if finding.form and finding.column and finding.rule.endswith(".core"):
            yield _missing(finding, finding.form, finding.column)


def _missing(finding: Finding, form: str, column: str) -> MissingItem:
    item = FORMS[form].columns()[column].item
    return MissingItem(
        case_id=finding.case_id or "", form=form, record=finding.record or "", column=column,
        label=item.label, why=item.why, row=finding.row, cell=finding.cell,
    )  # fmt: skip
