"""Centers and patients that do not exist, for the demo, tests and benchmarks."""

from registry.synthetic.cohort import cohort
from registry.synthetic.submissions import write_submissions
from registry.synthetic.tables import arrow_chunks, arrow_cohort

__all__ = ["arrow_chunks", "arrow_cohort", "cohort", "write_submissions"]
