"""From files of magnetometers, and tables of chi T, to recordings: one module a format."""
