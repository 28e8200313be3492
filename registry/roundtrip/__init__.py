"""The center's own file comes back: marked, with queries to answer in, and stamped."""
