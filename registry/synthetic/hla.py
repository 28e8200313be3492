"""HLA types by inheritance of whole haplotypes, so that relatives match as relatives do.

The haplotypes are combinations of common allele names; their frequencies are not modelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from registry.forms.codes import DonorRelation, HlaLocus, HlaMethod, HlaResolution
from registry.synthetic.chart import Chart, Person
from registry.synthetic.draw import Draw

LOCI = (HlaLocus.A, HlaLocus.C, HlaLocus.B, HlaLocus.DRB1, HlaLocus.DQB1)
_HAPLOTYPES = """
01:01 07:01 08:01 03:01 02:01
03:01 07:02 07:02 15:01 06:02
02:01 05:01 44:02 04:01 03:01
29:02 16:01 44:03 07:01 02:02
33:03 03:02 58:01 03:01 02:01
02:07 01:02 46:01 09:01 03:03
30:01 06:02 13:02 07:01 02:02
11:01 07:02 40:01 08:03 06:01
24:02 12:02 52:01 15:02 06:01
33:03 14:03 44:03 13:02 06:04
01:01 06:02 57:01 07:01 03:03
25:01 12:03 18:01 15:01 06:02
30:02 05:01 18:01 03:01 02:01
02:01 02:02 27:05 01:01 05:01
68:01 07:04 44:02 11:01 03:01
26:01 12:03 38:01 04:02 03:02
11:01 04:01 35:01 01:01 05:01
23:01 04:01 44:03 07:01 02:02
32:01 02:02 40:02 16:01 05:02
31:01 14:02 51:01 08:02 04:02
24:02 01:02 54:01 04:05 04:01
11:01 08:01 15:02 12:02 03:01
24:02 03:04 40:01 11:01 03:01
02:01 03:03 15:01 04:06 03:02
02:06 08:01 40:06 09:01 03:03
26:01 03:03 15:01 14:54 05:03
24:02 07:02 07:02 01:01 05:01
03:01 04:01 35:01 11:04 03:01
"""
HAPLOTYPES: tuple[tuple[str, ...], ...] = tuple(
    tuple(line.split()) for line in _HAPLOTYPES.strip().splitlines()
)
DPB1 = {"04:01": 30.0, "05:01": 20.0, "02:01": 18.0, "04:02": 10.0, "03:01": 8.0, "13:01": 5.0}
RELEASE = "3.58.0"

Haplotype = tuple[str, ...]
Pair = tuple[Haplotype, Haplotype]


@dataclass(frozen=True)
class Family:
    """The four parental haplotypes; the patient has the first of each parent."""

    father: Pair
    mother: Pair

    @property
    def patient(self) -> Pair:
        return self.father[0], self.mother[0]


def haplotype(draw: Draw) -> Haplotype:
    """One haplotype with DPB1, which recombines freely."""
    return (*draw.among(HAPLOTYPES), draw.weighted(DPB1))


def family(draw: Draw) -> Family:
    return Family((haplotype(draw), haplotype(draw)), (haplotype(draw), haplotype(draw)))


def donor_type(relatives: Family, relation: DonorRelation, draw: Draw) -> Pair:
    """A mismatched donor: children share one haplotype, siblings at most one, strangers none."""
    own = draw.among(relatives.patient)
    match relation:
        case DonorRelation.SIBLING:
            both = [(0, 1), (1, 0)] * 3 + [(1, 1)]
            father, mother = draw.among(both)
            pair = relatives.father[father], relatives.mother[mother]
        case DonorRelation.UNRELATED:
            pair = _stranger(relatives.patient, draw)
        case _:
            pair = own, haplotype(draw)
    mismatched = mismatches(relatives.patient, pair) > 0
    return pair if mismatched else donor_type(relatives, DonorRelation.CHILD, draw)


def mismatches(patient: Pair, donor: Pair) -> int:
    """Alleles of the core loci that one of the two has and the other lacks."""
    one = {(i, h[i]) for h in patient for i in range(5)}
    other = {(i, h[i]) for h in donor for i in range(5)}
    return len(one ^ other)


def _stranger(patient: Pair, draw: Draw) -> Pair:
    taken = {(i, h[i]) for h in patient for i in range(5)}
    free = [h for h in HAPLOTYPES if not any((i, h[i]) in taken for i in range(5))]
    chosen = [draw.among(free or HAPLOTYPES) for _ in range(2)]
    first, second = ((*h, draw.weighted(DPB1)) for h in chosen)
    return first, second


def write_typing(chart: Chart, patient: Person, subject: str, pair: Pair, draw: Draw) -> None:
    """One row a locus. Some centers report antigens only."""
    high = patient.practice.hla_high or draw.chance(0.4)
    loci: Sequence[HlaLocus] = (*LOCI, HlaLocus.DPB1) if high and patient.practice.dpb1 else LOCI
    proven = draw.chance(0.7)
    method = HlaMethod.NGS if patient.year >= 2018 else HlaMethod.SANGER
    for index, locus in enumerate(loci):
        alleles = sorted(_name(locus, h[index], high=high) for h in pair)
        chart.add(
            "hla", subject_id=subject, locus=locus, allele_1=alleles[0], allele_2=alleles[1],
            homozygosity_confirmed=high and proven if alleles[0] == alleles[1] else None,
            resolution=HlaResolution.HIGH if high else HlaResolution.LOW,
            method=method if high else HlaMethod.SSO, nomenclature_release=RELEASE if high else None,
        )  # fmt: skip


def _name(locus: HlaLocus, allele: str, *, high: bool) -> str:
    return f"{locus}*{allele if high else allele.split(':')[0]}"
