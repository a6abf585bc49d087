"""Calculated vibrations against measured spectra."""
