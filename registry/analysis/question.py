"""A question: which endpoint, counted from when, divided by what, and by which method."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from registry.analysis.covariates import (
    ALLO_TRANSPLANT,
    COVARIATES,
    DIAGNOSIS,
    ENDPOINTS,
    FIRST_COURSE,
    ORIGINS,
    REMISSION,
    Covariate,
)

# The days of these are in dim_patient; that of the last dose is not.
_DATED_ORIGINS = (DIAGNOSIS, FIRST_COURSE, REMISSION, ALLO_TRANSPLANT)


# whom a figure of the paper is of, as far as the registry can tell them apart
Population = Literal["is_eaml"]


_YES_OR_NO = {"false": "no", "true": "yes"}  # as DuckDB writes them


class Method(StrEnum):
    """How groups are made: once for all; on a landmark day; or anew each day."""

    PLAIN = "plain"
    LANDMARK = "landmark"
    TIME_DEPENDENT = "time-dependent"


class ImmortalTimeError(ValueError):
    """Groups would be made by what happens after time began to count; the message is for a clinician."""


@dataclass(frozen=True)
class Question:
    """Checked when made: one that may not be asked does not exist.

    `landmark_day` counts from the origin. A count is divided at `at_least`: (2,) gives "0-1" and
    "2 or more". `among` is a population: a yes or no of `dim_patient`; without it all are asked.
    Raises ImmortalTimeError, and ValueError for what cannot be asked at all.
    """

    endpoint: str
    origin: str
    split_by: str
    method: Method = Method.PLAIN
    landmark_day: int | None = None
    at_least: tuple[int, ...] = ()
    among: Population | None = None

    def __post_init__(self) -> None:
        if self.endpoint not in ENDPOINTS:
            raise ValueError(f"{self.endpoint} is no endpoint: {', '.join(sorted(ENDPOINTS))}")
        if self.origin not in ORIGINS:
            raise ValueError(f"{self.origin} is no origin: {', '.join(ORIGINS)}")
        if self.split_by not in COVARIATES:
            raise ValueError(
                f"{self.split_by} is not among what patients may be divided by; whether it is known at "
                "the origin has to be declared in registry/analysis/covariates.py first"
            )
        self._check_method()
        self._check_counts()

    @property
    def covariate(self) -> Covariate:
        """What patients are divided by."""
        return COVARIATES[self.split_by]

    def label(self, value: object) -> str:
        """The name of a value's group."""
        if not self.covariate.is_count:
            exposed = {"0": "no", "1": "yes"} if self.covariate.exposure else _YES_OR_NO
            return exposed.get(str(value), str(value))
        number = int(str(value))
        low, high = 0, None
        for cut in self.at_least:
            if number >= cut:
                low = cut
            else:
                high = cut - 1
                break
        if high is None:
            return f"{low} or more"
        return str(low) if low == high else f"{low}-{high}"

    def _check_method(self) -> None:
        covariate = self.covariate
        if self.method is Method.PLAIN:
            if self.landmark_day is not None:
                raise ValueError("a landmark day belongs to the landmark method")
            if not covariate.is_known_at(self.origin):
                raise ImmortalTimeError(_why(self))
            return
        if covariate.exposure is None:
            if covariate.known_from is None:
                raise ImmortalTimeError(
                    f"The registry does not keep from which day on the {covariate.words} holds, so it "
                    "cannot be asked what was known by a day. Nothing can be said that is not biased by "
                    "survival."
                )
            raise ValueError(f"{covariate.words} does not change with time: ask plainly")
        if self.origin not in _DATED_ORIGINS:
            raise ValueError(f"the day of {self.origin} is not kept; choose another origin")
        if self.method is Method.LANDMARK and (self.landmark_day is None or self.landmark_day <= 0):
            raise ValueError("a landmark needs a day after the origin")
        if self.method is Method.TIME_DEPENDENT and self.landmark_day is not None:
            raise ValueError("a landmark day belongs to the landmark method")

    def _check_counts(self) -> None:
        if not self.covariate.is_count:
            if self.at_least:
                raise ValueError(f"{self.covariate.words} is no count: at_least does not apply")
        elif not self.at_least or any(cut < 1 for cut in self.at_least) or (
            list(self.at_least) != sorted(set(self.at_least))
        ):  # fmt: skip
            raise ValueError("a count is divided at rising numbers from 1 on, as at_least=(2,)")


def _why(question: Question) -> str:
    covariate, since = question.covariate, question.origin.replace("_", " ")
    if covariate.only_there and covariate.known_from is not None:
        moment = covariate.known_from.replace("_", " ")
        return (
            f"Patients cannot be divided by {covariate.words} in a curve that starts at {since}: it is known of "
            f"those only who come to the {moment}. Who dies before is in no group, so the groups live at least "
            f"so long (immortal time). Choose an endpoint that is counted from the {moment}."
        )
    said = (
        f"Patients cannot be divided by {covariate.words} in a curve that starts at {since}: it is "
        "decided only later, and a patient must live (and mostly stay well) long enough to come into "
        "the better group. Those who die early all fall into the other one, so the groups differ even if "
        "it has no effect at all (immortal time). "
    )
    if covariate.known_from is not None:
        return said + f"Choose a later origin, such as {covariate.known_from.replace('_', ' ')}."
    if covariate.exposure is None:
        return said + (
            "The registry does not keep from which day on it holds, so that neither a landmark nor a "
            "time-dependent estimate is possible."
        )
    return said + (
        "Choose a landmark (patients still at risk on a day, grouped by what they had by then, counted "
        "from that day), or a time-dependent estimate (a patient counts as exposed from the day it "
        "happens)."
    )
