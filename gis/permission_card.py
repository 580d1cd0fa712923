"""May this place be touched: what the heritage rules say of a click or a drawn box, act by act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis import permission, verdicts
from gis._findings import ACT_WORDS, ZONE_WORDS
from gis._notes import Note, twins
from gis._reuse_words import suited
from gis._zones import APPROXIMATE, BORDERS, Zones, bordering, touching
from gis.heritage import conditions
from gis.options import code_of
from gis.permission import Act, public_notice
from gis.verdicts import Verdict
from layers.errors import AnalysisError
from layers.kinds._columns import HERITAGE_CLASSES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from gis.city import City
    from gis.model import Model

LAND = "land"
"""Subject of the rows that speak of the ground itself, not of a site that stands on it."""
ACTS: tuple[Act, ...] = get_args(Act)
DOCUMENT_SOURCE = "ASSUMPTION - 经验做法，须本地核实 (practice, verify locally)"
"""Behind the list of documents: what offices usually ask for; no text was found that lists them."""
DOCUMENTS = {
    "title": Note("产权证明", "proof of title"),
    "safety": Note("房屋安全鉴定报告", "report on the building's safety"),
    "design": Note("工程或修缮设计方案", "design of the works or the repair"),
    "use": Note("使用方案", "plan of the use"),
    "look": Note("对文物及历史风貌的影响说明", "what it does to the site and its historic look"),
    "survey": Note("考古调查意见", "opinion of the archaeological survey"),
    "notice": Note("公示情况说明", "account of the public notice"),
}
NOT_DRAWN = (
    Note("所给图层内没有区划覆盖此处，其保护要求待核实", "No zone of the layer given holds this place: to be checked"),
    Note("向文物部门核实是否涉及保护区划", "Ask the cultural heritage department whether a zone holds it"),
)
NO_LAYER = (
    Note("没有保护区划图层，无从判断", "There is no layer of heritage zones: nobody can say"),
    Note("导入历史文化保护区划图层", "Import the layer of heritage zones"),
)


@dataclass(frozen=True)
class PermissionCard:
    """What may be done at a place.

    Parameters
    ----------
    acts
        One row per subject and act: ``subject`` (:data:`LAND` or the id of a site), ``name``, ``heritage_class``,
        ``zones`` and ``zones_en`` (those that hold it, with their class), ``act``, the columns of
        :meth:`gis.verdicts.Verdict.columns`, ``notice_days`` (null where none is asked), ``documents`` and
        ``documents_en`` (empty where the act is forbidden; by :data:`DOCUMENT_SOURCE`), ``suits`` and ``suits_en``
        (what the type of building suits, for a change of use).
    has_red_stop
        Whether a proposal to build would sit where nothing new may be built: in a protection zone, in the core of a
        historic block, or on a protected site.
    notes
        What the layers do not know: zones that are missing, on a drawing only, or without a place.
    """

    acts: pd.DataFrame
    has_red_stop: bool
    notes: tuple[Note, ...]


def at(city: City, model: Model, geometry: shapely.Geometry, as_of: date, *, within_m: float = 0.0) -> PermissionCard:
    """Return what may be done at ``geometry`` on ``as_of``: of the ground, and of each heritage site that it meets.

    The rules are those of :func:`gis.permission.heritage` (strictest of the site's own class and of every zone that
    holds it, not of one whose edge it only touches); a site asks its owner as well, and its use depends on who is in it
    and on its danger grade. Where no zone of the layer holds the ground, no rule speaks: ``unclear``, never
    ``allowed``.

    Parameters
    ----------
    city, model
        The layers, and the rules.
    geometry
        Point or shape in the CRS of the city, in metres.
    as_of
        Day on which the rules must be in force.
    within_m
        Sites this near are met as well: a finger is wider than a point.

    Raises
    ------
    AnalysisError
        If the geometry is empty.
    """
    if geometry is None or shapely.is_empty(geometry):
        raise AnalysisError(
            "the place is empty",
            "所给位置为空",
            hint="click on the map or draw a box",
            hint_zh="请在地图上点选或框选",
        )
    ground = gpd.GeoDataFrame({"geometry": [geometry]}, index=pd.Index([LAND]), crs=city.crs)
    sites = city.placed("heritage")
    sites = sites[np.asarray(shapely.dwithin(sites.geometry.array, geometry, within_m), dtype=bool)]
    under, zones = (touching(city, model, frame, are_exact=True) for frame in (ground, sites))
    held = under.get(LAND, ())
    rows = [_row(model, LAND, "", "", held, act, _of_ground(city, model, held, act, as_of)) for act in ACTS]
    for _, site in sites.iterrows():
        rows += _site_rows(model, site, zones, as_of)
    acts = pd.DataFrame(rows)
    stopped = acts[(acts["act"] == "new_building") & (acts["permission"] == "forbidden")]
    return PermissionCard(acts, has_red_stop=not stopped.empty, notes=_notes(city, model, ground))


def _of_ground(city: City, model: Model, held: Sequence[tuple[str, str | None]], act: Act, as_of: date) -> Verdict:
    if held:
        return permission.heritage(model, "", held, act, as_of)
    reason, ask = NO_LAYER if "heritage_zone" in city.missing else NOT_DRAWN
    return Verdict("unclear", (reason,), authorities=(permission.HERITAGE_OFFICE,), next_steps=(ask,))


def _site_rows(model: Model, site: pd.Series, zones: Zones, as_of: date) -> list[dict[str, object]]:
    own, owner, kind = (code_of(site, name) for name in ("heritage_class", "ownership", "building_type"))
    held, name = zones.get(str(site.name), ()), code_of(site, "name") or ""
    suits = model.reuse.get(kind or "")
    rows = []
    for act in ACTS:
        said = [permission.heritage(model, own, held, act, as_of, ownership=owner), _of_owner(model, owner, as_of)]
        verdict = verdicts.strictest(said)
        doubts = conditions(site, has_type=suits is not None) if act == "use_change" else []
        if code_of(site, "position") == "approximate":
            doubts.append(("unclear", APPROXIMATE))
        for to, doubt in doubts:
            verdict = verdicts.lowered(verdict, to, *doubt)
        row = _row(model, str(site.name), name, own or "unknown", held, act, verdict)
        if suits is not None and act == "use_change":
            row |= twins("suits", suited(model, suits, pd.DataFrame([site])))
        rows.append(row)
    return rows


def _of_owner(model: Model, owner: str | None, as_of: date) -> Verdict:
    """Return what the owner's rule says; owners that are excluded by default give ``unclear`` with their reason."""
    excluded = model.exclusions.get(f"owner_{owner}")
    if excluded is not None:
        return Verdict("unclear", (Note(excluded.zh, excluded.en),), (excluded.source,))
    return permission.of_rule(model.rules[f"room.{owner or 'unknown'}"], as_of)


