"""Structure and composition: bonds, spin states, polar axes, formulas."""

from __future__ import annotations
