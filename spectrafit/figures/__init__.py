"""Charts of an outcome as matplotlib figures and as files."""
