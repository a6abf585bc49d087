"""Baselines under bands, and what their choice changes."""
