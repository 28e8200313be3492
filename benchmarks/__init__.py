"""Speed as ratios against a bare engine doing the least possible, in one run."""
