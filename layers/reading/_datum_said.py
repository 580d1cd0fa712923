"""Coordinates of which the user or the file says what they are in, held against the numbers and what is trusted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.crs import SourceCrs, crs_name, in_china_box, is_old_chinese_datum, lonlat_of
from layers.datums import CLEAR, bounds_of, is_often_shifted, weigh
from layers.quality import Text
from layers.reading._datum_axes import turned_axes
from layers.reading._datum_decision import Decision
from layers.reading._datum_refusals import OWN_FORMER, contradicted
from layers.trusted import Standing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.datums import Clues, RecordTexts, Weighed
    from layers.trusted import Trusted

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Objects = NDArray[np.object_]


def as_said(
    x: Floats,
    y: Floats,
    said: SourceCrs,
    clues: Clues,
    trusted: Trusted | None,
    texts: RecordTexts,
    groups: NDArray[np.int64] | None,
    shapes: Objects | None,
) -> Decision:
    """Return what the user or the file says, if the numbers can be that and nothing that is trusted contradicts it.

    Degrees and web mercator that a file declares and nothing confirms are taken as declared, but never surely.
    """
    there = np.isfinite(x) & np.isfinite(y)
    swapped = np.zeros(len(x), dtype=bool)
    held = None if trusted is None else trusted.up_to(Standing.DECLARED)
    extent = None if held is None else bounds_of(held)
    swapped[there], is_all = turned_axes(x[there], y[there], said, clues, extent)
    decision = Decision((said,), np.where(there, 0, -1), swapped, is_all, evidence=_said_by(clues, said))
    if is_all:
        decision.warnings.append(
            Text("坐标轴顺序为北、东，已换为东、北", "the axes are northing, easting; put the other way round")
        )
    if said.own is None and is_old_chinese_datum(said.crs):
        decision.warnings.append(
            Text(
                f"{said.name}（{said.crs.name}）到 CGCS2000 的转换参数未公开，位置可能有偏差",
                f"the way from {said.crs.name} to CGCS2000 is not public, places may be off",
            )
        )
    east, north = np.where(swapped, y, x), np.where(swapped, x, y)
    is_doubtful = clues.explicit is None and _may_be_shifted(east[there], north[there], said)
    if is_doubtful or (held is not None and not held.is_empty):
        turned = None if shapes is None else turned_round(shapes, swapped)
        weighed = weigh(east, north, clues, trusted, texts=texts, groups=groups, shapes=turned)
        _weigh_against(weighed, said, clues, decision)
        if is_doubtful:
            _doubt(weighed, said, clues, decision)
    return decision


def turned_round(shapes: Objects, swapped: Mask) -> Objects:
    """Return geometries with the axes of the chosen ones the other way round."""
    turned = shapes.copy()
    turned[swapped] = shapely.transform(shapes[swapped], lambda xy: xy[:, ::-1])
    return turned


def _may_be_shifted(east: Floats, north: Floats, said: SourceCrs) -> bool:
    """Return whether coordinates lie in China and stand in a system under which web maps' data are passed on."""
    return is_often_shifted(said) and bool(np.mean(in_china_box(*lonlat_of(east, north, said))) >= 0.5)


def _said_by(clues: Clues, said: SourceCrs) -> list[Text]:
    if clues.explicit is None:
        return [Text(f"文件声明 {said.name}", f"declared by {clues.declared_by}: {said.name}")]
    told = [Text(f"按指定：{clues.explicit.name}", f"as told: {clues.explicit.name}")]
    if clues.declared is not None and (declared := SourceCrs(clues.declared)).name != clues.explicit.name:
        told.append(Text(f"文件声明 {declared.name}", f"the file declares {declared.name} ({clues.declared_by})"))
    return told


def _weigh_against(weighed: Weighed, said: SourceCrs, clues: Clues, decision: Decision) -> None:
    """Add what the accepted layers show; ask of a declaration that they contradict, warn of a contradicted user."""
    groups = weighed.proposal.groups
    against = [group for group in groups if group.is_clear and group.best.source.name != said.name]
    if against and clues.explicit is None:
        raise contradicted(replace(clues, unconfirmed=weighed.unconfirmed), said, against)
    for group in against:
        best = group.best
        decision.warnings.append(
            Text(
                f"按指定读入，但已收图层表明 {len(group.rows)} 条更像 {best.source.name}（{best.evidence[0].zh}）",
                f"read as told, but accepted layers show {len(group.rows)} records to be in {best.source.name} "
                f"({best.evidence[0].en})",
            )
        )
        decision.warnings += [
            Text(f"其中{name.zh}的坐标系自己也未经确认", f"of these layers, the datum of {name.en} is not confirmed")
            for name in weighed.unconfirmed
        ]
    for group in groups:
        if group.best.source.name == said.name:
            decision.evidence += [text for text in group.best.evidence if text not in decision.evidence]
    if weighed.rests_on_own:
        decision.evidence.append(OWN_FORMER)


def _doubt(weighed: Weighed, said: SourceCrs, clues: Clues, decision: Decision) -> None:
    """Set how sure a declaration is that data of web maps often carry, and warn where nothing confirms it."""
    of_said = [
        next((item.confidence for item in group.candidates if item.source.name == said.name), 0.0)
        for group in weighed.weakened.groups
    ]
    decision.confidence = min([decision.confidence, *of_said])
    if decision.confidence >= CLEAR or clues.is_export:  # what Panhuo wrote was warned of when it came
        return
    agree = Text("、".join(name.zh for name in weighed.unconfirmed), ", ".join(name.en for name in weighed.unconfirmed))
    but_zh = f"（{agree.zh}自己也只有文件声明，不能作证）" if agree.zh else ""
    but_en = f" (nobody has confirmed {agree.en} either)" if agree.en else ""
    decision.warnings.append(
        Text(
            f"按文件声明的 {said.name} 读入，但没有依据证实{but_zh}：高德、腾讯等 GCJ-02 数据也常以这一声明导出，"
            f"若是，会偏三百至七百米（广州约 620 米）；核实后请加 --crs {crs_name(said)}（或 GCJ-02）再导入一次，"
            "其他文件才能以它为准",
            f"read as declared by {clues.declared_by} ({said.name}), which nothing confirms{but_en}: GCJ-02 data "
            "(Amap, Tencent) are often exported under this declaration and then lie 300 to 700 m off (620 m in "
            f"Guangzhou); once checked, import it again with --crs {crs_name(said)} (or GCJ-02), so that other files "
            "can rest on it",
        )
    )
