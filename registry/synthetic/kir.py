"""KIR genotypes from centromeric and telomeric halves, so that the linkage rules hold.

Framework genes are on every haplotype; 2DL1 comes with 2DP1; a haplotype without 3DS1 has 3DL1.
"""

from __future__ import annotations

from registry.forms.codes import KirGene, KirMethod
from registry.synthetic.chart import NOT_DONE, Chart, Person
from registry.synthetic.draw import Draw

FRAMEWORK = frozenset({"3DL3", "3DP1", "2DL4", "3DL2"})
CENTROMERIC = {
    ("2DL3", "2DP1", "2DL1"): 0.66,
    ("2DS2", "2DL2", "2DL5", "2DS3", "2DP1", "2DL1"): 0.17,
    ("2DS2", "2DL2"): 0.17,
}
TELOMERIC = {("3DL1", "2DS4"): 0.75, ("3DS1", "2DL5", "2DS5", "2DS1"): 0.25}
PSEUDOGENES = frozenset({"2DP1", "3DP1"})


def genotype(draw: Draw) -> frozenset[str]:
    """Genes present on either of two haplotypes."""
    genes = set(FRAMEWORK)
    for _ in range(2):
        genes |= {*draw.weighted(CENTROMERIC), *draw.weighted(TELOMERIC)}
    return frozenset(genes)


def write_kir(chart: Chart, patient: Person, donor_id: str, day: int, draw: Draw) -> None:
    """All 16 loci; some laboratories leave the pseudogenes out."""
    genes = genotype(draw)
    method = draw.among([KirMethod.SSP, KirMethod.SSO])
    for gene in KirGene:
        skipped = patient.practice.kir == "partial" and gene in PSEUDOGENES
        chart.add(
            "kir", donor_id=donor_id, gene=gene, present=NOT_DONE if skipped else str(gene) in genes,
            method=method, test_day=day,
        )  # fmt: skip
