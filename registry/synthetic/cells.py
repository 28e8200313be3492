"""Cells: when they are given, from which collection, and what was counted in them."""

from __future__ import annotations

from dataclasses import dataclass, field

from registry.forms.codes import DelayReason, DoseState, ProductState, WeightBasis
from registry.synthetic.centers import TIERS
from registry.synthetic.chart import Person
from registry.synthetic.draw import Draw
from registry.synthetic.regimens import last_cytotoxic_end
from registry.synthetic.story import Course, Story

DAYTIME = range(8 * 60, 19 * 60, 15)


@dataclass(frozen=True)
class Aliquot:
    """Part of a collection, in 1e8 cells."""

    aliquot_id: str
    state: ProductState
    mnc: float
    cd3: float
    cd34: float
    thaw_day: int | None
    viability: int


@dataclass
class Collection:
    """One apheresis product, in 1e8 cells."""

    collection_id: str
    donor_id: str
    day: int
    mnc: float
    cd3_share: float
    cd34_share: float
    aliquots: list[Aliquot] = field(default_factory=list)

    @property
    def left(self) -> float:
        return self.mnc - sum(a.mnc for a in self.aliquots)


@dataclass(frozen=True)
class Infusion:
    no: int
    course: Course
    donor_id: str
    aliquot: Aliquot
    minute: int
    tier: str
    weight_kg: float
    weight_basis: WeightBasis
    dose_state: DoseState
    delay_reason: DelayReason | None

    @property
    def day(self) -> int:
        return self.minute // 1440

    @property
    def viable(self) -> float:
        """Share of the counted cells that the dose counts."""
        return self.aliquot.viability / 100 if self.dose_state is DoseState.AFTER_THAW else 1.0

    def per_kg(self, cells_e8: float, digits: int = 2) -> float:
        return round(cells_e8 * self.viable / self.weight_kg, digits)


@dataclass
class Supply:
    """All cells of one case."""

    collections: list[Collection] = field(default_factory=list)
    infusions: list[Infusion] = field(default_factory=list)

    @property
    def donors(self) -> list[str]:
        return list(dict.fromkeys(c.donor_id for c in self.collections))


def supply(patient: Person, story: Story, draw: Draw) -> Supply:
    """Cells for every MST course: the first fresh, the rest of the collection frozen."""
    cells = Supply()
    for course in story.courses:
        if course.is_mst:
            _give(cells, patient, story, course, draw)
    for collection in cells.collections:
        _freeze_rest(collection, patient, draw)
    return cells


def _give(cells: Supply, patient: Person, story: Story, course: Course, draw: Draw) -> None:
    tier = draw.weighted(patient.practice.timing)
    minute = infusion_minute(last_cytotoxic_end(course.doses), tier, draw)
    if minute // 1440 >= story.last_day:
        tier = "T1"
        minute = infusion_minute(last_cytotoxic_end(course.doses), tier, draw)
    weight = _dose_weight(patient, course)
    wanted = draw.around(patient.practice.mnc_e8_per_kg, patient.practice.dose_spread) * weight
    wanted = min(max(wanted, 0.6 * weight), 7 * weight)
    source = _source(cells, patient, minute // 1440, wanted, draw)
    aliquot = _part(source, min(wanted, source.left), minute // 1440, draw)
    thawed = aliquot.state is ProductState.FROZEN
    after = (
        DoseState.AFTER_THAW if patient.practice.counts_after_thaw else DoseState.BEFORE_FREEZING
    )
    cells.infusions.append(
        Infusion(
            no=len(cells.infusions) + 1, course=course, donor_id=source.donor_id, aliquot=aliquot,
            minute=minute, tier=tier, weight_kg=weight, weight_basis=patient.practice.weight_basis,
            dose_state=after if thawed else DoseState.FRESH, delay_reason=_delay(patient, tier, draw),
        )
    )  # fmt: skip


def infusion_minute(end: int, tier: str, draw: Draw) -> int:
    """A quarter of an hour in daytime, so many hours after `end` as the tier says."""
    low, high = (int(hours * 60) for hours in TIERS[tier])
    day = end // 1440
    fitting = [
        minute
        for d in range(day, day + 7)
        for clock in DAYTIME
        if low <= (minute := d * 1440 + clock) - end < high
    ]
    return draw.among(fitting)


def _delay(patient: Person, tier: str, draw: Draw) -> DelayReason | None:
    if tier not in ("T2", "T3", "T4") or not draw.chance(patient.practice.delay_reason_given):
        return None
    return draw.weighted(
        {
            DelayReason.INFECTION: 4.0, DelayReason.DONOR: 3.0, DelayReason.LOGISTICS: 3.0,
            DelayReason.PRODUCT: 1.0, DelayReason.ORGAN_TOXICITY: 1.0,
        }
    )  # fmt: skip


def _dose_weight(patient: Person, course: Course) -> float:
    """Actual weight at the course, or adjusted: ideal (Devine) plus 40 % of the excess."""
    if patient.practice.weight_basis is WeightBasis.ACTUAL:
        return course.weight_kg
    ideal = (50.0 if patient.sex == "male" else 45.5) + 0.91 * (patient.height_cm - 152.4)
    return round(ideal + 0.4 * (course.weight_kg - ideal), 1)


def _source(cells: Supply, patient: Person, day: int, wanted: float, draw: Draw) -> Collection:
    """What is left of the last collection, or a new one, sometimes from another donor."""
    if cells.collections and patient.practice.freezes and cells.collections[-1].left > 0.8 * wanted:
        return cells.collections[-1]
    donor = cells.collections[-1].donor_id if cells.collections else "D1"
    if cells.collections and donor == "D1" and draw.chance(0.3):
        donor = "D2"
    mnc = round(max(draw.around(430, 0.35), 1.02 * wanted), 1)
    cd3 = draw.normal(patient.practice.cd3_share, 0.03, 0.25, 0.55, 3)
    new = Collection(
        f"COL{len(cells.collections) + 1}", donor, day, mnc, cd3, draw.normal(0.008, 0.002, 0.003, 0.016, 4)
    )  # fmt: skip
    cells.collections.append(new)
    return new


def _part(source: Collection, mnc: float, day: int, draw: Draw) -> Aliquot:
    """The next part; it is fresh on the day of collection and thawed on later days."""
    fresh = day == source.day
    name = f"{source.collection_id}-{chr(ord('A') + len(source.aliquots))}"
    cut = int(mnc * 10) / 10  # never more than is left
    part = Aliquot(
        aliquot_id=name, state=ProductState.FRESH if fresh else ProductState.FROZEN, mnc=cut,
        cd3=int(cut * source.cd3_share * 10) / 10, cd34=int(cut * source.cd34_share * 1000) / 1000,
        thaw_day=None if fresh else day,
        viability=draw.whole(95, 99) if fresh else draw.whole(82, 95),
    )  # fmt: skip
    source.aliquots.append(part)
    return part


def _freeze_rest(collection: Collection, patient: Person, draw: Draw) -> None:
    """Cells that nobody needed stay in the freezer; some centers do not report them."""
    if not patient.practice.freezes or collection.left < 60 or draw.chance(0.2):
        return
    rest = _part(collection, collection.left * 0.98, collection.day + 1, draw)
    collection.aliquots[-1] = Aliquot(**{**rest.__dict__, "thaw_day": None})
