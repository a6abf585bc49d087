"""Prepared spectra and fits for other programs."""
