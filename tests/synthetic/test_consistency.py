"""A tidy center breaks no rule: every value fits its item, every timeline is in order."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from registry.forms import FORMS, MissingCode
from registry.synthetic.cohort import cohort

Row = dict[str, object]
Case = dict[str, list[Row]]
SEEDS = (1, 7)
COLUMNS = {name: tuple(form.columns().values()) for name, form in FORMS.items()}
DAYS = {
    name: [c.name for c in columns if c.item.unit == "days since diagnosis"]
    for name, columns in COLUMNS.items()
}


@pytest.fixture(scope="module", params=SEEDS)
def rows(request: pytest.FixtureRequest) -> dict[str, list[Row]]:
    return cohort(185, request.param)


@pytest.fixture(scope="module")
def cases(rows: dict[str, list[Row]]) -> list[Case]:
    found: dict[object, Case] = defaultdict(lambda: {name: [] for name in FORMS})
    for form, entries in rows.items():
        for row in entries:
            if "case_id" in row:
                found[row["center_id"], row["case_id"]][form].append(row)
    return list(found.values())


def number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def values_with_columns(rows: dict[str, list[Row]]) -> Iterator[tuple[str, object, object]]:
    for name, columns in COLUMNS.items():
        for column in columns:
            for row in rows[name]:
                yield f"{name}.{column.name}", column, row.get(column.name)


def test_every_value_fits_its_item(rows: dict[str, list[Row]]) -> None:
    faults = {
        (place, str(value))
        for place, column, value in values_with_columns(rows)
        if value is not None and not isinstance(value, MissingCode) and not fits(column, value)
    }
    assert not faults


def fits(column: object, value: object) -> bool:
    item = column.item  # type: ignore[attr-defined]
    kind = column.type  # type: ignore[attr-defined]
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "text":
        in_codes = item.codes is None or value in set(item.codes)
        return (
            isinstance(value, str)
            and in_codes
            and bool(item.pattern is None or re.fullmatch(item.pattern, value))
        )
    allowed = (int,) if kind == "integer" else (int, float)
    if isinstance(value, bool) or not isinstance(value, allowed):
        return False
    low, high = item.plausible or (item.low, item.high)
    return (low is None or value >= low) and (high is None or value <= high)


def test_core_items_have_a_value_or_a_reason(rows: dict[str, list[Row]]) -> None:
    empty = {
        place
        for place, column, value in values_with_columns(rows)
        if column.item.tier == "core" and value is None  # type: ignore[attr-defined]
    }
    assert not empty


def test_keys_are_present_and_unique(rows: dict[str, list[Row]]) -> None:
    for name, form in FORMS.items():
        key = form.key()
        keys = [tuple(row[c] for c in key) for row in rows[name]]
        assert len(keys) == len(set(keys)), name
        assert not any(isinstance(part, MissingCode) for parts in keys for part in parts), name


def test_references_point_at_rows_of_the_same_case(cases: list[Case]) -> None:
    targets = {"donor": "donor_id", "course": "course_no", "collection": "collection_id",
               "aliquot": "aliquot_id"}  # fmt: skip
    for case in cases:
        ids = {form: {row[column] for row in case[form]} for form, column in targets.items()}
        for name, columns in COLUMNS.items():
            for column in columns:
                target = column.item.refers_to
                used = {row.get(column.name) for row in case[name]}
                known = {u for u in used if u is not None and not isinstance(u, MissingCode)}
                if target is not None:
                    assert known <= ids[target], (name, column.name, case["patient"][0]["case_id"])
        assert {r["subject_id"] for r in case["hla"]} <= ids["donor"] | {"patient"}


def days_of(case: Case) -> Iterator[tuple[str, str, float]]:
    for name, columns in DAYS.items():
        for column in columns:
            for row in case[name]:
                if (day := number(row.get(column))) is not None:
                    yield name, column, day


def test_nothing_happens_after_the_last_contact(cases: list[Case]) -> None:
    for case in cases:
        last = case["followup"][0]["last_contact_day"]
        assert all(day <= last for _, _, day in days_of(case)), [
            d for d in days_of(case) if d[2] > last
        ]


def test_courses_are_numbered_and_ordered(cases: list[Case]) -> None:
    for case in cases:
        courses = case["course"]
        assert [c["course_no"] for c in courses] == list(range(1, len(courses) + 1))
        starts = [c["start_day"] for c in courses]
        assert starts == sorted(set(starts))
        assert all(c["start_day"] <= c["end_day"] for c in courses)
        for c, following in itertools.pairwise(courses):
            assert c["end_day"] < following["start_day"]


def test_drugs_lie_within_their_course(cases: list[Case]) -> None:
    for case in cases:
        starts = {c["course_no"]: c["start_day"] for c in case["course"]}
        for drug in case["drug"]:
            following = starts.get(drug["course_no"] + 1, 10**6)
            assert starts[drug["course_no"]] <= drug["first_day"] <= drug["last_day"] < following
            assert 1 <= drug["days_given"] <= drug["last_day"] - drug["first_day"] + 1


def minute(day: object, clock: object, default: str) -> int:
    hours, minutes = (default if isinstance(clock, MissingCode) else str(clock)).split(":")
    return int(str(day)) * 1440 + int(hours) * 60 + int(minutes)


def test_infusions_follow_the_chemotherapy_of_their_course(cases: list[Case]) -> None:
    for case in cases:
        courses = {c["course_no"]: c for c in case["course"]}
        numbers = [i["infusion_no"] for i in case["infusion"]]
        assert numbers == list(range(1, len(numbers) + 1))
        for infusion in case["infusion"]:
            given = minute(infusion["infusion_day"], infusion["infusion_start_time"], "23:59")
            ended = [
                minute(d["last_day"], d["last_dose_end_time"], "00:00")
                for d in case["drug"]
                if d["course_no"] == infusion["course_no"] and d["route"] != "oral"
            ]
            assert max(ended) < given
            following = courses.get(infusion["course_no"] + 1)
            assert following is None or infusion["infusion_day"] < following["start_day"]


def test_cells_are_conserved(cases: list[Case]) -> None:
    for case in cases:
        for collection in case["collection"]:
            parts = [
                a for a in case["aliquot"] if a["collection_id"] == collection["collection_id"]
            ]
            for column in ("mnc_e8", "cd3_e8", "cd34_e8"):
                assert sum(a[column] for a in parts) <= collection[column] + 1e-9
            counted = {c: number(v) for c, v in collection.items() if c.endswith("_e8")}
            assert counted["cd4_e8"] + counted["cd8_e8"] <= counted["cd3_e8"]
            assert all(v <= counted["mnc_e8"] for v in counted.values() if v is not None)


def test_an_aliquot_is_infused_once_and_in_full(cases: list[Case]) -> None:
    for case in cases:
        aliquots = {a["aliquot_id"]: a for a in case["aliquot"]}
        donors = {c["collection_id"]: c["donor_id"] for c in case["collection"]}
        weights = {c["course_no"]: c["weight_kg"] for c in case["course"]}
        used = [i["aliquot_id"] for i in case["infusion"]]
        assert len(used) == len(set(used))
        for infusion in case["infusion"]:
            aliquot = aliquots[infusion["aliquot_id"]]
            assert donors[aliquot["collection_id"]] == infusion["donor_id"]
            thawed = infusion["dose_state"] == "after thaw"
            viable = number(aliquot["viability_pct"]) if thawed else 100.0
            if viable is not None:
                expected = aliquot["mnc_e8"] * viable / 100
                given = infusion["mnc_e8_per_kg"] * infusion["weight_kg"]
                assert given == pytest.approx(expected, rel=0.05)
            if infusion["weight_basis"] == "actual":
                assert infusion["weight_kg"] == weights[infusion["course_no"]]


def test_collection_lies_between_mobilisation_and_infusion(cases: list[Case]) -> None:
    for case in cases:
        collections = {c["collection_id"]: c for c in case["collection"]}
        donors = {d["donor_id"]: d for d in case["donor"]}
        aliquots = {a["aliquot_id"]: a for a in case["aliquot"]}
        for c in collections.values():
            assert c["mobilisation_start_day"] < c["collection_day"]
            assert donors[c["donor_id"]]["screening_day"] <= c["mobilisation_start_day"]
        for infusion in case["infusion"]:
            aliquot = aliquots[infusion["aliquot_id"]]
            collected = collections[aliquot["collection_id"]]["collection_day"]
            assert collected <= infusion["infusion_day"]
            if aliquot["state"] == "frozen":
                assert aliquot["freeze_day"] < aliquot["thaw_day"] == infusion["infusion_day"]


def test_relapse_follows_remission_and_death_ends_everything(cases: list[Case]) -> None:
    for case in cases:
        followup = case["followup"][0]
        reached = [
            r["assessment_day"] for r in case["response"] if r["response"] in ("CR", "CRh", "CRi")
        ]
        if followup["relapsed"] is True:
            assert min(reached) < followup["relapse_day"] <= followup["last_contact_day"]
            assert max(reached) < followup["relapse_day"]
        else:
            assert isinstance(followup["relapse_day"], MissingCode)
        if not reached:
            assert followup["relapsed"] is MissingCode.NOT_APPLICABLE
        alive = followup["status"] != "dead"
        assert (followup["death_cause"] is MissingCode.NOT_APPLICABLE) == alive


def test_responses_agree_with_blasts_and_counts(cases: list[Case]) -> None:
    for case in cases:
        for r in case["response"]:
            if r["response"] in ("CR", "CRh", "CRi"):
                assert r["marrow_blasts_pct"] < 5
            if r["response"] == "CR":
                assert r["anc_e9_per_l"] >= 1.0
                assert r["platelets_e9_per_l"] >= 100


def test_kir_genes_obey_framework_and_linkage(cases: list[Case]) -> None:
    for case in cases:
        genes: dict[object, dict[object, object]] = defaultdict(dict)
        for row in case["kir"]:
            genes[row["donor_id"]][row["gene"]] = row["present"]
        typed = {d["donor_id"] for d in case["donor"] if d["kir_typed"] is True}
        assert typed == genes.keys()
        for present in genes.values():
            assert len(present) == 16
            assert all(present[g] is not False for g in ("3DL3", "3DP1", "2DL4", "3DL2"))
            assert present["2DL1"] is not True or present["2DP1"] is not False
            assert present["3DS1"] or present["3DL1"]
            assert present["2DL2"] or present["2DL3"]


def test_relatives_share_a_haplotype(cases: list[Case]) -> None:
    for case in cases:
        types: dict[object, dict[object, set[object]]] = defaultdict(dict)
        for row in case["hla"]:
            types[row["subject_id"]][row["locus"]] = {row["allele_1"], row["allele_2"]}
        for donor in case["donor"]:
            own, other = types["patient"], types[donor["donor_id"]]
            high = {r["subject_id"]: r["resolution"] for r in case["hla"] if r["locus"] == "A"}
            if donor["relation"] == "child" and high["patient"] == high[donor["donor_id"]]:
                assert all(own[locus] & other[locus] for locus in own.keys() & other.keys())


def test_every_tested_donor_has_a_test(cases: list[Case]) -> None:
    for case in cases:
        tested = {d["donor_id"] for d in case["donor"] if d["antibodies_tested"] is True}
        assert tested == {a["donor_id"] for a in case["antibody"]}


def test_hct_ci_score_is_the_sum_of_its_items(cases: list[Case]) -> None:
    from registry.synthetic.people import POINTS

    for case in cases:
        for row in case["fitness"]:
            assert row["hct_ci_score"] == sum(
                points for name, points in POINTS.items() if row[f"hct_ci_{name}"]
            )


def test_dates_within_a_row_are_in_order(cases: list[Case]) -> None:
    ordered = {
        "conmed": ("first_day", "last_day"),
        "complication": ("onset_day", "end_day"),
        "drug": ("first_day", "last_day"),
    }
    for case in cases:
        for form, (first, last) in ordered.items():
            for row in case[form]:
                if number(row.get(first)) is not None and number(row.get(last)) is not None:
                    assert row[first] <= row[last], (form, row)


def test_immune_subsets_fit_into_t_cells(cases: list[Case]) -> None:
    for case in cases:
        for row in case["immune"]:
            if row["t_cells_e6_per_l"] is MissingCode.NOT_DONE:
                assert (
                    row["cd4_cells_e6_per_l"] is row["cd8_cells_e6_per_l"] is MissingCode.NOT_DONE
                )
                continue
            assert row["cd4_cells_e6_per_l"] + row["cd8_cells_e6_per_l"] <= row["t_cells_e6_per_l"]


def test_a_negative_chimerism_test_has_no_level(cases: list[Case]) -> None:
    for case in cases:
        infused = {i["donor_id"]: i["infusion_day"] for i in reversed(case["infusion"])}
        for row in case["chimerism"]:
            level = number(row["donor_pct"])
            assert (level is not None) == row["detected"]
            assert level is None or level >= row["lod_pct"]
            assert row["sample_day"] > infused[row["donor_id"]]
