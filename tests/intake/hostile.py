"""Workbooks that abort a reader or fill the memory: the nine of the security table, and mutations."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.intake.generators import (
    GOOD_ROWS,
    PATIENT,
    Make,
    by_hand,
    inline,
    package,
    packed,
    read_package,
    sheet_xml,
    write_package,
)

_ROW = inline([list(PATIENT), list(PATIENT.values())])
_MANY = b"<c><v>1</v></c>"


def far_corner() -> Make:
    return by_hand(GOOD_ROWS + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def far_column() -> Make:
    return by_hand(GOOD_ROWS.replace('<c r="B1"', '<c r="XFD1"', 1))


def far_row() -> Make:
    return by_hand(GOOD_ROWS + '<row r="1048576"><c r="A1048576"><v>1</v></c></row>')


def countless_strings() -> Make:
    cells = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    strings = '<sst count="4294967295" uniqueCount="4294967295"><si><t>case_id</t></si></sst>'
    return by_hand(cells, strings=strings)


def dense_bomb() -> Make:
    """20 million cells: under 1 MB packed, 300 MB unpacked."""
    return _repeated(b"<row>" + _MANY * 100 + b"</row>", 200_000)


def one_cell_bomb() -> Make:
    """One cell of almost 1 GB."""
    return _repeated(b"A" * 1024**2, 930, b'<row r="1"><c t="str"><v>', b"</v></c></row>")


def lying_directory() -> Make:
    """A sheet of 300 MB that the directory declares to be 1 kB."""

    def make(folder: Path) -> Path:
        path = dense_bomb()(folder)
        data = path.read_bytes()
        with zipfile.ZipFile(path) as container:
            size = container.getinfo("xl/worksheets/sheet1.xml").file_size
        path.write_bytes(data.replace(size.to_bytes(4, "little"), (1024).to_bytes(4, "little")))
        return path

    return make


def billion_laughs() -> Make:
    entities = "".join(f"<!ENTITY e{i + 1} '{f'&e{i};' * 10}'>" for i in range(9))
    doctype = f"<!DOCTYPE sst [<!ENTITY e0 'ha'>{entities}]>"
    return by_hand(strings=f"<?xml version='1.0'?>{doctype}<sst><si><t>&e9;</t></si></sst>")


def outside_entity(target: str = "file:///etc/hostname") -> Make:
    doctype = f"<!DOCTYPE sst [<!ENTITY x SYSTEM '{target}'>]>"
    return by_hand(strings=f"<?xml version='1.0'?>{doctype}<sst><si><t>&x;</t></si></sst>")


def parameter_entity() -> Make:
    doctype = "<!DOCTYPE sst [<!ENTITY % x SYSTEM 'file:///etc/hostname'> %x;]>"
    return by_hand(strings=f"<?xml version='1.0'?>{doctype}<sst/>")


def wide_entity() -> Make:
    """The document type in UTF-16, where a search for its bytes finds nothing."""
    parts = package(sheet_xml(GOOD_ROWS), strings="<sst/>")
    text = "<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE sst [<!ENTITY a 'b'>]><sst/>"
    return packed({**parts, "xl/sharedStrings.xml": text.encode("utf-16")})


def _repeated(piece: bytes, times: int, before: bytes = b"", after: bytes = b"") -> Make:
    def make(folder: Path) -> Path:
        path = folder / "cases.xlsx"
        parts = package("")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as container:
            for name, content in parts.items():
                if "sheet1" not in name:
                    container.writestr(name, content)
            with container.open("xl/worksheets/sheet1.xml", "w") as stream:
                stream.write(b"<worksheet><sheetData>" + before)
                for _ in range(times // 100):
                    stream.write(piece * 100)
                stream.write(after + b"</sheetData></worksheet>")
        return path

    return make


def mutations(source: Path, folder: Path, seed: int, count: int) -> Iterator[Path]:
    """Copies of a workbook with bytes or pieces of one part or of the container changed."""
    chance = random.Random(seed)
    for number in range(count):
        path = folder / f"mutant-{seed}-{number}.xlsx"
        if chance.random() < 0.3:
            path.write_bytes(_mutated(source.read_bytes(), chance))
        else:
            parts = read_package(source)
            name = chance.choice(sorted(parts))
            kind = chance.random()
            if kind < 0.1:
                del parts[name]
            elif kind < 0.2:
                parts[name] = parts[chance.choice(sorted(parts))]
            else:
                parts[name] = _mutated(parts[name], chance)
            write_package(path, parts)
        yield path


_PIECES = (b"4294967295", b"-1", b"XFD1048576", b"\0", b"<", b"&x;", b't="s"', b't="e"', b"\xff",
           b"1e999", b"</row>", b"<c>", b'r="A0"', b"9" * 400, b"<!--", b"]]>")  # fmt: skip


def _mutated(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(found) + 1)
        match chance.randrange(4):
            case 0:
                found[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                found[at:at] = chance.choice(_PIECES)
            case 2:
                del found[at : at + chance.randint(1, 200)]
            case _:
                found[at:at] = found[at : at + chance.randint(1, 200)]
    return bytes(found)


HOSTILE: dict[str, Make] = {
    "far corner": far_corner(), "far column": far_column(), "far row": far_row(),
    "countless strings": countless_strings(), "dense bomb": dense_bomb(),
    "one-cell bomb": one_cell_bomb(), "lying directory": lying_directory(),
    "billion laughs": billion_laughs(), "outside entity": outside_entity(),
}  # fmt: skip
