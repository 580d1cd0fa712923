"""The chosen sites as a table, each with what it adds to those before it, and what stays without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import geopandas as gpd
import numpy as np

from gis import _site_words as words
from gis._serving import LEAST, Serving
from gis._site_ground import ELDERLY_EXTRA
from gis._site_terms import Reached
from gis.network import SLACK_M
from layers.schema import conform, kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis._graph import Floats, Ints
    from gis._site_ground import SiteGround
    from gis._site_terms import Choice
    from gis.model import Model
    from gis.site_choice import Wish

NAMES_SHOWN = 5
COPIED = (
    *("opportunity_id", "asset_kind", "asset_id", "name", "subdistrict_code", "action"),
    *("permission", "is_temporary", "is_sample"),
)
GAIN_OF = {"cover": {"people": "people", "gap": "units"}, "nearest": {"people": "people_m", "gap": "units_m"}}


def site_table(
    ground: SiteGround, wish: Wish, choice: Choice, fixed: tuple[int, ...], model: Model
) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
    """Return the chosen sites, by what each adds, and what is told of the choice.

    Sites decided before come first. A site that adds nothing to those before it is left out.
    """
    service_m = model.value(ground.good.radius)
    within = ground.walk_m <= service_m + SLACK_M
    serving = Serving(
        Reached(ground.reached.need[within], ground.reached.site[within]), ground.gap, ground.weight, ground.room
    )
    gains = _gains(ground, wish)
    rows, order = [], []
    for site, gain in _ordered(choice, fixed, gains, ground.cost_cny):
        order.append(site)
        before = gains.left()
        gains.take(site)
        units = _units(serving, site)
        rows.append({"row": site, "gain": gain, "served_units": units, "needs": np.flatnonzero(gains.left() < before)})
    _settle(rows, ground, wish, order)
    facts = {"fixed": fixed, "service_m": service_m, "elderly_extra": model.value(ELDERLY_EXTRA)}
    told = _told(ground, wish, choice, serving, rows, facts)
    return _frame(ground, wish, choice, rows, fixed), told


class _Gains(Protocol):
    """What one more site adds, and what is left to be added for each community."""

    def gain(self, site: int) -> float: ...

    def take(self, site: int) -> None: ...

    def left(self) -> Floats: ...


class _Covering:
    """Each community counts once, with the first site that reaches it."""

    def __init__(self, reached: Reached, amount: Floats) -> None:
        self._needs = {int(site): reached.need[reached.site == site] for site in np.unique(reached.site)}
        self._left = amount.copy()

    def gain(self, site: int) -> float:
        return float(self._left[self._needs.get(site, [])].sum())

    def take(self, site: int) -> None:
        self._left[self._needs.get(site, [])] = 0.0

    def left(self) -> Floats:
        return self._left.copy()


class _Walking:
    """Each community walks to the nearest site, or as far as a walk counts."""

    def __init__(self, cost: Floats, most: Floats) -> None:
        self._cost, self._left = cost, most.copy()

    def gain(self, site: int) -> float:
        return float(np.maximum(self._left - self._cost[:, site], 0.0).sum())

    def take(self, site: int) -> None:
        self._left = np.minimum(self._left, self._cost[:, site])

    def left(self) -> Floats:
        return self._left.copy()


class _Filling:
    """Rooms are filled as far as they go."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    def gain(self, site: int) -> float:
        return self._serving.gain(site)

    def take(self, site: int) -> None:
        self._serving.open(site)

    def left(self) -> Floats:
        return self._serving.left.copy()


def _gains(ground: SiteGround, wish: Wish) -> _Gains:
    amount = ground.amount(wish.by)
    if wish.mode == "serve":
        return _Filling(Serving(ground.reached, ground.gap, ground.weight, ground.room))
    if wish.mode == "nearest":
        return _Walking(ground.walks_m() * amount[:, None], ground.radius_m * amount)
    return _Covering(ground.reached, np.ones(len(ground.needs)) if wish.mode == "all" else amount)


def _ordered(choice: Choice, fixed: tuple[int, ...], gains: _Gains, cost: Floats) -> Iterator[tuple[int, float]]:
    """Yield the sites, those fixed first, then whichever adds most; of equals the cheaper, then the first.

    What a site adds only shrinks with those before it, so a gain found earlier is as much as there can be.
    """
    for site in sorted(fixed):
        yield site, gains.gain(site)
    most = {site: np.inf for site in choice.sites if site not in fixed}
    fresh: set[int] = set()
    while most:
        site = min(most, key=lambda at: (-most[at], cost[at], at))
        if site not in fresh:
            most[site] = round(gains.gain(site), 6)
            fresh.add(site)
        elif most[site] <= LEAST:
            return
        else:
            yield site, most.pop(site)
            fresh.clear()


def _units(serving: Serving, site: int) -> float:
    """Open a site and return how many units more are served."""
    return float(sum(step.amount for step in serving.open(site)))


def _settle(rows: list[dict[str, Any]], ground: SiteGround, wish: Wish, order: list[int]) -> None:
    """Say of each row whom it serves and how far they walk.

    Whoever lacks and is near may use a room; which of them gets how much of it no model knows.
    """
    pairs = zip(ground.reached.need.tolist(), ground.reached.site.tolist(), strict=True)
    walk = dict(zip(pairs, ground.walk_m, strict=True))
    nearest = _nearest_of(ground, order)
    for row in rows:
        if wish.mode == "nearest":
            row["needs"] = np.flatnonzero(nearest == row["row"])
        elif wish.mode == "serve":
            row["needs"] = np.sort(ground.reached.need[ground.reached.site == row["row"]])
        counts = ground.people[row["needs"]]
        metres = np.array([walk[int(need), row["row"]] for need in row["needs"]])
        counts = counts if counts.sum() > 0 else np.ones(len(metres))
        row["walk_m"] = float(np.average(metres, weights=counts)) if len(metres) else None


