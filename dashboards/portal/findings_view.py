"""Findings as a person works through them: by severity, one cause on top, what follows from it below."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from registry.findings import SEVERITY_WORDS, Finding, of_rows
from registry.intake.causes import alike, all_of
from registry.workbook import safe_text

MAX_SHOWN, MAX_PLACES = 1_000, 60
WRAPPING_PX = 66
"""Streamlit wraps the words of rows higher than 4 rem; three lines of the widths below fit in."""
SENTENCE_PX = 275
_WIDTHS_PX = {
    "case": 70, "sheet": 85, "cell": 55, "what": SENTENCE_PX, "how to fix": SENTENCE_PX, "more": 50,
}  # fmt: skip
_HELP = {"more": "How many findings follow from this one and go away with it."}
_COLUMNS = (
    "severity",
    "case_id",
    "form",
    "record",
    "cell",
    "column",
    "message",
    "fix",
    "why",
    "rule",
)


def show_findings(findings: Sequence[Finding], *, key: str) -> None:
    """A table a severity; the chosen row is explained below it."""
    if not findings:
        st.success("No findings.")
        return
    for severity, words in SEVERITY_WORDS.items():
        of = [f for f in findings if f.severity == severity]
        if of:
            folded = sum(1 for _ in all_of(of)) - len(of)
            more = f", {folded} more follow{'s' if folded == 1 else ''} from them" if folded else ""
            st.markdown(f"**{len(of)} × {severity}**: {words}{more}")
            groups = alike(of)
            _table(groups[:MAX_SHOWN], key=f"{key}-{severity}")
            if len(groups) > MAX_SHOWN:
                st.caption(f"The first {MAX_SHOWN:,}; the download has all of them.")
    st.download_button(
        "Download the findings (CSV)",
        findings_csv(findings),
        "findings.csv",
        "text/csv",
        key=f"{key}-csv",
    )


def _table(groups: Sequence[Sequence[Finding]], *, key: str) -> None:
    columns = {
        name: st.column_config.TextColumn(width=px, help=_HELP.get(name))
        for name, px in _WIDTHS_PX.items()
    }
    chosen = st.dataframe(
        pd.DataFrame([_row(group) for group in groups]), hide_index=True, width="stretch", key=key,
        on_select="rerun", selection_mode="single-row", row_height=WRAPPING_PX, column_config=columns,
    )  # fmt: skip
    rows = chosen.selection.rows
    _explain(groups[rows[0] if rows else 0])


def _row(group: Sequence[Finding]) -> dict[str, object]:
    f, cases = group[0], {g.case_id for g in group}
    others = f" +{len(group) - 1:,}" if len(group) > 1 else ""
    return {
        "case": (f.case_id or "") if len(cases) == 1 else f"{len(cases):,} cases",
        "sheet": f.form or "", "cell": f"{f.cell or ''}{others}", "what": f.message,
        "how to fix": f.fix, "more": len(list(all_of(f.consequences))) or "",
    }  # fmt: skip


def _explain(group: Sequence[Finding]) -> None:
    """Sentence, place, reason, fix, what goes away with it, and where else it is said."""
    f = group[0]
    place = " · ".join(
        p for p in (f"case {f.case_id}" if f.case_id else "", f.place(), f.record) if p
    )
    if len(group) > 1:
        place = f"{f.form} · {of_rows(group)}"
    lines = [f"**{place}**", f"{f.message}", f"*How to fix:* {f.fix}"]
    lines += [f"*Why it is asked:* {f.why}"] if f.why else []
    lines += [f"*Rule:* `{f.rule}`"]
    with st.container(border=True):
        st.markdown("  \n".join(lines))
        if f.consequences:
            st.markdown("Goes away when this is fixed:")
            st.markdown("\n".join(f"- {g.place()}: {g.message}" for g in all_of(f.consequences)))
        if len(group) > 1:
            more = ", …; the download has all of them" if len(group) > MAX_PLACES else ""
            st.caption(
                ", ".join(f"{g.case_id} {g.cell or g.row}" for g in group[:MAX_PLACES]) + more
            )


def findings_csv(findings: Sequence[Finding]) -> str:
    """Every finding as a line, folded ones with the rule that they follow from."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*_COLUMNS, "follows from"])
    for top in findings:
        for f in (top, *all_of(top.consequences)):
            cells = [safe_text(str(getattr(f, name) or "")) for name in _COLUMNS]
            writer.writerow([*cells, "" if f is top else top.rule])
    return text.getvalue()
