"""The figures the paper asks for, for the public: from rounded counts, published ones beside them."""

from __future__ import annotations

import streamlit as st

from dashboards import bars, figures
from dashboards.public.warehouse import read
from registry.disclosure import policy

NOT_SHOWN = bars.Whisker(
    f"{figures.REGISTRY}:", "not shown: of nobody yet, or its counts would tell too much"
)


def show() -> None:
    st.header("Figures, and what was published")
    rule = policy()
    st.caption(
        f"Shares are of rounded counts, with exact 95 % intervals of these. Quartiles stand for at "
        f"least {rule.quartiles.min_patients} patients and have {rule.quartiles.digits} digits. "
        "Published figures are context, not a target. Bars run from 0 to 100 %."
    )
    rows = read(
        "select statement_id, statistic, by_group, known, unknown, events, lower_quartile, median, "
        "upper_quartile from public_statistic"
    )
    curves = read(
        "select endpoint, origin, time_days, survival, ci_lower, ci_upper, n_risk "
        "from public_survival where stratum_kind = 'all'"
    )
    sections = figures.sections()
    section = st.selectbox(
        "Section of the paper", list(sections), format_func=lambda s: f"{s}  {sections[s]}"
    )
    for figure in figures.all_figures():
        if figure.statement.section != section:
            continue
        if figure.statistic.curve is not None:
            shown = [figures.on_curve(figure, curves, figures.REGISTRY, bars.BLUE)]
        else:
            shown = list(figures.counted(figure, rows, figures.REGISTRY, bars.BLUE)) or [NOT_SHOWN]
        st.html(figures.figure_html(figure, shown))
    with st.expander("What the marks of published figures mean"):
        st.markdown(figures.mark_words())
    rest = figures.unplaced()
    if rest:
        with st.expander(f"{len(rest)} more published figures"):
            st.html("".join(figures.published_html(b) for b in rest))
