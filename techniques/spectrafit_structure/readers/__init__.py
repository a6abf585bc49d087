"""Readers of structures: CIFs and typed tables of bond lengths."""

from __future__ import annotations
