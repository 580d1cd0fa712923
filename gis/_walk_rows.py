"""A walk as rows of the result kind ``route``, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis._asset_names import shown_name
from gis._notes import SEPARATORS, Note
from gis._opening_hours import clock
from gis._sights import HARD
from gis._visits import HOURS_UNKNOWN, OUTSIDE
from gis._ways import STRAIGHT, Way
from gis.options import code_of
from gis.orienteering import arrivals
from layers.kinds._walks import WALK_THEMES
from layers.schema import conform, kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.model import Model
    from gis.orienteering import Sights, Tour
    from gis.route import Wishes

ERAS = {"明": "Ming", "清": "Qing", "民国": "Republic of China, 1912-1949", "中华人民共和国": "after 1949"}
"""Words for eras that ledgers write plainly; others stand as they are."""
START, END = "@start", "@end"
"""Labels of a start and an end that are no sights."""
ASSUMED = Note(
    "点位价值、停留时间和步速取自模型 route.*，均为假设",
    "Worth and minutes of the sights and the speed of walking are assumptions (route.* of the model)",
)


class Found(NamedTuple):
    """A walk with its way: the places in order by label, and the legs between them."""

    tour: Tour
    bound: float
    order: list[str]
    legs: list[Way | None]
    speed: float


def table(
    found: Found,
    sights: gpd.GeoDataFrame,
    places: gpd.GeoSeries,
    asked: Sights,
    wishes: Wishes,
    notes: Sequence[Note],
    layers: Mapping[str, gpd.GeoDataFrame],
) -> gpd.GeoDataFrame:
    """Return the walk as rows of kind ``route``: the whole walk first, then its stops in order."""
    stops = _stops(found, sights, asked, wishes, layers)
    points = [_point(place) for place in places.loc[found.order]]
    whole = _whole(found, stops, wishes, notes)
    lines = [way.line for way in found.legs if way is not None and not way.line.is_empty]
    rows = pd.DataFrame([whole, *stops])
    rows["walk_id"] = wishes.walk_id
    rows["route_id"] = [wishes.walk_id, *(f"{wishes.walk_id}-{number:02d}" for number in range(1, len(rows)))]
    sample = sights["is_sample"].fillna(value=False).astype(bool)
    rows["is_sample"] = bool(sample.any())
    geometry = [shapely.MultiLineString(lines) if lines else None, *points]
    return conform(gpd.GeoDataFrame(rows, geometry=geometry, crs=places.crs), kind("route"))


def _point(place: shapely.Geometry) -> shapely.Point:
    """Return where a stop is drawn: its middle, where that lies in it."""
    middle = place.centroid
    return middle if place.intersects(middle) else shapely.point_on_surface(place)


def _stops(
    found: Found, sights: gpd.GeoDataFrame, asked: Sights, wishes: Wishes, layers: Mapping[str, gpd.GeoDataFrame]
) -> list[dict[str, Any]]:
    begins = arrivals(asked, found.tour.rows)
    rows, left, seen = [], 0.0, set()
    for number, (label, row, begin) in enumerate(zip(found.order, found.tour.rows, begins, strict=True)):
        leg = found.legs[number - 1] if number else None
        walk_m = 0.0 if leg is None else leg.distance_m
        arrive = left + walk_m / found.speed
        stay = 0.0 if label in seen else float(asked.stay_minutes[row])
        left = begin + stay
        rows.append(
            {
                "part": "stop",
                "stop_order": number + 1,
                **_of_place(label, sights, wishes, layers, is_back=label in seen),
                "arrive_clock": clock(wishes.depart_minutes + arrive),
                "leave_clock": clock(wishes.depart_minutes + left),
                "arrive_minutes": arrive,
                "leave_minutes": left,
                "walk_m": walk_m,
                "walk_minutes": walk_m / found.speed,
                "wait_minutes": max(begin - arrive, 0.0),
                "stay_minutes": stay,
                "way": None if leg is None else leg.by,
            }
        )
        seen.add(label)
    return rows


def _of_place(
    label: str, sights: gpd.GeoDataFrame, wishes: Wishes, layers: Mapping[str, gpd.GeoDataFrame], *, is_back: bool
) -> dict[str, Any]:
    """Return what a row says of the place itself."""
    if label not in sights.index:
        return _of_post(label, wishes, layers)
    site = sights.loc[label]
    name = shown_name(sights.loc[[label]]).iloc[0]
    facts = {
        "name": name,
        "name_en": name,
        "subdistrict_code": site["subdistrict_code"],
        "asset_kind": "heritage",
        "asset_id": label,
    }
    if is_back:
        return {**facts, "visit": "point", "value": 0.0, "note": "回到起点", "note_en": "Back at the start"}
    return {
        **facts,
        "visit": site["visit"],
        "theme": site["theme"] or None,
        "value": float(site["value"]),
        **_story(site),
        **_twins("note", site["notes"]),
    }


def _of_post(label: str, wishes: Wishes, layers: Mapping[str, gpd.GeoDataFrame]) -> dict[str, Any]:
    """Return what a row says of a start or an end that is no sight."""
    said = {"visit": "point", "value": 0.0}
    place = wishes.start if label == START else wishes.end
    zh, en = ("起点", "Start") if label == START else ("终点", "End")
    for name, frame in layers.items():
        if isinstance(place, str) and "asset_id" in frame:
            rows = frame[(frame["asset_id"] == place).fillna(value=False).to_numpy(dtype=bool)]
            if len(rows):
                shown = shown_name(rows).iloc[0] if {"name", "source_id", "address"} <= set(rows) else None
                found = zh if shown is None or pd.isna(shown) else str(shown)
                code = rows["subdistrict_code"].iloc[0] if "subdistrict_code" in rows else None
                told = {"asset_kind": name, "asset_id": place, "subdistrict_code": code}
                return {**said, "name": found, "name_en": en if found == zh else found, **told}
    return {**said, "name": zh, "name_en": en}


def _story(site: pd.Series) -> dict[str, str]:
    """Return what a guide tells: class, era and type in both languages, then the ledger's own words."""
    of = kind("heritage")
    codes = [
        (of[name].codes or {}).get(code_of(site, name) or "unknown") for name in ("heritage_class", "building_type")
    ]
    known = [
        code
        for code, name in zip(codes, ("heritage_class", "building_type"), strict=True)
        if code is not None and code_of(site, name) not in (None, "unknown")
    ]
    era = code_of(site, "era")
    zh = "，".join([code[0] for code in known] + ([era] if era else []))
    en = ", ".join([code[1] for code in known] + ([ERAS.get(era, era)] if era else []))
    own = site["story"]
    if pd.notna(own) and str(own).strip():
        return {
            "story": f"{zh}。{str(own).strip()}" if zh else str(own).strip(),
            "story_en": f"{en}. In the ledger's own words: {str(own).strip()}" if en else f"{str(own).strip()}",
        }
    return {"story": zh, "story_en": en}


