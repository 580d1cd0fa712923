"""Heritage walks as KML for phones and globes: one line a leg, and a placemark with its story for each stop."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import shapely

from layers.schema import STORAGE_CRS
from layers.writing import _replacing
from layers.writing._geojson import DECIMALS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import geopandas as gpd

NAMESPACE = "http://www.opengis.net/kml/2.2"
COLOUR, WIDTH = "ff2b4cc8", 4
"""Of the line, as KML writes a colour: opacity, blue, green, red."""
TOLD = (
    *("stop_order", "visit", "arrive_clock", "leave_clock", "walk_m", "walk_minutes", "wait_minutes", "stay_minutes"),
    *("value", "asset_kind", "asset_id", "theme", "note", "note_en"),
)
"""Columns that a stop carries as data; names of ASCII letters, which GDAL keeps."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_walk_kml(frame: gpd.GeoDataFrame, path: Path, *, attribution: str | None, notice: str | None) -> int:
    """Write the rows of one walk (kind ``route``) as KML 2.2, in WGS 84; return how many.

    The file appears complete or not at all. The line and the stops are folders, layers to a GIS; names, stories and
    notes stand in Chinese, then in English.

    Parameters
    ----------
    frame
        Rows of one walk, in any CRS.
    path
        Where to write; its folder must exist.
    attribution, notice
        Whose data, and that it is a sample.

    Raises
    ------
    UsageError, WorkspaceError
        As :func:`layers.writing.write_layer`.
    """
    rows = frame.to_crs(STORAGE_CRS)
    is_line = (rows["part"] == "walk").to_numpy(dtype=bool)
    whole = rows[is_line].iloc[0]
    ET.register_namespace("", NAMESPACE)
    kml = ET.Element(f"{{{NAMESPACE}}}kml")
    document = _add(kml, "Document")
    _add(document, "name", _both(whole["name"], whole["name_en"]))
    _add(document, "description", _lines([whole["note"], whole["note_en"], notice, attribution]))
    line = _add(_add(document, "Style", id="walk"), "LineStyle")
    _add(line, "color", COLOUR)
    _add(line, "width", str(WIDTH))
    _walk(document, whole)
    folder = _add(document, "Folder")
    _add(folder, "name", "停留点 Stops")
    for _, stop in rows[~is_line].iterrows():
        _stop(folder, stop)
    ET.indent(kml)
    with _replacing(path) as part:
        ET.ElementTree(kml).write(part, encoding="utf-8", xml_declaration=True)
    return len(rows)


def _walk(document: ET.Element, whole: pd.Series) -> None:
    folder = _add(document, "Folder")
    _add(folder, "name", "线路 Walk")
    mark = _add(folder, "Placemark")
    _add(mark, "name", _both(whole["name"], whole["name_en"]))
    took = f"{whole['walk_m'] / 1000:.1f} km, {whole['leave_clock']}-{whole['arrive_clock']}"
    _add(mark, "description", took)
    _add(mark, "styleUrl", "#walk")
    parts = _add(mark, "MultiGeometry")
    for leg in shapely.get_parts(whole["geometry"]) if whole["geometry"] is not None else ():
        line = _add(parts, "LineString")
        _add(line, "tessellate", "1")
        _add(line, "coordinates", _coordinates(leg))


def _stop(folder: ET.Element, stop: pd.Series) -> None:
    mark = _add(folder, "Placemark")
    _add(mark, "name", f"{stop['stop_order']} {_both(stop['name'], stop['name_en'])}")
    clocks = f"{stop['arrive_clock']}-{stop['leave_clock']}"
    _add(mark, "description", _lines([clocks, *(stop[name] for name in ("story", "note", "story_en", "note_en"))]))
    data = _add(mark, "ExtendedData")
    for name in TOLD:
        if not pd.isna(stop[name]):
            value = stop[name]
            text = f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
            _add(_add(data, "Data", name=name), "value", text)
    _add(_add(mark, "Point"), "coordinates", _coordinates(stop["geometry"]))


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{NAMESPACE}}}{tag}", attributes)
    child.text = None if text is None else _NOT_XML.sub("", text)
    return child


def _both(zh: Any, en: Any) -> str:
    return str(zh) if pd.isna(en) or zh == en else f"{zh} {en}"


def _lines(texts: Iterable[Any]) -> str:
    return "\n".join(dict.fromkeys(str(text) for text in texts if not pd.isna(text) and text))


def _coordinates(shape: shapely.Geometry) -> str:
    return " ".join(f"{lon},{lat}" for lon, lat in np.round(shapely.get_coordinates(shape), DECIMALS).tolist())
