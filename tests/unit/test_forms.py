"""The forms hold together: every fact the consensus needs is asked, and says why."""

from __future__ import annotations

import pytest

from registry.forms import FORMS

# what the consensus speaks of, and the form that asks for it
NEEDED = {
    "allo": ["allo"], "biobank": ["patient"], "biopsy": ["complication"], "center": ["center"],
    "chimerism": ["chimerism"], "comorbidity": ["comorbidity"], "conmed": ["conmed"],
    "cycle": ["course"], "donation": ["collection"], "donor": ["donor"], "drug_admin": ["drug"],
    "dsa": ["antibody"], "dx": ["diagnosis"], "event": ["complication"], "fitness": ["fitness"],
    "flow": ["diagnosis"], "followup": ["followup"], "genetics": ["genetics", "diagnosis"],
    "gvhd": ["complication"], "hla": ["hla"], "immune_panel": ["immune"], "infusion": ["infusion"],
    "kir": ["kir"], "lab": ["blood_count"], "maintenance": ["plan", "course"],
    "marrow": ["response", "diagnosis"], "mrd": ["mrd"], "patient": ["patient"],
    "pentamer": ["immune"], "plan": ["plan"], "prior_therapy": ["diagnosis"],
    "product": ["collection", "aliquot"], "radiation": ["radiation"], "response": ["response"],
    "risk": ["diagnosis"], "transfusion": ["transfusion"], "trial": ["course"],
}  # fmt: skip

# recommendations whose facts are asked nowhere would be impossible to judge
ASKED = {use for form in FORMS.values() for c in form.columns().values() for use in c.item.uses}


@pytest.mark.parametrize("entity", NEEDED)
def test_every_entity_of_the_consensus_has_a_form(entity: str) -> None:
    assert all(form in FORMS for form in NEEDED[entity])


@pytest.mark.parametrize(
    "id_",
    ["MST-2-04", "MST-2-05", "MST-2-06", "MST-2-08", "MST-2.1-02", "MST-2.1-04", "MST-2.1-05",
     "MST-2.2-03", "MST-2.2-04", "MST-2.2-08", "MST-2.3-06", "MST-4.3-02", "MST-5.2-03", "MST-5-06"],
)  # fmt: skip
def test_items_name_the_recommendations_they_serve(id_: str) -> None:
    assert id_ in ASKED


@pytest.mark.parametrize("form", FORMS)
def test_every_item_says_why_it_is_asked(form: str) -> None:
    model = FORMS[form]
    assert (model.__doc__ or "").startswith("One row per")
    for column in model.columns().values():
        assert column.item.why.endswith("."), column.name
        if column.type == "number" and not column.item.codes:
            assert column.item.unit, column.name
        if column.item.refers_to:
            assert column.item.refers_to in FORMS


def test_units_stand_in_names() -> None:
    suffix = {"kg": "_kg", "cm": "_cm", "years": "_years", "%": "_pct", "1e8/kg": "_e8_per_kg",
              "mg/m2": "_mg_per_m2", "days since diagnosis": "_day"}  # fmt: skip
    for form in FORMS.values():
        for column in form.columns().values():
            ending = suffix.get(column.item.unit or "")
            if ending and column.name != "cardiac_ef_pct":
                assert ending in column.name, f"{form.form}.{column.name}"
