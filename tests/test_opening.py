"""Where a map looks first, and what a page says of invented records: places and counts that a hand can follow."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from layers.sample import SAMPLE_NOTICE
from maps.opening import first_view, sample_notice

WEST, SOUTH, STEP = 113.25, 23.12, 0.01
NO_AREAS = np.empty(0, dtype=object)


def grid(*more: shapely.Geometry | None) -> np.ndarray:
    """Return a hundred places, ten by ten, and what is added to them."""
    places = [shapely.Point(WEST + STEP * (n % 10), SOUTH + STEP * (n // 10)) for n in range(100)]
    return np.array([*places, *more], dtype=object)


def test_the_view_is_the_box_of_the_places() -> None:
    assert first_view(grid(None, shapely.Point()), NO_AREAS) == pytest.approx(
        (WEST, SOUTH, WEST + 9 * STEP, SOUTH + 9 * STEP)
    )


@pytest.mark.parametrize("far", [(0.0, 0.0), (11.32, 23.13), (WEST, 32.12)])
def test_a_wrong_coordinate_does_not_widen_it(far: tuple[float, float]) -> None:
    assert first_view(grid(shapely.Point(far)), NO_AREAS) == first_view(grid(), NO_AREAS)


def test_the_outskirts_of_a_dense_town_do_count() -> None:
    outskirts = shapely.Point(WEST + 20 * STEP, SOUTH)
    assert first_view(grid(outskirts), NO_AREAS) == pytest.approx((WEST, SOUTH, WEST + 20 * STEP, SOUTH + 9 * STEP))


def test_places_on_one_spot_keep_their_neighbours() -> None:
    places = np.array([shapely.Point(WEST, SOUTH)] * 5 + [shapely.Point(WEST + 0.08, SOUTH)], dtype=object)
    assert first_view(places, NO_AREAS) == pytest.approx((WEST, SOUTH, WEST + 0.08, SOUTH))


def test_sub_districts_that_hold_the_places_make_the_view_and_the_others_do_not() -> None:
    own = shapely.box(WEST - 0.05, SOUTH - 0.05, WEST + 0.15, SOUTH + 0.15)
    other = shapely.box(WEST + 1, SOUTH, WEST + 2, SOUTH + 1)
    lost = shapely.Point(WEST + 1.5, SOUTH + 0.5)
    assert first_view(grid(lost), np.array([own, other], dtype=object)) == pytest.approx(own.bounds)


def test_a_sub_district_layer_of_elsewhere_is_not_followed() -> None:
    corner = shapely.box(WEST - 0.5, SOUTH - 0.5, WEST + STEP / 2, SOUTH + STEP / 2)
    assert first_view(grid(), np.array([corner], dtype=object)) == first_view(grid(), NO_AREAS)


def test_nothing_placed_has_no_view() -> None:
    assert first_view(np.array([None, shapely.Point()], dtype=object), NO_AREAS) is None
    assert first_view(NO_AREAS, NO_AREAS) is None


def test_invented_records_are_counted_by_layer() -> None:
    notice = sample_notice({"idle_land": 3, "parking": 0, "community": 1200}, is_sample=False)
    assert notice is not None
    assert "闲置用地 3 条、老旧小区 1,200 条" in notice["zh"]
    assert "停车场" not in notice["zh"]
    assert "Idle land (3), Community (1,200)" in notice["en"]


def test_the_sample_city_has_its_own_notice_and_real_data_none() -> None:
    assert sample_notice({"idle_land": 3}, is_sample=True) == SAMPLE_NOTICE
    assert sample_notice({"idle_land": 0}, is_sample=False) is None
