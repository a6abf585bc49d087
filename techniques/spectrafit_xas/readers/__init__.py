"""From files to recordings: one module a format."""