def _row(
    model: Model,
    subject: str,
    name: str,
    own: str,
    held: Sequence[tuple[str, str | None]],
    act: Act,
    verdict: Verdict,
) -> dict[str, object]:
    has_notice = public_notice(model) in verdict.next_steps
    papers = [] if verdict.permission == "forbidden" else _documents(subject, held, act, has_notice=has_notice)
    return {
        "subject": subject,
        "name": name,
        "heritage_class": own,
        **twins("zones", [_zone_words(zone, of) for zone, of in held]),
        "act": act,
        **{f"act_{end}": word for end, word in zip(("zh", "en"), ACT_WORDS[act], strict=True)},
        **verdict.columns(),
        "notice_days": model.value("heritage.notice_days") if has_notice else float("nan"),
        **twins("documents", [DOCUMENTS[code] for code in papers]),
        "suits": "",
        "suits_en": "",
    }


def _documents(subject: str, held: Sequence[tuple[str, str | None]], act: Act, *, has_notice: bool) -> list[str]:
    of_site = [] if subject == LAND else ["title", "safety"]
    zones = {zone for zone, _ in held}
    asked = {
        "use": act == "use_change",
        "design": act != "use_change",
        "look": act != "use_change" and bool(zones - {"buried_relics"} or of_site),
        "survey": act != "use_change" and "buried_relics" in zones,
        "notice": has_notice,
    }
    return [*of_site, *(code for code, holds in asked.items() if holds)]


def _zone_words(zone: str, of_class: str | None) -> Note:
    where = ZONE_WORDS.get(zone, Note("类型不明的区划", "Zone of unknown type"))
    named = HERITAGE_CLASSES.get(of_class or "", HERITAGE_CLASSES["unknown"])
    return Note(f"{where.zh}（{named[0]}）", f"{where.en} ({named[1]})")


def _notes(city: City, model: Model, ground: gpd.GeoDataFrame) -> tuple[Note, ...]:
    """Return what the layers do not know about the place, and that it borders on a zone."""
    geometry = ground.geometry.iloc[0]
    sites, radius_m = city.placed("heritage"), model.value("reach.story_radius")
    drawn = sites[sites["is_zone_on_drawing"].fillna(value=False).astype(bool)]
    near = drawn[np.asarray(shapely.dwithin(drawn.geometry.array, geometry, radius_m), dtype=bool)]
    told = [
        Note(f"{name}的区划仅见图则，范围未知", f"The zone of {name} is on a drawing only: its extent is unknown")
        for name in sorted(near["name"].dropna().astype(str))
    ]
    told += [BORDERS] if bordering(city, ground).any() else []
    for kind, zh, en in (("heritage", "处文物", "heritage sites"), ("heritage_zone", "处区划", "zones")):
        count = len(city[kind]) - len(city.placed(kind))
        if count:
            told.append(Note(f"另有{count}{zh}待落图，可能涉及此处", f"{count} {en} have no place yet and may hold it"))
    return tuple(told)
