"""HLA and KIR: how far donors and patients differ, what NK cells could read of it, and outcome by either."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import altair as alt
import pandas as pd
import streamlit as st

from dashboards import bars, charts
from dashboards.analyst.question_page import Asked, counted_from, show_answer
from dashboards.endpoint_words import ENDPOINTS
from dashboards.listing import offer
from dashboards.numbers import interval_words, percent
from dashboards.portal import warehouse
from registry.access.rights import Person
from registry.analysis import COVARIATES
from registry.analysis.covariates import FIRST_INFUSION
from registry.statistics.proportion import clopper_pearson

EXPLORATORY = (
    "Exploratory. What NK cells make of KIR and its ligands was worked out in transplants after conditioning; nothing "
    "is shown for microtransplantation. Definitions, and which of them are not confirmed [G]: docs/derivations.md."
)
LIGANDS = {
    "ligand C1": "C1", "ligand C2": "C2", "ligand Bw4": "Bw4", "ligand Bw4-80I": "Bw4, isoleucine at 80",
    "ligand Bw4-80T": "Bw4, threonine at 80", "ligand A3 or A11": "A3 or A11",
}  # fmt: skip
MODELS = {
    "kir_missing_ligand": "A ligand is missing in the patient [G]",
    "kir_ligand_ligand_mismatch": "The donor has a ligand that the patient lacks",
    "kir_receptor_ligand_mismatch": "The donor has an inhibiting receptor whose ligand the patient lacks",
    "kir_educated_mismatch": "The donor has that receptor and its ligand",
}
_INFUSED, _EVERY = "whose cells were infused", "all on record"
_CATEGORIES = ("matched", "haploidentical", "partially mismatched", "fully mismatched")
_KINDS = (
    "donor_category", "relation", "kir_genotype", "kir_centromeric_motif", "kir_telomeric_motif",
    "kir_b_content_group", *MODELS,
)  # fmt: skip
_COVARIATES = [
    name for name, c in COVARIATES.items() if c.only_there and c.known_from == FIRST_INFUSION
]


def page(person: Person) -> None:
    st.title("HLA and KIR")
    warehouse.show_standing()
    st.caption(
        "As the registry derives it from what was typed. Where typing leaves a number open, it is given as from and "
        "to; where it leaves a yes or no open, the donor is counted apart."
    )
    build = warehouse.build()
    whose = st.segmented_control("Donors", [_INFUSED, _EVERY], default=_INFUSED, required=True)
    infused = whose == _INFUSED
    donors = _donors(build, infused, _KINDS)
    if donors.empty:
        st.info("There is no such donor yet.")
        return
    _match(build, infused, donors)
    st.subheader("KIR ligands")
    st.warning(EXPLORATORY)
    _ligands(build, infused)
    _genes(donors)
    _models(donors)
    _outcome(build)


@st.cache_data(max_entries=8, show_spinner="Counting …")
def _donors(build: str, infused: bool, kinds: tuple[str, ...]) -> pd.DataFrame:
    """Donors counted by columns of `dim_donor`: a row a kind, however many donors there are."""
    with warehouse.opened() as connection:
        return connection.execute(
            f"select {', '.join(kinds)}, count(*) as donors from dim_donor where infused or not ? "
            "group by all order by all",
            [infused],
        ).df()


def _match(build: str, infused: bool, donors: pd.DataFrame) -> None:
    st.subheader("HLA match")
    whole = int(donors["donors"].sum())
    st.markdown(f"{whole:,} donors.")
    left, right = st.columns(2)
    with left:
        st.html(bars.counts(_counts(donors, "donor_category", _CATEGORIES, "category not known")))
    with right:
        st.html(bars.counts(_counts(donors, "relation", (), "relation not known")))
    size = st.segmented_control("Mismatches of", [8, 10], default=8, required=True,
                                help="8: A, B, C and DRB1; 10: DQB1 as well")  # fmt: skip
    ends = tuple(f"{way}_mismatches_{size}_{end}" for way in ("gvh", "hvg") for end in ("lo", "hi"))
    known, open_ = mismatches(_donors(build, infused, ends), int(size))
    if known.empty:
        st.info("Of no donor both numbers are known.")
    else:
        st.altair_chart(
            grid(known, "GvH", "HvG", [str(n) for n in range(int(size) + 1)]), width="stretch"
        )
    told = int(known["donors"].sum())
    st.caption(
        f"Donors by mismatches in the direction of GVHD and of rejection: {told:,} of {whole:,}. Of the other "
        f"{whole - told:,} typing leaves a number open."
    )
    with st.expander("The same as a table, with the numbers left open"):
        offer_table([*known.to_dict("records"), *open_.to_dict("records")], f"mismatches-of-{size}")


def mismatches(donors: pd.DataFrame, size: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Donors by GvH and HvG mismatches of 8 or 10: those of whom both are one number, and the others as from and to."""
    told = pd.DataFrame({
        way: [
            str(low) if low == high else f"{low} to {high}"
            for low, high in donors[[f"{column}_mismatches_{size}_lo", f"{column}_mismatches_{size}_hi"]]
            .astype(int).itertuples(index=False, name=None)
        ]
        for way, column in (("GvH", "gvh"), ("HvG", "hvg"))
    }).assign(donors=donors["donors"].to_numpy())  # fmt: skip
    counted = told.groupby(["GvH", "HvG"], as_index=False)["donors"].sum()
    is_open = counted["GvH"].str.contains("to") | counted["HvG"].str.contains("to")
    return counted[~is_open], counted[is_open]


