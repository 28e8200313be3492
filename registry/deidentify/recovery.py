"""After a lost key: find out which patient is which old pseudonym, by what was sent about them.

Possible for patients whose content, as it was last sent, occurs once on each side. Not possible for
patients who are not in the center's file any more, or whom nothing tells apart. Nothing is guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from registry.deidentify.convert import Prepared, prepare
from registry.deidentify.days import DateOrder
from registry.deidentify.keyfile import SiteKey, fresh_key
from registry.deidentify.layout import ID_COLUMNS
from registry.deidentify.mapping import OF_A_CASE, CasePair
from registry.deidentify.pseudonyms import Kind
from registry.deidentify.source import Source
from registry.deidentify.values import Value
from registry.forms.upload import UPLOAD_COLUMNS

# what hardly changes after registration, for patients whose follow-up has gone on since;
# the HLA type must be among it, for age and weight alone may fit a stranger
BASELINE = ("patient", "diagnosis", "hla")

Row = dict[str, Value]
Case = Mapping[str, Sequence[Row]]
Content = tuple[tuple[str, str], ...]
Print = tuple[tuple[str, Content], ...]


@dataclass(frozen=True)
class Recovery:
    """Who was found: old pseudonyms with the new ones. `missed_old` and `missed_local` count those
    who were not, on either side; `key` is the new key with what it now knows."""

    cases: tuple[CasePair, ...]
    missed_old: int
    missed_local: int
    key: SiteKey = field(repr=False)


def recover(
    local: Source, submitted: Source, key: SiteKey, *, center_id: str,
    order: DateOrder = DateOrder.ISO,
) -> Recovery:  # fmt: skip
    """Match the center's own file with the last file it sent. `key` is the new key.

    Compares what each patient's rows say apart from ids: first everything, then the baseline.
    """
    new = prepare(local, key, center_id=center_id, order=order, blank_identifiers=True)
    scratch = fresh_key("keyed")
    old = prepare(submitted, scratch, center_id=center_id, blank_identifiers=True)
    sent, ours = _by_case(old), _by_case(new)
    names = _written_as(old)
    found: list[CasePair] = []
    for look in (_everything, _baseline):
        for before, now in _unique_pairs(sent, ours, look):
            pair = _pair(before, now, sent[before], ours[now], names)
            if pair is not None:
                found.append(pair)
                del sent[before], ours[now]
    return Recovery(
        tuple(sorted(found, key=lambda p: p.old)), len(sent), len(ours),
        key.grown(new.ledger.pseudonyms),
    )  # fmt: skip


def _by_case(prepared: Prepared) -> dict[str, dict[str, list[Row]]]:
    cases: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for form, rows in prepared.rows.items():
        for row in rows:
            if isinstance(case := row.get("case_id"), str):
                cases[case][form].append(row)
    return cases


def _written_as(prepared: Prepared) -> dict[str, str]:
    """The old pseudonyms as they were sent, by what the scratch key made of them."""
    spelled = prepared.ledger.spellings
    return {made: min(spelled[what]) for what, made in prepared.ledger.known.items()}


def _everything(case: Case) -> Print | None:
    return _print(case, tuple(case))


def _baseline(case: Case) -> Print | None:
    return _print(case, BASELINE) if case.get("hla") else None


def _print(case: Case, forms: Sequence[str]) -> Print:
    return tuple(sorted((form, _content(row)) for form in forms for row in case.get(form, ())))


def _content(row: Row) -> Content:
    """What a row says, without whose row it is."""
    skipped = ID_COLUMNS.keys() | UPLOAD_COLUMNS.keys()
    told = {c: str(v) for c, v in row.items() if v is not None and c not in skipped}
    return tuple(sorted(told.items()))


def _unique_pairs(
    sent: Mapping[str, Case], ours: Mapping[str, Case], look: Callable[[Case], Print | None]
) -> list[tuple[str, str]]:
    def by_print(cases: Mapping[str, Case]) -> dict[Print, list[str]]:
        found: dict[Print, list[str]] = defaultdict(list)
        for name, case in cases.items():
            if (seen := look(case)) is not None:
                found[seen].append(name)
        return found

    before, now = by_print(sent), by_print(ours)
    both = before.keys() & now.keys()
    return [(before[p][0], now[p][0]) for p in both if len(before[p]) == len(now[p]) == 1]


def _pair(before: str, now: str, old: Case, new: Case, names: Mapping[str, str]) -> CasePair | None:
    """The pair with all donors and products of the old rows, None if one stays unclear."""
    wanted = _ids(old, names)
    found: dict[tuple[Kind, Value], set[str]] = {}
    for form, rows in old.items():
        ours = _single(new.get(form, ()))
        for content, row in _single(rows).items():
            for column, kind in ID_COLUMNS.items():
                what, now_is = (kind, row.get(column)), ours.get(content, {}).get(column)
                if what in wanted and isinstance(now_is, str):
                    found.setdefault(what, set()).add(now_is)
    clear = {what: next(iter(ones)) for what, ones in found.items() if len(ones) == 1}
    if clear.keys() != wanted or len(set(clear.values())) != len(clear):
        return None
    own: dict[Kind, tuple[tuple[str, str], ...]] = {
        kind: tuple(sorted((names[str(was)], is_) for (k, was), is_ in clear.items() if k == kind))
        for kind in OF_A_CASE
    }
    return CasePair(names[before], now, own)


def _single(rows: Sequence[Row]) -> dict[Content, Row]:
    """Rows by content, without those that say the same as another row."""
    found: dict[Content, list[Row]] = defaultdict(list)
    for row in rows:
        found[_content(row)].append(row)
    return {content: same[0] for content, same in found.items() if len(same) == 1}


def _ids(case: Case, names: Mapping[str, str]) -> set[tuple[Kind, Value]]:
    """The donors and products that the rows of a case name."""
    return {
        (kind, value)
        for rows in case.values()
        for row in rows
        for column, kind in ID_COLUMNS.items()
        if kind != "case" and (value := row.get(column)) in names
    }
