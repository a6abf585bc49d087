"""Readers of pyroelectric logs."""

from __future__ import annotations
