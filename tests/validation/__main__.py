"""`python -m tests.validation RUN.json … FOLDER`: the pack of a run, or of one in parts; 1 if something is not shown."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.validation import pack

*runs, folder = map(Path, sys.argv[1:])
made = pack.write(
    runs, folder, version=version("microtransplant-registry"), day=datetime.now(UTC).date().isoformat()
)  # fmt: skip
for line in made:
    if line.result in {"failed", "not run"}:
        print(f"{line.id}: {line.result}")
print(f"{sum(line.result == 'passed' for line in made)} of {len(made)} requirements shown; "
      f"see {folder / 'validation.md'}")  # fmt: skip
sys.exit(0 if pack.complete(made) else 1)
