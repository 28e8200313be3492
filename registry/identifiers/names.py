"""Names of people, by what stands beside them and by lists of frequent names (names.yaml)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from registry.identifiers.text import Cell, folded
from registry.identifiers.vocabulary import either, listed, words

_GIVEN, _FREQUENT = listed("given_names"), words("names", "surnames")
_SURNAMES = _FREQUENT | listed("surnames")
_EPONYMS, _FIELD = words("names", "eponyms"), words("names", "field_words")
_PREPOSITIONS = words("names", "prepositions")
_RELATIONS, _PARTICLES = words("names", "relations"), words("names", "particles")
_EXPRESSIONS = re.compile(rf"\b(?:{either(words('names', 'expressions'))})\b", re.IGNORECASE)

_CAP = r"[^\W\d_a-zà-öø-ÿ][^\W\d_]*(?:['-][^\W\d_]+)*"
_TITLES = either(words("names", "titles"))
_TITLE_WORDS = (
    words("names", "titles") | words("names", "short_titles") | words("names", "relations")
)
_TITLED = re.compile(
    rf"(?<![^\W\d_])(?P<title>{_TITLES})\b\.? ?(?:(?:{_TITLES})\.? )*"
    rf"(?:(?:[A-Z]\. ?)+|(?:{either(_PARTICLES)}) )*(?P<name>(?-i:{_CAP}))",
    re.IGNORECASE,
)
_SHORT_TITLED = re.compile(
    rf"(?<![\w.])(?i:{either(words('names', 'short_titles'))})(?P<stop>\.?) (?:[A-Z]\. )*(?P<name>{_CAP})"
)
_IN_A_BED = re.compile(
    rf"(?P<name>{_CAP}),? (?i:{either(words('names', 'beds'))})\b\.? ?(?:n[or]\.? )?\d"
)
_INITIALED = re.compile(
    rf"\b[A-Z]\. ?(?:[A-Z]\. ?)?(?P<name>{_CAP})|(?P<last>{_CAP}),? [A-Z]\.(?!\w)"
)
_LETTERS = re.compile(r"[^\W\d_]+")
# Without one of these words no rule below can fit.
_TRIGGERS = (
    _GIVEN
    | _SURNAMES
    | frozenset(
        _LETTERS.findall(
            " ".join(
                words("names", "titles") | words("names", "short_titles") | words("names", "beds")
            )
        )
    )
)
_TOKEN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|[,;:.()/+*]")


@dataclass(frozen=True)
class _Word:
    text: str
    folded: str

    @property
    def capital(self) -> bool:
        return self.text[0].isupper() and len(self.text) > 1

    @property
    def given(self) -> bool:
        return all(part in _GIVEN for part in self.folded.split("-"))

    @property
    def lone_given(self) -> bool:
        """A given name by itself; in capitals short ones are rather a regimen (IDA, CLARA)."""
        return self.given and not (self.text.isupper() and len(self.text) < 5)

    @property
    def listed(self) -> bool:
        return self.given or self.surname

    @property
    def surname(self) -> bool:
        """One of the most frequent surnames."""
        return not self.eponym and any(part in _FREQUENT for part in self.folded.split("-"))

    @property
    def eponym(self) -> bool:
        return any(part in _EPONYMS for part in self.folded.removesuffix("'s").split("-"))

    @property
    def ordinary(self) -> bool:
        """A word of the field, or no word that could be half a name."""
        return self.eponym or self.folded in _FIELD or not self.capital


def name(cell: Cell) -> bool:
    """Whether a cell names a person: titled, in a bed, with initials, or of frequent names."""
    if _TRIGGERS.isdisjoint(_LETTERS.findall(cell.folded)):
        return False
    text = _EXPRESSIONS.sub("¤", cell.text)
    if not any(c.isupper() for c in text):
        return _small_letters(folded(text))
    return (
        _titled(text)
        or any(not _field_word(m["name"]) for m in _IN_A_BED.finditer(text))
        or _initialed(text)
        or _listed([_word(t) for t in _TOKEN.findall(text)], text)
    )


def listed_name(word: str) -> bool:
    """Whether one word is a listed given name or surname, however it is written."""
    return folded(word) in _GIVEN or folded(word) in _SURNAMES


def _titled(text: str) -> bool:
    """A title and a capitalised word; MR, PR and MS in capitals are no titles (Mixed Response)."""
    for found in _TITLED.finditer(text):
        title = found["title"].rstrip(".")
        if not (title.isupper() and len(title) < 3) and not _field_word(found["name"]):
            return True
    short = ((bool(found["stop"]), _word(found["name"])) for found in _SHORT_TITLED.finditer(text))
    return any(not word.ordinary and (stop or word.listed) for stop, word in short)


def _field_word(word: str) -> bool:
    return len(word) < 2 or folded(word) in _FIELD


def _initialed(text: str) -> bool:
    """J. Smith, Maria R.: only with a frequent name, because E. Coli is no person."""
    first = (_word(m["name"]) for m in _INITIALED.finditer(text) if m["name"])
    last = (_word(m["last"]) for m in _INITIALED.finditer(text) if m["last"])
    return any(word.surname for word in first) or any(
        word.surname or (word.lone_given and not word.ordinary) for word in last
    )


def _listed(tokens: list[_Word], text: str) -> bool:
    """A name by the lists: alone, in a pair, behind a relation ("brother: John"), or surname first."""
    if len(tokens) == 1:
        return _alone(tokens[0], text)
    return (
        any(_pair(a, b) for a, b in pairwise(tokens))
        or _nothing_but_a_name([t for t in tokens if t.text != ","], text)
        or any(_behind_relation(a, b) for a, b in pairwise(t for t in tokens if t.text != ":"))
        or any(
            _surname_first(a, b)
            for a, comma, b in zip(tokens, tokens[1:], tokens[2:], strict=False)
            if comma.text == ","
        )
    )


def _alone(word: _Word, text: str) -> bool:
    """A cell that is one frequent name."""
    return word.text == text and word.capital and (word.lone_given or word.surname)


def _pair(one: _Word, other: _Word) -> bool:
    """A given name beside any capitalised word that is no word of the field."""
    if one.lone_given and other.eponym and other.capital and not one.ordinary:
        return True  # Sarah Wilson
    if one.ordinary or other.ordinary:
        return False
    return one.lone_given or other.lone_given or (one.listed and other.listed)


def _nothing_but_a_name(tokens: list[_Word], text: str) -> bool:
    """Two or three capitalised words, one of them any listed surname: Asier Soto; Soto, Asier."""
    if not 2 <= len(tokens) <= 3 or sum(len(t.text) for t in tokens) < len(text) - 4:
        return False
    return not any(t.ordinary or len(t.text) < 3 for t in tokens) and any(
        part in _SURNAMES for t in tokens for part in t.folded.split("-")
    )


def _surname_first(surname: _Word, given: _Word) -> bool:
    """Smith, John."""
    if not surname.capital or surname.folded in _FIELD or given.ordinary:
        return False
    return given.given or (surname.surname and given.surname)


def _behind_relation(relation: _Word, word: _Word) -> bool:
    """Daughter Emily, pt John, Pat. Krüger; seen by Weber."""
    return (
        relation.folded in _RELATIONS | _PREPOSITIONS
        and not word.ordinary
        and (word.given or word.surname)
    )


def _small_letters(text: str) -> bool:
    """maria rossi, frau müller: both halves must be listed."""
    tokens = [_word(t) for t in _TOKEN.findall(text) if t not in {".", ":"}]
    return any(
        (a.given and b.surname and not a.surname)
        or (a.folded in _TITLE_WORDS and b.listed and not b.eponym)
        for a, b in pairwise(tokens)
    )


def _word(text: str) -> _Word:
    return _Word(text, folded(text))
