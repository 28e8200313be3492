"""Cohorts that analysts define, what is left of them step by step, and extracts of their rows.

The columns they may speak of are those documented in `dbt/models/marts/` (`marts.py`).
"""

from registry.cohorts.attrition import (
    Attrition,
    Step,
    attrition,
    followed,
    known_only_later,
    people,
    steps,
)
from registry.cohorts.conditions import nearest
from registry.cohorts.definition import OF_A_PATIENT, Cohort, CohortError, load, parse
from registry.cohorts.extract import Extract, ExtractError, prepare, refuse_taken, write
from registry.cohorts.marts import Mart, MartColumn, marts
from registry.cohorts.profile import Middle, Share, middles, shares

__all__ = [
    "OF_A_PATIENT",
    "Attrition",
    "Cohort",
    "CohortError",
    "Extract",
    "ExtractError",
    "Mart",
    "MartColumn",
    "Middle",
    "Share",
    "Step",
    "attrition",
    "followed",
    "known_only_later",
    "load",
    "marts",
    "middles",
    "nearest",
    "parse",
    "people",
    "prepare",
    "refuse_taken",
    "shares",
    "steps",
    "write",
]
