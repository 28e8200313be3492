"""Single cells: what each detector is for, and what must not trip it."""

from __future__ import annotations

import random
import string

import pytest

from registry.identifiers import screen_case_id, screen_text, screen_texts
from registry.identifiers.headers import header_kinds
from registry.identifiers.notation import NOTATION, without_notation
from registry.identifiers.numbers import NUMBERS
from registry.identifiers.vocabulary import listed, words
from tests.identifiers.labelled import rows

CASE_IDS = rows("case_ids.tsv")
EXAMPLES = {row["name"]: row["text"] for row in rows("numbers.tsv")}
FORM_ONLY = {
    "United Kingdom, national insurance", "United States, SSN or ITIN", "United States, Medicare",
    "Germany, pension insurance", "Denmark, CPR", "long number",
}  # fmt: skip


@pytest.mark.requirement("DEID-09")
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("jane.doe@example.org", "an e-mail address"),
        ("jane [at] example [dot] org", "an e-mail address"),
        ("www.example.org", "a web address"),
        ("203.0.113.77", "an internet (IP) address"),
        ("2001:db8::1", "an internet (IP) address"),
        ("00:1B:44:11:3A:B7", "a device serial number"),
        ("+34 612 34 56 78", "a phone number"),
        ("tel. 555 123", "a phone number"),
        ("12 March 2024", "a calendar date"),
        ("2-Mar", "a calendar date"),
        ("03/2024", "a calendar date"),
        ("MRN 00482913", "a hospital number"),
        ("00482913", "a hospital number"),
        ("NHC: 55120", "a hospital number"),
        ("12 Church Lane", "an address or place smaller than a country"),
        ("NW1 6XE", "a postcode"),
        ("PLZ 80331", "a postcode"),
        ("Mrs Ana García, bed 12, seen in spring", "a name"),
        ("Pat. Müller, Bett 12", "a name"),
        ("A\u200bna Gar\u00adcía", "a name"),
        ("１２/０３/２０２４", "a calendar date"),
        ("maria rossi", "a name"),
        ("VIN WVWZZZ1JZXW000001", "a vehicle number"),
    ],
)
def test_a_cell_is_told_by_its_kind(text: str, kind: str) -> None:
    assert screen_text(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "days 1/8/15", "MARCH1", "SEPT9", "may be repeated on day 12", "Wilson", "Sarah Cannon regimen"[6:],
        "MR Enterography", "CMV DNA Quantification", "PR Unconfirmed", "E. Coli", "M. Crohn", "FLAG IDA",
        "Ferrara 2013", "SN-38", "100 200 400", "1,234,567", "q12h@8.00", "1 2 3 4 5 6 7 8", "0.12345678901",
    ],
)  # fmt: skip
def test_a_cell_of_the_clinic_is_let_through(text: str) -> None:
    assert screen_text(text) is None


@pytest.mark.parametrize("entry", NUMBERS, ids=lambda entry: entry.name)
def test_a_number_is_found_as_its_issuer_writes_it(entry) -> None:  # type: ignore[no-untyped-def]
    text = EXAMPLES[entry.name]
    assert entry.written.fullmatch(text)
    assert entry.valid(text)
    assert screen_text(text) is not None
    assert screen_text(f"see {text}, please") is not None


@pytest.mark.parametrize(
    "entry", [n for n in NUMBERS if n.name not in FORM_ONLY], ids=lambda n: n.name
)
def test_a_number_with_one_wrong_digit_is_none(entry) -> None:  # type: ignore[no-untyped-def]
    """Ten variants of one digit: at most two pass (mod 11 takes 10 and 0 for one another)."""
    text = EXAMPLES[entry.name]
    place = max(i for i, sign in enumerate(text) if sign.isdigit())
    variants = [text[:place] + digit + text[place + 1 :] for digit in "0123456789"]
    assert sum(_valid(entry, variant) for variant in variants) <= 2


def _valid(entry, text: str) -> bool:  # type: ignore[no-untyped-def]
    try:
        return bool(entry.valid(text))
    except (ValueError, KeyError, IndexError):
        return False


@pytest.mark.parametrize(("name", "example", "pattern"), NOTATION, ids=[n[1] for n in NOTATION])
def test_notation_is_taken_out_and_let_through(name: str, example: str, pattern: str) -> None:
    assert "¤" in without_notation(example), name
    assert screen_text(example) is None


@pytest.mark.requirement("DEID-06")
@pytest.mark.parametrize("row", CASE_IDS, ids=lambda row: row["text"])
def test_a_case_id_is_a_pseudonym_or_is_refused(row: dict[str, str]) -> None:
    assert (screen_case_id(row["text"]) is None) == (row["verdict"] == "pass")


@pytest.mark.parametrize("length", [10, 16, 26, 52])
def test_a_random_pseudonym_is_taken_for_no_identifier(length: int) -> None:
    """Base32 without padding, as keyed and random pseudonyms are written."""
    draw = random.Random(length)
    made = ["".join(draw.choices(string.ascii_uppercase + "234567", k=length)) for _ in range(2000)]
    assert {text: kind for text in made if (kind := screen_case_id(text))} == {}


def test_distinct_cells_are_told_once_with_their_kind() -> None:
    cells = ["A*02:01", "12/03/2024", "A*02:01", "Mrs Carter", "", "12/03/2024"]
    assert screen_texts(iter(cells)) == {"12/03/2024": "a calendar date", "Mrs Carter": "a name"}


@pytest.mark.requirement("DEID-09")
def test_an_answer_is_a_kind_and_never_words_of_the_cell() -> None:
    """A value must not leave in a message: whatever the cell, the answer is one of few."""
    kinds = {kind.kind for kind in header_kinds()} | {"a payment card number"}
    cells = [
        row["text"]
        for file in ("known", "held_out", "drawn")
        for row in rows(f"{file}/identifying.tsv")
    ]
    assert set(screen_texts(cells).values()) <= kinds


def test_no_word_of_the_field_is_listed_as_a_name() -> None:
    names = listed("given_names") | listed("surnames") | words("names", "surnames")
    assert not names & words("names", "field_words")
