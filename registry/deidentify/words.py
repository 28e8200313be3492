"""The preview as lines of text; the page shows the same words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from registry.deidentify.preview import Preview, SheetPreview, alike
from registry.findings import Finding

PLACES = 5
WIDTH = 96


def preview_lines(preview: Preview) -> Iterator[str]:
    """What leaves, what stays, what is refused."""
    yield headline(preview)
    yield ""
    yield "What leaves"
    for sheet in preview.sheets:
        yield from _sheet_lines(sheet)
    yield ""
    yield "What stays here"
    yield from stays(preview) or ["  nothing is removed"]
    if preview.example:
        yield ""
        yield f"Example: {preview.example}, counted from the diagnosis date."
    for title, findings in (("Left blank", preview.blanked), ("Refused", preview.refused)):
        if findings:
            yield ""
            yield f"{title}: {counted(len(findings), 'cell or row', 'cells or rows')}"
            yield from refusal_lines(findings)
    yield ""
    yield from (f"Note: {note}" for note in preview.notes)


def headline(preview: Preview) -> str:
    return (
        f"{preview.file}: {counted(preview.rows, 'row')} of {counted(preview.patients, 'patient')} "
        f"and {counted(preview.donors, 'donor')}, key {preview.key_name} ({preview.profile})"
    )


def _sheet_lines(sheet: SheetPreview) -> Iterator[str]:
    yield f"  {sheet.form}: {counted(sheet.rows, 'row')}"
    for how, names in columns_by_use(sheet).items():
        yield from wrap(
            f"{how}: {', '.join(names)}", WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 6
        )


def columns_by_use(sheet: SheetPreview) -> dict[str, list[str]]:
    """The columns of a sheet that leave, together where the same is done with them; with the number
    of filled cells where not every row has one."""
    found: dict[str, list[str]] = {}
    for column in sheet.leaving:
        if column.filled:
            partly = f" ({column.filled:,})" if column.filled < sheet.rows else ""
            found.setdefault(column.how, []).append(column.name + partly)
    return found


def stays(preview: Preview) -> list[str]:
    """One line for each column and sheet that does not leave."""
    columns = [
        f"  {form}, column {c.letter} {c.header}: {c.why}, {counted(c.filled, 'cell')}"
        for form, c in preview.removed()
    ]
    return columns + [f"  {sheet.what}: {sheet.why}" for sheet in preview.removed_sheets]


def refusal_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """Findings of the same words on one line, with the first places."""
    for (form, message, fix), same in alike(findings).items():
        yield f"  {form}, {places(same)}: {message} {fix}"


def places(findings: Sequence[Finding]) -> str:
    named = [f.cell or (f"row {f.row}" if f.row else "the sheet") for f in findings]
    more = len(named) - PLACES
    return ", ".join(named[:PLACES]) + (f" and {more:,} more" if more > 0 else "")


def counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
