"""Twelve made-up centers and how each of them practises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from registry.forms.codes import ChimerismMethod, WeightBasis

TIERS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "E0": (10, 24),
        "T1": (24, 48.01),
        "T2": (48.25, 72.01),
        "T3": (72.25, 96.01),
        "T4": (96.25, 120),
    }
)


def _tiers(e0: float, t1: float, t2: float, t3: float, t4: float) -> Mapping[str, float]:
    return MappingProxyType(dict(zip(TIERS, (e0, t1, t2, t3, t4), strict=True)))


@dataclass(frozen=True)
class Practice:
    """The habits of one center. Probabilities are per case or per course."""

    center_id: str
    country: str
    share: int
    adopted: int
    timing: Mapping[str, float] = field(default_factory=lambda: _tiers(2, 82, 11, 3, 2))
    delay_reason_given: float = 0.9
    times_recorded: float = 0.97
    mnc_e8_per_kg: float = 2.5
    dose_spread: float = 0.09
    cd3_share: float = 0.40
    weight_basis: WeightBasis = WeightBasis.ACTUAL
    hla_high: bool = True
    dpb1: bool = False
    kir: Literal["full", "partial", "none"] = "full"
    antibodies: Literal["before", "late", "none"] = "before"
    uncounted: tuple[str, ...] = ()
    freezes: bool = True
    counts_after_thaw: bool = False
    chimerism: ChimerismMethod | None = ChimerismMethod.STR_PCR
    chimerism_lod_pct: float = 1.0
    chimerism_serial: bool = False
    gvhd_prophylaxis: float = 0.0
    cmv_prophylaxis: float = 0.0
    premedication: float = 0.1
    irradiates: float = 1.0
    reassesses: float = 0.85
    same_second_induction: float = 0.9
    mst_each_course: float = 0.93
    venetoclax: float = 0.3
    interval: tuple[int, int] = (56, 80)
    panel: Literal["NGS", "PCR"] = "NGS"
    follows_mrd: bool = True
    immune: bool = False
    pentamer: bool = False
    lists_complete: float = 0.97
    rounds_doses: bool = False

    def in_year(self, year: int) -> Practice:
        """From the year of adoption on, the timing is held and immunosuppression is left out."""
        if year < self.adopted:
            return self
        return replace(
            self, timing=_tiers(1, 91, 6, 1.5, 0.5), gvhd_prophylaxis=self.gvhd_prophylaxis / 4,
            cmv_prophylaxis=self.cmv_prophylaxis / 4, reassesses=min(1, self.reassesses + 0.1),
            delay_reason_given=0.97,
        )  # fmt: skip


CENTERS: tuple[Practice, ...] = (
    Practice(
        "C01", "CN", 28, 2023, chimerism=ChimerismMethod.NGS, chimerism_lod_pct=0.05,
        chimerism_serial=True, dpb1=True, immune=True, pentamer=True,
    ),
    Practice(
        "C02", "CN", 24, 2023, rounds_doses=True, timing=_tiers(1, 70, 22, 5, 2), uncounted=("nkt_e8", "gdt_e8"),
        interval=(42, 63), chimerism=ChimerismMethod.INDEL_PCR, chimerism_lod_pct=0.1,
    ),
    Practice(
        "C03", "CN", 20, 2024, panel="PCR", kir="none", hla_high=False, interval=(35, 56),
        timing=_tiers(9, 75, 12, 2, 2), venetoclax=0.15, follows_mrd=False,
    ),
    Practice(
        "C04", "ES", 18, 2023, dpb1=True, venetoclax=0.5, chimerism=ChimerismMethod.DPCR,
        chimerism_lod_pct=0.1, chimerism_serial=True, immune=True,
    ),
    Practice(
        "C05", "CN", 16, 2023, rounds_doses=True, gvhd_prophylaxis=0.45, premedication=0.5, antibodies="late",
        chimerism=ChimerismMethod.STR_PCR, mnc_e8_per_kg=2.9, dose_spread=0.16,
    ),
    Practice(
        "C06", "US", 15, 2024, venetoclax=0.55, dpb1=True, cmv_prophylaxis=0.15, kir="partial",
        chimerism=ChimerismMethod.NGS, chimerism_lod_pct=0.1, counts_after_thaw=True,
    ),
    Practice(
        "C07", "CN", 13, 2024, irradiates=0.7, antibodies="none", uncounted=("nkt_e8", "gdt_e8"),
        times_recorded=0.7, lists_complete=0.85, reassesses=0.5,
    ),
    Practice(
        "C08", "ES", 12, 2023, rounds_doses=True, weight_basis=WeightBasis.ADJUSTED, venetoclax=0.45, immune=True,
        chimerism=ChimerismMethod.FISH, chimerism_lod_pct=0.5,
    ),
    Practice(
        "C09", "CN", 10, 2025, cmv_prophylaxis=0.35, kir="none", panel="PCR", cd3_share=0.46,
        timing=_tiers(3, 62, 25, 6, 4), delay_reason_given=0.5, mst_each_course=0.8,
    ),
    Practice(
        "C10", "US", 8, 2023, venetoclax=0.6, freezes=False, chimerism=ChimerismMethod.NGS,
        chimerism_lod_pct=0.1, chimerism_serial=True, dpb1=True,
    ),
    Practice(
        "C11", "CN", 7, 2024, rounds_doses=True, mnc_e8_per_kg=1.95, dose_spread=0.2, same_second_induction=0.5,
        chimerism=None, antibodies="none", kir="none", follows_mrd=False,
    ),
    Practice(
        "C12", "IT", 14, 2024, venetoclax=0.4, counts_after_thaw=True, times_recorded=0.9,
        chimerism=ChimerismMethod.STR_PCR, reassesses=0.7,
    ),
)  # fmt: skip


def center_row(practice: Practice) -> dict[str, object]:
    """The row of the center form."""
    return {
        "center_id": practice.center_id,
        "country": practice.country,
        "adoption_year": practice.adopted,
        "transfusion_standard": practice.irradiates > 0.9,
        "infection_standard": practice.cmv_prophylaxis < 0.3,
        "supportive_care_standard": practice.reassesses > 0.6,
    }
