"""What words, declarations and the numbers themselves say for each reading, as factors and as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.crs import BAIDU_METRES
from layers.datums.words import SHIFTED, datums_in, zone_in
from layers.quality import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from layers.datums._candidates import State
    from layers.datums._model import Clues

_NAMED_FACTOR = 100.0
"""ASSUMPTION: a title that names a datum or a zone is right a hundred times as often as wrong (all others together)."""


def words_for(clues: Clues) -> tuple[str, ...]:
    """Return the datums that titles and the file's name say, where the file itself declares nothing."""
    return () if clues.said is not None else datums_in(clues.words)


def word_factor(states: Sequence[State], clues: Clues) -> NDArray[np.float64]:
    """Return by how much words make each reading likelier."""
    factor = np.ones(len(states))
    named = words_for(clues)
    shifted = [name for name in named if name in SHIFTED]
    meridian = stated_meridian(clues)
    wanted = shifted[0] if len(shifted) == 1 else ""
    for at, state in enumerate(states):
        if named and len(shifted) <= 1 and state.source.shift == wanted:
            factor[at] *= _NAMED_FACTOR
        if meridian is not None and state.meridian is not None and state.scale == 1.0 and state.meridian == meridian:
            factor[at] *= _NAMED_FACTOR * len(states)
    return factor


def stated_meridian(clues: Clues) -> float | None:
    """Return the central meridian that titles state, by itself or by the number of its zone."""
    zone, meridian = zone_in(clues.words)
    if meridian is not None:
        return float(meridian)
    if zone is None:
        return None
    return 3.0 * zone if zone >= 25 else 6.0 * zone - 3.0


def reasons(states: Sequence[State], clues: Clues) -> dict[int, list[Text]]:
    """Return what is said for each reading before anything is compared, as sentences."""
    return {at: _reasons(state, clues) for at, state in enumerate(states)}


def _reasons(state: State, clues: Clues) -> list[Text]:
    source = state.source
    if clues.said is not None:
        if source.name != clues.said.name:
            return []
        by = clues.declared_by if clues.explicit is None else ""
        return [Text(f"文件声明 {source.name}", f"declared by {by}: {source.name}")] if by else []
    found: list[Text] = []
    named = words_for(clues)
    if source.shift in named or (not source.shift and named and not set(named) & set(SHIFTED)):
        found.append(Text(f"标题或列名写明 {named[0]}", f"titles or columns say {named[0]}"))
    if state.meridian is not None and state.meridian == stated_meridian(clues):
        found.append(Text(f"标题写明投影带，{source.crs.name}", f"titles state the zone: {source.crs.name}"))
    found.append(_of_numbers(state))
    return found


def _of_numbers(state: State) -> Text:
    name = state.source.crs.name
    if state.source.is_degrees:
        return Text("数值为经纬度", "the numbers are degrees")
    if state.source == BAIDU_METRES:
        return Text("数值在百度墨卡托米制坐标的范围内", "the numbers are in the range of Baidu's mercator metres")
    if state.meridian is not None and "zone" in name and "UTM" not in name:
        zone = name.rsplit(" ", 1)[-1]
        return Text(f"东坐标带 {zone} 带带号", f"eastings carry zone {zone}")
    return Text(f"数值在 {name} 的范围内", f"the numbers are in the range of {name}")
