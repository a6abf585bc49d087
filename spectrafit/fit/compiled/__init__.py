"""The compiled engine: line shapes and Levenberg-Marquardt as machine code (extra `fast`)."""

from __future__ import annotations
