"""Pseudonyms: the same for the same id and key, worthless without the key (DEID-05, DEID-06)."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from registry.deidentify.fault import FaultError
from registry.deidentify.keyfile import fresh_key
from registry.deidentify.layout import ID_COLUMNS
from registry.deidentify.local_ids import normalise, text_of
from registry.deidentify.pseudonyms import Keyed, Random
from registry.forms import FORMS
from registry.forms.base import CASE_ID_PATTERN
from registry.identifiers import screen_case_id
from tests.deidentify.hospital import reasons, run

KEY = Keyed(bytes(range(32)))
OTHER = Keyed(bytes(range(1, 33)))


def of(ids: Keyed | Random, numbers: range) -> list[str]:
    return [ids.of("case", str(n)) for n in numbers]


@pytest.mark.requirement("DEID-05")
def test_the_same_id_and_key_give_the_same_pseudonym() -> None:
    assert of(KEY, range(1000)) == of(Keyed(bytes(range(32))), range(1000))


@pytest.mark.requirement("DEID-05")
def test_a_pseudonym_is_what_the_definition_says() -> None:
    import hmac

    digest = hmac.new(bytes(range(32)), b"registry/v1/patient\x00482913", hashlib.sha256).digest()
    assert KEY.of("case", "482913") == base64.b32encode(digest)[:26].decode()


@pytest.mark.requirement("DEID-05")
def test_a_pseudonym_holds_130_bits_and_fits_the_form() -> None:
    for pseudonym in of(KEY, range(1000)):
        assert len(pseudonym) * 5 >= 128
        assert re.fullmatch(CASE_ID_PATTERN, pseudonym)


def test_no_pseudonym_is_taken_for_a_name_or_a_number_at_the_gate() -> None:
    seen = [screen_case_id(p) for ids in (KEY, Random()) for p in of(ids, range(20_000))]
    assert Counter(seen) == {None: 40_000}


@pytest.mark.requirement("DEID-05")
@pytest.mark.parametrize("count", [10**5, pytest.param(10**6, marks=pytest.mark.long)])
def test_many_ids_do_not_collide_and_an_attacker_without_the_key_finds_none(count: int) -> None:
    sent = of(KEY, range(count))
    assert len(set(sent)) == count
    assert not set(sent) & set(of(OTHER, range(count)))
    guesses = {shape(str(n)) for n in range(count) for shape in UNKEYED}
    assert not guesses & set(sent)
    # the same attacker against a hash without a key finds everybody
    unkeyed = {UNKEYED[0](str(n)) for n in range(count)}
    assert len(guesses & unkeyed) == count


def _hash(name: str, prefix: str) -> Callable[[str], str]:
    def shape(text: str) -> str:
        return base64.b32encode(hashlib.new(name, (prefix + text).encode()).digest())[:26].decode()

    return shape


UNKEYED = [_hash("sha256", ""), _hash("sha256", "registry/v1/patient\0"), _hash("sha1", "")]


@pytest.mark.requirement("DEID-05")
@pytest.mark.parametrize(
    "spelled",
    ["482913", " 482913 ", "４８２９１３", "482913\u200b", "\u00a0482913", "\ufeff482913\t"],
)
def test_spellings_of_one_id_are_one_patient(spelled: str) -> None:
    assert KEY.of("case", spelled) == KEY.of("case", "482913")


def test_composed_and_decomposed_letters_and_case_do_not_count() -> None:
    assert KEY.of("case", unicodedata.normalize("NFD", "Müller-7")) == KEY.of("case", "MÜLLER-7")


@pytest.mark.requirement("DEID-05")
@pytest.mark.parametrize("other", ["00482913", "4829130", "482914", "48 2913", "482913-1"])
def test_other_ids_stay_different(other: str) -> None:
    assert KEY.of("case", other) != KEY.of("case", "482913")


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing(text: str) -> None:
    try:
        once = normalise(text)
    except FaultError:
        return
    assert normalise(once) == once
    assert normalise(f" {text}\u200b ") == once


@pytest.mark.parametrize("cell", [4829130000000000.0, 1.5, -3, True])
def test_a_number_that_a_spreadsheet_has_spoiled_is_no_id(cell: float) -> None:
    with pytest.raises(FaultError):
        text_of(cell)


def test_a_donor_of_two_patients_has_two_pseudonyms() -> None:
    assert KEY.of("donor", "1", "D7") != KEY.of("donor", "2", "D7")
    assert len({KEY.of("case", "7"), KEY.of("donor", "7", "7"), KEY.of("aliquot", "7", "7")}) == 3


def test_every_id_column_of_the_forms_is_replaced() -> None:
    named = {
        (form, name)
        for form, model in FORMS.items()
        for name, column in model.columns().items()
        if name.endswith("_id") or column.item.refers_to in ("donor", "collection", "aliquot")
    }
    kept = {name for _, name in named} - ID_COLUMNS.keys()
    assert kept == {
        "center_id",
        "trial_id",
    }  # the registry's own code; a public registration number


@pytest.mark.requirement("DEID-06")
def test_random_ids_do_not_depend_on_the_local_id() -> None:
    """Chi-square of the last digit of the id against each of the first letters of the pseudonym."""
    pseudonyms = of(Random(), range(10**5))
    for place in range(4):
        assert _p_value(lambda n, at=place: pseudonyms[n][at]) > 1e-6
    # the same test sees a code that is made of the id
    assert _p_value(lambda n: base64.b32encode(str(n)[::-1].encode())[1:2].decode()) < 1e-6


def _p_value(letter: Callable[[int], str]) -> float:
    counts = Counter((n % 10, letter(n)) for n in range(10**5))
    letters = sorted({code for _, code in counts})
    table = np.array([[counts[digit, code] for code in letters] for digit in range(10)])
    return float(chi2_contingency(table).pvalue)


@pytest.mark.requirement("DEID-06")
def test_random_ids_are_kept_in_the_table_and_drawn_anew_without_it() -> None:
    ids = Random()
    first = ids.of("case", "482913")
    assert Random(dict(ids.table)).of("case", " 482913") == first
    assert Random().of("case", "482913") != first


def test_one_patient_written_in_two_ways_is_counted_and_said() -> None:
    made = run({"patient": [{"case_id": "ab12", "sex": "male"}],
                "followup": [{"case_id": " AB12", "status": "alive"}]})  # fmt: skip
    assert made.rows["patient"][0]["case_id"] == made.rows["followup"][0]["case_id"]
    assert made.preview.patients == 1
    assert "1 ids are written in more than one way" in " ".join(made.preview.notes)


def test_ids_stored_as_numbers_are_taken_and_said() -> None:
    made = run({"patient": [{"case_id": 482913.0}]}, fresh_key("keyed"))
    assert made.rows["patient"][0]["case_id"]
    assert "case_id is a number in 1 rows" in " ".join(made.preview.notes)


def test_a_row_without_an_id_is_refused_by_its_cell() -> None:
    made = run({"patient": [{"sex": "male", "case_id": ""}]})
    assert reasons(made) == [("patient", "B2", "deidentify.local_id")]


def test_donors_products_and_typed_persons_keep_pointing_at_each_other() -> None:
    made = run(
        {
            "patient": [{"case_id": "1"}],
            "donor": [{"case_id": "1", "donor_id": "77"},
                      {"case_id": "1", "donor_id": "78", "replaces_donor_id": "77"}],
            "hla": [{"case_id": "1", "subject_id": "Patient", "locus": "A"},
                    {"case_id": "1", "subject_id": "77", "locus": "A"}],
            "collection": [{"case_id": "1", "collection_id": "W1", "donor_id": "77"}],
            "aliquot": [{"case_id": "1", "aliquot_id": "W1-A", "collection_id": "W1"}],
            "infusion": [{"case_id": "1", "infusion_no": 1, "donor_id": "77", "aliquot_id": "W1-A"}],
        }
    )  # fmt: skip
    rows = {form: list(entries) for form, entries in made.rows.items()}
    donor = rows["donor"][0]["donor_id"]
    assert rows["donor"][1]["replaces_donor_id"] == donor
    assert [r["subject_id"] for r in rows["hla"]] == ["patient", donor]
    assert rows["infusion"][0]["donor_id"] == rows["collection"][0]["donor_id"] == donor
    assert rows["aliquot"][0]["collection_id"] == rows["collection"][0]["collection_id"]
    assert rows["infusion"][0]["aliquot_id"] == rows["aliquot"][0]["aliquot_id"]
    told = str(rows)
    assert not any(local in told for local in ("'77'", "'78'", "W1"))
