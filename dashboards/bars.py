"""Bars as HTML: they fit a phone, wrap long titles, and say in words what they show.

Colours after Okabe and Ito, told apart by everyone; what is not evaluable is hatched besides, and
every bar has its numbers written over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from dashboards.adherence import VERDICTS, Line, count_words, rate_words, unknown_words
from dashboards.numbers import share
from registry.consensus.entries import Verdict

BLUE, VERMILION, ORANGE, PALE, GREEN = "#0072B2", "#D55E00", "#E69F00", "#9DC7E0", "#009E73"
HATCHED = "repeating-linear-gradient(135deg,#9a9a9a 0 3px,#dcdcdc 3px 7px)"
_STYLE = """<style>
.mst-bar{display:flex;flex-wrap:wrap;gap:.15rem 1.5rem;padding:.55rem 0;border-top:1px solid #8884}
.mst-name{flex:1 1 24rem;min-width:0;overflow-wrap:anywhere}
.mst-data{flex:1 1 18rem;min-width:0}
.mst-title{font-weight:600;line-height:1.3}
.mst-id{font-size:.8rem;opacity:.75;white-space:nowrap;margin-right:.4rem}
.mst-words{font-size:.9rem;line-height:1.35;font-variant-numeric:tabular-nums}
.mst-track{position:relative;display:flex;height:.95rem;margin:.25rem 0;border-radius:3px;
  overflow:hidden;background:#8883}
.mst-track span{display:block;height:100%}
.mst-scale{position:relative;height:1.1rem;margin:.25rem 0;border-radius:3px;background:
  linear-gradient(90deg,#8886 1px,transparent 1px) 0 0/25% 100%,#8882}
.mst-scale i{position:absolute;top:.45rem;height:.2rem;border-radius:2px}
.mst-scale b{position:absolute;top:.15rem;width:.8rem;height:.8rem;margin-left:-.4rem;border-radius:50%}
.mst-scale b.mst-diamond{border-radius:0;transform:rotate(45deg)}
.mst-why{font-size:.9rem;opacity:.9;margin:.2rem 0}
.mst-why summary{cursor:pointer;font-size:.85rem;opacity:.8}
.mst-key{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;font-size:.9rem;margin:.2rem 0 .4rem}
.mst-key span span{display:inline-block;width:.9rem;height:.9rem;border-radius:2px;
  vertical-align:-.1rem;margin-right:.35rem}
.mst-key.mst-lines span span{width:2.2rem;border-radius:0}
</style>"""


def colours(line: Line) -> dict[Verdict, str]:
    """By verdict: only a deviation from a recommendation has the colour of one."""
    other = {"deviated": VERMILION, "not concordant": ORANGE, "not used": PALE}
    no = line.entry.verdict_words("deviated")
    return {"met": BLUE, "deviated": other[no], "not_evaluable": HATCHED}


def page_style() -> str:
    """Headings that fit a phone: a long word is smaller rather than broken."""
    return (
        "<style>h1{font-size:clamp(1.6rem,6.5vw,2.75rem)!important}"
        "h2{font-size:clamp(1.35rem,5vw,2.25rem)!important}"
        "h3{font-size:clamp(1.15rem,4.2vw,1.75rem)!important}</style>"
    )


def key(found: Iterable[Line]) -> str:
    """The legend of a group of bars, in the words of its entries."""
    shown: dict[str, str] = {}
    for line in found:
        for verdict, colour in colours(line).items():
            shown.setdefault(line.entry.verdict_words(verdict), colour)
    return legend(dict(sorted(shown.items(), key=lambda item: item[1] == HATCHED)))


def legend(colour_of: Mapping[str, str], *, of_lines: bool = False) -> str:
    """Words with their colours or lines, in as many lines as the page needs."""
    marks = "".join(
        f'<span><span style="background:{colour}"></span>{escape(words)}</span>'
        for words, colour in colour_of.items()
    )
    kind = "mst-key mst-lines" if of_lines else "mst-key"
    return f'{_STYLE}<div class="{kind}">{marks}</div>'


def verdict_track(line: Line) -> str:
    """The bar alone, for where its numbers are written beside it."""
    return _STYLE + _track(line)


def verdict_bars(found: Iterable[Line], *, own: str = "") -> str:
    """One bar a recommendation; `own` names whose numbers they are when the registry stands beside."""
    return _STYLE + "".join(_verdict_bar(line, own) for line in found)


def _verdict_bar(line: Line, own: str) -> str:
    entry = line.entry
    name = (
        f'<div class="mst-title"><span class="mst-id">{escape(entry.id)}</span>'
        f"{escape(line.title)}</div>"
    )
    name += (
        '<details class="mst-why"><summary>What it says and why</summary>'
        f"<p>{escape(entry.statement)}</p><p>{escape(entry.why)}</p></details>"
    )
    return f'<div class="mst-bar"><div class="mst-name">{name}</div>{_numbers(line, own)}</div>'


def _numbers(line: Line, own: str) -> str:
    told = "; ".join(
        w for w in (rate_words(line.entry, line.tally), unknown_words(line.tally)) if w
    )
    words = f"{own}: {told}" if own else told
    html = _words(words) + _track(line)
    if line.tally.judged is None:
        html += _words("; ".join(_counts(line)))
    if line.registry is not None:
        html += _words(f"Registry: {rate_words(line.entry, line.registry)}")
    return f'<div class="mst-data">{html}</div>'


def _counts(line: Line) -> list[str]:
    return [
        f"{line.entry.verdict_words(verdict)} {count_words(getattr(line.tally, verdict))}"
        for verdict in VERDICTS[:2]
    ]


def _track(line: Line) -> str:
    """Shares of everyone it applies to; of those judged where it is hidden who could not be."""
    tally = line.tally
    if not tally.judged and not tally.not_evaluable:
        return ""
    if tally.judged is None:
        return ""
    verdicts = VERDICTS[:3] if tally.not_evaluable is not None else VERDICTS[:2]
    parts = [(v, getattr(tally, v)) for v in verdicts]
    whole = sum(count for _, count in parts)
    spans = "".join(
        f'<span style="width:{100 * count / whole:.2f}%;background:{colours(line)[v]}"></span>'
        for v, count in parts
        if count
    )
    said = ", ".join(f"{count} {line.entry.verdict_words(v)}" for v, count in parts)
    return f'<div class="mst-track" role="img" aria-label="{escape(said)}">{spans}</div>'


def _words(text: str) -> str:
    return f'<div class="mst-words">{escape(text)}</div>'


@dataclass(frozen=True)
class Whisker:
    """A share with its interval on the scale from 0 to 100 %, or a range alone.

    What is published is a diamond, so that it is known without its colour.
    """

    label: str
    words: str
    value: float | None = None
    bounds: tuple[float, float] | None = None
    colour: str = BLUE
    is_published: bool = False


def whiskers(rows: Iterable[Whisker]) -> str:
    """A point with its interval a row, on one scale with lines at every quarter."""
    return _STYLE + "".join(_whisker(row) for row in rows)


def _whisker(row: Whisker) -> str:
    html = f'<div class="mst-words"><b>{escape(row.label)}</b> {escape(row.words)}</div>'
    if row.value is not None or row.bounds is not None:
        low, high = row.bounds or (0.0, 0.0)
        html += (
            f'<div class="mst-scale" role="img" aria-label="{escape(row.words)}">'
            f'<i style="left:{100 * low:.2f}%;width:{100 * (high - low):.2f}%;background:{row.colour}"></i>'
        )
        if row.value is not None:
            shape = ' class="mst-diamond"' if row.is_published else ""
            html += f'<b{shape} style="left:{100 * row.value:.2f}%;background:{row.colour}"></b>'
        html += "</div>"
    return html


@dataclass(frozen=True)
class Part:
    """A number of subjects of a bar that has several kinds; `colour` None is hatched, for what is not known."""

    words: str
    count: int
    colour: str | None = BLUE


def parts(title: str, found: Iterable[Part], whole: int) -> str:
    """One bar of several kinds beside each other, `whole` subjects long, with its numbers in words over it."""
    rows = list(found)
    said = ", ".join(f"{row.count:,} {row.words}" for row in rows)
    spans = "".join(
        f'<span style="width:{100 * (share(row.count, whole) or 0):.2f}%;background:{row.colour or HATCHED}"></span>'
        for row in rows
    )
    return (
        f'{_STYLE}<div class="mst-title">{escape(title)}</div>{_words(said)}'
        f'<div class="mst-track" role="img" aria-label="{escape(said)}">{spans}</div>'
    )


@dataclass(frozen=True)
class Count:
    """A number of subjects of one kind."""

    label: str
    count: int
    colour: str = BLUE


def counts(rows: Iterable[Count]) -> str:
    """Bars of counts, with their share of all."""
    found = list(rows)
    whole = sum(row.count for row in found)
    return _STYLE + "".join(
        f'<div class="mst-words">{escape(row.label)}: {row.count:,}</div>'
        f'<div class="mst-track" role="img" aria-label="{row.count}">'
        f'<span style="width:{100 * (share(row.count, whole) or 0):.2f}%;background:{row.colour}">'
        "</span></div>"
        for row in found
    )
