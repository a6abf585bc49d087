"""From files of counts to recordings: one module a format."""
