"""Figures of infrared series."""
