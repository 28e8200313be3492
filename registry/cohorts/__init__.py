"""Cohorts that analysts define, what is left of them step by step, and extracts of their rows.

The columns they may speak of are those documented in `dbt/models/marts/` (`marts.py`).
"""

from registry.cohorts.attrition import Attrition, Step, attrition, known_only_later
from registry.cohorts.conditions import nearest
from registry.cohorts.definition import Cohort, CohortError, load
from registry.cohorts.extract import Extract, ExtractError, prepare, refuse_taken, write
from registry.cohorts.marts import Mart, MartColumn, marts

__all__ = [
    "Attrition",
    "Cohort",
    "CohortError",
    "Extract",
    "ExtractError",
    "Mart",
    "MartColumn",
    "Step",
    "attrition",
    "known_only_later",
    "load",
    "marts",
    "nearest",
    "prepare",
    "refuse_taken",
    "write",
]
