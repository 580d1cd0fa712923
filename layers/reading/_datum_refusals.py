"""Questions about coordinates that only a person can answer, each with what is known and what to say next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.errors import DatumError
from layers.quality import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from layers.crs import SourceCrs
    from layers.datums import Clues, Group, Proposal

    Floats = NDArray[np.float64]

SAY = {
    "hint": "say what they are with --crs, such as EPSG:4547, EPSG:4526, GCJ-02 or BD-09",
    "hint_zh": "请用 --crs 说明，如 EPSG:4547、EPSG:4526、GCJ-02、BD-09",
}
_MOST_NAMED = 3
_ALIKE = 0.1  # below this no candidate stands out


def asked(clues: Clues, group: Group, x: Floats, y: Floats) -> DatumError:
    """Return the question what a group of records is in, its candidates ranked."""
    at = int(group.rows[0])
    en, zh = _ranked(group)
    if group.best.source.crs.is_geographic:
        return DatumError(
            f"{clues.file} has degrees and does not say in which datum; likeliest are {en}",
            f"{clues.file} 是经纬度，没有说明是哪种坐标；可能是{zh}",
            **SAY,
        )
    return DatumError(
        f"{clues.file} has projected coordinates (such as {x[at]:.10g}, {y[at]:.10g}) and does not say in which "
        f"system; their numbers fit {en}",
        f"{clues.file} 是米制坐标（如 {x[at]:.10g}, {y[at]:.10g}），没有说明是哪个坐标系、哪一带；数值符合{zh}",
        **SAY,
    )


def _ranked(group: Group) -> tuple[str, str]:
    shown = group.candidates[:_MOST_NAMED]
    names = [(item, item.source.crs.name if item.source.crs.is_projected else "") for item in shown]
    en = ", ".join(f"{item.source.name}{f' {name}' if name else ''} ({item.confidence:.0%})" for item, name in names)
    zh = "、".join(f"{item.source.name}（{item.confidence:.0%}）" for item in shown)
    rest = len(group.candidates) - len(shown)
    if group.best.confidence < _ALIKE:
        return f"{len(group.candidates)} systems alike, such as {en}", f"{len(group.candidates)} 种坐标系，如{zh}"
    return en + (f" and {rest} more" if rest > 0 else ""), zh + (f"等 {len(group.candidates)} 种" if rest > 0 else "")


def not_known(clues: Clues, x: Floats, y: Floats, unknown: NDArray[np.int64]) -> DatumError:
    """Return the question what numbers are that fit no system known here."""
    at = int(unknown[0])
    return DatumError(
        f"{clues.file} has projected coordinates (such as {x[at]:.10g}, {y[at]:.10g}) and does not say in which "
        "system; their numbers fit none that is in public use in China",
        f"{clues.file} 是米制坐标（如 {x[at]:.10g}, {y[at]:.10g}），没有说明是哪个坐标系；数值不符合任何公开的坐标系",
        hint="say what they are with --crs EPSG:n, or give the district's own grid with --crs FILE.prj or FILE.toml",
        hint_zh="请用 --crs EPSG:n 说明；如是本地独立坐标系，请用 --crs 文件.prj 或 文件.toml",
    )


def mixed(clues: Clues, proposal: Proposal, x: Floats, y: Floats, where: Callable[[int], Text]) -> DatumError:
    """Return the refusal of several sorts of numbers in one file, with the first records of each."""
    sorts: dict[bool, list[NDArray[np.int64]]] = {True: [], False: [proposal.unknown]}
    for group in proposal.groups:
        sorts[group.best.source.crs.is_geographic].append(group.rows)
    degrees, others = (np.sort(np.concatenate([proposal.unknown[:0], *sorts[key]])) for key in (True, False))
    sorts_told = ((degrees, "经纬度", "degrees"), (others, "其他坐标", "other coordinates"))
    told = [(rows, shown(rows, x, y, where), zh, en) for rows, zh, en in sorts_told if len(rows)]
    zh = "和".join(f"{title}（{len(rows)} 条：{first.zh}）" for rows, first, title, _ in told)
    en = " with ".join(f"{title} ({len(rows)} records)" for rows, _, _, title in told)
    first_en = "; ".join(f"{title}: {first.en}" for _, first, _, title in told)
    return DatumError(
        f"{clues.file} mixes {en}, and nothing shows what these are in ({first_en})",
        f"{clues.file} 混有{zh}，后者看不出是什么坐标系",
        hint="mend these cells, or split it into one file for each",
        hint_zh="请改正这些单元格，或按坐标拆成几个文件",
    )


def shown(rows: NDArray[np.int64], x: Floats, y: Floats, where: Callable[[int], Text]) -> Text:
    """Return where the first few records stand and what their numbers are."""
    first = [(where(int(at)), f"{x[at]:.10g}, {y[at]:.10g}") for at in rows[:_MOST_NAMED]]
    more = len(rows) > len(first)
    zh = "；".join(f"{place.zh} {numbers}" for place, numbers in first) + (" 等" if more else "")
    return Text(zh, "; ".join(f"{place.en} {numbers}" for place, numbers in first) + (" …" if more else ""))


def contradicted(clues: Clues, said: SourceCrs, against: Sequence[Group]) -> DatumError:
    """Return the refusal of a declaration that accepted layers contradict."""
    best = max(against, key=lambda group: len(group.rows)).best
    count = sum(len(group.rows) for group in against if group.best.source.name == best.source.name)
    why = [text for text in best.evidence if text.zh and text.en][:1]
    zh = f"（{why[0].zh}）" if why else ""
    en = f" ({why[0].en})" if why else ""
    return DatumError(
        f"{clues.file} declares {said.name} ({clues.declared_by}), but accepted layers show {count} records to be in "
        f"{best.source.name}{en}",
        f"{clues.file} 声明的是 {said.name}，但已收图层表明有 {count} 条是 {best.source.name}{zh}",
        hint=f"decide with --crs {best.source.name} or --crs {said.name}",
        hint_zh=f"请用 --crs {best.source.name} 或 --crs {said.name} 说明",
    )
