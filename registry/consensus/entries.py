"""One entry of the consensus: what it says, whom it is about, when it is met, and examples."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from registry.consensus.base import Frozen
from registry.consensus.criteria import Criterion
from registry.consensus.facts import Subject

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
    """One way to understand an ambiguous entry. Tiers and exceptions not given are the entry's."""

    name: Name
    words: str
    met: Criterion
    default: bool = False
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


class Recommendation(Frozen):
    """An entry of the consensus that gives a verdict.

    `fact_parameters` names the registry's parameters that lie in its facts rather than in its
    criteria, such as a window of days around a course.
    """

    id: EntryId
    section: str
    title: str
    statement: str
    kind: EntryKind
    strength: Strength
    hedge: str = ""
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
    fact_parameters: tuple[str, ...] = ()
    reads: tuple[str, ...] = Field(min_length=1)
    tensions: tuple[TensionId, ...] = ()
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
    def default_reading(self) -> Reading:
        return next(r for r in self.readings if r.default)

    def tiers_of(self, reading: Reading) -> tuple[Tier, ...]:
        return self.tiers if reading.tiers is None else reading.tiers

    def exceptions_of(self, reading: Reading) -> tuple[Exemption, ...]:
        return self.exceptions if reading.exceptions is None else reading.exceptions

    def column(self, reading: str) -> str:
        """The verdict column: `MST-2.2-04`, reading `a` gives `mst_2_2_04__a`."""
        return f"{self.id.lower().replace('-', '_').replace('.', '_')}__{reading}"

    def verdict_words(self, verdict: Verdict) -> str:
        """Weaker than a recommendation, an entry is agreed with or not; nobody deviates from it."""
        if self.strength not in FULL_STRENGTH:
            weaker = {"met": "concordant", "deviated": "not concordant"}
            return weaker.get(verdict, verdict.replace("_", " "))
        return verdict.replace("_", " ")
