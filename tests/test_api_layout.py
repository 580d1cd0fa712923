"""What the card is told of the layout of a plot: the shapes of its own option, in degrees."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import pytest
import shapely
from need_city import MODEL, city
from shapely.geometry import box

from api._features import Layer, LayerInfo
from api._results import _layout
from gis import _stall_city
from layers.errors import NotFoundError
from layers.schema import kind

LOT, OTHER = box(425_000, 2_560_000, 425_060, 2_560_017), box(425_500, 2_560_000, 425_530, 2_560_017)
INFO = LayerInfo("stall_layout", "1", 0, 0, None, None, "2026-07-01T00:00:00Z", "run", None, None, None)


def ranked(action="surface_parking"):
    """Return a layer of two laid plots as the service reads it: the option of each is named after its asset."""
    town = city(idle_land=[{"at": LOT}, {"at": OTHER}])
    options = town["idle_land"][["asset_id"]].assign(asset_kind="idle_land", action=action, is_sample=False)
    options = options.assign(opportunity_id=options["asset_id"], subdistrict_code="S1", rank=[1, 2])
    frame = _stall_city.stall_layer(options, town, MODEL)
    return frame, SimpleNamespace(layer=lambda *_: Layer.prepared(frame.to_crs(4326), kind("stall_layout"), INFO))


def told(store, opportunity_id):
    return _layout(store, None, None, opportunity_id)


@pytest.mark.parametrize("action", ["surface_parking", "mechanical_parking"])
def test_each_option_has_its_own_shapes(action):
    frame, store = ranked(action)
    for asset, plot in (("idle_land-0", LOT), ("idle_land-1", OTHER)):
        found = told(store, asset)
        own = frame[frame["opportunity_id"] == asset]
        assert [item["part"] for item in found] == own["part"].tolist()
        shapes = gpd.GeoSeries([shapely.geometry.shape(item["geometry"]) for item in found], crs=4326)
        there = shapes.to_crs(frame.crs)
        assert shapely.covers(plot.buffer(0.01), there.array).all(), "in degrees, to the millimetre"
        assert there.area.to_list() == pytest.approx(own.geometry.area.to_list(), rel=1e-3)
    assert {item["part"] for item in told(store, "idle_land-0")} == {"stall", "aisle", "entrance"}


def test_an_option_that_was_not_laid_has_none():
    assert told(ranked()[1], "idle_land-2") == []


def test_a_run_without_layouts_has_none():
    def layer(*_):
        raise NotFoundError("there is no layer", "没有图层", hint="run the analysis", hint_zh="请运行分析")

    assert told(SimpleNamespace(layer=layer), "idle_land-0") == []
