"""Ages leave in completed years up to 89; older is one class, written 90.

Source: 45 CFR 164.514(b)(2)(i)(C), all ages over 89 and all elements of dates indicative of them.
"""

from __future__ import annotations

import datetime

from registry.deidentify.fault import FaultError

TOP_AGE = 90
OLDEST = 120


def completed_years(birth: datetime.date, day: datetime.date) -> int:
    """Birthdays passed by `day`; who is born on 29 February has the birthday on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def top_coded(age: int) -> int:
    """0 to 89 as they are, 90 to 120 as 90. Raises FaultError outside of that."""
    if age < 0:
        raise FaultError("age", "is before birth.", "Check the birth date and the diagnosis date.")
    if age > OLDEST:
        raise FaultError("age", f"is beyond {OLDEST} years.", "Check the birth date.")
    return min(age, TOP_AGE)


def implies_top_age(age: int, days_later: int) -> bool:
    """Whether somebody of `age` completed years is surely 90 or older so many days later.

    Who reads "age 85" and "seen alive on day 2,000" knows an age over 89 as well as if it were
    written. A year counts 365 days here, so the answer errs towards yes by a day or two a year.
    """
    return age < TOP_AGE and age + max(days_later, 0) // 365 >= TOP_AGE
