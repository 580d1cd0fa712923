"""Small cities for the tests of need: layers from rows, all in metres."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
from shapely.geometry import LineString, Point

from gis.city import City
from gis.model import Model
from layers.schema import conform, kind

CRS = "EPSG:4547"
AS_OF = date(2026, 7, 1)
MODEL = Model.load()

# A(0,0) B(100,0) C(200,0) along the bottom, D(100,80) E(200,80) above: the five-node network of test_network.
FIVE = (
    LineString([(0, 0), (100, 0), (200, 0)]),
    LineString([(100, 0), (100, 80)]),
    LineString([(100, 80), (200, 80)]),
    LineString([(200, 0), (200, 80)]),
)


def layer(name, *rows):
    """Return a layer from rows; ``at`` is a place or a pair of coordinates, absent where the record has none."""
    places = [row.get("at") for row in rows]
    geometry = [Point(at) if isinstance(at, tuple) else at for at in places]
    data = [{key: value for key, value in row.items() if key != "at"} for row in rows]
    ids = [{"asset_id": f"{name}-{number}"} for number in range(len(rows))]
    plain = [{**own, **row} for own, row in zip(ids, data, strict=True)]
    frame = gpd.GeoDataFrame(plain, geometry=gpd.GeoSeries(geometry, crs=CRS), crs=CRS)
    return conform(frame, kind(name))


def city(lines=(), **layers):
    """Return a city of layers given as lists of rows, walking on ``lines``."""
    frames = {name: layer(name, *rows) for name, rows in layers.items()}
    frames["street"] = layer("street", *({"at": line} for line in lines))
    return City.build(frames, as_of=AS_OF, detour_factor=1.3)
