"""Contrast of the theme, computed as WCAG 2.1 does, in both modes."""

import tomllib
from itertools import product
from pathlib import Path

import pytest

from dashboards import charts

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
MODES = ("light", "dark")
TONES = ("red", "green", "blue", "yellow", "orange", "gray")


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def faded(color: str, page: str, share: float) -> str:
    pairs = [(int(color[i : i + 2], 16), int(page[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in pairs)


def test_the_formula_gives_the_published_extremes():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("mode", MODES)
def test_text_holds_four_and_a_half_to_one(mode):
    theme = CONFIG["theme"][mode]
    page, panel, side = theme["backgroundColor"], theme["secondaryBackgroundColor"], theme["sidebar"]["backgroundColor"]
    for text, ground in product((theme["textColor"], theme["linkColor"], theme["codeTextColor"]), (page, panel, side)):
        assert contrast(text, ground) >= 4.5, (text, ground)
    assert contrast(theme["dataframeHeaderTextColor"], theme["dataframeHeaderBackgroundColor"]) >= 4.5
    for tone in TONES:
        text, ground = theme[f"{tone}TextColor"], theme[f"{tone}BackgroundColor"]
        assert contrast(text, ground) >= 4.5, (tone, text, ground)


@pytest.mark.parametrize("mode", MODES)
def test_captions_at_sixty_percent_ink_stay_legible(mode):
    theme = CONFIG["theme"][mode]
    page = theme["backgroundColor"]
    assert contrast(faded(theme["textColor"], page, 0.6), page) >= 4.5


@pytest.mark.parametrize("mode", MODES)
def test_marks_hold_three_to_one_on_the_page(mode):
    page = CONFIG["theme"][mode]["backgroundColor"]
    for color in (charts.PRIMARY, charts.GRAY, *charts.SERIES, CONFIG["theme"][mode]["primaryColor"]):
        assert contrast(color, page) >= 3, color


def test_never_more_than_four_series_and_one_list_of_them():
    assert len(charts.SERIES) == 4
    assert list(charts.SERIES) == CONFIG["theme"]["chartCategoricalColors"]


def test_nothing_is_fetched_from_elsewhere_and_nothing_is_reported_home():
    assert CONFIG["browser"]["gatherUsageStats"] is False
    text = (Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert "http" not in text.lower()
