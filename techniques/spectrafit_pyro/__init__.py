"""Pyroelectric current: signed coefficients and polarisation from currents of both branches."""

from __future__ import annotations
