"""Why a cell cannot leave. One exception for all of them: place is added where it is known."""

from __future__ import annotations


class FaultError(Exception):
    """`message` goes on after the column's name ("is not a date"), `fix` says what to do; neither
    repeats the cell. `rule` groups faults of one kind."""

    def __init__(self, rule: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.fix = fix


class NoDiagnosisError(FaultError):
    """A date or an age of a patient without a diagnosis date; the cause is named once a patient."""

    def __init__(self) -> None:
        super().__init__(
            "no_diagnosis_date",
            "is missing, so no date of this patient can be counted.",
            "Fill in the day of diagnosis.",
        )
