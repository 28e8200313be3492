"""HLA and KIR of donors in the dimensions, and the page that draws them, against the derivations one by one."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboards.analyst import immunogenetics_page
from tests.access.material import person, shown, words
from tests.warehouse.conftest import Ask

OF_DIMENSION = {
    "kir_genotype": "KIR genotype", "kir_centromeric_motif": "KIR centromeric motif",
    "kir_telomeric_motif": "KIR telomeric motif", "kir_b_content_score": "KIR B content",
    "kir_b_content_group": "KIR B content group", "kir_missing_ligand": "KIR missing ligand",
    "kir_ligand_ligand_mismatch": "KIR ligand-ligand model",
    "kir_receptor_ligand_mismatch": "KIR receptor-ligand model", "kir_educated_mismatch": "KIR educational model",
}  # fmt: skip
OF_FIRST_DONOR = [
    "kir_genotype", "kir_b_content_group", "kir_missing_ligand", "kir_receptor_ligand_mismatch",
]  # fmt: skip


def as_words(column: str) -> str:
    """A value of a dimension as fct_derivation writes it."""
    return f"case cast({column} as varchar) when 'true' then 'yes' when 'false' then 'no' else cast({column} as varchar) end"


@pytest.mark.parametrize("column", OF_DIMENSION)
def test_a_donor_has_the_values_of_the_derivations(analyst: Ask, column: str) -> None:
    differ, known = analyst(
        f"select count(*) filter ({as_words(column)} is distinct from value), count(value) "
        "from dim_donor left join (select center_id, case_id, subject_id as donor_id, value from fct_derivation "
        f"where derivation = '{OF_DIMENSION[column]}') using (center_id, case_id, donor_id)"
    )[0]
    assert differ == 0
    assert known > 10


@pytest.mark.parametrize("size", ["8", "10"])
@pytest.mark.parametrize("way", ["GvH", "HvG"])
def test_a_donor_has_the_mismatches_of_the_derivations(analyst: Ask, way: str, size: str) -> None:
    low, high = (f"{way.lower()}_mismatches_{size}_{end}" for end in ("lo", "hi"))
    differ, open_, known = analyst(
        f"select count(*) filter (case when {low} = {high} then cast({low} as varchar) else {low} || '-' || {high} end "
        f"is distinct from replace(value, ' to ', '-')), count(*) filter ({low} < {high}), count(*) "
        "from dim_donor left join (select center_id, case_id, subject_id as donor_id, value from fct_derivation "
        f"where derivation = 'HLA mismatches {way}' and definition_id = 'of {size}') using (center_id, case_id, donor_id)"
    )[0]
    assert differ == 0
    assert 0 < open_ < known


@pytest.mark.parametrize("column", OF_FIRST_DONOR)
def test_a_patient_has_the_kir_of_the_donor_of_the_first_infusion(
    analyst: Ask, column: str
) -> None:
    differ, known = analyst(
        f"select count(*) filter (first_donor_{column} is distinct from {column}), count({column}) from dim_patient "
        "left join (select center_id, case_id, arg_min(donor_id, infusion_day * 1000 + infusion_no) as donor_id "
        "from fct_infusion group by all) using (center_id, case_id) left join dim_donor using (center_id, case_id, donor_id)"
    )[0]
    assert differ == 0
    assert known > 10


@pytest.mark.parametrize("way", ["gvh", "hvg"])
def test_a_number_of_the_first_donor_that_typing_leaves_open_is_not_known(
    analyst: Ask, way: str
) -> None:
    (closed,), (several,) = (
        analyst(
            f"select count(*) filter (first_donor_{way}_mismatches_8 {wrong}) from dim_patient "
            "inner join (select center_id, case_id, any_value(columns('_mismatches_8_')), "
            "from dim_donor where infused group by all having count(*) = 1) using (center_id, case_id)"
        )[0]
        for wrong in (
            f"is distinct from {way}_mismatches_8_lo and {way}_mismatches_8_lo = {way}_mismatches_8_hi",
            f"is not null and {way}_mismatches_8_lo < {way}_mismatches_8_hi",
        )
    )
    assert (closed, several) == (0, 0)


@pytest.mark.usefixtures("served")
def test_the_page_counts_each_donor_and_person_once(analyst: Ask) -> None:
    page = shown(person("analyst"), "HLA and KIR")
    said = words(page)
    assert immunogenetics_page.EXPLORATORY in [w.value for w in page.warning]
    (donors,), (everybody,) = analyst("select count(*) from dim_donor where infused"), analyst("select count(*) from dim_donor")  # fmt: skip
    assert f"{donors[0]:,} donors." in said
    match, ligands, motifs, models = (frame.value for frame in page.dataframe[:4])
    assert match["donors"].sum() == donors[0]
    assert set(match["GvH"].str.contains("to")) == {True, False}
    typed = analyst(
        "select count(distinct (center_id, case_id)) from fct_derivation where derivation = 'ligand C1' and subject_id = 'patient'"
    )[0][0]
    of_patients = ligands[ligands["of"] == "patients"][["yes", "no", "not known"]].sum(axis=1)
    assert set(of_patients) == {typed}
    known = analyst("select count(*) from dim_donor where infused and kir_centromeric_motif is not null and kir_telomeric_motif is not null")  # fmt: skip
    assert motifs["donors"].sum() == known[0][0]
    assert list(models[["yes", "no", "not known"]].sum(axis=1)) == [donors[0]] * 4
    (whose, *_) = page.get("button_group")
    whose.set_value("all on record").run()
    assert not page.exception
    assert f"{everybody[0]:,} donors." in words(page)


@pytest.mark.usefixtures("served")
def test_the_outcome_is_counted_from_the_first_infusion() -> None:
    page = shown(person("analyst"), "HLA and KIR")
    (split,) = (b for b in page.selectbox if b.label == "Divided by")
    split.set_value("first_donor_kir_missing_ligand").run()
    assert not page.exception
    (groups,) = (f.value for f in page.dataframe if "events" in f.value and "median" in f.value)
    assert set() < set(groups["group"]) <= {"no", "yes"}
    split = next(b for b in page.selectbox if b.label == "Divided by")
    split.set_value("first_donor_gvh_mismatches_8").run()
    assert not page.exception
    (groups,) = (f.value for f in page.dataframe if "events" in f.value and "median" in f.value)
    assert set() < set(groups["group"]) <= {"0-3", "4 or more"}


def test_a_number_left_open_is_from_and_to() -> None:
    donors = pd.DataFrame({
        "gvh_mismatches_8_lo": [4, 4, 3], "gvh_mismatches_8_hi": [4, 4, 8], "hvg_mismatches_8_lo": [3, 3, 4],
        "hvg_mismatches_8_hi": [3, 3, 4], "donors": [2, 5, 1],
    })  # fmt: skip
    known, open_ = immunogenetics_page.mismatches(donors, 8)
    assert known.to_dict("records") == [{"GvH": "4", "HvG": "3", "donors": 7}]
    assert open_.to_dict("records") == [{"GvH": "3 to 8", "HvG": "4", "donors": 1}]
