"""Magnetism: moments become chi_m T, transitions, spins and exchange."""

from __future__ import annotations
