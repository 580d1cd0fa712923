"""What a plot really holds: stalls, aisles and an entrance laid over its polygon, not its area divided by 30."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gis._stall_shapes import fronted, plot_of
from layers.errors import AnalysisError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from shapely import Geometry

    from gis._stall_drawing import Drawing
    from gis._stall_search import Gated, Laid, Plan
    from gis._stall_shapes import Plot

MODULES = ("90", "60", "parallel")
"""How stalls stand to the aisle: at 90 or 60 degrees, or along it."""
STREET_REACH = "land.frontage_distance"
SIDES_TRIED = 4
"""Sides that are tried for the entrance, best first."""
PLANS_TRIED = 12
"""Plans that are joined up for one side, those with the most room first: the bound of the work for one plot."""
DRAWN = 4
"""Of these, the ones with the most stalls that are drawn: a place to turn may cost one its lead."""
LOOP = 2
"""Aisles side by side over this many times the longest dead end are joined at both ends, so that cars go round."""
GOOD_ENOUGH = 0.5
"""A side is passed over if the entrance there leaves less than this share of what the plot could hold at most."""


@dataclass(frozen=True)
class StallRules:
    """Sizes that a layout is made with, in metres; parameters ``parking.layout.*`` of the model.

    Parameters
    ----------
    stall_width, stall_length
        A stall at 90 or 60 degrees.
    parallel_width, parallel_length
        A stall along the aisle.
    aisle_90, aisle_60, aisle_parallel
        Width of the aisle before stalls at 90 and 60 degrees and along it.
    entrance_width
        Opening on the boundary.
    setback
        Kept free along the boundary, holes and obstacles.
    dead_end_max
        Longest dead end without a place to turn.
    street_reach
        A side of the plot within this of a street may be its front.
    """

    stall_width: float
    stall_length: float
    parallel_width: float
    parallel_length: float
    aisle_90: float
    aisle_60: float
    aisle_parallel: float
    entrance_width: float
    setback: float
    dead_end_max: float
    street_reach: float

    def __post_init__(self) -> None:
        """Refuse sizes that are no sizes."""
        for item in fields(self):
            value = getattr(self, item.name)
            least_is_none = item.name in ("setback", "street_reach")
            if not math.isfinite(value) or value < 0 or (value == 0 and not least_is_none):
                raise AnalysisError(
                    f"{item.name} of a stall layout is {value:g} m",
                    f"泊位布置的 {item.name} 为 {value:g} 米",
                    hint="give a length above 0",
                    hint_zh="请给出大于0的长度",
                )

    @classmethod
    def of(cls, find: Callable[[str], float], *, usual: Callable[[str], float] | None = None) -> StallRules:
        """Return the rules of a model: ``StallRules.of(model.value)``.

        Parameters
        ----------
        find
            Returns the number of a parameter; ``model.low`` gives the tightest sizes, ``model.high`` the roomiest.
        usual
            Returns that of what is no size of the layout (``dead_end_max``, ``street_reach``); ``find`` if not given.
        """
        sizes = {item.name: f"parking.layout.{item.name}" for item in fields(cls) if item.name != "street_reach"}
        numbers = {name: find(key) for name, key in sizes.items()}
        if usual is not None:
            numbers["dead_end_max"] = usual(sizes["dead_end_max"])
        return cls(**numbers, street_reach=(usual or find)(STREET_REACH))

    def module(self, code: str, *, is_filled: bool = True) -> tuple[float, ...]:
        """Return what :data:`gis._stall_bands.DEPTH` and the following say of a module."""
        fill = (self.parallel_width, self.parallel_length) if is_filled else (0.0, 0.0)
        if code == "parallel":
            return (self.parallel_width, self.aisle_parallel, self.parallel_length, 0.0, 0.0, 0.0, self.parallel_length)
        if code == "90":
            return (self.stall_length, self.aisle_90, self.stall_width, 0.0, *fill, self.stall_length)
        slant = math.radians(60)
        depth = self.stall_length * math.sin(slant) + self.stall_width * math.cos(slant)
        lean = depth / math.tan(slant)
        return (depth, self.aisle_60, self.stall_width / math.sin(slant), lean, *fill, self.stall_length)


@dataclass(frozen=True, eq=False)
class StallLayout:
    """Stalls laid over a plot.

    Parameters
    ----------
    stalls
        Polygons of the stalls.
    aisles
        One polygon for each connected part of the plot that holds stalls; its stalls and its entrance touch it.
    entrances
        The way from each aisle to the boundary, in the same order.
    modules
        One of :data:`MODULES` for each aisle, in the same order.
    module
        That of the part with the most stalls; ``None`` without a stall.
    angle_deg
        Direction of its aisles, in degrees from east, counterclockwise, 0 to 180; ``nan`` without a stall.
    area_m2
        Area of the plot.
    runs
        Lengths of the rows of stalls that stand side by side at 90 degrees.
    is_at_street
        Whether every entrance lies within reach of a street.
    """

    stalls: NDArray[np.object_]
    aisles: NDArray[np.object_]
    entrances: NDArray[np.object_]
    modules: tuple[str, ...]
    module: str | None
    angle_deg: float
    area_m2: float
    runs: tuple[int, ...]
    is_at_street: bool

    @property
    def count(self) -> int:
        """Stalls."""
        return len(self.stalls)

    @property
    def m2_per_stall(self) -> float:
        """Area of the plot over its stalls; infinite without one."""
        return self.area_m2 / self.count if self.count else math.inf


def layout(
    place: Geometry,
    rules: StallRules,
    *,
    obstacles: Geometry | None = None,
    streets: Geometry | None = None,
    modules: Sequence[str] = MODULES,
    is_filled: bool = True,
) -> StallLayout:
    """Return the stalls that a plot holds.

    Bays (a row, an aisle, a row) are laid along the longest directions of the outline and across them, flush with its
    sides and evenly between, with stalls at 90 degrees, at 60 and along the aisle. Aisles are joined by lanes, and what
    the entrance does not reach is left out. It stands where the outline is within ``street_reach`` of a street, nearest
    first; only where no stall can be reached from there on the longest side that can have one (``is_at_street`` tells).
    The best of at most ``PLANS_TRIED`` plans a side is kept.

    Parameters
    ----------
    place
        Polygon or MultiPolygon in a metric CRS; each part has an entrance of its own.
    rules
        Sizes.
    obstacles
        What stands on the plot; the setback is kept from it too.
    streets
        Streets around, as one geometry.
    modules
        Which of :data:`MODULES` to try.
    is_filled
        Whether parallel stalls fill what is too shallow for a module.

    Raises
    ------
    AnalysisError
        If ``place`` is no valid polygon.
    """
    _check(place)
    table = np.array([rules.module(code, is_filled=is_filled) for code in modules])
    parts = [part for part in shapely.get_parts(place) if not part.is_empty]
    plots = [plot for part in parts for plot in plot_of(part, obstacles, rules.setback)]
    found = [best for plot in plots if (best := _best(plot, rules, table, streets)) is not None]
    if not found:
        none = np.empty(0, dtype=object)
        return StallLayout(none, none, none, (), None, math.nan, place.area, (), is_at_street=False)
    largest = max(found, key=lambda item: len(item.drawing.stalls)).plan
    drawings, codes = [item.drawing for item in found], [modules[item.plan.module] for item in found]
    return StallLayout(
        np.concatenate([item.stalls for item in drawings]),
        np.array([item.aisle for item in drawings], dtype=object),
        np.array([item.entrance for item in drawings], dtype=object),
        tuple(codes),
        modules[largest.module],
        math.degrees(largest.angle) % 180,
        place.area,
        tuple(run for item, code in zip(drawings, codes, strict=True) if code == "90" for run in item.runs),
        is_at_street=all(item.is_at_street for item in found),
    )


def _check(place: Geometry) -> None:
    if place is None or shapely.get_dimensions(place) != 2 or place.geom_type not in ("Polygon", "MultiPolygon"):
        raise AnalysisError(
            "stalls can only be laid over a polygon",
            "只能在面状地块上布置泊位",
            hint="give its outline",
            hint_zh="请提供地块边界",
        )
    if not shapely.is_valid(place):
        raise AnalysisError(
            f"the outline of the plot is not valid: {shapely.is_valid_reason(place)}",
            f"地块边界无效：{shapely.is_valid_reason(place)}",
            hint="import it: the reader mends such outlines",
            hint_zh="请先导入：读取时会修复这类边界",
        )


class _Found(NamedTuple):
    """The layout of one plot, the plan behind it, and whether its entrance is within reach of a street."""

    drawing: Drawing
    plan: Plan
    is_at_street: bool


def _best(plot: Plot, rules: StallRules, modules: NDArray[np.float64], streets: Geometry | None) -> _Found | None:
    """Return the best layout of one plot: that of the first side that leaves enough, else of the best side.

    Sides away from every street are tried only where no stall is reached from one.
    """
    from gis._stall_search import laid, plans  # noqa: PLC0415  numba is loaded where stalls are laid

    plot, away_m = fronted(plot, streets, rules.street_reach)
    listed = plans(plot.edges, plot.angles, modules)[:PLANS_TRIED]
    loop_m = LOOP * rules.dead_end_max

    @cache
    def ready(number: int) -> Laid:
        plan = listed[number]
        return laid(plot.edges, plot.hard, plan, modules[plan.module], rules.aisle_90, loop_m)

    for is_at_street in (True, False):
        best: tuple[Drawing, Plan] | None = None
        for side in _sides(plot, away_m, rules, is_at_street=is_at_street) if listed else []:
            found = _best_at(plot, rules, modules, side, listed, ready)
            if found is not None and (best is None or len(found[0].stalls) > len(best[0].stalls)):
                best = found
            if best is not None and len(best[0].stalls) >= GOOD_ENOUGH * listed[0].most:
                break
        if best is not None:
            return _Found(*best, is_at_street)
    return None


def _best_at(
    plot: Plot,
    rules: StallRules,
    modules: NDArray[np.float64],
    side: int,
    listed: Sequence[Plan],
    ready: Callable[[int], Laid],
) -> tuple[Drawing, Plan] | None:
    """Return the best layout with the entrance on one side.

    A plan is not joined up once its room is below what was found, and only those with the most stalls are drawn.
    """
    from gis._stall_drawing import drawing  # noqa: PLC0415
    from gis._stall_search import drawn, gated  # noqa: PLC0415

    tried: list[tuple[int, int, Gated]] = []
    for number, plan in enumerate(listed):
        if tried and plan.most <= tried[0][0]:
            break
        gate = gated(ready(number), plot.sides, side, rules.entrance_width)
        tried.append((gate.held, number, gate))
        tried.sort(key=lambda item: (-item[0], item[1]))
    best: tuple[Drawing, Plan] | None = None
    for count, number, gate in tried[:DRAWN]:
        if count <= (len(best[0].stalls) if best else 0):
            break
        plan = listed[number]
        shapes = drawing(plot, drawn(ready(number), gate), modules[plan.module], plan.angle, rules.dead_end_max)
        if shapes is not None and (best is None or len(shapes.stalls) > len(best[0].stalls)):
            best = shapes, plan
    return best


def _sides(plot: Plot, away_m: NDArray[np.float64], rules: StallRules, *, is_at_street: bool) -> list[int]:
    """Return the sides that may have the entrance: at a street the nearest to it first, else the longest."""
    able = np.flatnonzero((plot.side_m >= rules.entrance_width) & (np.isfinite(away_m) == is_at_street))
    # To the centimetre and the millimetre: sides that are alike stay so when the city is turned.
    ranked = sorted(
        able.tolist(), key=lambda side: (round(float(away_m[side]), 2), -round(float(plot.side_m[side]), 3))
    )
    return ranked[:SIDES_TRIED]
