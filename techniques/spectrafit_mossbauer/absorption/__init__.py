"""Counts against velocity: baseline, sites, their fit, how many there are, thickness, folding."""
