"""Clinical notation that looks like an identifier and is none: taken out before numbers are screened.

Each pattern names the string that forced it; tests/identifiers tries every one of them.
"""

from __future__ import annotations

import re

# (what it is, an example, pattern)
NOTATION: tuple[tuple[str, str, str], ...] = (
    ("HLA or KIR allele", "KIR2DL5A*0010101", r"\b[A-Z][A-Z0-9-]{0,9}\*\d+(?::\d+)*[A-Z]{0,5}\b"),
    ("karyotype (ISCN)", "46,XY,t(15;17)(q24.1;q21.2)", r"\b\d\d(?:[~-]\d\d)?(?:<\dn>)?,\s?[XYU?+][\w?;:.,()\[\]/+~*<>-]*"),
    ("array or FISH (ISCN)", "arr[GRCh38] 7q22.1(100000000_159345973)x1", r"\b(?:arr|ish)\b[^()]{0,40}\([\w.;,/ -]*\)(?:x\d+)?"),
    ("genome position", "chr13:28034105", r"\bchr[\dXYM]{1,2}:[\d,]+(?:[-_][\d,]+)?"),
    ("reference sequence", "NM_004119.3:c.1837+2T>C", r"\b(?:[NX][CGMPRTW]_|LRG_|ENS[A-Z]{1,4})\d+\S*"),
    ("HGVS", "g.7675088C>T", r"(?-i:\b[cgmnpr])\.[(\[]?[\w+*?>=-]+"),
    ("variant or data set", "rs121913502", r"\b(?:rs|ss|COS[MV]|GS[EM]|[SED]RR|EGA[SD])\d+\b"),
    ("clinical trial", "NCT01234567", r"\b(?:NCT|ISRCTN|DRKS|ACTRN|UMIN|KCT|IRCT|PACTR|NTR|TCTR|RBR-|jRCTs?|JPRN-\w+)\d\w*\b"),
    ("clinical trial", "ChiCTR-IPR-14005502", r"\bChiCTR[A-Z0-9-]*\d{6,}\b"),
    ("clinical trial", "CTRI/2018/04/013123", r"\bCTRI/\d{4}/\d{2}/\d{5,6}\b"),
    ("clinical trial", "EudraCT 2018-003477-11", r"\b(?:19|20)\d\d-[015]\d{5}-\d\d(?:-\d\d)?\b"),
    ("reference to a catalogue", "SNOMED 91861009", r"\b(?:PMID|PMC|O?MIM|SNOMED(?: CT)?|SCTID|LOINC|Orpha\w*|MedDRA|HGNC|RxCUI|CAS|UNII)\W{0,3}[\d-]+\b"),
    ("MeSH", "D000075804", r"\b[CD]000\d{6}\b"),
    ("article", "10.1182/blood-2010-10-299743", r"\b10\.\d{4,6}/\S+"),
    ("enzyme", "EC 3.4.21.4", r"\bEC ?\d(?:\.\d+){1,3}\b"),
    ("drug code", "PF-04449913", r"\b(?:PF|JNJ|BMS|GSK|INCB|LY|MK|TAK|AZD|ABT|AMG|RO|CPI|SNDX)-?\d{3,9}\b"),
    ("batch of a product", "batch 20240312-77", r"\b(?:batch|lot|charge|chargennummer|ch\.?-b\.?|lote|lotto)\b\.?:? ?(?:no\.?|nr\.?|#|n°)? ?[A-Z]{0,4}-?\d[\w/-]*"),
    ("version of a nomenclature", "IPD-IMGT/HLA 3.54.0", r"\b(?:IMGT/HLA|release|version|v)\.? ?\d+(?:\.\d+)+"),
    ("dose", "5-10-15 mg", r"\b\d+(?:[.,]\d+)?(?: ?[/-] ?\d+(?:[.,]\d+)?){1,3} ?(?:mg|µg|μg|ug|mcg|g|kg|ml|IU|IE|UI|Gy|cGy|%)(?!\w)"),
)  # fmt: skip
_ALL = re.compile("|".join(pattern for _, _, pattern in NOTATION), re.IGNORECASE)

# Cells that cannot hold an identifier, by form alone: most cells of a registry.
_HARMLESS = re.compile(
    r"""
      [<>=~]{0,2}[ ]?[-+]?(?:0|[1-9]\d{0,6})[ ]?%?   # whole number; eight digits are none
    | [-+]?(?:0|[1-9]\d{0,6})[.]\d{1,3}              # 4 decimals may be "11.2023"
    | [-+]?0[.]\d+                                   # measured share
    | [A-Za-z]{1,3}\d{0,4}                           # P001, D1, CR, AML
    | [a-z]{1,30}(?:[_][a-z0-9]{1,30}){0,6}          # code of a code list
    | [A-Z0-9]{1,5}[*]\d{2,4}(?::\d{2,4}){0,3}[A-Z]? # A*02:01
    | \d\d:\d\d                                      # time of day
    | [A-Z2-7]{26}                                   # keyed pseudonym
    """,
    re.VERBOSE,
)


def harmless(text: str) -> bool:
    """Whether a cleaned cell is of a form that cannot identify anybody."""
    return not text or _HARMLESS.fullmatch(text) is not None


def without_notation(text: str) -> str:
    """The cell with clinical notation replaced by a sign no pattern fits."""
    return _ALL.sub("¤", text)
