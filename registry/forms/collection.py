"""The collection form: mobilisation and the eight cell counts of what was collected."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item
from registry.forms.codes import CountMethod, MobilisationAgent, ProductType


class Collection(CaseForm):
    """One row per collection. Counts are totals of the collection, in 1e8 cells."""

    form: ClassVar[str] = "collection"
    title: ClassVar[str] = "Collection"

    collection_id: str = item(
        "Collection",
        "Names the collection within the case.",
        key=True,
        pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}",
        pattern_words="letters, digits, - or _ only",
        example="COL1",
    )
    donor_id: str | None = item(
        "Donor",
        "Whose cells these are.",
        refers_to="donor",
        pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}",
        pattern_words="a donor id of this case",
        tier="core",
        example="D1",
    )
    product_type: str | None = item(
        "Product",
        "The consensus asks for G-CSF-mobilised blood stem cells.",
        codes=ProductType,
        tier="core",
        uses=("MST-2-08", "MST-2-09", "MST-2-13"),
        example="PBSC",
    )
    mobilisation_agent: str | None = item(
        "Mobilisation",
        "G-CSF changes what the product does.",
        codes=MobilisationAgent,
        tier="core",
        uses=("MST-2-08", "MST-2-13", "MST-2.2-02"),
        example="G-CSF",
    )
    mobilisation_start_day: int | None = day(
        "First day of mobilisation",
        "Consent and screening come before it.",
        uses=("MST-2.1-01", "MST-2.2-01"),
        example="11",
    )
    gcsf_ug_per_kg_per_day: float | None = item(
        "G-CSF dose",
        "Describes the protocol.",
        unit="ug/kg/day",
        low=0,
        high=100,
        plausible=(1, 24),
        uses=("MST-2.2-02",),
        example="10",
    )
    gcsf_days: int | None = item(
        "Days of G-CSF",
        "Describes the protocol.",
        unit="days",
        low=0,
        high=30,
        plausible=(3, 8),
        uses=("MST-2.2-02",),
        example="5",
    )
    collection_day: int | None = day(
        "Day of collection",
        "First day if collected on several.",
        tier="core",
        uses=("MST-2.2-02",),
        example="15",
    )
    collection_days: int | None = item(
        "Number of apheresis days",
        "Describes the protocol.",
        unit="days",
        low=1,
        high=10,
        uses=("MST-2.2-02",),
        example="1",
    )
    device: str | None = item(
        "Apheresis device",
        "Describes the protocol.",
        pattern=r"[A-Za-z0-9 .-]{1,60}",
        pattern_words="letters and digits",
        uses=("MST-2.2-02",),
    )
    count_method: str | None = item(
        "How subsets were counted",
        "The consensus asks for flow cytometry.",
        codes=CountMethod,
        tier="core",
        uses=("MST-2.2-03",),
        example="flow cytometry",
    )
    mnc_e8: float | None = item(
        "Mononuclear cells collected",
        "Enumerated in every product.",
        unit="1e8 cells",
        low=0,
        high=100000,
        tier="core",
        uses=("MST-2.2-03",),
    )
    cd34_e8: float | None = item(
        "CD34+ cells collected",
        "Enumerated in every product.",
        unit="1e8 cells",
        low=0,
        high=100000,
        tier="core",
        uses=("MST-2.2-03",),
    )
    cd3_e8: float | None = item(
        "CD3+ cells collected",
        "Enumerated in every product.",
        unit="1e8 cells",
        low=0,
        high=100000,
        tier="core",
        uses=("MST-2.2-03",),
    )
    cd4_e8: float | None = item(
        "CD4+ cells collected",
        "Enumerated in every product.",
        unit="1e8 cells",
        low=0,
        high=100000,
        tier="core",
        uses=("MST-2.2-03",),
    )
    cd8_e8: float | None = item(
        "CD8+ cells collected",
        "Enumerated in every product.",
        unit="1e8 cells",
        low=0,
        high=100000,
        tier="core",
        uses=("MST-2.2-03",),
    )
    nk_e8: float | None = item(
        "NK cells (CD3- CD16+ CD56+) collected",
        "Enumerated in every product.",
        unit="1e8 cells",
        low=0,
        high=100000,
        tier="core",
        uses=("MST-2.2-03",),
    )
    nkt_e8: float | None = item(
        "NKT cells (CD3+ CD16+ CD56+) collected",
        "Enumerated in every product.",
        unit="1e8 cells",
        low=0,
        high=100000,
        tier="core",
        uses=("MST-2.2-03",),
    )
    gdt_e8: float | None = item(
        "gamma-delta T cells collected",
        "Enumerated in every product.",
        unit="1e8 cells",
        low=0,
        high=100000,
        tier="core",
        uses=("MST-2.2-03",),
    )
