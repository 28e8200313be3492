"""What must add up, whatever the data: subjects, verdicts, patients on a curve, probabilities."""

from __future__ import annotations

import pytest

from registry.warehouse import consensus_vars
from tests.warehouse.conftest import Ask

SUBJECTS = {
    "patient": "dim_patient",
    "donor": "dim_donor",
    "collection": "dim_collection",
    "course": "dim_course",
    "infusion": "fct_infusion",
}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_has_one_verdict_a_reading(analyst: Ask, subject: str) -> None:
    readings = consensus_vars()["consensus"][subject]
    ((subjects,),) = analyst(f"select count(*) from {SUBJECTS[subject]}")
    assert subjects > 0
    assert readings
    ((verdicts,),) = analyst(f"select count(*) from fct_verdict where subject = '{subject}'")
    assert verdicts == subjects * len(readings)


def test_adherence_counts_every_verdict_once(analyst: Ask) -> None:
    assert analyst("select sum(subjects) from mart_adherence") == analyst(
        "select count(*) from fct_verdict"
    )
    assert analyst(
        "select sum(met + deviated + not_evaluable + not_applicable) from mart_adherence"
    ) == analyst("select count(*) from fct_verdict where verdict is not null")


@pytest.mark.parametrize(
    ("mart", "ends"),
    [("mart_survival", "n_event + n_censored"),
     ("mart_cumulative_incidence", "n_event + n_competing + n_censored")],
)  # fmt: skip
def test_everyone_on_a_curve_leaves_it_once(analyst: Ask, mart: str, ends: str) -> None:
    curves = analyst(
        f"select sum({ends}), max(n_risk), min(time_days) from {mart} "
        "group by endpoint, origin, stratum_kind, stratum"
    )
    assert curves
    assert all(left == entered and start == 0 for left, entered, start in curves)


def test_relapse_death_and_remission_make_one(analyst: Ask) -> None:
    """At any time a patient has relapsed, died without relapse, or lives free of leukaemia."""
    sums = analyst("""
        select r.incidence + n.incidence + s.survival
        from mart_cumulative_incidence as r
        inner join mart_cumulative_incidence as n using (origin, stratum_kind, stratum, time_days)
        inner join mart_survival as s using (origin, stratum_kind, stratum, time_days)
        where r.endpoint = 'relapse' and n.endpoint = 'nrm' and s.endpoint = 'lfs'
    """)
    assert len(sums) > 100
    assert all(total == pytest.approx(1, abs=1e-9) for (total,) in sums)


def test_response_counts_are_nested(analyst: Ask) -> None:
    rows = analyst("select n_started, n_evaluable, n_cr_crh_cri, n_cr from mart_response")
    assert rows
    assert all(a >= b >= c >= d for a, b, c, d in rows)


def test_the_same_patients_are_in_every_layer(analyst: Ask, steward: Ask) -> None:
    (patients,) = steward("select count(*) from stg_patient")
    assert analyst("select count(*) from dim_patient") == [patients]
    assert analyst(
        "select count(*) from fct_endpoint where endpoint = 'os' and origin = 'diagnosis'"
    ) == steward(
        "select count(*) from int_patient where is_dead is not null and last_contact_day >= 0"
    )
