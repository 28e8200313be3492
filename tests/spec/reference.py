"""A slow, obvious judge that shares no code with the registry.

It reads the YAML as it stands. An interval is judged by trying many hours within it: the criterion
is true if it is true at all of them, false if false at all, otherwise unknown. SQL escapes are
written once more, by hand, in Python.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

Facts = dict[str, Any]
Truth = bool | None
FAR = 1e9


def entries(folder: Path) -> dict[str, dict[str, Any]]:
    """Every entry that is judged, as written, its parameters replaced by their values."""
    chosen = yaml.safe_load((folder / "parameters.yaml").read_text())["parameters"]
    found = {}
    for path in folder.glob("section_*.yaml"):
        for entry in yaml.safe_load(path.read_text())["statements"]:
            if "subject" in entry and "retired" not in entry:
                found[entry["id"]] = _resolved(entry, chosen)
    return found


def _resolved(node: Any, chosen: dict[str, Any]) -> Any:
    if isinstance(node, dict):
        if set(node) == {"parameter"}:
            return chosen[node["parameter"]]["value"]
        return {key: _resolved(value, chosen) for key, value in node.items()}
    if isinstance(node, list):
        return [_resolved(value, chosen) for value in node]
    return node


def readings(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The readings; a plain `met` is a reading called a."""
    if "met" in entry:
        return [{"name": "a", "met": entry["met"]}]
    return list(entry["readings"])


def judge(entry: dict[str, Any], reading: dict[str, Any], facts: Facts) -> tuple[str, str | None]:
    """Verdict and tier of one subject."""
    applies = true_of(entry["id"], reading.get("applies", entry["applies"]), facts)
    met = true_of(entry["id"], reading["met"], facts)
    for exception in reading.get("exceptions", entry.get("exceptions", [])):
        met = either(met, true_of(entry["id"], exception["when"], facts))
    tier = None
    for candidate in reading.get("tiers", entry.get("tiers", [])):
        wanted = not candidate.get("outside", False)
        if applies is wanted and true_of(entry["id"], candidate["when"], facts) is True:
            tier = candidate["name"]
            break
    if applies is False:
        return "not_applicable", tier
    if applies is None or met is None:
        return "not_evaluable", tier
    return ("met" if met else "deviated"), tier


def either(a: Truth, b: Truth) -> Truth:
    if a is True or b is True:
        return True
    return None if a is None or b is None else False


def both(a: Truth, b: Truth) -> Truth:
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def true_of(entry_id: str, criterion: dict[str, Any], facts: Facts) -> Truth:
    """Whether a criterion is true of the facts, or unknown."""
    ((kind, body),) = criterion.items()
    if kind in ("all", "any"):
        result: Truth = kind == "all"
        for member in body:
            one = true_of(entry_id, member, facts)
            result = both(result, one) if kind == "all" else either(result, one)
        return result
    if kind == "not":
        inner = true_of(entry_id, body, facts)
        return None if inner is None else not inner
    if kind == "sql":
        return ESCAPES[entry_id](facts, body)
    if kind in ("between", "at_least", "at_most"):
        return _measured(kind, body, facts)
    if kind in ("present", "missing"):
        return (facts.get(body) is None) == (kind == "missing")
    return _stated(kind, body, facts)


def _stated(kind: str, body: Any, facts: Facts) -> Truth:
    value = facts.get(body if isinstance(body, str) else body["fact"])
    if value is None:
        return None
    if kind in ("is_true", "is_false"):
        return bool(value) == (kind == "is_true")
    if kind == "equals":
        return bool(value == body["value"])
    return (value in body["values"]) == (kind == "one_of")


def _measured(kind: str, body: dict[str, Any], facts: Facts) -> Truth:
    if "fact" in body:
        value = facts.get(body["fact"])
        return None if value is None else _holds(kind, body, value)
    low, high = facts.get(body["interval"] + "_lo"), facts.get(body["interval"] + "_hi")
    low, high = (-FAR if low is None else low), (FAR if high is None else high)
    limits = [body[key] for key in ("low", "high", "value") if key in body]
    corners = sorted({low, high, *(limit for limit in limits if low <= limit <= high)})
    tried = corners + [(a + b) / 2 for a, b in pairwise(corners)]
    answers = {_holds(kind, body, hour) for hour in tried}
    return answers.pop() if len(answers) == 1 else None


def _holds(kind: str, body: dict[str, Any], value: float) -> bool:
    if kind == "at_least":
        return bool(value >= body["value"])
    if kind == "at_most":
        return bool(value <= body["value"])
    if value == body["low"] and body.get("excluding") == "low":
        return False
    if value == body["high"] and body.get("excluding") == "high":
        return False
    return bool(body["low"] <= value <= body["high"])


def _hla(facts: Facts, body: dict[str, Any]) -> Truth:
    high, typed = facts.get("hla_core_loci_high"), facts.get("hla_core_loci_typed")
    if high is not None and high >= body["numbers"]["loci"]:
        return True
    if high is not None and typed is not None and typed > high:
        return False
    return None


def _kir(facts: Facts, body: dict[str, Any]) -> Truth:
    called = facts.get("kir_genes_called")
    if called is not None and called >= body["numbers"]["genes"]:
        return True
    return False if facts.get("kir_typed") is False else None


def _subsets(facts: Facts, body: dict[str, Any]) -> Truth:
    by_flow, counted = facts.get("counted_by_flow"), facts.get("subsets_counted")
    if by_flow is False:
        return False
    if by_flow is None or counted is None:
        return None
    return bool(counted >= body["numbers"]["subsets"])


def _time_for_two(facts: Facts, body: dict[str, Any]) -> Truth:
    counted = next(column for column in body["reads"] if column.startswith("n_standard_"))
    cytarabine, standard = facts.get("n_idac_mst_consolidations"), facts.get(counted)
    if cytarabine is not None and cytarabine >= body["numbers"]["courses"]:
        return True
    if standard is not None and standard >= body["numbers"]["cycles"]:
        return True
    remission, relapse = facts.get("remission_day"), facts.get("relapse_day")
    last, dead, relapsed = (facts.get(k) for k in ("last_contact_day", "is_dead", "has_relapsed"))
    if remission is None:
        return None
    needed = remission + body["numbers"]["days"]
    if relapse is not None and relapse < needed:
        return False
    if last is None:
        return None
    if dead is True and last < needed:
        return False
    if last < needed:
        return None
    no_relapse_before = relapsed is False or relapse is not None
    return True if no_relapse_before else None


ESCAPES: dict[str, Callable[[Facts, dict[str, Any]], Truth]] = {
    "MST-2.1-02": _hla,
    "MST-2.1-04": _kir,
    "MST-2.2-03": _subsets,
    "MST-5-06": _time_for_two,
}
