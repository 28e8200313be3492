"""Each center against all, as registry.statistics.centers compares them: decision 16."""

from registry.warehouse.center_comparison import compared


def model(dbt, session):  # type: ignore[no-untyped-def]
    """The comparison of every endpoint and day of `int_follow_up`."""
    return compared(dbt.ref("int_follow_up").df(), dbt.ref("int_completeness").df())
