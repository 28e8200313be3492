"""What leaves and what stays, as HTML that fits a phone; the words are those of the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from registry.deidentify.preview import Preview, SheetPreview, alike
from registry.deidentify.words import columns_by_use, counted, places
from registry.findings import Finding

STYLE = """<style>
[data-testid=stMainBlockContainer]{padding-top:3.2rem}
h1{font-size:clamp(1.6rem,6.5vw,2.5rem)!important}
h2{font-size:clamp(1.25rem,4.5vw,1.6rem)!important;padding-top:1.4rem!important}
h3{font-size:clamp(1.1rem,4vw,1.35rem)!important}
.ctr-row{display:flex;flex-wrap:wrap;gap:.1rem 1.2rem;padding:.5rem 0;border-top:1px solid #8883;
  line-height:1.4}
.ctr-where{flex:0 0 15rem;min-width:0;font-weight:600;overflow-wrap:anywhere}
.ctr-what{flex:1 1 18rem;min-width:0;overflow-wrap:anywhere}
.ctr-fix{opacity:.8}
.ctr-tag{display:inline-block;padding:0 .5rem;border-radius:1rem;font-size:.8rem;line-height:1.5rem;
  white-space:nowrap;background:#8882;margin-right:.4rem}
.ctr-tag.person{background:#d55e0026;color:#a34700}
.ctr-sheet summary{cursor:pointer;padding:.45rem 0;border-top:1px solid #8883}
.ctr-sheet summary b{display:inline-block;min-width:9rem}
.ctr-sheet dl{margin:.2rem 0 .8rem 1.1rem}
.ctr-sheet dt{font-size:.85rem;opacity:.75;margin-top:.35rem}
.ctr-sheet dd{margin:0;overflow-wrap:anywhere}
.ctr-sheet code{font-size:.85rem;white-space:normal}
</style>"""


def findings(found: Sequence[Finding]) -> str:
    """One row for findings of the same words: where, what, how to fix."""
    rows = [
        _row(f"{escape(str(form))}, {escape(places(same))}",
             f'{escape(message)} <span class="ctr-fix">{escape(fix)}</span>')
        for (form, message, fix), same in alike(found).items()
    ]  # fmt: skip
    return "".join(rows)


def stays(preview: Preview) -> str:
    """Every column and sheet that is not sent, with the reason."""
    columns = [
        _row(f"{escape(form)} {escape(column.letter)}: {escape(column.header)}",
             f"{_tag(column.why)}{counted(column.filled, 'cell')}")
        for form, column in preview.removed()
    ]  # fmt: skip
    sheets = [_row(escape(s.what), _tag(s.why)) for s in preview.removed_sheets]
    return "".join([*columns, *sheets])


def leaves(sheets: Iterable[SheetPreview]) -> str:
    """A line a sheet that opens to its columns and what is done with each."""
    return "".join(_sheet(sheet) for sheet in sheets)


def _sheet(sheet: SheetPreview) -> str:
    uses = columns_by_use(sheet)
    columns = sum(map(len, uses.values()))
    listed = "".join(
        f"<dt>{escape(how)}</dt><dd>{', '.join(f'<code>{escape(n)}</code>' for n in names)}</dd>"
        for how, names in uses.items()
    )
    return (
        f'<details class="ctr-sheet"><summary><b>{escape(sheet.form)}</b> '
        f"{counted(sheet.rows, 'row')}, {counted(columns, 'column')}</summary>"
        f"<dl>{listed}</dl></details>"
    )


def _row(where: str, what: str) -> str:
    return (
        f'<div class="ctr-row"><div class="ctr-where">{where}</div>'
        f'<div class="ctr-what">{what}</div></div>'
    )


def _tag(why: str) -> str:
    person = " person" if why.startswith("identifying") else ""
    return f'<span class="ctr-tag{person}">{escape(why)}</span>'
