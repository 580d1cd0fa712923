"""The base map of the offline page stays small and says what it leaves out; its colours can be told apart."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from maps import _folium_context as context
from maps import _folium_panel as panel
from maps import palette

WEST, SOUTH = 113.25, 23.12
STEP = 0.001


def square(column: int, row: int, size: float = STEP / 2) -> shapely.Polygon:
    west, south = WEST + column * STEP, SOUTH + row * STEP
    return shapely.box(west, south, west + size, south + size)


def buildings(shapes: list[shapely.Polygon]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326")


def test_a_base_map_over_its_budget_is_thinned_and_says_so() -> None:
    many = buildings([square(n % 20, n // 20, STEP * (1 + n) / 500) for n in range(100)])
    made = context.backdrop("building", many, budget=300)
    rings = [ring for item in made.features for part in item["geometry"]["coordinates"] for ring in part]
    assert len(rings) == 60  # 300 vertices, five to a square
    assert sum(len(ring) for ring in rings) == 300
    smallest = min(max(x for x, _ in ring) - min(x for x, _ in ring) for ring in rings)
    assert smallest == pytest.approx(STEP * 41 / 500, abs=2e-6)  # the forty smallest went
    assert made.note is not None
    assert "60" in made.note["zh"]
    assert "100" in made.note["en"]


def test_a_base_map_within_its_budget_is_whole_and_silent() -> None:
    made = context.backdrop("building", buildings([square(n, 0) for n in range(5)]), budget=25)
    assert made.note is None
    assert sum(len(item["geometry"]["coordinates"]) for item in made.features) == 5


def test_alleys_go_before_main_roads() -> None:
    lines = [shapely.LineString([(WEST, SOUTH + n * STEP), (WEST + 0.01, SOUTH + n * STEP)]) for n in range(4)]
    streets = gpd.GeoDataFrame(
        {"street_class": ["alley", "main", "alley", "secondary"]}, geometry=lines, crs="EPSG:4326"
    )
    made = context.backdrop("street", streets, budget=4)
    assert {item["properties"]["street_class"] for item in made.features} == {"main", "secondary"}


@pytest.mark.parametrize("theme", sorted(palette.THEME_RAMPS))
def test_numbers_on_the_map_can_be_read(theme: str) -> None:
    def luminance(colour: str) -> float:
        parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    classes = {palette.rank_class(rank) for rank in range(1, palette.LABELLED_RANKS + 1)}
    for index in classes:
        assert 1.05 / (luminance(palette.THEME_RAMPS[theme][index]) + 0.05) >= 4.5


def test_ranks_fall_into_the_classes_of_the_legend() -> None:
    assert [palette.rank_class(rank) for rank in (1, 10, 11, 20, 21, 50, 51, 999)] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert palette.rank_ranges() == ("1–10", "11–20", "21–50", "51+")


def test_a_page_without_a_base_map_says_what_to_import() -> None:
    said = panel.notices({}, has_base_map=False, is_sample=False)
    assert set(said) == {"no-base-map"}
    assert "import-osm" in said["no-base-map"]["zh"]
    assert panel.notices({}, has_base_map=True, is_sample=False) == {}


def test_invented_records_of_a_real_workspace_are_told_at_the_head() -> None:
    marked = buildings([square(n, 0) for n in range(3)])
    marked["is_sample"] = [True, None, False]
    said = panel.notices({"building": marked}, has_base_map=True, is_sample=False)
    assert "建筑 1 条" in said["sample"]["zh"]
    assert 'class="sample"' in panel.header("区", [], {}, exclusions=None, notices=said)
