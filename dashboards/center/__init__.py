"""The de-identification page: runs on the coordinator's own machine, without registry or database."""
