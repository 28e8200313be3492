"""The transfusion form."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, day, item
from registry.forms.codes import BloodProduct


class Transfusion(CaseForm):
    """One row per day, product and irradiation status; never the donor cells themselves."""

    form: ClassVar[str] = "transfusion"
    title: ClassVar[str] = "Transfusion"

    transfusion_day: int = day(
        "Day", "Counts from the start of MST on.", key=True, uses=("MST-2.3-02",), example="14"
    )
    product: str = item(
        "Product",
        "Plasma needs no irradiation.",
        codes=BloodProduct,
        key=True,
        uses=("MST-2.3-02",),
        example="platelets",
    )
    irradiated: bool | None = item(
        "Irradiated",
        "Most centers irradiate all cellular products.",
        tier="core",
        uses=("MST-2.3-02",),
        example="yes",
    )
    units: int | None = item(
        "Units",
        "Transfusion need.",
        unit="units",
        low=1,
        high=100,
        plausible=(1, 20),
        uses=("MST-1-11", "MST-2.3-01", "MST-3-10"),
        example="1",
    )
