"""Mössbauer spectroscopy of 57Fe in transmission: raw counts to isomer shift and quadrupole splitting."""
