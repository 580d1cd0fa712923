"""What was decided on a run, ready to be drawn: bundles with their members, heritage walks, chosen sites."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from layers.schema import kind
from maps import _folium_bundle_cards as packed
from maps import _folium_cards as told
from maps import _folium_text as words
from maps._folium_areas import AREA_TOLERANCE_M, SHAPES_PER_OVERLAY, cut_note
from maps._folium_context import METRES_PER_DEGREE, as_geojson, geographic, rounded
from maps.palette import BUNDLE_STYLE, ROLE_SIGNS, ROLE_STYLES, SITE_STYLE, STRAIGHT_DASH, WALK_STYLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import geopandas as gpd

    Row = Mapping[str, Any]
    Look = Mapping[str, object]

CASING = {"color": "#ffffff", "weight": 8, "opacity": 0.85, "fill": False}
BESIDE, ABOVE = (23, 23), (11, 34)
"""Where a sign stands, in pixels: what was decided is an opportunity too, whose number it must not cover."""


@dataclass(frozen=True)
class Sheet:
    """Features of one decision that are drawn alike.

    Parameters
    ----------
    features
        GeoJSON; ``look`` holds Leaflet's options of a path, or of a sign; ``heading`` and ``card`` what is said of it.
    are_signs
        Whether they are points that stand as a sign, an HTML of their own.
    answers
        Whether they have a tooltip and a popup.
    """

    features: list[dict[str, Any]]
    are_signs: bool = False
    answers: bool = True


@dataclass(frozen=True)
class Decision:
    """One layer of what was decided.

    Parameters
    ----------
    key
        Name of the result kind, ``left_out`` for the communities in no bundle.
    titles
        Chinese and English.
    sheets
        Lowest first.
    listed
        Heading and one line of each that the panel lists, by the key that the map knows it by.
    is_shown
        Whether it is on when the page opens; else when its list is unfolded.
    note
        What was left out, in both languages.
    below
        What stands under the list, as HTML.
    """

    key: str
    titles: tuple[str, str]
    sheets: Sequence[Sheet]
    listed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    is_shown: bool = False
    note: Mapping[str, str] | None = None
    below: str = ""


def decisions(
    results: Mapping[str, gpd.GeoDataFrame], *, is_sample: bool, manifest: Mapping[str, Any] | None = None
) -> list[Decision]:
    """Return what a run decided, lowest first; nothing for what it did not decide.

    Parameters
    ----------
    results
        Tables of the run by kind: ``bundle``, ``bundle_member``, ``bundle_year``, ``route``, ``site_choice``, each
        optional.
    is_sample
        Whether every record is invented.
    manifest
        Of the run: what its bundles rest on.
    """
    told = (manifest or {}).get("decided", {}).get("bundle", {}).get("assumptions", ())
    makers: tuple[tuple[str, Callable[[gpd.GeoDataFrame, gpd.GeoDataFrame, bool], Decision]], ...] = (
        ("bundle_member", _left_out),
        ("bundle", partial(_bundles, _by_bundle(results.get("bundle_year")), told)),
        ("site_choice", _sites),
        ("route", _walks),
    )
    members = results.get("bundle_member")
    made = []
    for name, make in makers:
        frame = results.get(name)
        if frame is not None and len(frame):
            made.append(make(_placed(frame), _placed(frame.head(0) if members is None else members), is_sample))
    return [item for item in made if any(sheet.features for sheet in item.sheets)]


def _placed(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return geographic(frame[frame.geometry.notna() & ~frame.geometry.is_empty])


def _by_bundle(years: pd.DataFrame | None) -> dict[str, list[dict[str, Any]]]:
    """Return the account of each bundle by year, by its id."""
    if years is None or not len(years):
        return {}
    ordered = years.sort_values(["bundle_id", "year"], kind="stable")
    return {str(name): part.to_dict("records") for name, part in ordered.groupby("bundle_id", sort=False)}


def _bundles(
    years: Mapping[str, list[dict[str, Any]]],
    assumed: Sequence[Row],
    frame: gpd.GeoDataFrame,
    members: gpd.GeoDataFrame,
    is_sample: bool,
) -> Decision:
    frame = frame.sort_values("bundle_number", kind="stable")
    # A table of bundles alone is drawn without its members.
    inside = members[members["role"] != "left_out"] if len(members) else members
    inside = inside.sort_values("bundle_number", kind="stable")
    of = {name: _rows(part) for name, part in inside.groupby("bundle_id", sort=False)}
    rows = _rows(frame)
    keys = [f"bundle:{row['bundle_number']}" for row in rows]
    cards = [
        packed.bundle(row, of.get(row["bundle_id"], []), years.get(row["bundle_id"], []), assumed, is_sample=is_sample)
        for row in rows
    ]
    areas = [_said(words.told(row, "name"), card, BUNDLE_STYLE) for row, card in zip(rows, cards, strict=True)]
    names = [_sign(packed.called(row), "bundle-label", (130, 18)) for row in rows]
    own = _rows(inside)
    plots = [_said(packed.member_heading(row), packed.member(row, is_sample=is_sample), _role(row)) for row in own]
    signs = [_sign(ROLE_SIGNS[row["role"]], f"role-sign {row['role']}", (16, 16), BESIDE) for row in own]
    return Decision(
        "bundle",
        _titles("bundle"),
        [
            Sheet(_shapes(frame, areas, keys)),
            Sheet(_shapes(inside, plots)),
            Sheet(_points(inside, signs), are_signs=True, answers=False),
            Sheet(_points(frame, names), are_signs=True, answers=False),
        ],
        {key: (words.told(row, "name"), packed.bundle_line(row)) for key, row in zip(keys, rows, strict=True)},
        is_shown=True,
        below=packed.assumptions(assumed),
    )


def _left_out(frame: gpd.GeoDataFrame, _: gpd.GeoDataFrame, is_sample: bool) -> Decision:
    """Return the communities that are in no bundle, with what each lacks."""
    every = frame[frame["role"] == "left_out"]
    drawn = every.head(SHAPES_PER_OVERLAY)
    titles = ("未入包小区", "Communities in no bundle")
    said = [
        _said(packed.member_heading(row), packed.left_out(row, is_sample=is_sample), _role(row)) for row in _rows(drawn)
    ]
    note = cut_note(titles, len(every)) if len(every) > len(drawn) else None
    return Decision("left_out", titles, [Sheet(_shapes(drawn, said))], note=note)


def _role(row: Row) -> Look:
    return ROLE_STYLES[row["role"]]


def _walks(frame: gpd.GeoDataFrame, _: gpd.GeoDataFrame, is_sample: bool) -> Decision:
    lines, stops = frame[frame["part"] == "walk"], frame[frame["part"] == "stop"]
    stops = stops.sort_values(["walk_id", "stop_order"], kind="stable")
    walks = _rows(lines)
    keys = [f"walk:{place}" for place in range(1, len(walks) + 1)]
    said = [_said(words.told(row, "name"), told.walk(row, is_sample=is_sample), _line(row)) for row in walks]
    marks = [
        {
            **_said(told.stop_heading(row), told.stop(row, is_sample=is_sample), {}),
            **_sign(_numbered(row), "stop-sign", (22, 22)),
        }
        for row in _rows(stops)
    ]
    own = [f"stop:{place}" for place in range(1, len(stops) + 1)]
    listed = {key: (words.told(row, "name"), told.walk_line(row)) for key, row in zip(keys, walks, strict=True)}
    for key, row in zip(own, _rows(stops), strict=True):
        listed[key] = (told.stop_heading(row), told.stop_line(row))
    casing = _shapes(lines, [{"look": CASING} for _ in said])
    return Decision(
        "route",
        _titles("route"),
        [
            Sheet(casing, answers=False),
            Sheet(_shapes(lines, said, keys)),
            Sheet(_points(stops, marks, own), are_signs=True),
        ],
        listed,
    )


def _line(row: Row) -> Look:
    return {**WALK_STYLE, "dashArray": STRAIGHT_DASH} if row["way"] == "straight" else WALK_STYLE


def _numbered(row: Row) -> str:
    """Return the number of a stop and, beside it, the minutes since the walk started."""
    number = words.number(row["stop_order"])
    minutes = words.number(row["arrive_minutes"])
    return f"{number}<i>{minutes}′</i>" if minutes != words.NOTHING else number


def _sites(frame: gpd.GeoDataFrame, _: gpd.GeoDataFrame, is_sample: bool) -> Decision:
    frame = frame.sort_values("site_order", kind="stable")
    rows = _rows(frame)
    keys = [f"site:{place}" for place in range(1, len(rows) + 1)]
    marks = [
        {
            **_said(told.site_heading(row), told.site(row, is_sample=is_sample), {}),
            **_sign(f"<b>{words.number(row['site_order'])}</b>", "chosen-sign", (22, 22), ABOVE),
        }
        for row in rows
    ]
    listed = {key: (told.site_heading(row), told.site_line(row)) for key, row in zip(keys, rows, strict=True)}
    return Decision(
        "site_choice",
        _titles("site_choice"),
        [
            Sheet(_shapes(frame, [{"look": dict(SITE_STYLE)} for _ in rows]), answers=False),
            Sheet(_points(frame, marks, keys), are_signs=True),
        ],
        listed,
    )


def _titles(name: str) -> tuple[str, str]:
    of = kind(name)
    return of.zh, of.en


def _rows(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in _plain(frame).to_dict("records")]


def _plain(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame.drop(columns=frame.geometry.name))


def _said(heading: str, card: str, look: Look) -> dict[str, Any]:
    return {"heading": heading, "card": f"{heading}{card}", "look": dict(look)}


def _sign(html: str, class_name: str, size: tuple[int, int], anchor: tuple[int, int] | None = None) -> dict[str, Any]:
    """Return the look of a sign: an HTML of its own, in the middle of its place unless ``anchor`` tells which pixel."""
    at = anchor or (size[0] // 2, size[1] // 2)
    return {"look": {"html": html, "className": class_name, "iconSize": list(size), "iconAnchor": list(at)}}


def _shapes(
    frame: gpd.GeoDataFrame, said: Sequence[Mapping[str, Any]], keys: Sequence[str] = ()
) -> list[dict[str, Any]]:
    slim = rounded(shapely.simplify(frame.geometry.to_numpy(), AREA_TOLERANCE_M / METRES_PER_DEGREE))
    return list(_features(slim, said, keys))


def _points(
    frame: gpd.GeoDataFrame, said: Sequence[Mapping[str, Any]], keys: Sequence[str] = ()
) -> list[dict[str, Any]]:
    return list(_features(rounded(shapely.point_on_surface(frame.geometry.to_numpy())), said, keys))


def _features(
    shapes: Iterable[shapely.Geometry], said: Sequence[Mapping[str, Any]], keys: Sequence[str]
) -> Iterable[dict[str, Any]]:
    for place, (shape, properties) in enumerate(zip(shapes, said, strict=True)):
        own = {"key": keys[place]} if keys else {}
        yield {"type": "Feature", "id": str(place), "properties": {**properties, **own}, "geometry": as_geojson(shape)}
