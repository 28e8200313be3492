"""The consensus as a whole: what dbt gets, what the forms ask, coverage, figures, pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from registry import consensus
from registry.consensus import Recommendation, pages
from registry.consensus.coverage import totals
from registry.consensus.criteria import Escape
from registry.consensus.inspection import criteria_of, parameters_of, values_of
from registry.forms import FORMS
from registry.generated import ROOT

CURRENT = consensus.load()
FIRST = {
    "MST-2-04", "MST-2-05", "MST-2-06", "MST-2-08", "MST-2.1-02", "MST-2.1-04", "MST-2.1-05",
    "MST-2.2-03", "MST-2.2-04", "MST-2.2-08", "MST-2.3-06", "MST-4.3-02", "MST-5-06", "MST-5.2-03",
}  # fmt: skip
READS = [(entry.id, place) for entry in CURRENT.recommendations for place in entry.reads]


def test_the_first_recommendations_are_there() -> None:
    assert {entry.id for entry in CURRENT.judged()} >= FIRST


def test_statements_stand_in_the_order_of_the_paper() -> None:
    ids = [statement.id for statement in CURRENT.statements]
    assert ids == sorted(ids)
    sections = [statement.section for statement in CURRENT.statements]
    assert list(dict.fromkeys(sections)) == list(CURRENT.sections)


@pytest.mark.parametrize(("entry_id", "place"), READS)
def test_every_item_an_entry_reads_is_asked_for(entry_id: str, place: str) -> None:
    form, column = place.split(".")
    assert column in FORMS[form].columns()


def test_every_value_an_entry_compares_with_is_one_its_fact_takes() -> None:
    for entry in CURRENT.recommendations:
        for _, criterion in criteria_of(entry):
            for use in criterion.uses():
                if use.way == "text":
                    assert set(use.values) <= set(values_of(CURRENT.facts[entry.subject][use.name]))


def test_verdict_columns_are_names_that_sql_takes_and_each_its_own() -> None:
    columns = [v["column"] for found in consensus.verdict_vars().values() for v in found]
    assert max(Counter(columns).values()) == 1
    assert all(re.fullmatch(r"mst(_\d+)+__[a-z]\w*", column) for column in columns)
    assert "mst_2_2_04__a" in columns


def test_each_entry_has_one_default_reading_in_what_dbt_gets() -> None:
    for found in consensus.verdict_vars().values():
        defaults = Counter(v["recommendation_id"] for v in found if v["is_default"])
        assert set(defaults.values()) <= {1}
        assert set(defaults) == {v["recommendation_id"] for v in found}


def test_the_sql_is_plain() -> None:
    for found in consensus.verdict_vars().values():
        for variable in found:
            text = re.sub(r"'[^']*'", "", variable["verdict_sql"] + variable["tier_sql"])
            assert text == text.lower()
            assert not re.search(r"::|\{|\bilike\b|\bqualify\b|\bis (not )?(true|false)\b", text)


def test_the_sql_reads_declared_facts_only() -> None:
    words = {"case", "when", "then", "else", "end", "not", "and", "or", "is", "null", "in", "true",
             "false", "cast", "as", "varchar"}  # fmt: skip
    for subject, found in consensus.verdict_vars().items():
        declared = set(consensus.fact_columns()[subject])
        for variable in found:
            text = re.sub(r"'[^']*'", "", variable["verdict_sql"] + " " + variable["tier_sql"])
            assert set(re.findall(r"[a-z_]\w*", text)) - words <= declared


def test_weaker_than_a_recommendation_stays_out_of_the_headline() -> None:
    assert CURRENT.get("MST-5-06").headline is False
    assert CURRENT.get("MST-5-06").verdict_words("deviated") == "not concordant"
    assert CURRENT.get("MST-2-04").verdict_words("deviated") == "deviated"


KINDS = {
    "rule": 78, "option": 12, "report": 10, "benchmark": 15, "definition": 9, "scope": 6, "fact": 28,
}  # fmt: skip


def test_every_statement_of_the_paper_has_one_entry() -> None:
    rows = consensus.coverage()
    assert len(rows) == len({row["id"] for row in rows}) == 158
    assert Counter(row["kind"] for row in rows) == KINDS
    judged = [row for row in rows if row["status"] == "judged"]
    assert {row["id"] for row in judged} == {entry.id for entry in CURRENT.judged()}
    assert sum(row["kind"] == "rule" for row in judged) >= 74
    assert {row["kind"] for row in judged} == {"rule", "option"}


def test_what_is_not_judged_says_what_becomes_of_it() -> None:
    for entry in CURRENT.statements:
        if not isinstance(entry, Recommendation):
            assert entry.use or entry.undecidable, entry.id
            assert entry.statistics or entry.undecidable or entry.kind not in {
                "report", "benchmark",
            }, entry.id  # fmt: skip


def test_no_sentence_is_left_to_be_written() -> None:
    for entry in CURRENT.statements:
        assert "TODO" not in repr(entry), entry.id


def test_totals_of_the_sections_are_those_of_the_paper() -> None:
    found = totals(CURRENT)
    assert sum(row["statements"] for row in found) == 158
    for row in found:
        by_status = ("judged", "reported", "recorded", "undecidable", "retired")
        assert row["statements"] == sum(row[status] for status in by_status)  # type: ignore[literal-required]


def test_all_tensions_are_there_and_represented() -> None:
    assert [tension.id for tension in CURRENT.tensions] == [f"T-{n:02}" for n in range(1, 49)]
    named = {tension for entry in CURRENT.statements for tension in entry.tensions}
    assert named == {tension.id for tension in CURRENT.tensions}


def test_the_numbers_the_registry_chose_are_said_to_be_so_and_used() -> None:
    """A number that lies in the facts alone is named by an entry in `fact_parameters`."""
    used = {name for entry in CURRENT.statements for name in parameters_of(entry)}
    assert used == set(CURRENT.parameters)
    for entry in CURRENT.statements:
        for name in parameters_of(entry):
            assert f"`{name}`" in pages.page(entry)


def test_what_the_registry_chose_reaches_the_models_from_one_place() -> None:
    assert consensus.warehouse_vars()["parameters"] == consensus.parameters()
    asked = set()
    for path in (ROOT / "dbt").rglob("*.sql"):
        asked |= set(re.findall(r"var\('parameters'\)\.(\w+)", path.read_text()))
    assert asked
    assert asked <= set(CURRENT.parameters)


def test_the_figures_keep_their_marks_and_caveats() -> None:
    found = {b.id: b for b in consensus.benchmarks()}
    wanted = ("02", "04", "05", "09", "10", "11", "12", "13", "14", "15", "16")
    assert set(found) >= {f"B-{number}" for number in wanted}
    assert {s.id for s in CURRENT.statements} >= {b.entry for b in found.values()}
    assert {m.mark for m in found["B-05"].marks} == {"P", "G"}
    assert (found["B-09"].events, found["B-09"].of, found["B-09"].counts_mark) == (60, 90, "R")
    assert all("T-40" in found[f"B-{n}"].tensions for n in (11, 12, 13, 14))
    for b in found.values():
        if b.events and b.of:
            assert round(100 * b.events / b.of, 1) == b.low == b.high


def test_the_pages_on_disk_are_the_pages_there_would_be() -> None:
    folder = ROOT / "docs" / "consensus"
    made = pages.pages()
    assert {path.name for path in folder.glob("*.md")} == set(made)
    for name, content in made.items():
        assert (folder / name).read_bytes() == content.encode()
        assert content.splitlines()[0].startswith("<!-- Generated by `mst docs`")


LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")


def test_every_statement_is_on_a_page_and_every_link_leads_somewhere() -> None:
    made = pages.pages()
    for statement in CURRENT.statements:
        assert f"[{statement.id}](" in made["README.md"]
    for name, content in made.items():
        for file, place in LINK.findall(content):
            assert (file or name) in made, (name, file)
            assert not place or f'<a id="{place}"></a>' in made[file or name], (name, file, place)


def test_words_of_several_conditions_tell_and_from_or() -> None:
    for entry in CURRENT.judged():
        facts = CURRENT.facts[entry.subject]
        for _, criterion in criteria_of(entry):
            for words in (criterion.words(facts), criterion.denial(facts)):
                assert not any("; and " in p and "; or " in p for p in levels(words)), words


def levels(words: str) -> Iterator[str]:
    """The words within each pair of brackets, inner ones taken out, and what is around them."""
    while (inner := re.search(r"\([^()]*\)", words)) is not None:
        yield inner.group()
        words = words.replace(inner.group(), "", 1)
    yield words


def test_no_escape_uses_a_keyword_that_loses_the_unknown() -> None:
    with pytest.raises(ValueError, match="turns unknown into false"):
        Escape(
            expression="b is not true", true_words="x", false_words="y", reads=("b",), numbers={}
        )
