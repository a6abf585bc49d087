"""The text of an MPMS3's file, DC scans, as the instrument lays it out."""

from __future__ import annotations

import numpy as np

from spectrafit.spectrum import FloatArray

__all__ = ["mpms3_text"]

_COLUMNS = (
    "Comment", "Time Stamp (sec)", "Temperature (K)", "Magnetic Field (Oe)", "Moment (emu)",
    "M. Std. Err. (emu)", "Min. Temperature (K)", "Max. Temperature (K)", "Min. Field (Oe)",
    "Max. Field (Oe)", "DC Moment Fixed Ctr (emu)", "DC Moment Err Fixed Ctr (emu)",
    "DC Moment Free Ctr (emu)", "DC Moment Err Free Ctr (emu)",
)  # fmt: skip


def mpms3_text(
    *,
    time: FloatArray,
    T: FloatArray,
    H: FloatArray,
    free: FloatArray,
    fixed: FloatArray,
    error: FloatArray | None,
    mass_mg: float,
    molar_mass: float,
    label: str,
    comment: str,
) -> str:
    """Return a run as the text of an MPMS3; the columns of other modes are left out.

    Parameters
    ----------
    time, T, H : ndarray, shape (n,)
        s, K and Oe.
    free, fixed : ndarray, shape (n,)
        Moment with free and with fixed centre, emu.
    error : ndarray or None, shape (n,)
        Standard error of both, emu; None leaves the cells empty.
    mass_mg, molar_mass : float
        mg and g/mol.
    label, comment : str
        Without commas.

    Returns
    -------
    str
        ``Moment (emu)`` is an empty column, as where the instrument measures by DC scans.
    """
    infos = (
        ("MPMS3 text written by spectrafit", "APPNAME"), ("0", "MOMENT_UNITS"),
        (label, "SAMPLE_MATERIAL"), (comment, "SAMPLE_COMMENT"), (f"{mass_mg:.10g}", "SAMPLE_MASS"),
        ("", "SAMPLE_VOLUME"), (f"{molar_mass:.10g}", "SAMPLE_MOLECULAR_WEIGHT"),
        ("", "SAMPLE_SIZE"), ("", "SAMPLE_SHAPE"), ("Standard", "SAMPLE_HOLDER"),
    )  # fmt: skip
    lines = [
        "[Header]",
        "; MPMS3 Data File (default extension .dat)",
        f"TITLE,{comment}",
        "BYAPP,MPMS3,1.0,1.1",
        *(f"INFO,{value},{key}" for value, key in infos),
        "DATATYPE,COMMENT,1",
        "DATATYPE,TIME,2",
        "STARTUPAXIS,X,3",
        "STARTUPAXIS,Y1,13",
        "[Data]",
        ",".join(_COLUMNS),
    ]
    errors = [""] * T.size if error is None else [f"{one:.6e}" for one in error]
    step = np.gradient(T) if T.size > 1 else np.zeros_like(T)
    for i in range(T.size):
        half = 0.5 * abs(float(step[i])) * 0.1
        cells = (
            "", f"{time[i]:.2f}", f"{T[i]:.5f}", f"{H[i]:.4f}", "", "", f"{T[i] - half:.5f}",
            f"{T[i] + half:.5f}", f"{H[i]:.4f}", f"{H[i]:.4f}", f"{fixed[i]:.9e}", errors[i],
            f"{free[i]:.9e}", errors[i],
        )  # fmt: skip
        lines.append(",".join(cells))
    return "".join(f"{line}\n" for line in lines)
