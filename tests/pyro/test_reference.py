"""A reference crystal, the primary part, and the comparison with a published value."""

from __future__ import annotations

import numpy as np
import pytest
from pyro_case import truth

from spectrafit.errors import SettingsError, UnitError
from spectrafit_pyro.coefficient import Coefficient
from spectrafit_pyro.log import Area
from spectrafit_pyro.materials import KnownMaterial, compared
from spectrafit_pyro.primary import EinsteinSecondary, einstein_heat_capacity, primary
from spectrafit_pyro.reference import NOT_TESTABLE, TRANSFER, reference_share

T = np.arange(20.0, 300.0)


def curve(p, sigma=0.0, *, at=T, area_sigma=0.0, polarity=1):
    values = np.broadcast_to(np.asarray(p, dtype=float), at.shape)
    return Coefficient(at, values, np.full(at.size, sigma), Area(0.01, area_sigma), polarity)


def test_a_share_with_the_errors_of_both():
    found = reference_share(
        curve(4.0, 0.02, area_sigma=0.0005), curve(0.2, 0.01, at=T[::2] + 1.0, area_sigma=0.0003)
    )
    assert found.temperature[0] == 21.0
    np.testing.assert_allclose(found.ratio, 0.05)
    expected = np.sqrt((0.01 / 4) ** 2 + (0.05 * 0.02 / 4) ** 2 + 0.05**2 * (0.05**2 + 0.03**2))
    np.testing.assert_allclose(found.sigma, expected)
    assert found.upper == pytest.approx(0.05 + 1.645 * expected)
    assert found.reason == TRANSFER


def test_where_the_sample_vanishes_the_share_is_not_testable():
    at, p = truth()
    sample = Coefficient(T, np.interp(T, at, p), np.full(T.size, 0.02), Area(0.01, 0.0), 1)
    lattice = curve(EinsteinSecondary(0.29).p(T), 0.005)
    found = reference_share(sample, lattice, least_signal=1.5)
    # below the peak p is mostly the lattice itself
    assert not found.testable[T < 70.0].any()
    assert found.testable[T > 75.0].all()
    assert found.upper < 0.15
    assert NOT_TESTABLE in found.reason
    assert "below 1.5 nC cm-2 K-1, at 20-" in found.reason
    loose = reference_share(sample, lattice)
    assert loose.upper > 0.5
    assert loose.upper_at < 70.0
    nothing = reference_share(curve(0.0, 0.02), lattice)
    assert nothing.upper is None
    assert "at 20-299 K" in nothing.reason


def test_a_negative_share_is_limited_by_its_magnitude_and_reasons_are_given():
    found = reference_share(curve(4.0), curve(-0.4))
    np.testing.assert_allclose(found.ratio, -0.1)
    assert found.upper == pytest.approx(0.1)
    untold = reference_share(curve(4.0, polarity=None), curve(-0.4))
    assert "share is that of magnitudes" in untold.reason
    no_area = Coefficient(T, np.full(T.size, 4.0), np.zeros(T.size), Area(0.01), 1)
    assert "holds for exact areas" in reference_share(no_area, curve(0.4)).reason
    with pytest.raises(SettingsError, match="reference covers 400-500 K"):
        reference_share(curve(4.0), curve(1.0, at=np.arange(400.0, 501.0)))


def test_what_is_left_is_primary_with_the_scale_as_systematic():
    found = primary(curve(4.0, 0.03), curve(0.2, 0.04), scale=1.0)
    np.testing.assert_allclose(found.p, 3.8)
    np.testing.assert_allclose(found.sigma, 0.05)
    np.testing.assert_allclose(found.low, 3.7)
    np.testing.assert_allclose(found.high, 4.0)
    np.testing.assert_allclose(primary(curve(4.0), curve(-0.2)).high, 4.3)
    with pytest.raises(SettingsError, match=r"a scale of 2 outside 0 to 1\.5"):
        primary(curve(4.0), curve(0.2), scale=2.0)
    with pytest.raises(SettingsError, match="magnitudes cannot be subtracted"):
        primary(curve(4.0, polarity=None), curve(0.2))


def test_the_lattice_without_a_reference_run():
    model = EinsteinSecondary(0.29)
    assert model.p(300.0) == pytest.approx(0.29)
    found = primary(curve(4.0), model)
    np.testing.assert_allclose(found.p, 4.0 - model.p(T))
    # x^2 e^x/(e^x - 1)^2 at x = 1
    e = np.e
    assert einstein_heat_capacity(150.0, 150.0) == pytest.approx(e / (e - 1.0) ** 2)
    assert einstein_heat_capacity(1e5, 150.0) == pytest.approx(1.0, abs=1e-6)
    assert einstein_heat_capacity(0.01, 150.0) < 1e-99
    with pytest.raises(SettingsError, match="above 0 K"):
        einstein_heat_capacity(-1.0, 150.0)


def known(**changes):
    given = {
        "name": "a film",
        "low": 25.0,
        "high": 40.0,
        "unit": "uC m-2 K-1",
        "T": 298.0,
        "poling": "poled",
        "source": "a made-up source of this test",
    }
    return KnownMaterial(**{**given, **changes})


def test_a_published_value_is_compared_in_magnitude_only():
    assert known().in_nanocoulomb() == pytest.approx((2.5, 4.0))
    found = compared(-3.6, 0.2, 120.0, known())
    assert found.verdict == "comparable"
    assert (found.low, found.high) == pytest.approx((0.9, 1.44))
    assert "is comparable in magnitude to 2.5-4 nC cm-2 K-1 of a film at 298 K" in found.text
    assert "the temperatures differ" in found.text
    assert compared(1.0, 0.2, 298.0, known()).verdict == "smaller"
    larger = compared(30.0, 2.0, 298.0, known(low=40.0))
    assert larger.verdict == "larger"
    assert "larger in magnitude than 4 nC" in larger.text
    assert "differ" not in larger.text


def test_a_value_without_source_unit_or_sense_is_refused():
    with pytest.raises(SettingsError, match="a known material without source"):
        known(source=" ")
    with pytest.raises(SettingsError, match="0 < low <= high"):
        known(low=50.0)
    with pytest.raises(UnitError, match="nC cm-2 K-1"):
        known(unit="V")
