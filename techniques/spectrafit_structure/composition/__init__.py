"""Composition: formulas, mass fractions and isotope patterns against what was found."""

from __future__ import annotations
