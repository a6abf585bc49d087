"""Small logs of an electrometer, simulated: as this project writes them, and in other units."""

from __future__ import annotations

from collections.abc import Mapping

ROWS = 40


def pyro_log_seeds() -> Mapping[str, bytes]:
    """Return logs of a ramp through a transition."""
    from pyro_case import branch_log

    from spectrafit_pyro.simulate import log_text

    log = branch_log(80.0, 100.0, seed=4).part(slice(0, ROWS))
    columns = log.time / 60.0, log.temperature - 273.15, 1e12 * log.current
    rows = ("\t".join(f"{value:.9g}" for value in row) for row in zip(*columns, strict=True))
    other = "\n".join(["t (min)\tT (degC)\tI (pA)", *rows, ""])
    return {"run.csv": log_text(log).encode(), "run.dat": other.encode()}
