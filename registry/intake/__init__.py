"""How a center's file becomes stored rows: read, type, stage, check, decide, commit, receipt."""
