"""The site key: whole or not there, for its owner only, never shown (DEID-05, DEID-07)."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import time
from pathlib import Path

import pytest

from registry.deidentify import files, rotation
from registry.deidentify.keyfile import (
    KeyFileError,
    PassphraseError,
    SiteKey,
    create_key,
    encoded,
    fresh_key,
    open_key,
    save_key,
)
from registry.deidentify.mapping import MappingError, read_mapping
from registry.deidentify.pseudonyms import Entry
from registry.deidentify.recovery import recover
from registry.deidentify.rotation import pseudonyms_in, rotate
from registry.deidentify.writing import write
from registry.forms import FORMS
from registry.synthetic import cohort
from tests.deidentify.hospital import example, run, source

PATIENTS = 5_000


@pytest.mark.parametrize("profile", ["keyed", "random"])
@pytest.mark.parametrize("passphrase", ["", "correct horse"])
def test_a_key_comes_back_as_it_was(tmp_path: Path, profile: str, passphrase: str) -> None:
    made = create_key(tmp_path / "site.key", profile, passphrase)  # type: ignore[arg-type]
    assert open_key(tmp_path / "site.key", passphrase) == made
    assert (tmp_path / "site.key").stat().st_mode & 0o777 == 0o600
    if profile == "keyed":
        assert len(made.key) >= 32


def test_two_keys_are_never_the_same() -> None:
    assert len({fresh_key("keyed").key for _ in range(100)}) == 100


def test_a_key_is_not_written_over(tmp_path: Path) -> None:
    create_key(tmp_path / "k", "keyed")
    before = (tmp_path / "k").read_bytes()
    with pytest.raises(KeyFileError):
        create_key(tmp_path / "k", "keyed")
    assert (tmp_path / "k").read_bytes() == before


@pytest.mark.requirement("DEID-05")
def test_with_a_passphrase_the_file_holds_no_byte_of_the_key(tmp_path: Path) -> None:
    import base64

    made = create_key(tmp_path / "k", "keyed", "correct horse")
    content = (tmp_path / "k").read_bytes()
    secret = base64.b64decode(json.loads(content)["secret"])
    for form in (made.key, made.key.hex().encode()):
        assert form not in secret
        assert form not in content
    for wrong in ("", "wrong horse"):
        with pytest.raises(PassphraseError):
            open_key(tmp_path / "k", wrong)


@pytest.mark.requirement("DEID-05", "ACC-13")
def test_a_key_is_never_part_of_what_is_printed() -> None:
    made = fresh_key("keyed")
    local = "HOSP482913"
    told = f"{made!r} {made} {made.pseudonyms()!r} {run({'patient': [{'case_id': local}]}, made)!r}"
    assert made.key.hex() not in told
    assert repr(made.key) not in told
    assert local not in told


@pytest.mark.requirement("DEID-05", "ACC-13")
def test_a_file_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    create_key(tmp_path / "k", "keyed")
    (tmp_path / "k").chmod(0o640)
    with pytest.raises(KeyFileError, match="Other people"):
        open_key(tmp_path / "k")


def test_one_changed_byte_of_the_key_is_noticed(tmp_path: Path) -> None:
    import base64

    create_key(tmp_path / "k", "keyed")
    data = json.loads((tmp_path / "k").read_bytes())
    secret = json.loads(base64.b64decode(data["secret"]))
    secret["key"] = f"{int(secret['key'], 16) ^ 1:064x}"
    data["secret"] = base64.b64encode(json.dumps(secret).encode()).decode()
    (tmp_path / "k").write_text(json.dumps(data))
    with pytest.raises(KeyFileError, match="damaged"):
        open_key(tmp_path / "k")


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\x00", b'{"format": "mst site key 1"}'])
def test_what_is_no_key_file_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "k").write_bytes(content)
    (tmp_path / "k").chmod(0o600)
    with pytest.raises(KeyFileError):
        open_key(tmp_path / "k")


def test_the_random_table_is_saved_before_anything_carries_its_ids(tmp_path: Path) -> None:
    create_key(tmp_path / "k", "random")
    first = run({"patient": [{"case_id": "1"}]}, open_key(tmp_path / "k"))
    write(first, tmp_path / "a.xlsx", tmp_path / "k")
    again = run({"patient": [{"case_id": "1"}, {"case_id": "2"}]}, open_key(tmp_path / "k"))
    assert again.rows["patient"][0] == first.rows["patient"][0]
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600
    # a second person has added to the table since this file was prepared
    write(
        run({"patient": [{"case_id": "3"}]}, open_key(tmp_path / "k")),
        tmp_path / "b",
        tmp_path / "k",
    )
    with pytest.raises(KeyFileError, match="grown"):
        write(again, tmp_path / "c.xlsx", tmp_path / "k")
    assert not (tmp_path / "c.xlsx").exists()


def test_a_preview_leaves_the_random_table_as_it_was(tmp_path: Path) -> None:
    create_key(tmp_path / "k", "random")
    before = (tmp_path / "k").read_bytes()
    run({"patient": [{"case_id": "1"}]}, open_key(tmp_path / "k"))
    assert (tmp_path / "k").read_bytes() == before


def _known(key: SiteKey, patients: int = PATIENTS) -> dict[Entry, str]:
    ids = key.pseudonyms()
    entries: list[Entry] = [("case", str(n), "") for n in range(patients)]
    entries += [("donor", str(n), f"d{n % 3}") for n in range(patients)]
    return {what: ids.of(*what) for what in entries}


def _is_new(folder: Path, key: SiteKey, known: dict[Entry, str]) -> bool:
    """All new: a key and a mapping that belong together and name everybody."""
    if not folder.exists():
        return False
    mapping = read_mapping(folder / "mapping.json")
    fresh = open_key(folder / "new.key").pseudonyms()
    assert mapping.counts == {"case": PATIENTS, "donor": PATIENTS, "collection": 0, "aliquot": 0}
    pairs = {pair.old: pair for pair in mapping.cases}
    for what, old in known.items():
        if what[0] == "case":
            assert pairs[old].new == fresh.of(*what)
        else:
            case = pairs[known["case", what[1], ""]]
            assert (old, fresh.of(*what)) in case.own["donor"]
    return True


@pytest.mark.requirement("DEID-07")
@pytest.mark.parametrize("profile", ["keyed", "random"])
def test_rotation_renames_every_patient_and_no_donor_is_left_behind(
    tmp_path: Path, profile: str
) -> None:
    key = fresh_key(profile)  # type: ignore[arg-type]
    used = key.pseudonyms()
    known = {what: used.of(*what) for what in _known(key)}
    key = key.grown(used)
    mapping = rotate(tmp_path / "new", key, known, center_id="C01")
    assert _is_new(tmp_path / "new", key, known)
    assert read_mapping(tmp_path / "new" / "mapping.json") == mapping
    assert not set(known.values()) & {case.new for case in mapping.cases}
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["mapping.json", "new.key"]
    assert (tmp_path / "new" / "new.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.requirement("DEID-07")
def test_a_kill_at_any_moment_leaves_all_old_or_all_new(tmp_path: Path) -> None:
    create_key(tmp_path / "old.key", "keyed")
    old = (tmp_path / "old.key").read_bytes()
    key = open_key(tmp_path / "old.key")
    known = _known(key)
    started = time.monotonic()
    rotate(tmp_path / "whole", key, known, center_id="C01")
    usual = time.monotonic() - started
    dice = random.Random(11)
    outcomes = [
        _killed(tmp_path / f"r{n}", key, known, dice.uniform(0, 1.5 * usual)) for n in range(20)
    ]
    assert (tmp_path / "old.key").read_bytes() == old
    assert len(outcomes) == 20  # each folder was whole or absent; _is_new asserts the rest
    assert False in outcomes


def _killed(folder: Path, key: SiteKey, known: dict[Entry, str], after: float) -> bool:
    child = multiprocessing.get_context("fork").Process(
        target=rotate, args=(folder, key, known), kwargs={"center_id": "C01"}
    )
    child.start()
    child.join(after)
    if child.pid is not None and child.is_alive():
        os.kill(child.pid, signal.SIGKILL)
    child.join()
    return _is_new(folder, key, known)


@pytest.mark.parametrize("step", ["fsync", "rename", "after"])
def test_power_loss_at_each_step_of_the_last_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def dies(*_: object) -> None:
        raise SystemError

    if step == "after":
        monkeypatch.setattr(files, "_sync_folder", dies)
    else:
        monkeypatch.setattr(files.os, step, dies)
    key = fresh_key("keyed")
    known = _known(key)
    with pytest.raises(SystemError):
        rotate(tmp_path / "new", key, known, center_id="C01")
    monkeypatch.undo()
    assert _is_new(tmp_path / "new", key, known) is (step == "after")


def test_a_key_file_is_replaced_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = create_key(tmp_path / "k", "random")
    used = first.pseudonyms()
    used.of("case", "1")

    def dies(*_: object) -> None:
        raise SystemError

    monkeypatch.setattr(files.os, "replace", dies)
    with pytest.raises(SystemError):
        save_key(tmp_path / "k", first.grown(used))
    assert open_key(tmp_path / "k") == first


@pytest.mark.parametrize("change", ["byte", "count", "pair", "format", "twice"])
def test_a_mapping_that_was_changed_is_refused(tmp_path: Path, change: str) -> None:
    key = fresh_key("keyed")
    rotate(tmp_path / "new", key, _known(key, 3), center_id="C01")
    file = tmp_path / "new" / "mapping.json"
    data = json.loads(file.read_text())
    if change == "byte":
        data["cases"][0]["new"] = "A" + data["cases"][0]["new"][1:-1] + "7"
    if change == "count":
        data["counts"]["case"] = 4
    if change == "pair":
        del data["cases"][0]
    if change == "format":
        data["format"] = "other"
    if change == "twice":
        from registry.deidentify.mapping import _digest

        data["cases"][1]["new"] = data["cases"][0]["new"]
        data["sha256"] = _digest(data["cases"])
    file.write_text(json.dumps(data))
    with pytest.raises(MappingError):
        read_mapping(file)


def test_a_mapping_holds_no_local_id_and_no_key(tmp_path: Path) -> None:
    key = fresh_key("keyed")
    known = pseudonyms_in(source({"patient": [{"case_id": "HOSP482913"}],
                                  "donor": [{"case_id": "HOSP482913", "donor_id": "DON-LOCAL-77"}]}), key)  # fmt: skip
    rotate(tmp_path / "new", key, known, center_id="C01", reason="compromise")
    for name in ("mapping.json", "notice.txt"):
        text = (tmp_path / "new" / name).read_text()
        assert "482913" not in text
        assert "DON-LOCAL-77" not in text
        assert key.key.hex() not in text
    assert "1 cases, 1 donors" in (tmp_path / "new" / "notice.txt").read_text()


def test_a_file_with_an_unreadable_id_is_not_rotated() -> None:
    with pytest.raises(rotation.UnclearIdsError):
        pseudonyms_in(source({"patient": [{"case_id": ""}, {"case_id": "1"}]}), fresh_key("keyed"))


@pytest.mark.requirement("DEID-07")
def test_a_compromised_key_opens_and_makes_nothing_more(tmp_path: Path) -> None:
    from dataclasses import replace

    create_key(tmp_path / "k", "keyed", "x")
    save_key(tmp_path / "k", replace(open_key(tmp_path / "k", "x"), compromised=True), "x")
    with pytest.raises(KeyFileError, match="compromised"):
        run({"patient": [{"case_id": "1"}]}, open_key(tmp_path / "k", "x"))


@pytest.mark.requirement("DEID-07")
def test_after_a_lost_key_patients_are_recognised_by_what_was_sent(tmp_path: Path) -> None:
    make = example()
    hospital = make.identified(make.of_one_center(cohort(25, 4)), 4)
    lost = create_key(tmp_path / "lost.key", "keyed")
    sent = run(hospital.rows, lost)
    local = {form: [dict(row) for row in rows] for form, rows in hospital.rows.items()}
    local["followup"][0]["status"] = "dead"  # life went on after the last submission
    for row in local["patient"][1:2]:
        row["sex"], row["weight_kg"] = "male", 199  # and a correction that hides one patient
    gone = local["patient"][2]["case_id"]
    for form, rows in local.items():
        local[form] = [row for row in rows if row.get("case_id") != gone]

    fresh = fresh_key("keyed")
    found = recover(source(local), source(sent.rows), fresh, center_id="C01")
    truth = {
        lost.pseudonyms().of("case", row["case_id"]): fresh.pseudonyms().of("case", row["case_id"])
        for row in hospital.rows["patient"]
    }
    assert all(truth[pair.old] == pair.new for pair in found.cases)
    assert len(found.cases) == 23
    assert (found.missed_old, found.missed_local) == (2, 1)
    donors = {
        (lost.pseudonyms().of("donor", r["case_id"], r["donor_id"]),
         fresh.pseudonyms().of("donor", r["case_id"], r["donor_id"]))
        for r in hospital.rows["donor"]
    }  # fmt: skip
    assert {pair for case in found.cases for pair in case.own["donor"]} <= donors
    assert set(FORMS) >= set(local)


def test_twins_on_paper_are_not_guessed() -> None:
    rows = [{"case_id": str(n), "sex": "male", "weight_kg": 70} for n in (1, 2)]
    sent = run({"patient": rows})
    found = recover(
        source({"patient": rows}), source(sent.rows), fresh_key("keyed"), center_id="C01"
    )
    assert found.cases == ()
    assert (found.missed_old, found.missed_local) == (2, 2)


def test_the_content_of_a_key_file_does_not_depend_on_who_asks() -> None:
    key = fresh_key("random")
    assert encoded(key, "") == encoded(key, "")
    assert encoded(key, "x") != encoded(key, "x")  # salt and nonce are drawn anew
