"""Readers of elemental analyses and mass spectra."""

from __future__ import annotations
