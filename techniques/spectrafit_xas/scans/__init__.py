"""From raw scans to one spectrum on a calibrated axis."""
