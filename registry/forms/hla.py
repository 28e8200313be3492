"""The HLA form: patient and donors, one locus a row, two alleles."""

from __future__ import annotations

from typing import ClassVar

from registry.forms.base import CaseForm, item
from registry.forms.codes import HlaLocus, HlaMethod, HlaResolution

ALLELE_PATTERN = (
    r"(HLA-)?(A|B|C|DRB1|DRB3|DRB4|DRB5|DQB1|DPB1)\*[0-9]{2,4}"
    r"(:([0-9]{2,4}|XX|[A-Z]{2,6})){0,3}([NLSCAQ]|G|P)?(/[A-Z0-9:*-]+)*"
)


class Hla(CaseForm):
    """One row per person and locus. Syntax after the IPD-IMGT/HLA naming rules."""

    form: ClassVar[str] = "hla"
    title: ClassVar[str] = "HLA typing"

    subject_id: str = item(
        "Person typed",
        "Write patient, or the donor's id.",
        key=True,
        pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}",
        pattern_words="patient, or a donor id",
        example="patient",
    )
    locus: str = item(
        "Locus",
        "Mismatch is counted locus by locus.",
        codes=HlaLocus,
        key=True,
        uses=("MST-2-08", "MST-2.1-02", "MST-2.1-03", "MST-2.1-06", "MST-2.1-07", "MST-2.1-08"),
        example="A",
    )
    allele_1: str | None = item(
        "First allele",
        "Format the cell as text; Excel turns 02:01 into a time.",
        pattern=ALLELE_PATTERN,
        pattern_words="an allele name such as A*02:01",
        tier="core",
        uses=("MST-2-08", "MST-2-16", "MST-2.1-02"),
        example="A*02:01",
    )
    allele_2: str | None = item(
        "Second allele",
        "Repeat the first allele if the locus is proven homozygous.",
        pattern=ALLELE_PATTERN,
        pattern_words="an allele name such as A*24:02",
        tier="core",
        uses=("MST-2-08", "MST-2-16", "MST-2.1-02"),
        example="A*24:02",
    )
    homozygosity_confirmed: bool | None = item(
        "Homozygosity confirmed by family or zygosity test",
        "One allele reported is not yet homozygous.",
        uses=("MST-2.1-08",),
    )
    resolution: str | None = item(
        "Resolution as reported by the laboratory",
        "High means one protein at the binding site, null alleles excluded (Nunes 2011).",
        codes=HlaResolution,
        tier="core",
        uses=("MST-2.1-02", "MST-2.1-03"),
        example="high",
    )
    method: str | None = item(
        "Method",
        "Says what resolution is possible.",
        codes=HlaMethod,
        uses=("MST-2.1-02",),
        example="NGS",
    )
    nomenclature_release: str | None = item(
        "IPD-IMGT/HLA release",
        "Names change between releases.",
        pattern=r"[0-9]{1,2}\.[0-9]{1,3}(\.[0-9]{1,2})?",
        pattern_words="a release such as 3.58.0",
        uses=("MST-2.1-02",),
        example="3.58.0",
    )
