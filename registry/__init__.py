"""The microtransplant registry: forms, consensus, intake, checks, releases and warehouse."""
