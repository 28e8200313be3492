"""Every file of R's results: estimates to 1e-6, tests to four significant digits."""

from __future__ import annotations

from typing import Any

import pytest

from registry.statistics.aalen_johansen import aalen_johansen
from registry.statistics.cox import cox
from registry.statistics.fine_gray import fine_gray
from registry.statistics.group_tests import gray, logrank
from registry.statistics.kaplan_meier import follow_up, kaplan_meier
from registry.statistics.model import Model
from tests.statistics.bmt137 import (
    COLUMNS,
    DEATH_IN_REMISSION,
    ENDPOINTS,
    GROUP,
    REFERENCE,
    RELAPSE,
    TIME_DAYS,
    lines,
    of,
)

BASELINE = {
    "factor(group)": [str(group) for group in GROUP],
    "z1": COLUMNS["z1"],
    "z2": COLUMNS["z2"],
}
HELD = {
    "bmt.csv", "r_km.csv", "r_median.csv", "r_cuminc.csv", "r_tests.csv", "r_cox.csv",
    "r_cox_td.csv", "r_finegray.csv", "r_followup.csv",
}  # fmt: skip


def close(expected: str) -> Any:
    return pytest.approx(float(expected), abs=1e-6)


def test_no_file_is_left_out() -> None:
    assert {path.name for path in REFERENCE.glob("*.csv")} == HELD


@pytest.mark.parametrize(
    "line", lines("r_km.csv"), ids=lambda r: f"{r['endpoint']} {r['strata']} {r['time']}"
)
def test_kaplan_meier(line: dict[str, str]) -> None:
    times, status = ENDPOINTS[line["endpoint"]]
    rows = of(line["strata"])
    found = kaplan_meier(times[rows], status[rows]).at(float(line["time"]))
    assert found.n_risk == int(line["n_risk"])
    assert (found.share, found.std_error, found.lower, found.upper) == (
        close(line["surv"]), close(line["se"]), close(line["lower"]), close(line["upper"]),
    )  # fmt: skip


@pytest.mark.parametrize(
    "line", lines("r_median.csv"), ids=lambda r: f"{r['endpoint']} {r['group']}"
)
def test_median(line: dict[str, str]) -> None:
    times, status = ENDPOINTS[line["endpoint"]]
    rows = of(line["group"])
    curve = kaplan_meier(times[rows], status[rows])
    found = curve.median()
    expected = [
        None if line[n] == "NA" else float(line[n]) for n in ("median", "X0.95LCL", "X0.95UCL")
    ]
    assert [found.days, found.lower, found.upper] == expected
    assert curve.counts.n_event.sum() == int(line["events"])


@pytest.mark.parametrize("line", lines("r_cuminc.csv"), ids=lambda r: f"{r['curve']} {r['time']}")
def test_cumulative_incidence(line: dict[str, str]) -> None:
    group, cause = line["curve"].split()
    rows = of(group)
    status = {"1": RELAPSE, "2": DEATH_IN_REMISSION}[cause][rows]
    found = aalen_johansen(TIME_DAYS[rows], status).at(float(line["time"]))
    assert (found.share, found.std_error**2) == (close(line["est"]), close(line["var"]))


@pytest.mark.parametrize("line", lines("r_tests.csv"), ids=lambda r: r["test"])
def test_of_groups(line: dict[str, str]) -> None:
    found = {
        "logrank OS by group": lambda: logrank(*ENDPOINTS["OS"], GROUP),
        "logrank LFS by group": lambda: logrank(*ENDPOINTS["LFS"], GROUP),
        "Gray relapse by group": lambda: gray(TIME_DAYS, RELAPSE, GROUP),
        "Gray death in remission by group": lambda: gray(TIME_DAYS, DEATH_IN_REMISSION, GROUP),
    }[line["test"]]()
    assert found.dof == int(line["df"])
    assert found.chi_square == pytest.approx(float(line["chisq"]), rel=5e-5)
    assert found.p == pytest.approx(float(line["p"]), rel=5e-5)


def same_terms(model: Model, name: str, *, p: str, p_digits: float) -> None:
    expected = lines(name)
    assert [term.name.replace("=", "") for term in model.terms] == [
        line["term"] for line in expected
    ]
    for term, line in zip(model.terms, expected, strict=True):
        assert term.coefficient == close(line["coef"])
        assert term.ratio == close(line["exp.coef."])
        assert term.std_error == close(line["se.coef."])
        assert term.z == close(line["z"])
        assert term.p == pytest.approx(float(line[p]), abs=p_digits)


def test_cox() -> None:
    model = cox(*ENDPOINTS["LFS"], BASELINE)
    same_terms(model, "r_cox.csv", p="Pr...z..", p_digits=1e-6)
    assert model.residual_dof == 83 - 4
    assert model.smallest_level == 38
    assert model.warnings == ()


def test_cox_with_gvhd_as_it_comes() -> None:
    rows = []
    for number, (end, event, onset, had) in enumerate(
        zip(TIME_DAYS, COLUMNS["d3"], COLUMNS["ta"], COLUMNS["da"], strict=True)
    ):
        group = str(GROUP[number])
        if had and onset < end:
            rows += [(number, 0, onset, 0, 0, group), (number, onset, end, event, 1, group)]
        else:
            rows.append((number, 0, end, event, 0, group))
    person, entry, end, event, agvhd, group = zip(*rows, strict=True)
    model = cox(
        end, event, {"agvhd": agvhd, "factor(group)": group}, entry_days=entry, person=person
    )
    same_terms(model, "r_cox_td.csv", p="Pr...z..", p_digits=1e-6)
    assert model.patients == 137


def test_fine_gray() -> None:
    # this file has the p values to two digits
    same_terms(
        fine_gray(TIME_DAYS, RELAPSE, BASELINE), "r_finegray.csv", p="p.value", p_digits=5e-3
    )


def test_follow_up() -> None:
    (line,) = lines("r_followup.csv")
    assert follow_up(*ENDPOINTS["OS"]).days == float(line["reverse_km_median_followup"])


def test_relapse_alone_is_not_incidence() -> None:
    """1 - KM, with deaths censored, overstates relapse: the estimators must not be exchanged."""
    one_minus_km = 1 - kaplan_meier(TIME_DAYS, (RELAPSE == 1).astype(int)).at(1095).share
    assert one_minus_km > aalen_johansen(TIME_DAYS, RELAPSE).at(1095).share + 0.03
