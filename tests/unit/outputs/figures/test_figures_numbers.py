"""Every plotted number equals the stored one, and what has no number says so."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from coalition.outputs.figures import draw
from coalition.outputs.figures.figure import Figure, gid
from figure_fixture import COUNTING, SPECS, TWO, counts, models, robustness, sources, states
from matplotlib.artist import Artist
from matplotlib.text import Text

FIGURES = {name: draw(name, spec, sources()) for name, spec in SPECS.items()}


def artists(figure: Figure) -> dict[str, Artist]:
    """Return the artists that show a number, by their id; an id names one artist."""
    found = [artist for artist in figure.canvas.findobj() if artist.get_gid()]
    by_gid = {artist.get_gid(): artist for artist in found}
    assert len(by_gid) == len(found)
    return by_gid


def texts(figure: Figure) -> str:
    return "\n".join(artist.get_text() for artist in figure.canvas.findobj(Text))


def assert_row(
    figure: Figure, key: tuple[Any, ...], stored: dict[str, Any], vertical: bool = False
) -> None:
    """Assert that a marker and its interval stand where the stored numbers are."""
    drawn = artists(figure)
    values = [drawn[gid(*key)].get_ydata() if vertical else drawn[gid(*key)].get_xdata()]
    assert list(values[0]) == [stored["estimate"]]
    line = drawn[f"{gid(*key)}/interval"]
    ends = line.get_ydata() if vertical else line.get_xdata()
    limits = line.axes.get_xlim()
    expected = [
        beyond if end is None else end
        for end, beyond in zip((stored["conf_low"], stored["conf_high"]), limits, strict=True)
    ]
    assert list(ends) == expected


@pytest.mark.parametrize("name", ["coefficients", "equations"])
def test_coefficients_are_the_stored_ones(name: str) -> None:
    figure = FIGURES[name]
    checked = 0
    for model in models():
        for stored in model["rows"] if model["model"] in SPECS[name]["models"] else []:
            if stored["kind"] == "coefficient":
                assert_row(figure, (model["model"], stored["level"], stored["term"]), stored)
                checked += 1
    assert checked == figure.tidy["estimate"].notna().sum() > 0


def test_all_terms_are_drawn_where_none_are_named() -> None:
    spec = {key: value for key, value in SPECS["coefficients"].items() if key != "terms"}
    terms = dict.fromkeys(
        term for model in models() if model["model"] in spec["models"] for term in model["terms"]
    )
    assert list(dict.fromkeys(draw("figure", spec, sources()).tidy["term"])) == list(terms)


def test_models_without_a_number_say_why() -> None:
    drawn = artists(FIGURES["coefficients"])
    assert "separation" in drawn[gid("broken", None, "fear")].get_text()
    assert drawn[gid("short", None, "risk")].get_text().replace("\n", " ") == "not in the model"
    assert "Broken: not estimated (separation)" in FIGURES["coefficients"].caption
    assert "separation" in drawn[gid("broken", None, "risk")].get_text()


def test_smallest_effect_is_drawn_only_on_its_scale() -> None:
    def dashed(models: list[str]) -> list[float]:
        figure = draw(
            "figure", SPECS["coefficients"] | {"models": models, "terms": ["fear"]}, sources()
        )
        return [
            line.get_xdata()[0]
            for line in figure.canvas.axes[0].lines
            if not isinstance(line.get_linestyle(), str) or line.get_linestyle() == "--"
        ]

    assert 0.4 in dashed(["plain", "short"])
    assert 0.4 not in dashed(["plain", "counted"])  # a coefficient of Poisson is no log odds
    assert 0.4 not in dashed(["short"])  # the primary test is another model's


@pytest.mark.parametrize("name", ["corners", "no_contrasts"])
def test_corners_are_the_stored_probabilities_and_contrasts(name: str) -> None:
    stored = next(model for model in models() if model["model"] == SPECS[name]["model"])["rows"]
    shown = [row for row in stored if row["kind"] in ("probability", "contrast")]
    for row in shown:
        key = (row["model"], row["kind"], row["term"], row["level"])
        assert_row(FIGURES[name], key, row, vertical=row["kind"] == "probability")
    assert len(FIGURES[name].tidy) == len(shown)


def test_alternatives_are_the_stored_ones_sorted_with_the_failed_last() -> None:
    figure = FIGURES["robustness"]
    for hypothesis, seed in (("H1", 1), ("H2", 2)):
        stored = robustness(hypothesis, seed)
        for entry in [{"name": "primary", **stored["primary"]}, *stored["alternatives"]]:
            if entry["estimate"] is not None:
                assert_row(figure, (hypothesis, entry["name"]), entry)
        assert artists(figure)[gid(hypothesis, "failed")].get_text() == "not estimated"
        shown = figure.tidy[figure.tidy["hypothesis"] == hypothesis]["estimate"].tolist()
        assert shown[:-1] == sorted(shown[:-1], reverse=True)
        assert shown[-1] is None
    assert "The failed one: the outcome is separated by Risk" in figure.caption.replace(
        "risk", "Risk"
    )


def test_influence_shows_the_states_that_move_the_estimate_most() -> None:
    figure = FIGURES["influence"]
    stored = {entry["left_out"]: entry for entry in robustness("H1", 1)["leave_one_out"]}
    shown = [iso3 for iso3 in figure.tidy[figure.tidy["hypothesis"] == "H1"]["left_out"] if iso3]
    for iso3 in set(shown) - {"XXX"}:
        assert_row(figure, ("H1", iso3), stored[iso3])
    moved = {
        iso3: abs(entry["estimate"] - 0.5)
        for iso3, entry in stored.items()
        if entry["estimate"] is not None
    }
    assert set(shown) - {"XXX"} == set(sorted(moved, key=lambda iso3: -moved[iso3])[:12])
    assert artists(figure)[gid("H1", "XXX")].get_text() == "not estimated"


def test_cells_hold_the_levels() -> None:
    figure, table = FIGURES["responses"], states(TWO)
    drawn = artists(figure)
    joined = set(table.loc[table["participated"] == 1, "iso3"])
    for row in table.itertuples():
        if row.iso3 not in joined or math.isnan(row.participated):
            assert gid(row.operation, row.iso3) not in drawn
            continue
        expected = (
            "\N{EN DASH}"
            if row.participated == 0
            else "?"
            if math.isnan(row.caveat_level)
            else f"{row.caveat_level:.0f}"
        )
        assert drawn[gid(row.operation, row.iso3)].get_text() == expected


def test_points_of_measures_are_the_states() -> None:
    figure, table = FIGURES["measures"], states(TWO)
    drawn = artists(figure)
    shown = table[table["participated"].notna() & table["fear"].notna()]
    assert set(drawn) == {gid(row.operation, row.iso3) for row in shown.itertuples()}
    for row in shown.itertuples():
        line = drawn[gid(row.operation, row.iso3)]
        assert (list(line.get_xdata()), list(line.get_ydata())) == ([row.fear], [row.risk])
    joined = set(shown.loc[shown["participated"] == 1, "iso3"])
    unlabelled = figure.tidy[
        ~figure.tidy["labelled"].astype(bool) & (figure.tidy["response"] != "abstain")
    ]["iso3"]
    assert joined - set(unlabelled) <= set(texts(figure).split("\n"))
    assert all(iso3 in figure.caption for iso3 in unlabelled)


def test_troops_are_yearly_medians_of_usable_counts_and_the_rest_is_their_sum() -> None:
    figure, table = FIGURES["troops"], counts("alpha")
    usable = table[(table["flag"] == "ok") & table["evidence"].isin(COUNTING["evidence"])]
    drawn = artists(figure)
    largest = [f"S{i:02d}" for i in (13, 12, 11, 10, 9)]
    for iso3 in largest:
        expected = (
            usable[usable["iso3"] == iso3]
            .groupby(usable["date"].str[:4].astype(int))["troops"]
            .median()
        )
        line = dict(
            zip(
                drawn[gid("alpha", iso3)].get_xdata(),
                drawn[gid("alpha", iso3)].get_ydata(),
                strict=True,
            )
        )
        assert {year: line[year] for year in expected.index} == expected.to_dict()
        # the year between has no usable count: it lies halfway, is hollow, and the file says so
        assert line[2003] == (line[2002] + line[2004]) / 2
    between = figure.tidy[figure.tidy["between"].astype(bool)]
    assert set(between["year"]) == {2003}
    rest = drawn[gid("alpha", "rest")]
    others = (
        usable[~usable["iso3"].isin(largest) & (usable["date"].str[:4] == "2004")]
        .groupby("iso3")["troops"]
        .median()
        .sum()
    )
    # order of a float sum
    assert dict(zip(rest.get_xdata(), rest.get_ydata(), strict=True))[2004] == pytest.approx(
        others, rel=1e-12
    )
    assert "No usable counts: Beta coalition" in figure.caption


def test_every_number_of_the_record_is_finite_or_absent() -> None:
    for figure in FIGURES.values():
        for value in figure.tidy.to_numpy().ravel():
            assert not isinstance(value, float) or np.isfinite(value) or np.isnan(value)
