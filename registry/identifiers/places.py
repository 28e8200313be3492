"""Street addresses and postcodes."""

from __future__ import annotations

import re

_CAP = r"[A-ZÀ-ÖØ-Þ][\w'À-ÿ-]+"
_STREET = re.compile(
    rf"""
      \b\d{{1,5}}[A-Za-z]?,?\ (?:{_CAP}\ ){{1,3}}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Terrace
        |Way|Place|Square|Sq|Crescent|Boulevard|Blvd|Gardens|Grove|Mews|Hill|Parade|Highway)\b\.?(?!\w)
    | \b(?:C/|[Cc]/?\.|[Cc]alle|[Aa]v(?:enida|da|d?)\.?|[Pp]laza|[Pp]za\.|[Pp]aseo|[Pp]º|[Cc]amino|[Cc]arretera|[Cc]tra\.|[Rr]onda
        |[Tt]ravesía|[Aa]lameda|[Cc]uesta|[Gg]lorieta|[Pp]asaje|[Uu]rbanización|[Vv]ial)\ ?(?:de\ |del\ )?(?:la\ |los\ |las\ )?{_CAP}(?:\ (?:de\ |la\ |del\ )*{_CAP}){{0,3}},?\ (?:n[ºo]?\.?\ ?)?\d{{1,4}}
    | \b{_CAP}(?:stra(?:ß|ss)e|str\.?|weg|platz|allee|gasse|damm|ufer|ring)\ \d{{1,4}}\ ?[a-z]?\b
    | \b(?:{_CAP}[\ -])+(?:Stra(?:ß|ss)e|Str\.|Weg|Platz|Allee|Gasse|Damm|Ufer|Ring)\ \d{{1,4}}\ ?[a-z]?\b
    | \b(?:Am|An\ der|Im|Auf\ dem|Zum|Zur|Unter\ den)\ {_CAP}\ \d{{1,4}}\ ?[a-z]?,\ \d{{4,5}}\b
    | \b\d{{1,4}}\ ?(?:bis|ter|[A-Da-d])?,?\ (?:[Rr]ue|[Aa]v(?:enue|\.)|[Bb]oulevard|[Bb]d|[Pp]lace|[Cc]hemin|[Aa]llées?|[Ii]mpasse
        |[Qq]uai|[Cc]ours|[Rr]oute|[Ss]quare|[Ff]aubourg)\ (?:de\ |du\ |des\ |d'|l'|la\ |le\ |les\ )*\w+
    | \b(?:Via|Viale|V\.le|Piazza|P\.zza|Corso|C\.so|Largo|Vicolo|Strada|Lungo\w+|Contrada|Borgo|Rotonda|Salita|Piazzale)\ (?:dei\ |del(?:la|le|l')?\ ?|di\ |d')?
        {_CAP}(?:\ {_CAP}){{0,3}},?\ (?:n\.?\ ?)?\d{{1,4}}\b
    """,
    re.VERBOSE,
)
_FLAT = re.compile(
    r"\b(?i:apt\.?|apartment|flat|appartamento|appartement|apartamento|piso|puerta|interno) (?:n[o.]?\.? )?\d{1,4}\b"
)
_BOX = re.compile(
    r"\b(?:p\.? ?o\.? box|postfach|apartado(?: de correos)?|casella postale|bo[iî]te postale|b\.?p\.) ?\d{2,}",
    re.IGNORECASE,
)
_POSTCODE = re.compile(
    r"""
      \b(?:GIR\ ?0AA|(?:[A-PR-UWYZ]\d{1,2}|[A-PR-UWYZ][A-HK-Y]\d{1,2}|[A-PR-UWYZ]\d[A-HJKSTUW]|[A-PR-UWYZ][A-HK-Y]\d[A-Z])\ \d[ABD-HJLNP-UW-Z]{2})\b
    | \b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])\ \d{5}(?:-\d{4})?\b
    | \b(?:D|A|CH|F|E|I|B|L|NL)-\d{4,5}\ [A-ZÀ-Þ]
    | \b[A-Z]\d[A-Z]\ \d[A-Z]\d\b
    | (?i:\b(?:zip(?:\ code)?|post(?:al\ )?code|plz|c\.?p\.?|c\.?a\.?p\.?|c[oó]digo\ postal|code\ postal|postleitzahl)\b[ .:]{0,3}\d{4,5}\b)
    """,
    re.VERBOSE,
)  # fmt: skip


def address(text: str) -> bool:
    """A street with its number, or a post box."""
    return (
        _STREET.search(text) is not None
        or _BOX.search(text) is not None
        or _FLAT.search(text) is not None
    )


def postcode(text: str) -> bool:
    """A British, American or Canadian postcode, or another one with its country or label."""
    return _POSTCODE.search(text) is not None
