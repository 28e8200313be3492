"""The parts of a workbook's container, unpacked and counted before anything believes them.

An .xlsx file is a zip of XML parts. What its directory says about sizes may be a lie, so every part is
unpacked in small pieces and counted. Later readers only ever see the parts that were looked at here.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree  # type: ignore[import-untyped]
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]

from registry.intake import limits
from registry.intake.kinds import damaged
from registry.intake.raw import UnreadableFileError

_PIECE = 1024**2
_XML = (".xml", ".rels", ".vml")
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding=["']([^"']+)["']""")


@dataclass(frozen=True)
class Link:
    """One relationship of a part: its kind (the last word of its type), where to, inside or out."""

    kind: str
    target: str
    external: bool


@dataclass(frozen=True)
class Parts:
    """Every part by its name in small letters; the content of XML parts only."""

    names: tuple[str, ...]
    content: Mapping[str, bytes]

    def xml(self, name: str) -> Element:
        """A part as a tree. Raises UnreadableFileError."""
        try:
            tree: Element = ElementTree.fromstring(self.content[name], forbid_dtd=True)
        except (KeyError, ParseError, DefusedXmlException, ValueError, LookupError) as error:
            raise damaged() from error
        return tree

    def links(self, name: str) -> dict[str, Link]:
        """The relationships of a part by their id; targets are part names."""
        folder, base = posixpath.split(name)
        rels = f"{folder}/_rels/{base}.rels".lstrip("/")
        if rels not in self.content:
            return {}
        return {e.get("Id", ""): _link(folder, e) for e in self.xml(rels)}


def elements(tree: Element, name: str) -> list[Element]:
    """All elements of that name, whatever their namespace (Excel has a transitional and a strict)."""
    return [e for e in tree.iter() if isinstance(e.tag, str) and e.tag.rsplit("}", 1)[-1] == name]


def _link(folder: str, element: Element) -> Link:
    external = element.get("TargetMode", "").lower() == "external"
    target = element.get("Target", "")
    if not external:
        target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/").lower()
    return Link(element.get("Type", "").rsplit("/", 1)[-1], target, external)


def unpack(data: bytes) -> Parts:
    """Look at the container, then unpack its XML parts. Raises UnreadableFileError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            entries = [e for e in container.infolist() if not e.is_dir()]
            _inspect(entries)
            return Parts(tuple(e.filename.lower() for e in entries), _contents(container, entries))
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
    ) as e:
        raise damaged() from e


def _inspect(entries: list[zipfile.ZipInfo]) -> None:
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableFileError(
            "The workbook is encrypted.", "Save it without a password.", "file.kind"
        )
    names = [entry.filename.lower() for entry in entries]
    if len(names) > limits.MAX_PARTS or len(set(names)) < len(names):
        raise damaged()
    if any(n.startswith("/") or "\\" in n or ".." in n.split("/") for n in names):
        raise damaged()
    if sum(entry.file_size for entry in entries) > limits.MAX_UNPACKED_BYTES:
        raise _too_large()


def _contents(container: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = limits.MAX_UNPACKED_BYTES
    for entry in entries:
        if not entry.filename.lower().endswith(_XML):
            continue
        content = _unpacked(container, entry, left)
        left -= len(content)
        _require_plain_xml(content)
        found[entry.filename.lower()] = content
    return found


def _unpacked(container: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    pieces = []
    with container.open(entry) as stream:
        while piece := stream.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise _too_large()
            pieces.append(piece)
    return b"".join(pieces)


def _require_plain_xml(content: bytes) -> None:
    """UTF-8 without a document type: no entities, and no second spelling of the same bytes."""
    said = _ENCODING.match(content.removeprefix(b"\xef\xbb\xbf"))
    if said and said[1].lower() not in (b"utf-8", b"us-ascii", b"ascii", b"utf8"):
        raise damaged()
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\0" in content[:4096]:
        raise damaged()


def _too_large() -> UnreadableFileError:
    return UnreadableFileError(
        "The workbook is too large once unpacked.",
        "Delete unused rows and formatting, or split it by case.", "file.size",
    )  # fmt: skip
