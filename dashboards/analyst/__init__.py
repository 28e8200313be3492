"""Pages of results for people signed in: questions, comparisons, drawings. They read marts only."""
