"""Residential compounds: mapped ones, and elsewhere clusters of residential buildings that no street parts.

Two residential buildings belong together where they stand within :data:`NEIGHBOUR_M` and the shortest line between
them crosses no street for cars. A cluster is its buildings and the ground between
them: their union, widened by half of that distance and narrowed again. Counts are derived only from what
is mapped: buildings by location, floor area as footprint x floors where nearly every building says its floors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from layers import schema
from layers.crs import working_crs
from layers.osm._tags import RESIDENTIAL
from layers.quality import Text

if TYPE_CHECKING:
    import numpy.typing as npt

    from layers.osm._shapes import Bounds
    from layers.quality import QualityReport

    Shapes = npt.NDArray[Any]
    Ints = npt.NDArray[np.int64]

NEIGHBOUR_M = 40.0
"""ASSUMPTION: slabs of six storeys stand 20 to 30 m apart for daylight; within one compound no further than this."""
FEWEST_BUILDINGS = 2
"""ASSUMPTION: one building alone makes a community only where it is mapped as ``landuse=residential``."""
LEVELS_KNOWN_SHARE = 0.8
"""ASSUMPTION: floor area is given where buildings with known floors have this share of the footprint; their mean floor
count, weighted by footprint, stands for the rest."""
YEARS_KNOWN_SHARE = 0.5
"""ASSUMPTION: the median year of the buildings is that of the community where this share of them says one."""
_PARTING = ("expressway", "main", "secondary", "local")


def communities(
    mapped: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    extent: Bounds,
    report: QualityReport,
) -> gpd.GeoDataFrame:
    """Return the ``community`` layer: ``mapped`` ones with what their buildings tell, then clusters.

    Parameters
    ----------
    mapped
        Conformed rows of ``landuse=residential``.
    buildings, streets
        Conformed layers in longitude, latitude.
    extent
        West, south, east, north in degrees; distances are measured in its metric CRS.
    report
        Takes how many clusters were derived; they count as read and kept.
    """
    metric = working_crs(extent)
    owner = _owner(buildings.geometry.to_numpy(), mapped.geometry.to_numpy())
    lives = buildings["use"].isin(sorted(RESIDENTIAL)).to_numpy(dtype=bool)
    of_use = np.flatnonzero(lives | (owner >= 0))
    buildings, owner, lives = buildings.iloc[of_use], owner[of_use], lives[of_use]
    footprints = buildings.geometry.to_crs(metric).to_numpy()
    free = np.flatnonzero(lives & (owner < 0))
    parting = streets.geometry[streets["street_class"].isin(_PARTING).to_numpy(dtype=bool)]
    label = _clusters(footprints[free], parting.to_crs(metric).to_numpy())
    derived = _frame(buildings.iloc[free], footprints[free], label, metric, extent)
    owner[free] = np.where(label >= 0, label + len(mapped), -1)
    both = pd.concat([mapped, derived], ignore_index=True) if len(derived) else mapped.reset_index(drop=True)
    result = _with_counts(both, buildings, footprints, owner)
    report.read += len(derived)
    report.facts["clusters"] = Text(
        f"在 landuse=residential 之外，由 {int((label >= 0).sum())} 栋住宅推出 {len(derived)} 个小区",
        f"outside landuse=residential, {len(derived)} communities are derived from clusters of "
        f"{int((label >= 0).sum())} residential buildings; {int((label < 0).sum())} stand alone",
    )
    return result


def _owner(footprints: Shapes, areas: Shapes) -> Ints:
    """Return for each building the first mapped community that its inner point lies in, -1 where none does."""
    owner = np.full(len(footprints), -1, dtype=np.int64)
    near = np.unique(shapely.STRtree(footprints).query(areas, predicate="intersects")[1])
    if len(near):
        hits, within = shapely.STRtree(areas).query(shapely.point_on_surface(footprints[near]), predicate="intersects")
        first = pd.Series(within).groupby(hits).min()
        owner[near[first.index.to_numpy()]] = first.to_numpy()
    return owner


def _clusters(footprints: Shapes, parting: Shapes) -> Ints:
    """Return the cluster of each building, 0..n-1 in the order of the buildings, -1 for those too few."""
    count = len(footprints)
    if not count:
        return np.empty(0, dtype=np.int64)
    one, other = shapely.STRtree(footprints).query(footprints, predicate="dwithin", distance=NEIGHBOUR_M)
    one, other = one[one < other], other[one < other]
    if len(parting) and len(one):
        between = shapely.shortest_line(footprints[one], footprints[other])
        parted = np.unique(shapely.STRtree(parting).query(between, predicate="intersects")[0])
        together = np.ones(len(one), dtype=bool)
        together[parted] = False
        one, other = one[together], other[together]
    graph = coo_matrix((np.ones(len(one)), (one, other)), shape=(count, count))
    _, component = connected_components(graph, directed=False)
    sizes = np.bincount(component)
    kept = component[sizes[component] >= FEWEST_BUILDINGS]
    order = {name: number for number, name in enumerate(pd.unique(kept).tolist())}
    return np.array([order.get(name, -1) for name in component.tolist()], dtype=np.int64)


def _frame(
    buildings: gpd.GeoDataFrame, footprints: Shapes, label: Ints, metric: Any, extent: Bounds
) -> gpd.GeoDataFrame:
    members = pd.Series(np.flatnonzero(label >= 0)).groupby(label[label >= 0])
    outlines, names, ids = [], [], []
    for number, rows in members:
        places = rows.to_numpy()
        houses = shapely.union_all(footprints[places])
        wide = shapely.buffer(houses, NEIGHBOUR_M / 2, quad_segs=2)
        # The arcs are coarse, so narrowing could cut a corner off a house: the houses are put back.
        outlines.append(shapely.union(shapely.buffer(wide, -NEIGHBOUR_M / 2, join_style="mitre"), houses))
        ids.append(f"cluster/{buildings['source_id'].iloc[places].min()}")
        names.append(_name(buildings["address"].iloc[places], int(str(number)) + 1))
    shapes = (
        gpd.GeoSeries(outlines, crs=metric).to_crs(schema.STORAGE_CRS).make_valid().intersection(shapely.box(*extent))
    )
    columns = pd.DataFrame(
        {
            "name": names,
            "source_id": ids,
            "position": "approximate",
            "remark": "由住宅建筑聚类推出，非登记小区 / derived from a cluster of residential buildings",
        },
        index=shapes.index,
    )
    return schema.conform(gpd.GeoDataFrame(columns, geometry=shapes), schema.kind("community"))


def _name(addresses: pd.Series, number: int) -> str:
    """Return the commonest street of the buildings with the number of the cluster, else the number alone."""
    streets = addresses.dropna().str.replace(r"\s*\d[\w;,/ -]*$", "", regex=True).str.strip()
    streets = streets[streets != ""]
    return f"{streets.mode().iloc[0]} cluster {number}" if len(streets) else f"cluster {number}"


def _with_counts(
    frame: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, footprints: Shapes, owner: Ints
) -> gpd.GeoDataFrame:
    inside = np.flatnonzero(owner >= 0)
    lives = buildings["use"].iloc[inside].isna() | buildings["use"].iloc[inside].isin(sorted(RESIDENTIAL))
    inside = inside[lives.to_numpy(dtype=bool)]
    data = pd.DataFrame(
        {
            "owner": owner[inside],
            "area_m2": shapely.area(footprints[inside]),
            "floors": buildings["floor_count"].iloc[inside].to_numpy(dtype="float64", na_value=np.nan),
            "year": buildings["built_year"].iloc[inside].to_numpy(dtype="float64", na_value=np.nan),
        }
    )
    data["known_m2"] = data["area_m2"].where(data["floors"].notna(), 0.0)
    data["floor_m2"] = data["area_m2"] * data["floors"]
    grouped = data.groupby("owner")
    total = grouped[["area_m2", "known_m2", "floor_m2"]].sum()
    is_known = total["known_m2"] >= LEVELS_KNOWN_SHARE * total["area_m2"]
    floor_area_m2 = (total["floor_m2"] / total["known_m2"].where(total["known_m2"] > 0) * total["area_m2"]).where(
        is_known
    )
    result = frame.copy()
    numbers = pd.RangeIndex(len(frame))
    has_outline = frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).to_numpy()
    counts = grouped.size().reindex(numbers).where(has_outline)  # none mapped is not none there: null
    result["building_count"] = counts.astype("Int64").to_numpy()
    result["floor_area_m2"] = floor_area_m2.reindex(numbers).to_numpy()
    is_dated = grouped["year"].count() >= YEARS_KNOWN_SHARE * grouped.size()
    median = grouped["year"].median().round().where(is_dated).reindex(numbers).astype("Int64")
    result["built_year"] = result["built_year"].fillna(pd.Series(median.to_numpy(), index=result.index))
    return schema.conform(result, schema.kind("community"))
