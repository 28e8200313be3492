"""What is installed: locked, hashed, licensed, listed, audited honestly, and small."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from importlib.metadata import Distribution, distributions
from pathlib import Path
from types import ModuleType

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
VENV = Path(sys.prefix)
UV = VENV / "bin" / "uv"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PIN = re.compile(r"^([a-z0-9.-]+)==([^\s;]+)(?: ; (.+))? \\$", re.M)


def pins(lock: str) -> list[tuple[str, str, str]]:
    """Name, version and marker of each package of a lock."""
    return PIN.findall((ROOT / lock).read_text())


LOCKS = {
    "requirements.lock": [
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["dev"],
    ],
    "tools.lock": PROJECT["dependency-groups"]["tools"],
    "peers.lock": PROJECT["dependency-groups"]["peers"],
}


@pytest.mark.requirement("SUP-01")
@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_is_fresh_and_every_pin_has_a_hash(lock: str) -> None:
    """What the project asks for is locked at a version it allows, and nothing it no longer asks for."""
    pinned, text = pins(lock), (ROOT / lock).read_text()
    asked = {canonicalize_name(r.name): r for r in map(Requirement, LOCKS[lock])}
    assert {n for n, v, _ in pinned if n in asked and v not in asked[n].specifier} == set()
    blocks = re.split(r"\n(?=[a-z0-9])", text)[1:]
    direct = {b.split("==")[0] for b in blocks if re.search(r"# +(via )?.*pyproject\.toml", b)}
    assert direct == set(asked)
    assert len(blocks) == len(pinned)
    assert [b.split("==")[0] for b in blocks if "--hash=sha256:" not in b] == []
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)


@pytest.mark.requirement("SUP-01")
def test_every_installation_checks_hashes_and_builds_nothing() -> None:
    commands = re.findall(r"pip (?:install|sync) .*", (ROOT / "Makefile").read_text())
    others = [c for c in commands if "--require-hashes" not in c or "--only-binary :all:" not in c]
    assert len(commands) > len(others) == 1
    assert others[0].endswith("--no-deps --no-build-isolation --editable ."), "the registry itself"


def wheel(folder: Path, content: bytes) -> str:
    """A package of one file; returns its hash."""
    path = folder / "tiny-1.0-py3-none-any.whl"
    record = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tiny.py", content)
        archive.writestr(
            "tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"
        )
        archive.writestr(
            "tiny-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr("tiny-1.0.dist-info/RECORD", f"tiny.py,sha256={record},{len(content)}\n")
    return hashlib.sha256(path.read_bytes()).hexdigest()  # fmt: skip


def install(folder: Path, digest: str, target: Path) -> subprocess.CompletedProcess[str]:
    """The uv of the project over a lock of that one package."""
    lock = folder / "lock"
    lock.write_text(f"tiny==1.0 {digest}\n")
    return subprocess.run(
        [UV, "pip", "install", "--no-index", "--find-links", folder, "--no-cache", "--require-hashes",
         "--only-binary", ":all:", "--target", target, "--requirement", lock],
        capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.requirement("SUP-01")
def test_a_package_of_other_content_is_refused(tmp_path: Path) -> None:
    as_it_was = "--hash=sha256:" + wheel(tmp_path, b"print('as it was')\n")
    assert install(tmp_path, as_it_was, tmp_path / "first").returncode == 0
    assert (tmp_path / "first" / "tiny.py").is_file()
    wheel(tmp_path, b"print('as it was not')\n")
    for number, given in enumerate([as_it_was, ""]):
        refused = install(tmp_path, given, tmp_path / str(number))
        assert refused.returncode != 0
        assert "hash" in refused.stderr.lower()
        assert not (tmp_path / str(number) / "tiny.py").exists()


# by the words packages use of themselves; a package with other words is looked at by a person first
PERMISSIVE = {
    "0BSD", "Apache 2.0", "Apache License 2.0", "Apache License, Version 2.0", "Apache Software License",
    "Apache-2.0", "Apache-2.0 OR BSD-2-Clause", "Apache-2.0 OR BSD-3-Clause",
    "3-Clause BSD License", "BSD License", "BSD License; Apache Software License", "BSD-2-Clause",
    "BSD-3-Clause", "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", "ISC License (ISCL)",
    "MIT", "The MIT License (MIT)", "MIT AND PSF-2.0", "MIT License", "MIT OR Apache-2.0", "MIT-0", "MIT-CMU",
    "PSF-2.0", "Python Software Foundation License",
}  # fmt: skip
# used as they are, as a library: their own changes would have to be published, nothing of ours
WEAK_COPYLEFT = {
    "GNU Lesser General Public License v2 or later (LGPLv2+)", "GNU Library or Lesser General Public License (LGPL)",
    "LGPL-3.0-only", "MPL-2.0", "MPL-2.0 AND MIT", "Mozilla Public License 2.0 (MPL 2.0)",
}  # fmt: skip
# a choice of two, of which the Artistic License is taken
CHOSEN = {"text-unidecode": "Artistic License"}


def licence(package: Distribution) -> str:
    """What a package says of its licence: as an expression, by classifiers, in a line, or in its file."""
    told = package.metadata
    classifiers = [
        c.split(" :: ")[-1] for c in told.get_all("Classifier") or [] if c.startswith("License ::")
    ]
    line = (told.get("License") or "").strip().split("\n")[0]
    return told.get("License-Expression") or "; ".join(classifiers) or line or _in_file(package)


def _in_file(package: Distribution) -> str:
    files = [f for f in package.files or [] if f.name == "LICENSE"]
    return files[0].read_text().strip().split("\n")[0] if files else ""


def installed() -> dict[str, Distribution]:
    found = {canonicalize_name(d.metadata["Name"]): d for d in distributions(path=[site()])}
    return {name: d for name, d in found.items() if name not in {"microtransplant-registry", "pip"}}


def site() -> str:
    return str(next((VENV / "lib").glob("python3*/site-packages")))


@pytest.mark.requirement("SUP-06")
def test_every_licence_is_one_that_was_accepted() -> None:
    accepted = PERMISSIVE | WEAK_COPYLEFT
    told = {name: licence(package) for name, package in installed().items()}
    assert len(told) > 100
    other = {name: words for name, words in told.items() if words not in accepted}
    assert set(other) == set(CHOSEN)
    assert all(CHOSEN[name] in words for name, words in other.items())


@pytest.mark.requirement("SUP-06")
def test_no_accepted_licence_is_the_gpl() -> None:
    strong = re.compile(r"\bA?GPL|(?<!Lesser )General Public License")
    assert [words for words in PERMISSIVE | WEAK_COPYLEFT if strong.search(words)] == []
    assert strong.search("GNU General Public License v3 (GPLv3)")


@pytest.mark.long
@pytest.mark.requirement("SUP-03")
def test_the_bill_of_materials_names_every_locked_package() -> None:
    subprocess.run(["make", "-s", "sbom"], cwd=ROOT, check=True)
    bill = json.loads((ROOT / "build" / "sbom.cdx.json").read_text())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["name"] == "microtransplant-registry"
    named = {(canonicalize_name(c["name"]), c["version"]) for c in bill["components"]}
    here = {
        (name, version)
        for name, version, marker in pins("requirements.lock")
        if not marker or Marker(marker).evaluate()
    }
    assert here - named == set()
    assert str(ROOT) not in json.dumps(bill)


def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CLEAN = {"name": "a", "version": "1", "vulns": []}
FOUND = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["2.1"]}]}
SKIPPED = {
    "name": "c",
    "skip_reason": "Dependency not found on PyPI and could not be audited: c (3)",
}


@pytest.mark.requirement("SUP-02")
@pytest.mark.parametrize(
    ("packages", "code"),
    [
        ([CLEAN] * 100, 0),
        ([CLEAN] * 95 + [SKIPPED] * 5, 0),
        ([CLEAN] * 94 + [SKIPPED] * 6, 5),
        ([SKIPPED] * 100, 5),
        ([], 5),
        ([CLEAN] * 99 + [FOUND], 1),
        ([SKIPPED] * 99 + [FOUND], 5),
    ],
    ids=["clean", "nearly all", "too few", "none looked up", "nothing", "found", "found among few"],
)
def test_an_audit_that_looked_up_too_little_has_not_passed(
    packages: list[dict[str, object]], code: int
) -> None:
    given, words = audit().judge({"dependencies": packages})
    assert given == code
    assert any("CVE-1" in line for line in words) == (FOUND in packages)


@pytest.mark.long
@pytest.mark.requirement("SUP-02")
def test_the_real_audit_passes_only_if_it_looked_packages_up(tmp_path: Path) -> None:
    """With every advisory service out of reach, pip-audit itself ends with 0; the wrapper does not."""
    subprocess.run(["make", "-s", ".venv-tools/.ready"], cwd=ROOT, check=True)
    pin = next(
        b
        for b in re.split(r"\n(?=[a-z0-9])", (ROOT / "tools.lock").read_text())
        if b.startswith("six==")
    )
    (tmp_path / "requirements.lock").write_text(pin + "\n")
    run = subprocess.run(
        [ROOT / ".venv-tools" / "bin" / "python", ROOT / ".ci" / "audit.py"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    looked_up = "1 of 1 packages were looked up" in run.stdout
    assert run.returncode == (0 if looked_up else 5), run.stdout


@pytest.mark.requirement("SUP-07")
def test_unsafe_code_and_secrets_are_looked_for_on_each_change() -> None:
    rules = (ROOT / "Makefile").read_text()
    check = rules[rules.index("\ncheck:") : rules.index("\nvalidation:")]
    assert "bandit" in check
    assert "secrets" in check


@pytest.mark.long
@pytest.mark.requirement("SUP-07")
def test_unsafe_code_and_secrets_are_found(tmp_path: Path) -> None:
    """Clean as it stands; each check finds what is planted."""
    subprocess.run(["make", "-s", "secrets"], cwd=ROOT, check=True)
    tools = ROOT / ".venv-tools" / "bin"
    bandit = [tools / "bandit", "-q", "-lll", "-r"]
    subprocess.run([*bandit, "registry", "dashboards"], cwd=ROOT, check=True)
    planted = tmp_path / "planted.py"
    key = "AKIA" + "IOSFODNN7" + "EXAMPLE"
    planted.write_text(
        f"import subprocess\nsubprocess.call('ls ' + x, shell=True)\nKEY = '{key}'\n"
    )
    assert subprocess.run([*bandit, tmp_path], capture_output=True).returncode == 1
    hook = [tools / "detect-secrets-hook", "--no-verify", planted]
    assert subprocess.run(hook, capture_output=True).returncode == 1


@pytest.mark.requirement("SUP-04")
def test_the_command_starts_without_what_it_does_not_need() -> None:
    """Seconds depend on the machine; what is loaded does not."""
    heavy = (
        "pandas",
        "duckdb",
        "pyarrow",
        "streamlit",
        "great_expectations",
        "dbt",
        "scipy",
        "openpyxl",
    )
    question = f"import registry.cli, sys; print([m for m in {heavy} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.requirement("SUP-04")
def test_what_runs_takes_less_than_900_mb_and_brings_no_large_engine() -> None:
    """The sizes that packages record of their files; tools for development left out."""
    packages = installed()
    sizes = Counter(
        {name: sum(f.size or 0 for f in packages[name].files or []) for name in core(packages)}
    )
    assert sum(sizes.values()) < 900 * 1024**2, sizes.most_common(8)
    assert not {"presidio-analyzer", "opendp", "acro", "torch", "spacy"} & set(packages)


def core(packages: dict[str, Distribution]) -> set[str]:
    """The packages that the project needs to run, with all that those need."""
    todo, found = list(map(Requirement, PROJECT["project"]["dependencies"])), set()
    while todo:
        asked = todo.pop()
        name = canonicalize_name(asked.name)
        if name in found or name not in packages:
            continue
        found.add(name)
        extras = asked.extras or {""}
        todo += [
            needed
            for needed in map(Requirement, packages[name].requires or [])
            if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in extras)
        ]
    return found
