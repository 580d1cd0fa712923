"""Geometries as flat arrays, and the index over their boxes, against shapely."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.serving.box_tree import BoxTree
from layers.serving.shapes import Shapes

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = [
    "POINT (113.2 23.1)",
    "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 1 2, 2 2, 2 1, 1 1))",
    None,
    "LINESTRING (0 0, 1 1, 2 0)",
    "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 9 5, 9 9, 5 5), (6 5.5, 7 5.5, 7 6, 6 5.5)))",
    "POLYGON EMPTY",
    "MULTIPOINT ((1 1), (2 2))",
    "MULTILINESTRING ((0 0, 1 1), (5 5, 6 6, 7 5))",
    "POINT Z (1 2 3)",
    "MULTIPOINT ((7 7))",
]
GEOMETRIES = np.array([shapely.from_wkt(text) if text else None for text in TEXTS], dtype=object)
AS_HELD = np.array([None if item is None or item.is_empty else shapely.force_2d(item) for item in GEOMETRIES])


def test_shapes_give_every_geometry_back() -> None:
    shapes = Shapes.of(GEOMETRIES)
    assert len(shapes) == len(TEXTS)
    assert shapes.types.tolist() == [0, 3, -1, 1, 6, -1, 4, 5, 0, 4]
    assert shapes.geometries(np.arange(len(TEXTS))).tolist() == AS_HELD.tolist()
    assert shapes.boxes[1].tolist() == [0, 0, 4, 4]
    assert np.isnan(shapes.boxes[[2, 5]]).all()


@given(st.lists(st.integers(0, len(TEXTS) - 1), max_size=30))
def test_any_rows_in_any_order_come_as_asked(rows: list[int]) -> None:
    at = np.array(rows, dtype=np.intp)
    shapes = Shapes.of(GEOMETRIES)
    assert shapes.geometries(at).tolist() == AS_HELD[at].tolist()
    taken = shapes.take(at)
    assert taken.geometries(np.arange(len(at))).tolist() == AS_HELD[at].tolist()
    assert len(taken.coords) == int(shapely.get_num_coordinates(AS_HELD[at]).sum())


def test_saved_shapes_are_mapped_and_the_same(tmp_path: Path) -> None:
    Shapes.of(GEOMETRIES).save(tmp_path)
    loaded = Shapes.load(tmp_path)
    assert isinstance(loaded.coords.base, np.memmap)
    assert loaded.geometries(np.arange(len(TEXTS))).tolist() == AS_HELD.tolist()


def test_nothing_at_all_is_a_layer_too(tmp_path: Path) -> None:
    for texts in ([], [None, None]):
        shapes = Shapes.of(np.array(texts, dtype=object))
        shapes.save(tmp_path)
        assert Shapes.load(tmp_path).geometries(np.arange(len(texts))).tolist() == texts
        tree = BoxTree.over(shapes.boxes)
        tree.save(tmp_path)
        assert BoxTree.load(tmp_path).search(-180, -90, 180, 90).tolist() == []


def test_a_collection_is_refused_and_not_cut() -> None:
    with pytest.raises(ValueError, match="not \\{"):
        Shapes.of(np.array([shapely.from_wkt("GEOMETRYCOLLECTION (POINT (1 1), LINESTRING (0 0, 1 1))")], dtype=object))


@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 256, 257, 5000])
def test_the_tree_finds_what_a_look_at_every_box_finds(count: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(count)
    low = rng.uniform(-10, 10, (count, 2))
    boxes = np.hstack((low, low + rng.exponential(0.2, (count, 2))))
    boxes[rng.random(count) < 0.1] = np.nan
    tree = BoxTree.over(boxes)
    tree.save(tmp_path)
    for searched in (tree, BoxTree.load(tmp_path)):
        for west, south in rng.uniform(-11, 11, (20, 2)):
            east, north = west + rng.exponential(2), south + rng.exponential(2)
            meets = (boxes[:, 0] <= east) & (boxes[:, 2] >= west) & (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
            assert searched.search(west, south, east, north).tolist() == np.flatnonzero(meets).tolist()


def test_boxes_that_only_touch_are_found() -> None:
    tree = BoxTree.over(np.array([[0.0, 0.0, 1.0, 1.0], [2.0, 2.0, 2.0, 2.0]]))
    assert tree.search(1, 1, 2, 2).tolist() == [0, 1]
    assert tree.search(1.0001, 0, 1.9999, 5).tolist() == []
