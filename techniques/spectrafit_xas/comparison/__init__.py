"""Spectra held against each other."""
