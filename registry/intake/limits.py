"""How much of a file the registry is willing to read. Sizes from the security requirements UPL."""

from __future__ import annotations

MAX_FILE_BYTES = 20 * 1024**2
MAX_UNPACKED_BYTES = 200 * 1024**2
MAX_PARTS = 500
MAX_ROWS = 50_000
MAX_COLUMNS = 256
MAX_CELL_CHARACTERS = 10_000

# the largest form has 40 columns; what lies this far out is a slip of the hand, not data
MAX_ROW_NUMBER = 60_000

CHILD_MEMORY_BYTES = 1024**3
CHILD_CPU_SECONDS = 30
CHILD_WALL_SECONDS = 40
CHILDREN_AT_ONCE = 2  # further files wait their turn
