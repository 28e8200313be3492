"""Whether the locked packages have known vulnerabilities: `make audit`.

pip-audit counts a package it could not look up as one without findings. Here such an audit has
failed: at least 95 % of the packages must have been looked up. Exit codes: 0 nothing known,
1 vulnerabilities, 5 too few looked up.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LEAST_LOOKED_UP = 0.95


def judge(report: dict[str, Any]) -> tuple[int, list[str]]:
    """Exit code and what to say of pip-audit's report."""
    packages = report["dependencies"]
    looked_up = [p for p in packages if "skip_reason" not in p]
    known = [
        f"{p['name']} {p['version']}: {v['id']}, fixed in {', '.join(v['fix_versions']) or 'nothing yet'}"
        for p in looked_up
        for v in p["vulns"]
    ]
    said = f"{len(looked_up)} of {len(packages)} packages were looked up."
    if len(looked_up) < LEAST_LOOKED_UP * len(packages) or not packages:
        return 5, [*known, f"{said} That is no audit: run it where an advisory service answers."]
    return (1 if known else 0), [*known, said]


def main(lock: Path, into: Path) -> int:
    """Audit a lock and keep the dated report."""
    run = subprocess.run(
        [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes",
         "--disable-pip", "--format", "json", "--progress-spinner", "off"],
        capture_output=True, text=True,
    )  # fmt: skip
    if not run.stdout:
        print("pip-audit gave no report. Run it by itself to see why.")
        return 5
    report = json.loads(run.stdout)
    code, words = judge(report)
    day = datetime.now(UTC).date().isoformat()
    kept = {"date": day, "result": words[-1], "exit_code": code, **report}
    into.mkdir(exist_ok=True)
    (into / f"audit-{day}.json").write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    print("\n".join(words))
    return code


if __name__ == "__main__":
    sys.exit(main(Path("requirements.lock"), Path("build")))
