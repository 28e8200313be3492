"""Whatever a cell holds, the screen answers, and blanks or the form of accents do not matter."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.identifiers import screen_case_id, screen_header, screen_text
from tests.identifiers.labelled import rows

LABELLED = [row["text"] for file in ("known", "held_out") for kind in ("identifying", "clinical")
            for row in rows(f"{file}/{kind}.tsv")]  # fmt: skip
ANYTHING = st.text() | st.text(alphabet="0123456789 .,-/+()[]:;*@ABXYabmr", max_size=60)
CELLS = (
    ANYTHING
    | st.sampled_from(LABELLED)
    | st.tuples(st.sampled_from(LABELLED), ANYTHING).map(" ".join)
)
BLANKS = st.text(alphabet=" \t\u00a0\u200b\ufeff\n", max_size=4)


@given(CELLS | st.text(alphabet=st.characters()))
def test_screening_never_raises(text: str) -> None:
    screen_text(text)
    screen_case_id(text)
    screen_header(text)


@given(CELLS, BLANKS, BLANKS)
def test_surrounding_blanks_do_not_matter(text: str, before: str, after: str) -> None:
    assert screen_text(before + text + after) == screen_text(text)
    assert screen_case_id(before + text + after) == screen_case_id(text)


@given(CELLS)
def test_the_form_of_accents_does_not_matter(text: str) -> None:
    composed, apart = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert screen_text(composed) == screen_text(apart)
    assert screen_header(composed) == screen_header(apart)


@pytest.mark.requirement("DEID-09", "UPL-19")
@given(
    st.sampled_from([row["text"] for row in rows("held_out/identifying.tsv")]), st.integers(0, 40)
)
def test_an_invisible_character_anywhere_hides_nothing(text: str, place: int) -> None:
    place = min(place, len(text))
    assert screen_text(text[:place] + "\u200b" + text[place:]) == screen_text(text)
