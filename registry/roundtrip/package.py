"""A workbook file as its parts: sheets by name, their relations, and what is added or taken out.

Only parts that change are parsed; the rest goes through byte by byte, so that charts, cached results
of formulas and whatever else a spreadsheet keeps there survive.
"""

from __future__ import annotations

import posixpath
import zipfile
from pathlib import Path
from xml.dom.minidom import Document, Element

from registry.roundtrip.xml import attribute, children, descendants, dump, graft, parse, root

_TIME = (1980, 1, 1, 0, 0, 0)
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"


class Package:
    """The parts of one workbook. Sheet names are matched without case and surrounding blanks."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as container:
            self.parts = {i.filename: container.read(i) for i in container.infolist()}
        self._parsed: dict[str, Document] = {}
        self._types = parse(self.parts["[Content_Types].xml"])
        self.path = self._main_part()
        self._book = parse(self.parts[self.path])
        self._before = self.sheet_names()

    def write(self, path: Path) -> None:
        """The same content gives the same bytes."""
        self._renumber()
        self.parts[self.path] = dump(self._book)
        self.parts["[Content_Types].xml"] = dump(self._types)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as container:
            for name, data in self.parts.items():
                container.writestr(zipfile.ZipInfo(name, _TIME), data, zipfile.ZIP_DEFLATED)

    def sheet_names(self) -> list[str]:
        return [node.getAttribute("name") for node in self._sheet_nodes()]

    def sheet_part(self, name: str) -> str | None:
        node = self._node(name)
        return None if node is None else self.target(self.path, _relation_of(node))

    def sheet_title(self, name: str) -> str | None:
        """The name as the center wrote it."""
        node = self._node(name)
        return None if node is None else node.getAttribute("name")

    def related(self, part: str, kind: str) -> str | None:
        """The part that `part` refers to as `kind`, such as comments or styles."""
        rels = self._relations(part)
        for node in children(root(rels), "Relationship") if rels else ():
            if node.getAttribute("Type").endswith(f"/{kind}"):
                return _resolve(part, node.getAttribute("Target"))
        return None

    def target(self, part: str, relation: str) -> str | None:
        """The part behind a relation's id."""
        rels = self._relations(part)
        for node in children(root(rels), "Relationship") if rels else ():
            if node.getAttribute("Id") == relation:
                return _resolve(part, node.getAttribute("Target"))
        return None

    def relate(self, part: str, kind: str, target: str) -> str:
        """A new relation of `part`; returns its id."""
        name = _rels_name(part)
        if name not in self.parts:
            self.parts[name] = f'<Relationships xmlns="{_RELS}"/>'.encode()
        rels = self._relations(part)
        assert rels is not None
        taken = {n.getAttribute("Id") for n in children(root(rels))}
        new = next(f"rId{n}" for n in range(1, len(taken) + 2) if f"rId{n}" not in taken)
        where = posixpath.relpath(target, posixpath.dirname(part))
        root(rels).appendChild(
            graft(
                root(rels),
                f'<Relationship Id="{new}" Type="{_R}/{kind}" Target={attribute(where)}/>',
            )
        )
        self.parts[name] = dump(rels)
        return new

    def add_part(self, stem: str, ending: str, kind: str, data: bytes) -> str:
        """A new part under xl/ with its content type; returns its name."""
        folder = posixpath.join(posixpath.dirname(self.path), stem)
        new = next(
            f"{folder}{n}.{ending}" for n in range(1, 100_000) if f"{folder}{n}.{ending}" not in self.parts
        )  # fmt: skip
        self.parts[new] = data
        if kind == "vmlDrawing":
            self._declare_default(ending, _VML)
        else:
            self._declare(new, f"{_TYPES}.{kind}+xml")
        return new

    def add_sheet(self, name: str, data: bytes, position: int) -> str:
        """Puts a new visible sheet at `position`, from 0; returns its part."""
        part = self.add_part("worksheets/registry", "xml", "worksheet", data)
        relation = self.relate(self.path, "worksheet", part)
        nodes = self._sheet_nodes()
        number = max((int(n.getAttribute("sheetId")) for n in nodes), default=0) + 1
        holder = next(descendants(root(self._book), "sheets"))
        node = graft(
            holder,
            f'<sheet name={attribute(name)} sheetId="{number}" xmlns:r="{_R}" r:id="{relation}"/>',
        )
        holder.insertBefore(node, nodes[position] if position < len(nodes) else None)
        return part

    def remove_sheet(self, name: str) -> None:
        """Takes a sheet out with its comments; nothing happens if there is none."""
        node = self._node(name)
        if node is None:
            return
        part = self.target(self.path, _relation_of(node))
        rels = self._relations(self.path)
        for relation in children(root(rels)) if rels else ():
            if relation.getAttribute("Id") == _relation_of(node):
                root(rels).removeChild(relation)  # type: ignore[arg-type]
        if rels:
            self.parts[_rels_name(self.path)] = dump(rels)
        assert node.parentNode is not None
        node.parentNode.removeChild(node)
        if part:
            self._drop(part)

    def activate(self, name: str) -> None:
        """The sheet a spreadsheet opens with."""
        wanted = self.sheet_names().index(name)
        for view in descendants(root(self._book), "workbookView"):
            view.setAttribute("activeTab", str(wanted))
            view.setAttribute("firstSheet", "0")

    def _main_part(self) -> str:
        rels = parse(self.parts["_rels/.rels"])
        for node in children(root(rels)):
            if node.getAttribute("Type").endswith("/officeDocument"):
                return node.getAttribute("Target").lstrip("/")
        return "xl/workbook.xml"

    def _sheet_nodes(self) -> list[Element]:
        return list(descendants(root(self._book), "sheet"))

    def _node(self, name: str) -> Element | None:
        wanted = name.strip().casefold()
        return next(
            (n for n in self._sheet_nodes() if n.getAttribute("name").strip().casefold() == wanted),
            None,
        )

    def _relations(self, part: str) -> Document | None:
        name = _rels_name(part)
        if name not in self._parsed and name in self.parts:
            self._parsed[name] = parse(self.parts[name])
        return self._parsed.get(name)

    def _drop(self, part: str) -> None:
        for kind in ("comments", "vmlDrawing"):
            if (below := self.related(part, kind)) in self.parts:
                self._forget(str(below))
        self._parsed.pop(_rels_name(part), None)
        self.parts.pop(_rels_name(part), None)
        self._forget(part)

    def _forget(self, part: str) -> None:
        self.parts.pop(part, None)
        for node in children(root(self._types), "Override"):
            if node.getAttribute("PartName") == f"/{part}":
                root(self._types).removeChild(node)

    def _declare(self, part: str, kind: str) -> None:
        holder = root(self._types)
        holder.appendChild(
            graft(
                holder,
                f'<Override PartName={attribute(f"/{part}")} ContentType="{kind}"/>',
            )
        )

    def _declare_default(self, ending: str, kind: str) -> None:
        holder = root(self._types)
        if any(n.getAttribute("Extension").lower() == ending for n in children(holder, "Default")):
            return
        node = graft(holder, f'<Default Extension="{ending}" ContentType="{kind}"/>')
        holder.insertBefore(node, holder.firstChild)

    def _renumber(self) -> None:
        """Names of one sheet are tied to its position, which additions and removals shift."""
        after = self.sheet_names()
        for node in list(descendants(root(self._book), "definedName")):
            if not node.hasAttribute("localSheetId"):
                continue
            sheet = self._before[int(node.getAttribute("localSheetId"))]
            if sheet in after:
                node.setAttribute("localSheetId", str(after.index(sheet)))
            elif node.parentNode is not None:
                node.parentNode.removeChild(node)


def _relation_of(sheet: Element) -> str:
    """The id stands under whatever prefix the writer gave the relationships' namespace."""
    names = (name for name in sheet.attributes.keys() if name.endswith(":id"))  # noqa: SIM118
    return sheet.getAttribute(next(names, "r:id"))


def _rels_name(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _resolve(part: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))
