"""The curves of 137 real patients against R's survival and cmprsk, to 1e-6."""

from __future__ import annotations

import csv
import math
from typing import Any

import pytest

from tests.warehouse.conftest import Ask
from tests.warehouse.material import REFERENCE

GROUPS = {"1": "ALL", "2": "AML low", "3": "AML high"}
NAMES = ("survival", "std_error", "ci_lower", "ci_upper")


def lines(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(newline="") as file:
        return list(csv.DictReader(file))


def close(expected: str) -> Any:
    return pytest.approx(float(expected), abs=1e-6)


def curve(mart: str, endpoint: str, group: str) -> str:
    return (
        f"from {mart} where endpoint = '{endpoint}' and origin = 'allo_transplant' "
        f"and stratum_kind = 'diagnosis' and stratum = '{GROUPS[group]}'"
    )


@pytest.mark.parametrize("endpoint", ["os", "lfs"])
def test_kaplan_meier_agrees_with_r(analyst: Ask, endpoint: str) -> None:
    expected = [
        line for line in lines("r_km.csv")
        if line["endpoint"] == endpoint.upper() and line["strata"].startswith("group=")
        and line["ci"] == "log-log"
    ]  # fmt: skip
    assert len(expected) == 15
    for line in expected:
        source = curve("mart_survival", endpoint, line["strata"].removeprefix("group="))
        step = analyst(
            f"select {', '.join(NAMES)} {source} and time_days <= {line['time']} "
            "order by time_days desc limit 1"
        )[0]
        for found, name in zip(step, ("surv", "se", "lower", "upper"), strict=True):
            assert found == close(line[name]), (line, name)
        at_risk = analyst(
            f"select n_risk {source} and time_days >= {line['time']} order by time_days limit 1"
        )
        assert at_risk == [(int(line["n_risk"]),)]


def test_cumulative_incidence_agrees_with_r(analyst: Ask) -> None:
    expected = lines("r_cuminc.csv")
    assert len(expected) == 30
    for line in expected:
        group, cause = line["curve"].split()
        source = curve("mart_cumulative_incidence", {"1": "relapse", "2": "nrm"}[cause], group)
        incidence, std_error = analyst(
            f"select incidence, std_error {source} and time_days <= {line['time']} "
            "order by time_days desc limit 1"
        )[0]
        assert incidence == close(line["est"]), line
        assert std_error**2 == close(line["var"]), line


def test_platelet_recovery_after_transplant_competes_with_death(analyst: Ask) -> None:
    counted = analyst(
        "select status, count(*) from fct_endpoint where endpoint = 'platelet_recovery' "
        "and origin = 'allo_transplant' group by status order by status"
    )
    # dp = 1 in 120 of the 137; all the others died, as did the reference says.
    with (REFERENCE / "bmt.csv").open(newline="") as file:
        patients = list(csv.DictReader(file))
    recovered = sum(p["dp"] == "1" for p in patients)
    died = sum(p["dp"] == "0" and p["d1"] == "1" for p in patients)
    assert dict(counted)[1] == recovered
    assert dict(counted).get(2, 0) == died


def test_a_curve_ends_at_zero_when_the_last_one_at_risk_has_the_event(analyst: Ask) -> None:
    ended = analyst(
        "select survival, std_error, ci_lower from mart_survival "
        "where n_event = n_risk and n_event > 0"
    )
    assert ended, "no curve of the cohort ends so; the case would go untested"
    assert all(row == (0.0, None, None) for row in ended)
    assert not analyst("select 1 from mart_survival where not survival between 0 and 1")
    assert not any(
        math.isnan(x) for (x,) in analyst("select std_error from mart_cumulative_incidence")
    )
