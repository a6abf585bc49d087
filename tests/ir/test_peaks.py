"""Peak lists: false findings in noise, recovery with pulls, shoulders, differences, the table."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest
from data import shared_data

from spectrafit.errors import SettingsError
from spectrafit.lines.pseudo_voigt import pseudo_voigt_by_height
from spectrafit_ir.bands.detection import limit_of_detection
from spectrafit_ir.bands.difference_peaks import difference_peaks
from spectrafit_ir.bands.peaks import bands_table_text, find_peaks, joined_peaks

X = np.arange(1200.0, 1601.0)
BANDS = ((1260, 12, 0.15), (1329, 13, 0.1), (1380, 15, 0.15), (1440, 14, 0.15), (1485, 14, 0.3))


def line(position, fwhm, height, mixing=0.5):
    return pseudo_voigt_by_height(X, position, fwhm, height, mixing)[0]


def noise(seed, sigma=1e-3, smoothed=False):
    white = np.random.default_rng(seed).normal(0.0, sigma, X.size + 2)
    if not smoothed:
        return white[2:]
    return (white[2:] + white[1:-1] + white[:-2]) / np.sqrt(3.0)


@pytest.mark.parametrize("smoothed", [False, True])
def test_pure_noise_shows_a_band_in_fewer_than_one_of_twenty(smoothed):
    share = 1.0 / 3.0 if smoothed else 1.0
    seen = [
        bool(
            find_peaks(
                X, noise(s, smoothed=smoothed), 1e-3, effective_share=share, sign="both"
            ).peaks
        )
        for s in range(200)
    ]
    assert np.mean(seen) < 0.05


def test_the_limit_grows_with_what_is_searched_and_is_at_least_three():
    assert limit_of_detection(1, 1) == 3.0
    assert limit_of_detection(2000, 1) == pytest.approx(4.06, abs=0.01)
    assert limit_of_detection(2000, 2) > limit_of_detection(2000, 1)


def test_a_band_well_above_the_limit_is_found_and_its_pulls_are_one():
    """A fifth of the draws of the full number: enough to see a bias of half an error."""
    pulls = []
    for seed in range(40):
        found = find_peaks(X, line(1400.3, 14.0, 0.05) + noise(seed), 1e-3)
        assert len(found.peaks) == 1
        peak = found.peaks[0]
        assert peak.kind == "peak"
        area = 0.05 * 14.0 * (0.25 * np.pi + 0.25 * np.sqrt(np.pi / np.log(2.0)))
        pulls.append(
            [
                (peak.position - 1400.3) / peak.position_sigma,
                (peak.fwhm - 14.0) / peak.fwhm_sigma,
                (peak.height - 0.05) / peak.height_sigma,
                (peak.area - area) / peak.area_sigma,
            ]
        )
    pulls = np.array(pulls)
    assert np.abs(pulls.mean(axis=0)).max() < 0.6
    assert pulls.std(axis=0).max() < 1.4


def test_a_band_below_the_limit_is_not_and_the_limit_is_said():
    found = find_peaks(X, noise(1), 1e-3)
    width, height = min(found.least_height, key=lambda one: abs(one[0] - 14.0))
    seen = {
        factor: sum(
            bool(find_peaks(X, line(1400.0, width, factor * height, 0.0) + noise(s), 1e-3).peaks)
            for s in range(30)
        )
        for factor in (0.3, 1.6)
    }
    assert seen[0.3] < 3
    assert seen[1.6] > 25


def test_a_spectrum_of_five_bands_on_a_slope_gives_these_five():
    y = sum(line(*band) for band in BANDS) + 0.02 * (X - 1200.0) / 400.0 + noise(3, 5e-4)
    found = find_peaks(X, y, 5e-4)
    assert [round(p.position) for p in found.peaks] == [band[0] for band in BANDS]
    assert [p.height for p in found.peaks] == pytest.approx([b[2] for b in BANDS], rel=0.04)
    assert found.stopped == ""
    table = tomllib.loads(bands_table_text(found.peaks))["measurement"]["settings"]["bands"]
    assert table["1485"] == [1475, 1495]
    assert list(table) == ["1260", "1329", "1380", "1440", "1485"]


def test_a_shoulder_is_found_and_called_so():
    y = line(1400.0, 14.0, 0.2) + line(1411.0, 14.0, 0.08) + noise(5, 5e-4)
    peak, shoulder = find_peaks(X, y, 5e-4).peaks
    assert (peak.kind, shoulder.kind) == ("peak", "shoulder")
    assert peak.together == 2
    assert shoulder.position == pytest.approx(1411.0, abs=4 * shoulder.position_sigma)


def test_a_difference_gives_the_new_band_and_not_the_lobes_of_a_shift():
    before = sum(line(*band) for band in BANDS)
    known = find_peaks(X, before + noise(6, 3e-4), 3e-4).peaks
    after = sum(line(c - 1.5, 1.06 * w, 0.94 * h) for c, w, h in BANDS) + line(1514.0, 14.0, 0.06)
    change = after - before + noise(7, 7e-4)
    found = difference_peaks(X, change, 7e-4, known)
    assert max(found.peaks, key=lambda p: p.significance).position == pytest.approx(1514.0, abs=0.5)
    assert len(found.peaks) <= 2
    assert "1514" in bands_table_text(joined_peaks(known, found.peaks))


def test_a_lost_band_is_negative():
    (peak,) = find_peaks(X, -line(1329.0, 13.0, 0.05) + noise(8), 1e-3, sign="both").peaks
    assert peak.height < 0
    assert peak.area < 0
    assert find_peaks(X, -line(1329.0, 13.0, 0.05) + noise(8), 1e-3).peaks == ()


def test_peaks_within_half_a_width_are_one_band_and_ranges_do_not_overlap():
    y = line(1400.0, 14.0, 0.2) + noise(9, 5e-4)
    first = find_peaks(X, y, 5e-4).peaks
    moved = find_peaks(X, line(1404.0, 14.0, 0.2) + noise(10, 5e-4), 5e-4).peaks
    apart = find_peaks(X, line(1412.0, 14.0, 0.2) + noise(11, 5e-4), 5e-4).peaks
    assert joined_peaks(first, moved) == first
    table = tomllib.loads(bands_table_text(joined_peaks(first, apart)))
    low, high = table["measurement"]["settings"]["bands"].values()
    assert low[1] <= high[0]


def test_the_band_of_acetone_is_more_than_one_and_the_misfit_is_said():
    """Two pseudo-Voigts leave a reduced chi2 of 41 here, so that the search asks for another."""
    path = shared_data("ir", "acetone_pt_al2o3_tpd", "T50C.csv")
    x, y = np.loadtxt(path, delimiter=",").T
    keep = (x > 1880.0) & (x < 2160.0)
    found = find_peaks(x[keep], y[keep], 4.95e-4).peaks
    assert len(found) >= 2
    assert {peak.together for peak in found} == {len(found)}
    assert all(1990.0 < peak.position < 2070.0 for peak in found)
    assert found[0].reduced_chi2 > 1.5
    assert found[0].kind == "shoulder"


def test_a_full_spectrum_gives_its_bands_and_not_the_broad_ground():
    path = shared_data("ir", "acetone_pt_al2o3_tpd", "T50C.csv")
    x, y = np.loadtxt(path, delimiter=",").T
    keep = y != 0.0
    found = find_peaks(x[keep], y[keep], 5.4e-4, effective_share=0.34)
    at = np.array([peak.position for peak in found.peaks])
    for band in (1027.0, 1365.0, 1458.0, 1635.0, 1694.0, 2054.0, 2965.0):
        assert np.abs(at - band).min() < 4.0
    assert max(peak.fwhm for peak in found.peaks) <= found.widths_cm[1] == 80.0
    # the detector's cut-off is noisy, not full of bands
    assert (at < 970.0).sum() <= 3
    ranges = tomllib.loads(bands_table_text(found.peaks))["measurement"]["settings"]["bands"]
    assert 8 <= len(ranges) <= 15
    assert all(x[keep][0] <= low < high <= x[keep][-1] for low, high in ranges.values())


def test_a_range_of_the_table_ends_with_the_data():
    x = X[X >= 1372.0]
    y = pseudo_voigt_by_height(x, 1380.0, 14.0, 0.2, 0.5)[0]
    y = y + np.random.default_rng(12).normal(0.0, 5e-4, x.size)
    peaks = find_peaks(x, y, 5e-4).peaks
    table = tomllib.loads(bands_table_text(peaks))["measurement"]["settings"]["bands"]
    assert min(low for low, _ in table.values()) == 1372.0


def test_noise_that_grows_in_a_part_makes_no_bands():
    """Ten times the noise in a quarter of the range, as where a detector ends."""
    x = np.arange(600.0, 2600.0, 2.0)
    seen = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        y = rng.normal(0.0, np.where(x < 1100.0, 1e-2, 1e-3))
        seen += bool(find_peaks(x, y, 1e-3).peaks)
    assert seen <= 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: find_peaks(X, np.full(X.size, np.nan), 1e-3), "has masked points"),
        (lambda: find_peaks(X, noise(1), 0.0), "the noise is not above zero"),
        (lambda: find_peaks(X[:5], noise(1)[:5], 1e-3), "5 points"),
        (lambda: find_peaks(np.delete(X, 50), np.delete(noise(1), 50), 1e-3), "evenly spaced"),
        (lambda: find_peaks(X, noise(1), 1e-3, sign="negative"), "sign is 'negative'"),
        (lambda: find_peaks(X, noise(1), 1e-3, widths_cm=(20.0, 5.0)), "bands from 20 to 5"),
        (lambda: find_peaks(X, noise(1), 1e-3, widths_cm=(300.0, 300.0)), "too short"),
    ],
)
def test_what_cannot_be_searched_is_refused(call, message):
    with pytest.raises(SettingsError, match=message):
        call()
