"""What the coordinates of a file are in: what is said, held against the numbers and against what is trusted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS

from layers.crs import SourceCrs, is_old_chinese_datum
from layers.datums import CLEAR, RecordTexts, stated_meridian, weigh
from layers.datums.words import OLD, SHIFTED, datums_in
from layers.errors import DatumError
from layers.findings import where as where_of
from layers.quality import Text
from layers.reading._datum_decision import Decision
from layers.reading._datum_misfits import is_few, misfits_of_said
from layers.reading._datum_refusals import OWN_FORMER, SAY, asked, asked_of_some, mixed, not_known
from layers.reading._datum_said import as_said
from layers.schema import STORAGE_CRS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from layers.datums import Clues, Group, Proposal
    from layers.trusted import Trusted

    Floats = NDArray[np.float64]
    Objects = NDArray[np.object_]

_LIKELY = 0.6
"""From here on degrees that nothing declares are not read as WGS 84 if another datum is that likely: it is asked."""
_UNDECLARED = Text(
    "坐标系未声明：经纬度按 WGS 84 / CGCS2000 读入；如来自高德、腾讯（GCJ-02），在广州约偏 620 米，"
    "来自百度（BD-09）约偏 1270 米，请用 --crs 指定",
    "no datum declared: degrees taken as WGS 84 / CGCS2000; if they come from Amap or Tencent (GCJ-02) they are some "
    "620 m off in Guangzhou, from Baidu (BD-09) some 1,270 m: say so with --crs",
)
_NOTHING = RecordTexts()


def decide(
    x: Floats,
    y: Floats,
    clues: Clues,
    trusted: Trusted | None = None,
    *,
    texts: RecordTexts = _NOTHING,
    groups: NDArray[np.int64] | None = None,
    shapes: Objects | None = None,
    where: Callable[[int], Text] = lambda at: where_of(at + 1),
) -> Decision:
    """Return what coordinates are in; the parameters are those of :func:`layers.datums.propose`.

    The few records whose numbers fit nothing that the rest are or say (a lost decimal point) are set apart as misfits.
    ``where`` names a record by its position, for messages.

    Raises
    ------
    DatumError
        If nothing says what they are and nothing shows it, or if the numbers or the accepted layers contradict what
        is said.
    """
    there = np.isfinite(x) & np.isfinite(y)
    _check_words(clues)
    said = clues.said
    if not there.any():
        nowhere = np.full(len(x), -1, dtype=np.int64)
        return Decision((said or SourceCrs(CRS(STORAGE_CRS)),), nowhere, np.zeros(len(x), dtype=bool))
    if said is not None:
        misfits = misfits_of_said(x, y, said, clues, where)
        x, y = x.copy(), y.copy()
        x[misfits] = y[misfits] = np.nan
        decision = as_said(x, y, said, clues, trusted, texts, groups, shapes)
        decision.misfits = misfits
        return decision
    weighed = weigh(x, y, clues, trusted, texts=texts, groups=groups, shapes=shapes)
    clues = replace(clues, unconfirmed=weighed.unconfirmed)
    decision = _as_found(weighed.weakened, x, y, clues, where)
    if weighed.rests_on_own:
        decision.evidence.append(OWN_FORMER)
    return decision


def _check_words(clues: Clues) -> None:
    """Refuse words that name several datums, an old one, or another than the file declares."""
    if clues.explicit is not None:
        return
    named = datums_in(clues.words)
    shifted = [name for name in named if name in SHIFTED]
    if clues.declared is not None:
        if shifted:
            declared = SourceCrs(clues.declared)
            raise DatumError(
                f"{clues.file} declares {declared.name} ({clues.declared_by}), but its name or titles say {shifted[0]}",
                f"{clues.file} 声明的是 {declared.name}，文件名或列名却写 {shifted[0]}",
                hint=f"decide with --crs {shifted[0]} or --crs {declared.name}",
                hint_zh=f"请用 --crs {shifted[0]} 或 --crs {declared.name} 说明",
            )
        return
    if len(named) > 1 and (len(shifted) != 1 or len(named) > len(shifted)):
        raise DatumError(
            f"the titles of {clues.file} name several datums ({', '.join(named)})",
            f"{clues.file} 的标题写了几种坐标系（{'、'.join(named)}）",
            **SAY,
        )
    old = [name for name in named if name in OLD]
    if old:
        raise DatumError(
            f"{clues.file} says {old[0]}, whose way to CGCS2000 is not public",
            f"{clues.file} 写的是 {old[0]}，它到 CGCS2000 的转换参数不公开",
            **SAY,
        )


def _as_found(proposal: Proposal, x: Floats, y: Floats, clues: Clues, where: Callable[[int], Text]) -> Decision:
    """Return what the finder proposes, where it is clear; plain degrees are WGS 84 with the risk said."""
    count = sum(len(group.rows) for group in proposal.groups)
    if len(proposal.unknown) > count:
        raise not_known(clues, x, y, proposal.unknown)
    total = count + len(proposal.unknown)
    if len(proposal.unknown) and not is_few(len(proposal.unknown), total):
        raise mixed(clues, proposal, x, y, where)
    kept, apart = [], [proposal.unknown]
    for group in proposal.groups:
        question = _question(group, proposal, x, y, clues, where)
        if question is None:
            kept.append(group)
        elif is_few(len(group.rows), total) and not group.best.source.is_degrees:
            apart.append(group.rows)
        else:
            raise question
    misfits = np.sort(np.concatenate(apart))
    nowhere = np.full(len(x), -1, dtype=np.int64)
    unsure = np.setdiff1d(proposal.unsure, misfits)
    decision = Decision((), nowhere, proposal.swapped.copy(), unsure=unsure, misfits=misfits)
    decision.swapped[misfits] = False
    sources: dict[str, SourceCrs] = {}
    for group in kept:
        source = _of_group(group, decision, is_alone=len(kept) == 1)
        sources.setdefault(source.name, source)
        decision.group[group.rows] = list(sources).index(source.name)
        decision.confidence = min(decision.confidence, group.confidence)
    decision.sources = tuple(sources.values())
    _tell_of_metres(kept, decision)
    unsettled = [group for group in kept if not group.is_settled]
    if unsettled:
        is_all = len(kept) == 1
        decision.question = asked(clues, unsettled[0], x, y) if is_all else asked_of_some(clues, unsettled, x, y, where)
    return decision


def _question(
    group: Group, proposal: Proposal, x: Floats, y: Floats, clues: Clues, where: Callable[[int], Text]
) -> DatumError | None:
    """Return what a person must be asked before the records of a group can be read; ``None`` if nothing."""
    best = group.best
    is_clear = best.confidence_alike >= CLEAR
    if best.source.is_degrees and not is_clear:
        if not best.source.shift or best.confidence < _LIKELY:
            return None
        is_all = len(proposal.groups) == 1
        return asked(clues, group, x, y) if is_all else asked_of_some(clues, [group], x, y, where)
    if not is_clear and len({item.best.source.is_degrees for item in proposal.groups}) > 1:
        return mixed(clues, proposal, x, y, where)
    if not is_clear or is_old_chinese_datum(best.source.crs) or _contradicts_titles(group, clues):
        return asked(clues, group, x, y)
    return None


def _of_group(group: Group, decision: Decision, *, is_alone: bool) -> SourceCrs:
    """Return what a group of which nothing must be asked is read as; ``decision`` takes why, and what to look at."""
    best = group.best
    is_degrees = best.source.is_degrees
    if is_degrees and best.confidence_alike < CLEAR:
        plain = next(item for item in group.candidates if not item.source.shift)
        decision.evidence.append(
            Text("数值为经纬度，文件未声明坐标系", "the numbers are degrees, the file declares no datum")
        )
        decision.evidence += plain.evidence[1:]
        decision.warnings.append(_UNDECLARED)
        return plain.source
    if best.is_swapped:
        decision.swapped[group.rows] ^= True
    for text in best.evidence:
        name = f"{best.source.name}：", f"{best.source.name}: "
        decision.evidence.append(text if is_alone else Text(name[0] + text.zh, name[1] + text.en))
    if not is_degrees and not group.is_clear:
        decision.warnings.append(
            Text(
                f"按 {best.source.name} 读入（置信度 {best.confidence:.0%}）；若其实是西安 1980 或北京 1954，"
                "数值相似而位置有偏差，请用 --crs 指定",
                f"read as {best.source.name} (confidence {best.confidence:.0%}); Xi'an 1980 and Beijing 1954 have like "
                "numbers and would be off: if it is one of them, say so with --crs",
            )
        )
    return best.source


def _contradicts_titles(group: Group, clues: Clues) -> bool:
    """Return whether titles state another central meridian than that of the best candidate."""
    stated = stated_meridian(clues)
    operation = group.best.source.crs.coordinate_operation
    if stated is None or operation is None:
        return False
    return all(float(item.value) != stated for item in operation.params if item.name == "Longitude of natural origin")


def _tell_of_metres(groups: Sequence[Group], decision: Decision) -> None:
    """Say once that northing came first where it did so in all records of eastings and northings."""
    rows = [group.rows for group in groups if not group.best.source.is_degrees]
    if rows and decision.swapped[np.concatenate(rows)].all():
        decision.is_all_swapped = len(rows) == len(groups)
        decision.warnings.append(
            Text("坐标轴顺序为北、东，已换为东、北", "the axes are northing, easting; put the other way round")
        )