def grid(
    counted: pd.DataFrame, across: str, up: str, of: Sequence[str], of_up: Sequence[str] = ()
) -> alt.LayerChart:
    """How many donors have both, the darker the more, with the number in the cell."""
    data = counted.assign(is_dark=counted["donors"] > 0.6 * counted["donors"].max())
    axis = alt.Axis(labelFontSize=charts.FONT, titleFontSize=charts.FONT, labelAngle=0)
    base = alt.Chart(data).encode(
        x=alt.X(f"{across}:N", sort=list(of), scale=alt.Scale(domain=list(of)), axis=axis),
        y=alt.Y(f"{up}:N", sort=list(reversed(of_up or of)), scale=alt.Scale(domain=list(reversed(of_up or of))), axis=axis),
        tooltip=[across, up, "donors"],
    )  # fmt: skip
    squares = base.mark_rect(stroke="#ffffff").encode(
        color=alt.Color(
            "donors:Q", legend=None, scale=alt.Scale(domainMin=0, range=["#E3EEF6", "#00436B"])
        )
    )
    numbers = base.mark_text(fontSize=charts.FONT).encode(
        text="donors:Q",
        color=alt.condition("datum.is_dark", alt.value("#ffffff"), alt.value("#000000")),
    )
    drawn = charts.layered(squares, numbers)
    return drawn.properties(
        height=60 + 30 * len(of_up or of),
        description=f"Donors by {across} and {up}, as in the table.",
    )


def _counts(
    donors: pd.DataFrame, column: str, order: Sequence[str], unknown: str
) -> list[bars.Count]:
    """A bar a value, in an order or by size, and who it is not known of."""
    of = donors.groupby(column)["donors"].sum().to_dict()
    known = {str(value): int(count) for value, count in of.items()}
    names = order or sorted(known, key=lambda name: -known[name])
    told = [bars.Count(name, known[name]) for name in names if name in known]
    missing = int(donors["donors"].sum()) - sum(known.values())
    return told + ([bars.Count(unknown, missing, bars.HATCHED)] if missing else [])


def _ligands(build: str, infused: bool) -> None:
    found = _ligand_counts(build, infused)
    st.html(bars.legend({"patients": bars.BLUE, "donors": bars.GREEN}))
    rows: list[dict[Hashable, object]] = []
    for ligand, words in LIGANDS.items():
        st.html(bars.whiskers(
            _share(f"{words}, {who}:", *found.get((ligand, who), (0, 0, 0)), colour)
            for who, colour in (("patients", bars.BLUE), ("donors", bars.GREEN))
        ))  # fmt: skip
        for who in ("patients", "donors"):
            yes, no, unknown = found.get((ligand, who), (0, 0, 0))
            rows.append({"ligand": words, "of": who, "yes": yes, "no": no, "not known": unknown})
    with st.expander("The ligands as a table"):
        offer_table(rows, "ligands")


@st.cache_data(max_entries=8, show_spinner="Counting …")
def _ligand_counts(build: str, infused: bool) -> dict[tuple[str, str], tuple[int, int, int]]:
    """(yes, no, not known) by ligand, of patients and donors whose HLA-A, -B or -C was typed."""
    with warehouse.opened() as connection:
        rows = connection.execute(
            "select derivation, case when subject_id = 'patient' then 'patients' else 'donors' end as who, "
            "count(*) filter (where value = 'yes'), count(*) filter (where value = 'no'), "
            "count(*) filter (where value is null) "
            "from fct_derivation left join (select center_id, case_id, donor_id as subject_id, infused from dim_donor) "
            "using (center_id, case_id, subject_id) "
            "where derivation like 'ligand %' and (subject_id = 'patient' or infused or not ?) group by all",
            [infused],
        ).fetchall()
    return {(ligand, who): (yes, no, unknown) for ligand, who, yes, no, unknown in rows}


