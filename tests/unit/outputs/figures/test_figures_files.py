"""Files of figures: the same bytes twice, embedded fonts, nothing empty; and drawings of nothing,
of one operation and of seven.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from coalition.outputs.figures import (
    draw,
    figure_frame,
    figure_style,
    figure_writers,
    label_places,
    write_all,
)
from coalition.outputs.figures.figure import Figure
from coalition.outputs.report.embedded import address
from coalition.outputs.stored_results import Sources
from figure_fixture import SEVEN, SPECS, TWO, sources
from matplotlib import image
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

HASHES = """
import hashlib, sys
sys.path[:0] = {paths!r}
from coalition.outputs.figures import draw, figure_writers
from figure_fixture import SPECS, sources
for name in ("measures", "corners", "troops"):
    figure = draw(name, SPECS[name], sources())
    pictures = [figure_writers.picture(figure, ending) for ending in figure_writers.PICTURES]
    print([hashlib.sha256(picture).hexdigest() for picture in pictures])
"""


def pixels_of(figure: Figure) -> np.ndarray:
    """Return the PNG, without the text around the drawing, as an array of rows, columns and colours
    between 0 and 1.
    """
    whole = image.imread(io.BytesIO(figure_writers.picture(figure, "png")))[:, :, :3]
    around = figure_frame.frame(figure, "")
    head, foot = (round(part * figure_writers.DPI) for part in (around.head, around.foot))
    return whole[head : len(whole) - foot]


def is_cut(figure: Figure) -> bool:
    """Return whether ink touches the edge of the drawing, as it does where something reaches beyond
    it.
    """
    pixels = pixels_of(figure).min(axis=2)
    return bool(
        min(pixels[0].min(), pixels[-1].min(), pixels[:, 0].min(), pixels[:, -1].min()) < 0.99
    )


@pytest.mark.long_after(3)
@pytest.mark.parametrize("ending", figure_writers.PICTURES)
@pytest.mark.parametrize("name", sorted(SPECS))
def test_same_input_gives_the_same_bytes(name: str, ending: str) -> None:
    one, other = (
        figure_writers.picture(draw(name, SPECS[name], sources()), ending) for _ in range(2)
    )
    assert one == other


@pytest.mark.long
def test_another_process_with_another_hash_seed_gives_the_same_bytes() -> None:
    program = HASHES.format(
        paths=[str(Path(__file__).parents[4] / "scripts"), str(Path(__file__).parent)]
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1
    assert next(iter(found)).strip()


def test_settings_of_the_machine_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib

    expected = figure_writers.picture(draw("corners", SPECS["corners"], sources()), "svg")
    for key, value in {
        "font.size": 20.0,
        "lines.linewidth": 9.0,
        "axes.facecolor": "red",
        "svg.hashsalt": "other",
    }.items():
        monkeypatch.setitem(matplotlib.rcParams, key, value)
    assert figure_writers.picture(draw("corners", SPECS["corners"], sources()), "svg") == expected


@pytest.mark.long_after(3)
@pytest.mark.parametrize("name", sorted(SPECS))
def test_pictures_are_not_empty_and_carry_no_date(name: str) -> None:
    figure = draw(name, SPECS[name], sources())
    pixels = pixels_of(figure)
    assert pixels.shape[1] == round(figure_style.PAGE * figure_writers.DPI)
    ink = (pixels.min(axis=2) < 0.9).mean()
    # a page of text is some 5 percent ink; less than half a percent is an empty frame
    assert 0.005 < ink < 0.6
    svg, pdf = (figure_writers.picture(figure, ending) for ending in ("svg", "pdf"))
    assert b"<dc:date>" not in svg
    assert b"<text" not in svg
    assert b"CreationDate" not in pdf
    assert b"/Subtype /Type3" not in pdf
    assert b"/FontFile2" in pdf  # TrueType, embedded


@pytest.mark.long_after(3)
@pytest.mark.parametrize(
    "operations", [{"alpha": "ALPHA (Somewhere)"}, TWO, SEVEN], ids=["one", "two", "seven"]
)
@pytest.mark.parametrize("name", sorted(SPECS))
def test_text_is_legible_and_stays_inside_with_any_number_of_operations(
    name: str, operations: dict[str, str]
) -> None:
    figure = draw(name, SPECS[name], sources(operations))
    assert not is_cut(figure)
    assert all(
        text.get_fontsize() >= figure_style.TEXT
        for text in figure.canvas.findobj(Text)
        if text.get_text()
    )
    assert figure.canvas.get_size_inches()[0] == figure_style.PAGE


@pytest.mark.parametrize("name", ["responses", "troops", "measures", "robustness", "influence"])
def test_nothing_to_draw_is_said_in_the_figure(name: str) -> None:
    nothing = Sources(operations=TWO, counting=sources().counting)
    figure = draw(name, SPECS[name], nothing)
    assert (
        figure.canvas.findobj(Text, include_self=False)[0].get_text().startswith("Nothing to draw")
    )
    assert len(figure.tidy) == 0
    assert figure_writers.picture(figure, "png")


@pytest.mark.parametrize(
    ("model", "reason"), [("no_corners", "corners"), ("multi_broken", "separated")]
)
def test_corners_of_a_model_without_them_say_why(model: str, reason: str) -> None:
    figure = draw("corners", SPECS["corners"] | {"model": model}, sources())
    assert figure.caption.startswith("Nothing to draw")
    assert reason in figure.caption


def test_an_operation_without_caveats_is_drawn_with_unknown_levels() -> None:
    table = sources().rows()
    table.loc[table["operation"] == "beta", "caveat_level"] = np.nan
    figure = draw("responses", SPECS["responses"], sources(data=(table,)))
    beta = figure.tidy[(figure.tidy["operation"] == "beta") & (figure.tidy["answer"] == "joined")]
    assert len(beta) > 0
    assert beta["level"].isna().all()
    assert f"level not known {len(beta)}" in figure.alt


def test_only_failed_models_still_make_a_figure() -> None:
    figure = draw("coefficients", SPECS["coefficients"] | {"models": ["broken"]}, sources())
    assert "not estimated (separation)" in figure.alt
    assert figure_writers.picture(figure, "pdf")


def test_record_holds_what_the_report_prints(tmp_path: Path) -> None:
    figure = draw("robustness", SPECS["robustness"], sources())
    write_all(
        figure,
        {ending: tmp_path / f"figure.{ending}" for ending in (*figure_writers.PICTURES, "json")},
        ["estimates/robustness_H1.json"],
    )
    record = json.loads((tmp_path / "figure.json").read_text(encoding="utf-8"))
    assert [record[part] for part in ("name", "kind", "title")] == [
        "robustness",
        "robustness",
        "Robustness",
    ]
    assert record["caption"].endswith(".")
    assert len(record["alt"]) > 50
    assert record["made_from"] == ["estimates/robustness_H1.json"]
    assert (
        pd.DataFrame(record["numbers"])["estimate"].dropna().tolist()
        == figure.tidy["estimate"].dropna().tolist()
    )


@pytest.mark.parametrize("name", sorted(SPECS))
def test_every_file_stands_alone(name: str) -> None:
    """Title, key, N and source stand in the file, inside its edges; the drawing itself stays."""
    figure = draw(name, SPECS[name], sources())
    source = figure_frame.source_line(figure, ["estimates/x.json"], "mine")
    assert re.match(
        r"(N = [\d,]+( to [\d,]+)?|[\d,]+ values are drawn|Nothing is drawn)\. Source: ", source
    )
    assert source.endswith("run mine (estimates/x.json).")
    before = len(figure.canvas.texts)
    around = figure_frame.frame(figure, source)
    with figure_frame.framed(figure, around) as part:
        head, foot = figure.canvas.texts[before:]
        assert head.get_text().replace("\n", " ") == figure.title
        assert foot.get_text().replace("\n", " ") == f"{figure.caption} {source}"
        drawing = figure.canvas
        renderer = FigureCanvasAgg(drawing).get_renderer()
        for text in (head, foot):
            box = text.get_window_extent(renderer).transformed(drawing.dpi_scale_trans.inverted())
            assert part.x0 <= box.x0 < box.x1 <= part.x1
            assert part.y0 <= box.y0 < box.y1 <= part.y1
        assert head.get_window_extent(renderer).y0 >= drawing.get_size_inches()[1] * drawing.dpi
        assert foot.get_window_extent(renderer).y1 <= 0
    assert len(figure.canvas.texts) == before


@pytest.mark.long_after(3)
@pytest.mark.parametrize("name", sorted(SPECS))
def test_the_page_leaves_the_frame_out_and_nothing_else(name: str) -> None:
    figure = draw(name, SPECS[name], sources())
    around = figure_frame.frame(figure, "N = 1.")
    svg = figure_writers.picture(figure, "svg", "N = 1.")
    assert svg.count(b'id="figure-head"') == svg.count(b'id="figure-foot"') == 1
    text = unquote(str(address(svg, (around.head, around.foot))))
    ids = re.findall(r"id='([^']+)'", text)
    wanted = set(re.findall(r"(?:href='#|url\(#)([^')]+)", text))
    assert wanted <= set(ids)
    _, top, width, height = map(float, re.findall(r"viewBox='([^']+)'", text)[0].split())
    assert (width, height) == pytest.approx(
        tuple(72 * side for side in figure.canvas.get_size_inches()), abs=0.02
    )
    assert top == pytest.approx(72 * around.head, abs=0.01)


def overlap(one: label_places.Box, other: label_places.Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_labels_share_no_ground_with_each_other_or_a_marker() -> None:
    points = [tuple(point) for point in np.random.default_rng(3).uniform(0.1, 2.9, size=(60, 2))]
    sizes = [(0.25, 0.1)] * 30
    placed, left_out = label_places.place(points[:30], sizes, points, (0.0, 0.0, 3.0, 3.0), 0.03)
    boxes = [(label.x - 0.125, label.y - 0.05, label.x + 0.125, label.y + 0.05) for label in placed]
    assert len(placed) + len(left_out) == 30
    assert len(placed) > 20
    assert not any(overlap(one, other) for i, one in enumerate(boxes) for other in boxes[:i])
    assert not any(box[0] < x < box[2] and box[1] < y < box[3] for box in boxes for x, y in points)


def test_spread_keeps_order_distance_and_ends() -> None:
    wanted = [0.5, 0.51, 0.52, 2.0, 1.99, -1.0]
    places = label_places.spread(wanted, 0.1, 0.0, 2.0)
    ordered = sorted(places)
    assert np.argsort(places, kind="stable").tolist() == np.argsort(wanted, kind="stable").tolist()
    assert min(np.diff(ordered)) >= 0.1 - 1e-12  # rounding of sums of tenths
    assert ordered[0] >= 0.0
    assert ordered[-1] <= 2.0 + 1e-12
