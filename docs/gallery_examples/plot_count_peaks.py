"""
How many peaks
==============

One more peak always lowers χ². Whether the data ask for it is another question. **Simulated data**:
the shipped HERFD scan at 8 K, made with three peaks.
"""

# %%
# Fit one to four
# ---------------
# Every number of peaks is fitted over the same rising edge, from the minima of the second derivative
# and from splits of the fit before.

from spectrafit.reader import read
from spectrafit.reference import root
from spectrafit_xas.preedge.peak_count import counted_peaks
from spectrafit_xas.preparation import prepared_scan
from spectrafit_xas.settings import HerfdSettings

raw = root() / "feco" / "raw"
(scan,) = read(raw / "herfd_fe_008K.dat")
foils = tuple(read(raw / "foil_fe_herfd.dat"))
settings = HerfdSettings(foil_eV=7111.2, window_eV=(7107.0, 7118.0))
prepared = prepared_scan(scan, foils, settings)
region = prepared.normalised.window(*prepared.window_eV)
counted = counted_peaks(region, settings, prepared.window_eV)

# %%
# Judge
# -----
# BIC, χ² n/N + k ln n with known noise, weighs misfit against the number k of free parameters
# (Schwarz, Ann. Statist. 6, 461 (1978)). Neighbouring residuals of a misfitting model are alike and
# do not count twice: n is the effective number of points. One more peak is taken where BIC falls by
# 10, "very strong" evidence (Kass and Raftery, J. Am. Stat. Assoc. 90, 773 (1995)), and where every
# peak stands on its own.

print(f"{len(region)} points, {counted.effective_points:.0f} effective")
print(f"{'peaks':>5} {'chi2':>8} {'BIC':>8} {'share':>7}  what speaks against it")
for count, one in counted.fits.items():
    share, faults = counted.shares[count], "; ".join(counted.faults[count])
    print(f"{count:5} {one.result.chi2:8.1f} {counted.bic[count]:8.1f} {share:7.2f}  {faults}")
print(f"taken: {counted.best}")

# %%
# See it
# ------
# With too few peaks the residual has waves. With the right number it is noise.

from spectrafit.figures.chart import chart_figure
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.style import DOUBLE_MM

panels = tuple(
    Panel(
        f"{count} peak{'s' if count > 1 else ''}",
        (Trace("(data − fit)/σ", region.x, one.residual / region.sigma, TraceKind.RESIDUAL),),
        zero_line=True,
    )
    for count, one in counted.fits.items()
)
residuals = chart_figure(
    Chart("count", "Residuals of one to four peaks", prepared.axis, panels, simulated=True),
    DOUBLE_MM,
)

# %%
# The same scan with fewer counts asks for fewer peaks: the number is one that these data support, not
# one that the sample has. Where the data do not decide, the report gives the shares.