def _nearest_of(ground: SiteGround, order: list[int]) -> Ints:
    """Return the nearest of the chosen sites of each community, -1 where none is within the walk."""
    nearest, least = np.full(len(ground.needs), -1), np.full(len(ground.needs), np.inf)
    for site in order:
        at = ground.reached.site == site
        need, metres = ground.reached.need[at], ground.walk_m[at]
        closer = metres < least[need]
        nearest[need[closer]], least[need[closer]] = site, metres[closer]
    return nearest


def _frame(
    ground: SiteGround, wish: Wish, choice: Choice, rows: list[dict[str, Any]], fixed: tuple[int, ...]
) -> gpd.GeoDataFrame:
    chosen = ground.candidates.iloc[[row["row"] for row in rows]].reset_index(drop=True)
    names = ground.needs["name"].astype(object).fillna(ground.needs["asset_id"]).to_numpy()
    columns: dict[str, Any] = {name: chosen[name] for name in COPIED}
    is_decided = [row["row"] in fixed for row in rows]
    told = [words.reason(ground, wish, row, decided=known) for row, known in zip(rows, is_decided, strict=True)]
    columns |= {
        "site_choice_id": chosen["opportunity_id"].astype(str) + ":" + wish.mode,
        "site_order": np.arange(1, len(rows) + 1),
        "mode": wish.mode,
        "is_decided": is_decided,
        "room_units": ground.room[[row["row"] for row in rows]],
        "served_units": [row["served_units"] for row in rows],
        "community_count": [len(row["needs"]) for row in rows],
        "people_served": [float(ground.people[row["needs"]].sum()) for row in rows],
        "communities": ["、".join(names[row["needs"]]) for row in rows],
        "walk_m": [row["walk_m"] for row in rows],
        "capex_cny": np.where(is_decided, 0.0, chosen["capex_cny"]),
        "gain": [row["gain"] for row in rows],
        "gain_of": gain_of(wish),
        "reason": [note.zh for note in told],
        "reason_en": [note.en for note in told],
        "choice_value": choice.value,
        "choice_bound": choice.bound,
        "choice_gap": choice.gap,
    }
    frame = gpd.GeoDataFrame(columns, geometry=chosen.geometry.to_numpy(), crs=ground.candidates.crs)
    return conform(frame, kind("site_choice"))


def gain_of(wish: Wish) -> str:
    """Return the code of what gains are measured in."""
    if wish.mode == "serve":
        return "units"
    return GAIN_OF.get(wish.mode, {}).get(wish.by, "communities")


def _told(
    ground: SiteGround,
    wish: Wish,
    choice: Choice,
    serving: Serving,
    rows: list[dict[str, Any]],
    facts: dict[str, Any],
) -> dict[str, Any]:
    """Return what the manifest of the run says of the choice."""
    sites = np.array([row["row"] for row in rows], dtype=np.int64)
    new = [site for site in sites if site not in facts["fixed"]]
    near = np.zeros(len(ground.needs), dtype=np.bool_)
    near[ground.reached.need[np.isin(ground.reached.site, sites)]] = True
    can = np.zeros(len(ground.needs), dtype=np.bool_)
    can[ground.reached.need] = True
    missing = serving.left > LEAST
    return {
        "mode": wish.mode,
        "by": wish.by,
        "actions": list(wish.actions),
        "budget_cny": wish.budget_cny,
        "count": wish.count,
        "subdistrict": wish.subdistrict,
        "with_unclear": wish.with_unclear,
        "elderly_first": wish.elderly_first,
        "elderly_extra": facts["elderly_extra"] if wish.elderly_first else None,
        "decided": list(wish.decided),
        "provides": {"zh": ground.good.zh, "en": ground.good.en},
        "radius_m": ground.radius_m,
        "service_radius_m": facts["service_m"],
        "candidates": int(ground.candidates["asset_id"].nunique()),
        "left_out": ground.left_out,
        "site_count": len(new),
        "cost_cny": float(ground.cost_cny[new].sum()),
        "value": choice.value,
        "bound": choice.bound,
        "gap": choice.gap,
        "value_of": gain_of(wish),
        "communities_in_need": len(ground.needs),
        "communities_unknown": ground.unknown_count,
        "communities_covered": int(near.sum()),
        "people_in_need": float(ground.people.sum()),
        "people_covered": float(ground.people[near].sum()),
        "gap_units": float(ground.gap.sum()),
        "served_units": float((ground.gap - serving.left).sum()),
        "uncovered": {
            "no_candidate": _left(ground, serving, ~can),
            "not_chosen": _left(ground, serving, can & ~near),
            "no_room": _left(ground, serving, near & missing),
        },
    }


def _left(ground: SiteGround, serving: Serving, which: np.ndarray[Any, np.dtype[np.bool_]]) -> dict[str, Any]:
    """Return how many communities stay without, how much they lack, and which lack most."""
    rows = np.flatnonzero(which)
    most = rows[np.lexsort((rows, -serving.left[rows]))][:NAMES_SHOWN]
    names = ground.needs["name"].astype(object).fillna(ground.needs["asset_id"]).to_numpy()
    return {
        "communities": len(rows),
        "units": float(serving.left[rows].sum()),
        "people": float(ground.people[rows].sum()),
        "most": [{"name": str(names[row]), "units": round(float(serving.left[row]), 1)} for row in most],
    }
