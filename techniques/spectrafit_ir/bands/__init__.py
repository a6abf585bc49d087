"""Bands: areas, traces, profile fits, and whether a band is there."""
