"""Small files of magnetometers, made up: both orders of the header, and tables of chi T."""

from __future__ import annotations

from collections.abc import Mapping

NEW = """[Header]
; MPMS3 Data File (default extension .dat)
BYAPP,MPMS3 w/ AC,1.0,1.1
INFO,MPMS3 Measurement Release 1.1, MultiVu Release 2.3,APPNAME
INFO,(FeCo)\xb5 complex,SAMPLE_MATERIAL
INFO,10.1,SAMPLE_MASS
INFO,17.3,SAMPLE_VOLUME
INFO,704.95,SAMPLE_MOLECULAR_WEIGHT
[Data]
Comment,Time Stamp (sec),Temperature (K),Magnetic Field (Oe),Moment (emu),M. Std. Err. (emu),\
DC Moment Fixed Ctr (emu),DC Moment Err Fixed Ctr (emu),DC Moment Free Ctr (emu),\
DC Moment Err Free Ctr (emu)
,10.0,2.0,1000.0,,,0.011,1e-6,0.012,2e-6
"a note, quoted",20.0,3.0,1000.0,,,0.008,1e-6,0.009,2e-6
,30.0,4.0,1000.0,,,0.006,1e-6,0.007,2e-6
"""
OLD = """[Header]
TITLE,MPMS DC Measurement
BYAPP,MPMS Measurement,2.1,Summary

INFO, APPNAME, MPMS MultiVu Application, Revision 1.60,  Build 081
INFO, NAME, PB6051
INFO, WEIGHT, 48.400
INFO, SEQUENCE FILE: pb6051.seq

[Data]
Time,Comment,Field (Oe),Temperature (K),Long Moment (emu),Long Scan Std Dev,Using ABS,
1.0,,1.000000e+003,1.999682e+000,5.397742e-002,0.000000e+000,0,
2.0,,1.000000e+003,2.000037e+000,5.414311e-002,0.000000e+000,0,
3.0,,1.000000e+003,3.000428e+000,3.678189e-002,0.000000e+000,0,
"""
LABELLED = (
    b"# a dimer\nT (K),chiT (cm3 K mol-1),sigma\n10.0,0.50,0.01\n20.0,0.75,0.01\n30,0.9,0.01\n"
)

QUANTUM_DESIGN_SEEDS: Mapping[str, bytes] = {
    "new.dat": NEW.encode("latin-1"),
    "old.dat": OLD.encode().replace(b"\n", b"\r\n"),
}
CHI_TABLE_SEEDS: Mapping[str, bytes] = {
    "labelled.csv": LABELLED,
    "bare.txt": b"10.0 0.50\n20.0 0.75\n30.0 0.90\n40.0 0.95\n",
}
