"""The whole cohort as rows, form by form."""

from __future__ import annotations

from collections.abc import Iterable

from registry.forms import FORMS
from registry.synthetic import closing, counts, events, monitoring, people
from registry.synthetic.cells import supply
from registry.synthetic.centers import CENTERS, center_row
from registry.synthetic.chart import Chart, Rows, person
from registry.synthetic.disease import profile, write_disease
from registry.synthetic.donors import write_donors
from registry.synthetic.draw import Draw
from registry.synthetic.fate import fate
from registry.synthetic.gaps import with_gaps
from registry.synthetic.story import tell
from registry.synthetic.strata import Place, places
from registry.synthetic.treatment import write_cells, write_courses

PATIENTS = 185


def cohort(patients: int = PATIENTS, seed: int = 1) -> Rows:
    """Every form's rows for so many patients; the same numbers give the same rows.

    Values are `None`, text, whole and decimal numbers, booleans, members of the code lists, or a
    `MissingCode`. No row breaks an edit check. With 185 patients the counts by age group, risk and
    response are those of the published series (see `strata`).
    """
    rows: Rows = {name: [] for name in FORMS}
    used = set()
    for index, place in enumerate(places(patients, seed)):
        used.add(place.practice.center_id)
        for form, entries in case_rows(place, seed, index).items():
            rows[form].extend(entries)
    rows["center"] = [center_row(c) for c in CENTERS if c.center_id in used]
    return rows


def by_center(rows: Rows) -> dict[str, Rows]:
    """The same rows, one collection of forms for each center."""
    found: dict[str, Rows] = {}
    for form, entries in rows.items():
        for row in entries:
            forms = found.setdefault(str(row["center_id"]), {name: [] for name in FORMS})
            forms[form].append(row)
    return found


def case_rows(place: Place, seed: int, index: int) -> Rows:
    """All rows of one case. Each case draws from a stream of its own."""
    draw = Draw(seed, 1, index)
    patient = person(place, draw)
    leukaemia = profile(patient, draw)
    story = tell(patient, fate(patient, draw), people.fitness_class(patient, draw), draw)
    cells = supply(patient, story, draw)
    chart = Chart(patient, story.last_day)
    people.write_patient(chart, patient, draw)
    write_disease(chart, patient, leukaemia, draw)
    people.write_fitness(chart, patient, story, draw)
    sexes = write_donors(chart, patient, cells, draw)
    write_courses(chart, patient, story, draw)
    write_cells(chart, patient, cells, draw)
    recovered = counts.write_counts(chart, patient, story, draw)
    monitoring.write_responses(chart, story, draw)
    monitoring.write_mrd(chart, patient, story, leukaemia, draw)
    monitoring.write_chimerism(chart, patient, story, cells, sexes, draw)
    monitoring.write_immune(chart, patient, cells, draw)
    events.write_complications(chart, patient, story, cells, draw)
    events.write_medication(chart, patient, story, cells, recovered, draw)
    events.write_radiation(chart, story, cells, draw)
    closing.write_plan(chart, patient, story, draw)
    closing.write_allo(chart, patient, story, draw)
    closing.write_followup(chart, story)
    return with_gaps(chart.rows, draw)


def in_key_order(form: str, entries: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """Rows sorted by their key, numbers by size."""
    key = FORMS[form].key()
    return sorted(entries, key=lambda row: [_sortable(row[column]) for column in key])


def _sortable(value: object) -> tuple[float, str]:
    return (float(value), "") if isinstance(value, int | float) else (0.0, str(value))