def _whole(found: Found, stops: list[dict[str, Any]], wishes: Wishes, notes: Sequence[Note]) -> dict[str, Any]:
    """Return the row of the whole walk."""
    told, tour = pd.DataFrame(stops), found.tour
    sums = {name: float(told[name].sum()) for name in ("walk_m", "walk_minutes", "wait_minutes", "stay_minutes")}
    first, last = stops[0], stops[-1]
    theme = [WALK_THEMES[code] for code in wishes.themes]
    zh = "".join([_length(wishes.minutes).zh, "、".join(title[0] for title in theme) or "文化", "线路"])
    en = " ".join([_length(wishes.minutes).en, "walk:", ", ".join(title[1] for title in theme) or "heritage"])
    zh_ends, en_ends = f"{first['name']}—{last['name']}", f"{first['name_en']} to {last['name_en']}"
    if wishes.goes_round:
        zh_ends, en_ends = f"{first['name']}（环线）", f"round from {first['name_en']}"
    by = STRAIGHT if (told["way"] == STRAIGHT).any() else "street"
    return {
        "part": "walk",
        "name": f"{zh}：{zh_ends}",
        "name_en": f"{en}, {en_ends}",
        "subdistrict_code": wishes.subdistrict,
        "theme": ",".join(wishes.themes) or None,
        "arrive_clock": clock(wishes.depart_minutes + tour.minutes),
        "leave_clock": clock(wishes.depart_minutes),
        "arrive_minutes": tour.minutes,
        "leave_minutes": 0.0,
        **sums,
        "way": by,
        "value": tour.value,
        "value_bound": found.bound,
        "is_proven": tour.is_proven,
        "stop_count": int((told["visit"] != "point").sum()),
        **_twins("note", notes),
    }


def _length(minutes: float) -> Note:
    if minutes % 60 == 0:
        return Note(f"{minutes / 60:g}小时", f"{minutes / 60:g}-hour")
    return Note(f"{minutes:g}分钟", f"{minutes:g}-minute")


def _twins(name: str, notes: Sequence[Note]) -> dict[str, str | None]:
    """Return notes as texts of a column and its English twin, null where there are none."""
    return {
        f"{name}{end}": separator.join(note[place] for note in notes) or None
        for place, (end, separator) in enumerate(SEPARATORS.items())
    }


def left_out(hard: pd.Series) -> list[Note]:
    """Return how many heritage sites no walk leads to, and why."""
    counts = hard.value_counts()
    return [
        Note(f"{counts[code]}处历史文化资源不列入：{why.zh}", f"Heritage sites left out: {counts[code]}, {why.en}")
        for code, why in HARD.items()
        if counts.get(code, 0)
    ]


def notes(found: Found, sights: gpd.GeoDataFrame, model: Model) -> list[Note]:
    """Return what is to be said of a walk: proof, hours that nobody knows, ways that are no streets, assumptions."""
    seen = sights.loc[[label for label in dict.fromkeys(found.order) if label in sights.index]]
    said = [_proof(found)]
    unsure = int((seen["visit"] == OUTSIDE).sum())
    if unsure:
        unknown = sum(HOURS_UNKNOWN in told for told in seen["notes"])
        said.append(
            Note(
                f"{unsure}处只看外观" + (f"，其中{unknown}处对外开放但开放时间不明" if unknown else ""),
                f"Seen from outside only: {unsure}"
                + (f", {unknown} of them open to visitors at hours that nobody told" if unknown else ""),
            )
        )
    straight = sum(way is not None and way.by == STRAIGHT for way in found.legs)
    if straight:
        factor = model.value("reach.detour_factor")
        said.append(
            Note(
                f"{straight}段没有街道可走，按直线距离×{factor:g}估算",
                f"Legs without a street: {straight}, straight line x {factor:g}",
            )
        )
    return [*said, ASSUMED]


def _proof(found: Found) -> Note:
    value, bound = found.tour.value, found.bound
    if found.tour.is_proven:
        return Note(f"已证明最优：总价值{value:.2f}", f"Proven best: worth {value:.2f}")
    more = max(bound / value - 1, 0.0) if value > 0 else np.inf
    return Note(
        f"未证明最优：总价值{value:.2f}，任何线路不超过{bound:.2f}（至多再高{more:.0%}）",
        f"Not proven best: worth {value:.2f}, no walk is worth more than {bound:.2f} (at most {more:.0%} more)",
    )
