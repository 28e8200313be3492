"""A receipt proves itself and its file, offline, to the byte."""

from __future__ import annotations

import json
import random
import stat
from pathlib import Path

import pytest

from registry.home import home
from registry.intake import signature as receipts
from registry.intake.reader import digest

RECEIPT = {"submission_id": 7, "status": "accepted", "center_id": "C01", "file_name": "März.csv",
           "rows": 3, "cases": {"P1": "accepted"}}  # fmt: skip


@pytest.fixture
def sent(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A file, its receipt, and the public key a center was given."""
    file, receipt, key = (tmp_path / name for name in ("patient.csv", "receipt.json", "key.pem"))
    file.write_bytes(random.Random(3).randbytes(50_000))
    signed = receipts.sign({**RECEIPT, "file_sha256": digest(file)})
    receipt.write_text(receipts.rendered(signed), encoding="utf-8")
    key.write_text(receipts.public_key_text(), encoding="utf-8")
    return file, receipt, key


def test_an_untouched_receipt_and_file_verify(sent: tuple[Path, Path, Path]) -> None:
    file, receipt, key = sent
    assert receipts.verify(receipt, file, key) == []
    assert receipts.verify(receipt, file) == []
    assert receipts.verify(receipt) == []


def test_every_flipped_bit_of_a_receipt_fails(sent: tuple[Path, Path, Path]) -> None:
    _, receipt, key = sent
    whole = receipt.read_bytes()
    for at in range(len(whole)):
        for bit in range(8):
            changed = bytearray(whole)
            changed[at] ^= 1 << bit
            receipt.write_bytes(changed)
            assert receipts.verify(receipt, None, key), (at, bit)


def test_added_and_lost_bytes_of_a_receipt_fail(sent: tuple[Path, Path, Path]) -> None:
    _, receipt, key = sent
    whole = receipt.read_bytes()
    for at in range(0, len(whole), 7):
        for changed in (whole[:at] + whole[at + 1 :], whole[:at] + b" " + whole[at:]):
            receipt.write_bytes(changed)
            assert receipts.verify(receipt, None, key), at


def test_random_bytes_of_the_file_fail(sent: tuple[Path, Path, Path]) -> None:
    file, receipt, key = sent
    whole = file.read_bytes()
    draw = random.Random(11)
    for at in [0, len(whole) - 1, *(draw.randrange(len(whole)) for _ in range(60))]:
        changed = bytearray(whole)
        changed[at] ^= 1 << draw.randrange(8)
        file.write_bytes(changed)
        assert receipts.verify(receipt, file, key) == [
            "The file is not the one this receipt is about, or was changed."
        ]
    file.write_bytes(whole + b"x")
    assert receipts.verify(receipt, file, key)


def test_the_name_of_the_file_does_not_matter(sent: tuple[Path, Path, Path]) -> None:
    file, receipt, key = sent
    assert receipts.verify(receipt, file.rename(file.with_name("renamed.csv")), key) == []


def test_a_folder_of_csvs_verifies_too(sent: tuple[Path, Path, Path], tmp_path: Path) -> None:
    _, receipt, key = sent
    folder = tmp_path / "csvs"
    folder.mkdir()
    (folder / "patient.csv").write_text("case_id\nP1\n")
    (folder / "course.csv").write_text("case_id,course_no\nP1,1\n")
    signed = receipts.sign({**RECEIPT, "file_sha256": digest(folder)})
    receipt.write_text(receipts.rendered(signed), encoding="utf-8")
    assert receipts.verify(receipt, folder, key) == []
    (folder / "course.csv").write_text("case_id,course_no\nP1,2\n")
    assert receipts.verify(receipt, folder, key)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"nonsense", b"\xff\xfe", b'{"signature": 5}', b"[" * 100_000]
)
def test_what_is_no_receipt_is_said_to_be_none(
    sent: tuple[Path, Path, Path], content: bytes
) -> None:
    _, receipt, key = sent
    receipt.write_bytes(content)
    (fault,) = receipts.verify(receipt, None, key)
    assert "receipt" in fault


def test_a_receipt_signed_by_another_registry_fails(
    sent: tuple[Path, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, receipt, key = sent
    given = json.loads(receipt.read_text())["public_key_id"]
    monkeypatch.setenv("MST_HOME", str(tmp_path / "elsewhere"))
    forged = receipts.sign(json.loads(receipt.read_text()))
    receipt.write_text(receipts.rendered(forged))
    assert receipts.verify(receipt) == []
    assert receipts.verify(receipt, None, key)
    # nor does it help to claim the true key
    claimed = {**forged, "public_key_id": given}
    receipt.write_text(receipts.rendered(claimed))
    assert receipts.verify(receipt, None, key)


def test_verifying_makes_no_key(
    sent: tuple[Path, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, receipt, key = sent
    monkeypatch.setenv("MST_HOME", str(tmp_path / "empty"))
    (fault,) = receipts.verify(receipt, file)
    assert "--key" in fault
    assert receipts.verify(receipt, file, key) == []
    assert not list((tmp_path / "empty").rglob("receipt.*"))


def test_lost_files_are_said_to_be_lost(sent: tuple[Path, Path, Path], tmp_path: Path) -> None:
    file, receipt, key = sent
    assert receipts.verify(tmp_path / "none.json", file, key) == ["There is no such receipt."]
    assert receipts.verify(receipt, tmp_path / "none.csv", key)
    assert receipts.verify(receipt, file, tmp_path / "none.pem")
    assert receipts.verify(receipt, file, file)


def test_the_private_key_is_for_its_owner_only(sent: tuple[Path, Path, Path]) -> None:
    path = home() / "keys" / "receipt.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "PRIVATE" not in receipts.public_key_text()


def test_the_key_stays_the_same() -> None:
    assert receipts.public_key_text() == receipts.public_key_text()
    assert receipts.sign(RECEIPT) == receipts.sign(receipts.sign(RECEIPT))
