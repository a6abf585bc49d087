"""High-energy-resolution detection: the emission line, and what compares with what."""