def _share(label: str, yes: int, no: int, unknown: int, colour: str) -> bars.Whisker:
    apart = f"; left open for {unknown:,}" if unknown else ""
    known = yes + no
    if not known:
        return bars.Whisker(label, f"not known{apart}")
    bounds = clopper_pearson(yes, known)
    words = f"{yes:,} of {known:,}, {percent(yes / known)} ({interval_words(bounds)}){apart}"
    return bars.Whisker(label, words, yes / known, bounds, colour)


def _genes(donors: pd.DataFrame) -> None:
    st.subheader("KIR genes of the donors")
    left, right = st.columns(2)
    with left:
        st.markdown("**Genotype**")
        st.html(
            bars.counts(_counts(donors, "kir_genotype", ("AA", "Bx"), "not typed, or left open"))
        )
        st.markdown("**B content [G]**")
        st.html(
            bars.counts(
                _counts(
                    donors,
                    "kir_b_content_group",
                    ("neutral", "better", "best"),
                    "not typed, or left open",
                )
            )
        )
    with right:
        st.markdown("**Motifs [G]**")
        names = {"kir_centromeric_motif": "centromeric", "kir_telomeric_motif": "telomeric"}
        named = donors.rename(columns=names)  # groups leave out what is not known
        motifs = pd.DataFrame(
            named.groupby(["centromeric", "telomeric"], as_index=False)["donors"].sum()
        )
        if motifs.empty:
            st.info("Of no donor the motifs are known.")
            return
        st.altair_chart(
            grid(motifs, "centromeric", "telomeric", *(
                [f"{half}-{motif}" for motif in ("A/A", "A/B", "B/B")] for half in ("Cen", "Tel")
            )), width="stretch",
        )  # fmt: skip
        with st.expander("The motifs as a table"):
            offer_table(motifs.to_dict("records"), "motifs")


def _models(donors: pd.DataFrame) -> None:
    st.subheader("What NK cells of the donor could react to")
    st.html(bars.whiskers(
        _share(f"{words}:", *_yes_no(donors, column), bars.BLUE) for column, words in MODELS.items()
    ))  # fmt: skip
    with st.expander("The models as a table"):
        counted = {words: _yes_no(donors, column) for column, words in MODELS.items()}
        offer_table(
            [
                {"model": words, "yes": yes, "no": no, "not known": unknown}
                for words, (yes, no, unknown) in counted.items()
            ],
            "models",
        )


def _yes_no(donors: pd.DataFrame, column: str) -> tuple[int, int, int]:
    by = dict.fromkeys((True, False, None), 0)
    for value, count in donors[[column, "donors"]].itertuples(index=False, name=None):
        by[None if pd.isna(value) else bool(value)] += int(count)
    return by[True], by[False], by[None]


def _outcome(build: str) -> None:
    st.subheader("Outcome from the first infusion")
    st.caption(
        "By the first donor, who is known from the first infusion on. Many ways to divide few patients: a small p is "
        "to be expected among them, and differences are not effects."
    )
    endpoints = [e for e in ENDPOINTS if FIRST_INFUSION in counted_from(build).get(e, [])]
    if not endpoints:
        st.info("No patient has an endpoint from the first infusion yet.")
        return
    left, right = st.columns(2)
    endpoint = left.selectbox("Endpoint", endpoints, format_func=ENDPOINTS.__getitem__)
    split = right.selectbox(
        "Divided by", _COVARIATES, index=None, format_func=lambda name: COVARIATES[name].words
    )
    if split is None:
        st.info("Choose what divides the patients.")
        return
    at_least: tuple[int, ...] = ()
    if COVARIATES[split].is_count:
        at_least = (int(st.number_input("The second group has at least", 1, 8, 4)),)
    scale = charts.SCALES[st.segmented_control("Time in", list(charts.SCALES), default="Months", required=True)]  # fmt: skip
    show_answer(build, Asked(endpoint, FIRST_INFUSION, split, at_least=at_least), scale)


def offer_table(rows: Sequence[Mapping[Hashable, object]], name: str) -> None:
    """Rows to read and to take away."""
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    offer([{str(k): v for k, v in row.items()} for row in rows], name)
