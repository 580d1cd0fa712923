"""Small fictional layers that the tests of workspaces accept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import shapely
import sqlalchemy as sa

from layers.catalog import AuditRow
from layers.snapshot import Provenance

if TYPE_CHECKING:
    from layers.snapshot import Snapshot
    from layers.workspace import Workspace

LEDGER = Provenance("ledger", source_file="台账.csv", licence="internal", attribution="虚构区")


def lots(*records: tuple[str, float | None, float | None], **columns: list[object]) -> gpd.GeoDataFrame:
    """Return fictional car parks; a record without longitude has no place."""
    places = [None if x is None else shapely.Point(x, y) for _, x, y in records]
    data = {"name": [name for name, _, _ in records], **columns}
    return gpd.GeoDataFrame(data, geometry=places, crs="EPSG:4326")


def numbered(*names: str, start: float = 113.2, **columns: list[object]) -> gpd.GeoDataFrame:
    """Return car parks a kilometre apart, each with its name as its own id."""
    places = [(name, start + at / 100, 23.1) for at, name in enumerate(names)]
    return lots(*places, source_id=list(names), **columns)


def reports(*people: tuple[str, str | None]) -> gpd.GeoDataFrame:
    """Return calls of fictional people: (own id, name)."""
    ids, names = ([item[side] for item in people] for side in (0, 1))
    frame = lots(*((f"诉求{name}", 113.2, 23.1) for name in ids), source_id=ids, reporter=names)
    return frame.assign(telephone=[None if name is None else "13800000000" for name in names])


def accept(workspace: Workspace, *names: str) -> Snapshot:
    """Accept car parks of these names, however many there were before."""
    return workspace.accept("parking", numbered(*names), LEDGER, shrunken_agreed=True)


def audits(workspace: Workspace) -> list[tuple[str, str]]:
    """Return every change as (verb, detail)."""
    with workspace._catalog.reading() as session:
        return [(row.verb, str(row.detail)) for row in session.scalars(sa.select(AuditRow))]
