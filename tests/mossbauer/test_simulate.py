"""Simulated runs: what is written is what was declared, and the declared truth is found in them."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from scipy.optimize import least_squares
from scipy.stats import chi2

from spectrafit.errors import SettingsError
from spectrafit.laws import (
    ThreeStateLaw,
    recoil_free_fraction,
    second_order_doppler,
    three_state,
)
from spectrafit.reference import entries, root
from spectrafit.study.settings import settings_of
from spectrafit.study.truth import load_truth
from spectrafit_mossbauer.constants import KAPPA
from spectrafit_mossbauer.drive.conventions import CONVENTIONS
from spectrafit_mossbauer.exchange import exchange_line
from spectrafit_mossbauer.simulate import (
    MossbauerSimulation,
    channel_velocity,
    expected_counts,
    simulated_run,
)

SHIPPED = [entry for entry in entries() if entry.technique == "mossbauer"]
LAW = ThreeStateLaw(S12=93.6, T12=90.53, G12=835, H23=28371, S23=97.18, G23=-14577, rho=0.0488)


def settings_of_entry(entry):
    declared = tomllib.loads((root() / entry.settings).read_text(encoding="utf-8"))
    return settings_of(MossbauerSimulation, {**declared, **entry.values}, entry.path)


def counts_in(text):
    """Return the counts of a `.ws5` text, read as the XML that it is."""
    data = ElementTree.fromstring(text.encode()).find("data")
    counts = np.array(data.text.split(), dtype=float)
    assert counts.size == int(data.get("channels"))
    return counts


def poisson_fit(counts, model, start):
    """Return estimates and errors of a least-squares fit, weighted by the model three times."""
    channel = np.arange(counts.size)
    inner = (channel >= 3) & (channel < counts.size - 3)
    weight, p = np.sqrt(np.maximum(counts, 1.0)), np.asarray(start, dtype=float)
    for _ in range(3):
        found = least_squares(
            lambda q, w=weight: ((counts - model(q)) / w)[inner], p, x_scale="jac", xtol=1e-12
        )
        p, weight = found.x, np.sqrt(model(found.x))
    sigma = np.sqrt(np.diag(np.linalg.inv(found.jac.T @ found.jac)))
    return p, sigma, 2.0 * found.cost / (inner.sum() - p.size)


def lorentzian(v, place, width, area):
    return area * (2.0 / (np.pi * width)) / (1.0 + (2.0 * (v - place) / width) ** 2)


def baseline(settings, p):
    away = np.arange(settings.channels) - settings.centre_channel
    s, u = np.sign(away), np.abs(away) / (settings.channels / 4) - 1.0
    columns = np.array([np.ones_like(u), s, u, s * (1 - u**2), u**2])
    return settings.counts * (p @ columns)


def doublet_fit(settings, counts):
    """Return IS, QS, width and area with errors: two equal Lorentzians on both branches."""
    v = channel_velocity(settings)

    def model(p):
        shift, split, width, area = p[:4]
        low, high = (lorentzian(v, shift + side * split / 2, width, area / 2) for side in (-1, 1))
        return baseline(settings, p[4:]) - settings.counts * (low + high)

    return poisson_fit(counts, model, [0.6, 1.8, 0.3, 0.03, 1, 0, 0, 0, 0])


# --- the line ---


@pytest.mark.parametrize(
    ("k_ex", "expected"),
    [
        (1e6, (0.970425, 0.101729, 0.110501, 1.474145)),
        (1e8, (0.184978, 0.500319, 0.767174, 0.375753)),
        (1e9, (0.073458, 0.413533, 2.032000, 0.158641)),
        (1e10, (0.060675, 0.362604, 2.483075, 0.132477)),
    ],
)
def test_two_states_give_the_known_line(k_ex, expected):
    # the printed answers take 7.3039e7 rad/s for 1 mm/s; only k_ex over that counts
    rate = k_ex * KAPPA / 7.3039e7
    line = exchange_line([0, 0.5, 0.81, 1.35], (0.0, 1.35), (0.4, 0.6), rate, 0.25)
    np.testing.assert_allclose(line, expected, rtol=0, atol=1e-6)


def test_three_states_give_the_line_of_the_rate_matrix():
    place, p, k = np.array([-0.3, 0.4, 1.5]), np.array([0.2, 0.5, 0.3]), 3e8 / KAPPA
    v = np.linspace(-3, 4, 41)
    rates = k * (np.outer(np.ones(3), p) - np.eye(3))
    expected = [
        (p @ np.linalg.solve(np.diag(1j * (x - place) + 0.125) - rates, np.ones(3))).real / np.pi
        for x in v
    ]
    np.testing.assert_allclose(exchange_line(v, place, p, 3e8, 0.25), expected, rtol=1e-12)


@pytest.mark.parametrize("k_ex", [1e3, 1e8, 1e10, 1e14])
def test_one_state_is_a_lorentzian_at_any_rate(k_ex):
    v = np.linspace(-2, 2, 101)
    line = exchange_line(v, (0.3,), (1.0,), k_ex, 0.25)
    np.testing.assert_allclose(line, lorentzian(v, 0.3, 0.25, 1.0), rtol=1e-8)


def test_fast_exchange_widens_the_mean_line_as_the_formula_says():
    p, split, k_ex = 0.48, 0.8, 1e11
    middle = (1 - p) * split
    v = np.linspace(middle - 2, middle + 2, 4001)
    line = exchange_line(v, (0.0, split), (p, 1 - p), k_ex, 0.25)
    above = v[line > line.max() / 2]
    extra = 2 * p * (1 - p) * split**2 * KAPPA / k_ex
    widened = lorentzian(v, middle, 0.25 + extra, 1.0)
    assert np.abs(line / widened - 1).max() < 5e-3 * extra / 0.25 + 1e-4
    assert above.mean() == pytest.approx(middle, abs=1e-3)


@pytest.mark.parametrize(
    ("positions", "populations", "k_ex", "width"),
    [
        ((0.0, 1.0), (1.0,), 1e9, 0.25),
        ((0.0, 1.0), (0.5, 0.6), 1e9, 0.25),
        ((0.0, 1.0), (1.2, -0.2), 1e9, 0.25),
        ((0.0, np.nan), (0.5, 0.5), 1e9, 0.25),
        ((0.0,), (1.0,), 0.0, 0.25),
        ((0.0,), (1.0,), 1e9, -0.25),
        ((), (), 1e9, 0.25),
    ],
)
def test_an_impossible_line_is_refused(positions, populations, k_ex, width):
    with pytest.raises(SettingsError):
        exchange_line([0.0], positions, populations, k_ex, width)


# --- the file ---


def test_the_file_says_what_it_is_and_holds_every_channel():
    settings = MossbauerSimulation(T_K=75.0, label="A <b> & c\nd", date="2024-03-01T09:00:00")
    text = simulated_run(settings, 3)
    tree = ElementTree.fromstring(text.encode())
    assert tree.tag == "wissoft"
    assert "SIMULATED DATA" in text.splitlines()[0]
    assert tree.findtext("comment").startswith("SIMULATED DATA")
    assert tree.findtext("temperature") == "75.0 K"
    assert tree.findtext("date") == "2024-03-01T09:00:00"
    assert tree.findtext("sample") == "A <b> & c d"
    assert float(tree.find("data").get("time")) == settings.live_time_s
    counts = counts_in(text)
    assert counts.shape == (512,)
    assert (counts == np.round(counts)).all()


def test_a_seed_gives_one_file_and_another_seed_another():
    settings = MossbauerSimulation()
    assert simulated_run(settings, 1) == simulated_run(settings, 1)
    assert (counts_in(simulated_run(settings, 1)) != counts_in(simulated_run(settings, 2))).any()


@pytest.mark.parametrize("counts", [30.0, 1e6])
def test_counts_scatter_like_poisson_counts(counts):
    settings = MossbauerSimulation(counts=counts)
    expected = expected_counts(settings)
    drawn = np.array([counts_in(simulated_run(settings, seed)) for seed in range(20)])
    pulls = (drawn - expected) / np.sqrt(expected)
    n = pulls.size
    assert abs(pulls.mean()) < 4 / np.sqrt(n)
    assert abs((pulls**2).mean() - 1) < 4 * np.sqrt((2 + 1 / counts) / n)
    assert abs((pulls[:, 1:] * pulls[:, :-1]).mean()) < 4 / np.sqrt(n)


def test_the_orientation_mirrors_the_velocity_and_keeps_the_source_shift():
    up, down = (MossbauerSimulation(orientation=o) for o in (1, -1))
    shift = up.source_shift_mm_s
    np.testing.assert_allclose(
        channel_velocity(up) + shift, -(channel_velocity(down) + shift), atol=1e-12
    )
    centre = round(up.centre_channel)
    assert channel_velocity(up)[centre] < 0 < channel_velocity(down)[centre]


def test_branches_mirror_about_the_centre_but_for_the_baseline():
    settings = MossbauerSimulation(centre_channel=255.5, baseline=(0.0, 0.0, 0.0, 0.0))
    expected = expected_counts(settings)
    np.testing.assert_allclose(expected, expected[::-1], rtol=1e-12)


@pytest.mark.parametrize(
    "change",
    [
        {"populations": (0.5, 0.5)},
        {"orientation": 0},
        {"channels": 4},
        {"centre_channel": 100.0},
        {"counts": 0.0},
        {"T_K": -1.0},
        {"step_mm_s": float("nan")},
        {"area_mm_s": -0.1},
    ],
)
def test_impossible_settings_are_refused_with_advice(change):
    with pytest.raises(SettingsError) as caught:
        MossbauerSimulation(**change)
    assert caught.value.do


def test_an_absorber_that_leaves_no_counts_is_refused():
    with pytest.raises(SettingsError, match="absorbed"):
        simulated_run(MossbauerSimulation(area_mm_s=5.0), 1)


# --- what is shipped ---


def test_the_series_is_small_and_made_on_one_drive():
    assert len(SHIPPED) == 21
    assert sum((root() / entry.path).stat().st_size for entry in SHIPPED) < 100_000
    drives = {
        (s.channels, s.step_mm_s, s.centre_channel, s.source_shift_mm_s, s.orientation)
        for s in map(settings_of_entry, SHIPPED)
    }
    assert len(drives) == 1


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.path)
def test_a_shipped_file_is_what_its_settings_and_seed_write(entry):
    shipped = (root() / entry.path).read_text(encoding="utf-8")
    assert simulated_run(settings_of_entry(entry), entry.seed) == shipped


def test_the_settings_are_those_of_the_declared_truth():
    truth = load_truth(root() / "feco" / "truth.toml")
    series = [settings_of_entry(entry) for entry in SHIPPED if "populations" in entry.values]
    assert len(series) == 20
    for settings in series:
        assert settings.populations == tuple(truth.populations(settings.T_K).values())
        law = three_state(settings.T_K, LAW)
        np.testing.assert_allclose(
            settings.populations, (law.x1, law.x2, law.x3), rtol=0, atol=1.1e-4
        )
        assert settings.isomer_shifts_mm_s == tuple(truth.members["mossbauer.IS"].values.values())
        assert settings.splittings_mm_s == tuple(truth.members["mossbauer.QS"].values.values())
        assert {settings.area_mm_s} == set(truth.members["mossbauer.area"].values.values())
        assert settings.theta_D_K == truth.nuisances["theta_D_K"]


def test_a_plain_fit_of_the_shipped_series_finds_the_declared_values():
    pulls, fit_quality = [], []
    for entry in SHIPPED:
        if "populations" not in entry.values:
            continue
        settings = settings_of_entry(entry)
        counts = counts_in((root() / entry.path).read_text(encoding="utf-8"))
        found, sigma, reduced = doublet_fit(settings, counts)
        x = np.array(settings.populations) / sum(settings.populations)
        T, theta = settings.T_K, settings.theta_D_K
        shift = x @ settings.isomer_shifts_mm_s + second_order_doppler(T, theta).value
        split = x @ settings.splittings_mm_s
        area = settings.area_mm_s * recoil_free_fraction(T, theta).value
        truth = np.array([shift, split, area])
        pulls.append((found[[0, 1, 3]] - truth) / sigma[[0, 1, 3]])
        fit_quality.append(reduced)
        assert sigma[0] < 0.003
    pulls = np.array(pulls)
    assert np.abs(pulls).max() < 3.5
    assert 1e-3 < chi2.sf((pulls**2).sum(), pulls.size) < 0.999
    assert np.abs(pulls.mean(axis=0)).max() < 3 / np.sqrt(len(pulls))
    assert np.mean(fit_quality) == pytest.approx(1, abs=4 * np.sqrt(2 / 497 / 20))


def test_a_plain_fit_of_the_shipped_iron_finds_the_drive():
    entry = next(entry for entry in SHIPPED if "alphaFe" in entry.path)
    settings = settings_of_entry(entry)
    counts = counts_in((root() / entry.path).read_text(encoding="utf-8"))
    channel = np.arange(settings.channels)

    def model(p):
        k, c0, d0, width, area = p[:5]
        v = k * (np.abs(channel - c0) - d0)
        lines = sum(
            lorentzian(v, side * place, width, area * part / 12)
            for part, place in zip((3, 2, 1), CONVENTIONS["A"].positions, strict=True)
            for side in (-1, 1)
        )
        return baseline(settings, p[5:]) - settings.counts * lines

    start = [0.0495, 255.4, 126.0, 0.28, 0.1, 1, 0, 0, 0, 0]
    found, sigma, reduced = poisson_fit(counts, model, start)
    k = settings.step_mm_s
    d0 = settings.channels / 4 + settings.source_shift_mm_s / k
    truth = np.array([k, settings.centre_channel, d0, settings.width_mm_s, settings.iron_area_mm_s])
    assert np.abs((found[:5] - truth) / sigma[:5]).max() < 3.5
    assert abs(reduced - 1) < 4 * np.sqrt(2 / 496)


def test_the_rate_shows_in_the_line_only_where_it_is_slow():
    base = MossbauerSimulation(
        T_K=300.0,
        populations=(0.48, 0.52),
        isomer_shifts_mm_s=(0.7745, 1.22),
        splittings_mm_s=(1.7992, 2.5),
    )
    fast, faster, slow = (expected_counts(replace(base, k_ex_per_s=k)) for k in (1e10, 1e12, 1e8))
    noise = np.sqrt(base.counts)
    assert np.abs(fast - faster).max() < noise
    assert np.abs(slow - faster).max() > 5 * noise
