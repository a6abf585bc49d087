"""Differences of log likelihood in words that need no logarithm: how many times less likely."""

from __future__ import annotations

import math
import re

__all__ = ["likelier", "odds_text", "times_text"]

_MOST = math.log(1e6)
_EVEN = math.log(1.05)
_EXACT = 3.0  # below it one digit would make 1.3 a 1

_NATS = r"(?P<nats>\d[\d.]*(?:e[+-]?\d+)?) nats"
_BETWEEN = re.compile(rf" \({_NATS} between them\)")
_PAIR = re.compile(rf"{_NATS} for (?P<better>\S+) (?:against|over) (?P<worse>[^\s;,]+)")
_SPEAKS = re.compile(
    rf"speaks against (?P<worse>\S+): {_NATS} for (?P<better>\S+) against (?P=worse)(?![^\s;,])"
)
_ALONE = re.compile(_NATS)


def times_text(nats: float) -> str:
    """Return a ratio of likelihoods to one digit.

    Parameters
    ----------
    nats : float
        Difference of log likelihood, not negative.

    Returns
    -------
    str
        Like ``100`` or ``1.3``; ``more than a million`` beyond it.
    """
    if nats > _MOST:
        return "more than a million"
    ratio = math.exp(nats)
    figures = 2 if ratio < _EXACT else 1
    return f"{float(f'{ratio:.{figures}g}'):g}"


def odds_text(nats: float) -> str:
    """Return how likely something is beside the best, as a fraction.

    Parameters
    ----------
    nats : float
        Log likelihood below the best, not negative.

    Returns
    -------
    str
        Like ``1/100``; ``1`` for the best.
    """
    if nats > _MOST:
        return "below 1/1000000"
    return "1" if nats < _EVEN else f"1/{times_text(nats)}"


def likelier(text: str) -> str:
    """Return a sentence in which differences of log likelihood are ratios.

    Parameters
    ----------
    text : str
        With ``4.6 nats for A against B``, ``(0.3 nats between them)`` or ``4.6 nats``.

    Returns
    -------
    str
        With ``about 100 times less likely for B than for A``, nothing, or ``a factor of about
        100``; after ``speaks against B`` with ``about 100 times less likely than by A``.
    """
    text = _BETWEEN.sub("", text)
    text = _SPEAKS.sub(
        lambda m: (
            f"speaks against {m['worse']}: about {times_text(float(m['nats']))} times less likely "
            f"than by {m['better']}"
        ),
        text,
    )
    text = _PAIR.sub(
        lambda m: (
            f"about {times_text(float(m['nats']))} times less likely for {m['worse']} than for "
            f"{m['better']}"
        ),
        text,
    )
    return _ALONE.sub(lambda m: f"a factor of about {times_text(float(m['nats']))}", text)
