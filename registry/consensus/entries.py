"""The entries of the consensus: every statement of the paper, and those that give a verdict.

A statement says what the paper says and how the registry uses it. A recommendation is a statement
that can be judged: whom it is about, when it is met, and worked examples.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from registry.consensus.base import Frozen
from registry.consensus.criteria import Criterion
from registry.consensus.facts import Subject
from registry.consensus.statistic import Statistic

Verdict = Literal["met", "deviated", "not_evaluable", "not_applicable"]
EntryKind = Literal["rule", "option", "report", "benchmark", "definition", "scope", "fact"]
Strength = Literal[
    "recommended",
    "not recommended",
    "avoid",
    "preferred",
    "suggested",
    "considered",
    "encouraged",
    "permitted",
    "priority",
    "no clear recommendation",
    "per-center standard",
    "definition",
    "fact-benchmark",
]
FULL_STRENGTH = ("recommended", "not recommended", "avoid")
CASES = ("met", "deviated", "boundary", "not_evaluable", "not_applicable")

EntryId = Annotated[str, Field(pattern=r"^MST-\d(\.\d)?-\d{2}$")]
TensionId = Annotated[str, Field(pattern=r"^T-\d{2}$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Tier(Frozen):
    """A finer grade of a verdict. The first tier of the list whose condition is true is given.

    A tier with `outside: true` names why the entry does not apply; all others are given only
    where it applies.
    """

    name: str
    words: str
    when: Criterion
    outside: bool = False


class Exemption(Frozen):
    """A deviation that the paper itself allows; the entry is then met, and the tier says how."""

    words: str
    granted_by: EntryId
    when: Criterion


class Reading(Frozen):
    """One way to understand an ambiguous entry. What is not given is the entry's."""

    name: Name
    words: str
    met: Criterion
    default: bool = False
    applies: Criterion | None = None
    tiers: tuple[Tier, ...] | None = None
    exceptions: tuple[Exemption, ...] | None = None


class Expected(Frozen):
    """A verdict and its tier."""

    verdict: Verdict
    tier: str | None = None


class Example(Frozen):
    """A worked example. Facts not named are unknown; `h: [20, 44]` gives an interval's two ends."""

    case: Literal["met", "deviated", "boundary", "not_evaluable", "not_applicable"]
    words: str
    facts: dict[str, bool | int | float | str | tuple[float | None, float | None] | None]
    verdict: Verdict
    tier: str | None = None
    by_reading: dict[str, Expected] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _case_is_verdict(self) -> Example:
        if self.case not in ("boundary", self.verdict):
            raise ValueError(f"an example of {self.case} cannot expect {self.verdict}")
        return self

    def columns(self) -> dict[str, Any]:
        """The facts as columns, intervals spread over `_lo` and `_hi`."""
        spread: dict[str, Any] = {}
        for name, value in self.facts.items():
            if isinstance(value, tuple):
                spread |= {f"{name}_lo": value[0], f"{name}_hi": value[1]}
            else:
                spread[name] = value
        return spread

    def expected(self, reading: str) -> Expected:
        """What the example expects of a reading."""
        return self.by_reading.get(reading) or Expected(verdict=self.verdict, tier=self.tier)


class Retired(Frozen):
    """Since which version an entry is no longer judged, and why. Entries are never deleted."""

    since: str
    why: str


class Statement(Frozen):
    """One statement of the paper, in our own words.

    `use` says what the registry does with it; a rule or option without verdict says in
    `undecidable` why data cannot decide it. `correction` names what differs from how the statement
    is catalogued elsewhere: the paper wins. `fact_parameters` names the registry's parameters that
    lie in its facts rather than in its criteria, such as a window of days around a course.
    """

    id: EntryId
    section: str
    title: str
    statement: str
    kind: EntryKind
    strength: Strength
    hedge: str = ""
    use: str = ""
    undecidable: str = ""
    correction: str = ""
    statistics: tuple[Statistic, ...] = ()
    fact_parameters: tuple[str, ...] = ()
    tensions: tuple[TensionId, ...] = ()

    @property
    def is_judged(self) -> bool:
        return False


class Recommendation(Statement):
    """A statement that gives a verdict: a rule is met or deviated from, an option used or not."""

    subject: Subject
    headline: bool
    why: str
    evidence: str
    population: str
    applies: Criterion
    readings: tuple[Reading, ...] = Field(min_length=1)
    exceptions: tuple[Exemption, ...] = ()
    tiers: tuple[Tier, ...] = ()
    numerator: str
    denominator: str
    center: str
    analyst: str
    registry_defined: str = ""
    reads: tuple[str, ...] = Field(min_length=1)
    retired: Retired | None = None
    examples: tuple[Example, ...]

    @model_validator(mode="before")
    @classmethod
    def _one_reading(cls, given: Any) -> Any:
        """A plain `met` is a single reading called `a`."""
        if not isinstance(given, dict) or "met" not in given:
            return given
        if "readings" in given:
            raise ValueError("give either `met` or `readings`, not both")
        given = dict(given)
        only = {"name": "a", "words": "The only reading.", "met": given.pop("met"), "default": True}
        return given | {"readings": [only]}

    @property
    def is_judged(self) -> bool:
        return self.retired is None

    @property
    def default_reading(self) -> Reading:
        return next(r for r in self.readings if r.default)

    def applies_of(self, reading: Reading) -> Criterion:
        return self.applies if reading.applies is None else reading.applies

    def tiers_of(self, reading: Reading) -> tuple[Tier, ...]:
        return self.tiers if reading.tiers is None else reading.tiers

    def exceptions_of(self, reading: Reading) -> tuple[Exemption, ...]:
        return self.exceptions if reading.exceptions is None else reading.exceptions

    def column(self, reading: str) -> str:
        """The verdict column: `MST-2.2-04`, reading `a` gives `mst_2_2_04__a`."""
        return f"{self.id.lower().replace('-', '_').replace('.', '_')}__{reading}"

    def verdict_words(self, verdict: Verdict) -> str:
        """An option is used or not; weaker than a recommendation, a rule is agreed with or not."""
        if self.kind == "option":
            return {"met": "used", "deviated": "not used"}.get(verdict, verdict.replace("_", " "))
        if self.strength not in FULL_STRENGTH:
            weaker = {"met": "concordant", "deviated": "not concordant"}
            return weaker.get(verdict, verdict.replace("_", " "))
        return verdict.replace("_", " ")
