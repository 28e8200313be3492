"""How far the patients of an extract can be told apart by what others may know of them.

k-anonymity (Sweeney 2002) over the quasi-identifiers that leave, counted within the extract; distinct
l-diversity (Machanavajjhala 2007) of one outcome. A missing value makes a class of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from registry.disclosure.policy import Extracts

# the values of the quasi-identifiers of a patient, and the outcome
Known = tuple[tuple[Any, ...], Any]


@dataclass(frozen=True)
class Risk:
    """Classes of patients who are alike. `smallest_class` is 0 where there is no patient.

    `one_outcome`: patients in a class in which everybody of known outcome has the same one; whoever places
    a patient there knows the outcome.
    """

    quasi_identifiers: tuple[str, ...]
    patients: int
    classes: int
    smallest_class: int
    in_small_classes: int
    one_outcome: int
    limits: Extracts

    @property
    def percent_in_small_classes(self) -> float:
        return 100 * self.in_small_classes / self.patients if self.patients else 0.0

    @property
    def is_over(self) -> bool:
        """Whether more patients stand out than the policy lets go without a reason."""
        return self.percent_in_small_classes > self.limits.most_in_small_classes_percent

    def rows(self) -> list[dict[str, Any]]:
        """The report, a measure a row."""
        limits, some = self.limits, max(self.patients, 1)
        told = {
            "quasi-identifiers that leave": ", ".join(self.quasi_identifiers) or "none",
            "patients": self.patients,
            "classes of patients alike in all of them": self.classes,
            "patients in the smallest class": self.smallest_class,
            "highest chance to pick a patient out, percent": _percent(1, self.smallest_class),
            "mean chance to pick a patient out, percent": _percent(self.classes, some),
            f"patients in classes of fewer than {limits.least_class}": self.in_small_classes,
            "of all patients, percent": _percent(self.in_small_classes, some),
            "the policy's limit, percent": limits.most_in_small_classes_percent,
            f"patients in classes that share one {limits.outcome}": self.one_outcome,
        }
        return [{"measure": measure, "value": value} for measure, value in told.items()]


def risk_of(quasi_identifiers: Sequence[str], known: Sequence[Known], limits: Extracts) -> Risk:
    """The risk of patients told by `known`, in the order of `quasi_identifiers`."""
    classes: defaultdict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for values, outcome in known:
        classes[values].append(outcome)
    sizes = [len(outcomes) for outcomes in classes.values()]
    return Risk(
        tuple(quasi_identifiers),
        patients=len(known),
        classes=len(classes),
        smallest_class=min(sizes, default=0),
        in_small_classes=sum(size for size in sizes if size < limits.least_class),
        one_outcome=sum(
            len(outcomes) for outcomes in classes.values() if len(set(outcomes) - {None}) == 1
        ),
        limits=limits,
    )


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0
