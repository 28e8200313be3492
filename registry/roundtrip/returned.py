"""The file a receipt is about, given back with everything the receipt says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from registry.findings import Finding
from registry.forms import FORMS
from registry.intake import reader
from registry.intake.causes import all_of
from registry.intake.receipt import Receipt
from registry.intake.stage import stage
from registry.roundtrip.annotate import annotate
from registry.roundtrip.model import MissingItem, OpenQuery
from registry.roundtrip.places import RowNumbers, question, question_of

OLDER_STATE = "case.older"


def give_back(
    source: Path, target: Path, receipt: Receipt, *, queries: Sequence[OpenQuery] = (),
    name: str | None = None, progress: Callable[[str], None] = lambda _: None,
) -> None:  # fmt: skip
    """Writes the file to `target` (.xlsx), marked with the receipt's findings and the open queries.

    `name` is what the sender called a spooled file. Raises UnreadableFileError like the reader.
    """
    annotate(
        source, target, findings=receipt.findings, queries=queries,
        missing=missing_from(receipt.findings), stamp=stamp_of(receipt),
        rows=_rows(source, receipt, queries, name), name=name, progress=progress,
    )  # fmt: skip


def stamp_of(receipt: Receipt) -> int | None:
    """The submission the file is based on from now on; None leaves its stamp as it is.

    A file that was refused for being based on an older state keeps its stamp: with a new one it would
    overwrite, on its next way in, what it has never seen.
    """
    older = any(f.rule == OLDER_STATE for f in all_of(receipt.findings))
    return None if older else receipt.submission_id


def missing_from(findings: Iterable[Finding]) -> list[MissingItem]:
    """The findings about blank core items, by case and form, folded ones included."""
    blank = [f for f in all_of(tuple(findings)) if f.form in FORMS and f.rule.endswith(".core")]
    order = list(FORMS)
    items = [_missing(f) for f in blank]
    return sorted(items, key=lambda m: (m.case_id, order.index(m.form), m.record))


def _missing(finding: Finding) -> MissingItem:
    form, column = str(finding.form), finding.column or ""
    asked = FORMS[form].columns().get(column)
    return MissingItem(
        case_id=finding.case_id or "", form=form, record=finding.record or "", column=column,
        label=asked.item.label if asked else "", why=asked.item.why if asked else "",
        row=finding.row, cell=finding.cell,
    )  # fmt: skip


def _rows(
    source: Path, receipt: Receipt, queries: Sequence[OpenQuery], name: str | None
) -> RowNumbers:
    """Where the rows stand that are asked about by queries alone; the file is read only for these."""
    told = {question(f) for f in receipt.findings}
    if all(question_of(query) in told for query in queries):
        return {}
    staged = stage(reader.read(source, name=name), receipt.center_id)
    return {
        (form, case, each.rows.record(i)): int(each.rows.numbers[i])
        for form, each in staged.forms.items()
        for i, case in enumerate(each.rows.case_ids)
        if each.rows.numbers[i]
    }
