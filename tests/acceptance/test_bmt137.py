"""137 real patients through the same door, and R's numbers out of the marts.

Kaplan-Meier and cumulative incidence of Klein & Moeschberger's transplant patients, computed in R
(survival 3.5-3, cmprsk 2.2-11), held against `analyst.duckdb`.
"""

from __future__ import annotations

import csv
import runpy
from pathlib import Path

import pytest

from registry import release, warehouse
from registry.home import home
from registry.intake.submit import submit
from tests.demonstration import Demonstration

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "tests" / "reference" / "bmt137"
STRATUM = {
    "group=1": "ALL",
    "group=2": "AML low",
    "group=3": "AML high",
    "1": "ALL",
    "2": "AML low",
    "3": "AML high",
}


@pytest.fixture(scope="module")
def real(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """The four hospitals submitted beside the synthetic centers, released and built."""
    folder = tmp_path_factory.mktemp("bmt137")
    script = runpy.run_path(str(ROOT / "examples" / "bmt137" / "make_submission.py"))
    for path in script["write_submissions"](folder):
        receipt = submit(path, path.stem, actor="test")
        assert (receipt.held, receipt.status) == (0, "accepted"), receipt.findings[:3]
    release.create("bmt137")
    warehouse.build(release.folder("bmt137"), home(), progress=lambda _: None)
    return demonstration


def rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(newline="") as file:
        return list(csv.DictReader(file))


def test_survival_agrees_with_r(real: Demonstration) -> None:
    compared = 0
    for expected in rows("r_km.csv"):
        if expected["strata"] not in STRATUM or expected["ci"] != "log-log":
            continue
        curve = (
            "from mart_survival where origin = 'allo_transplant' and stratum_kind = 'diagnosis' "
            f"and endpoint = '{expected['endpoint'].lower()}' "
            f"and stratum = '{STRATUM[expected['strata']]}' and time_days"
        )
        time = expected["time"]
        ((n_risk,),) = real.ask(f"select n_risk {curve} >= {time} order by time_days limit 1")
        ((survival, low, high),) = real.ask(
            f"select survival, ci_lower, ci_upper {curve} <= {time} order by time_days desc limit 1"
        )
        assert n_risk == int(expected["n_risk"])
        assert survival == pytest.approx(float(expected["surv"]), abs=1e-6)
        assert low == pytest.approx(float(expected["lower"]), abs=1e-6)
        assert high == pytest.approx(float(expected["upper"]), abs=1e-6)
        compared += 1
    assert compared == 30


def test_cumulative_incidence_agrees_with_r(real: Demonstration) -> None:
    compared = 0
    for expected in rows("r_cuminc.csv"):
        group, cause = expected["curve"].split()
        endpoint = {"1": "relapse", "2": "nrm"}[cause]
        found = real.ask(
            "select incidence from mart_cumulative_incidence "
            f"where endpoint = '{endpoint}' and origin = 'allo_transplant' and stratum_kind = 'diagnosis' "
            f"and stratum = '{STRATUM[group]}' and time_days <= {expected['time']} order by time_days desc limit 1"
        )
        incidence = found[0][0] if found else 0.0
        assert incidence == pytest.approx(float(expected["est"]), abs=1e-6)
        compared += 1
    assert compared == len(rows("r_cuminc.csv")) > 20
