"""The tests never touch the registry, the database or the sign-in of whoever runs them."""

import os
import subprocess
import sys

NAMED = (
    "MST_HOME", "MST_DATABASE_URL", "MST_OWNER_DATABASE_URL", "MST_TOKEN_FILE", "PGHOST", "PGSERVICE",
)  # fmt: skip
SEEN = "import os, tests.conftest; print([n for n, value in os.environ.items() if value == '/srv/mst'])"


def test_what_names_a_registry_is_not_seen_by_the_tests() -> None:
    environment = os.environ | dict.fromkeys(NAMED, "/srv/mst")
    told = subprocess.run(
        [sys.executable, "-c", SEEN], env=environment, check=True, capture_output=True, text=True
    )
    assert told.stdout.strip() == "[]"
