"""Infrared spectroscopy: bands followed through temperature, and what they can and cannot say."""

from __future__ import annotations
