"""De-identification at the center: local ids, real dates and names in, a submission out.

Runs on the coordinator's own machine and needs no database. Nothing here sends anything anywhere.
"""
