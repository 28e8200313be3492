"""What may happen to a query, a case and a submission, by whom, and what it leads to."""
