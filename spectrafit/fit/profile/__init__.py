"""Profiles of chi2, and the intervals they give."""
