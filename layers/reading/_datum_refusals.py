"""Questions about coordinates that only a person can answer, each with what is known and what to say next."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from layers.crs import crs_name
from layers.errors import CrsChoice, DatumError, DatumUnsureError
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
OWN_FORMER = Text(
    "依据含本来源上一次导入的记录，其坐标系当时由人指定或为测绘坐标",
    "this rests on the records of the same source's former import, whose datum a person stated or surveyors wrote",
)
_NARROW = (
    "first import sub-districts or communities that declare their system, or name the zone, such as --crs EPSG:4547",
    "请先导入镇街或小区（带坐标系的），可缩小范围；或直接写明，如 --crs EPSG:4547（CGCS2000 3 度带，中央经线 114°）",
)
_ZH_NAMES = {"Xian 1980": "西安 1980", "Beijing 1954": "北京 1954", "WGS 84": "WGS 84 UTM"}
_MOST_NAMED = 3
_MOST_CHOICES = 9  # one key each
_ALIKE = 0.1  # below this no candidate stands out


def asked(clues: Clues, group: Group, x: Floats, y: Floats) -> DatumUnsureError:
    """Return the question what a group of records is in, its candidates ranked."""
    at = int(group.rows[0])
    en, zh = _ranked(group)
    choices = _choices(group)
    hint_en, hint_zh = _vouching(clues, *_options(choices))
    if group.best.source.is_degrees:
        return DatumUnsureError(
            f"{clues.file} has degrees and does not say in which datum; likeliest are {en}",
            f"{clues.file} 是经纬度，没有说明是哪种坐标；可能是 {zh}",
            choices=choices, hint=hint_en, hint_zh=hint_zh,
        )  # fmt: skip
    return DatumUnsureError(
        f"{clues.file} has projected coordinates (such as {x[at]:.10g}, {y[at]:.10g}) and does not say in which "
        f"system; their numbers fit {en}",
        f"{clues.file} 是米制坐标（如 {x[at]:.10g}, {y[at]:.10g}），没有说明是哪个坐标系、哪一带；数值符合 {zh}",
        choices=choices, hint=hint_en, hint_zh=hint_zh,
    )  # fmt: skip


def asked_of_some(
    clues: Clues, groups: Sequence[Group], x: Floats, y: Floats, where: Callable[[int], Text]
) -> DatumUnsureError:
    """Return the question what some records of a file are in, the datum of whose others is plain; it names them.

    Parameters
    ----------
    clues
        The file.
    groups
        The groups that nothing settles.
    x, y
        Coordinates as written.
    where
        Names a record by its position.
    """
    told_zh, told_en = [], []
    for group in groups[:_MOST_NAMED]:
        records, (en, zh) = shown(group.rows, x, y, where), _ranked(group)
        told_zh.append(f"{len(group.rows)} 条（{records.zh}）可能是 {zh}")
        told_en.append(f"{len(group.rows)} records ({records.en}) are likeliest {en}")
    choices = _choices(max(groups, key=lambda group: len(group.rows)))
    hint_en, hint_zh = _vouching(clues, *_options(choices))
    return DatumUnsureError(
        f"{clues.file} is in several datums, and of some records nothing settles which: {'; '.join(told_en)}",
        f"{clues.file} 混有几种坐标，其中一部分看不准：{'；'.join(told_zh)}",
        choices=choices,
        hint=f"write the datum of each record into a column 坐标系, or take the whole file as one: {hint_en}",
        hint_zh=f"请加一列“坐标系”逐条写明，或整个文件按一种读入：{hint_zh}",
    )  # fmt: skip


def _choices(group: Group) -> tuple[CrsChoice, ...]:
    """Return what may be answered for a group, likeliest first; nothing where none stands out."""
    if _is_any_zone(group):
        return ()
    found: dict[str, CrsChoice] = {}
    for item in group.candidates:
        name = crs_name(item.source)
        zh, en = "；".join(text.zh for text in item.evidence), "; ".join(text.en for text in item.evidence)
        found.setdefault(name, CrsChoice(name, item.confidence, zh, en))
    return tuple(found.values())[:_MOST_CHOICES]


def _vouching(clues: Clues, en: str, zh: str) -> tuple[str, str]:
    """Return hints with how to vouch for the layers on which a question rests."""
    if not clues.unconfirmed:
        return en, zh
    layers = Text("、".join(name.zh for name in clues.unconfirmed), ", ".join(name.en for name in clues.unconfirmed))
    en += f"; this rests on {layers.en}, whose datum is declared and not confirmed: once checked, import that again "
    zh += f"；以上依据{layers.zh}，其坐标系只有文件声明、未经确认：核实后请先把它加 --crs EPSG:4326"
    en += "with --crs EPSG:4326 (or GCJ-02 where it is that) before this file"
    return en, f"{zh}（若是高德、腾讯的则 GCJ-02）重新导入，再导入本文件"


def _options(choices: Sequence[CrsChoice]) -> tuple[str, str]:
    """Return the options to write for the likeliest choices, in English and in Chinese; if none, what narrows it."""
    if not choices:
        return _NARROW
    *first, last = [f"--crs {item.name}" for item in choices[:_MOST_NAMED]]
    en, zh = (f"{', '.join(first)} or {last}", f"{'、'.join(first)} 或 {last}") if first else (last, last)
    return f"say what they are with {en}", f"请写明 {zh}"


def _ranked(group: Group) -> tuple[str, str]:
    shown = group.candidates[:_MOST_NAMED]
    names = [(item, item.source.crs.name if item.source.crs.is_projected else "") for item in shown]
    en = ", ".join(
        f"{crs_name(item.source)}{f' {name}' if name else ''} ({item.confidence:.0%})" for item, name in names
    )
    zh = "、".join(
        f"{crs_name(item.source)}{f' {name}' if name else ''}（{item.confidence:.0%}）" for item, name in names
    )
    rest = len(group.candidates) - len(shown)
    if _is_any_zone(group):
        return _grouped(group)
    return en + (f" and {rest} more" if rest > 0 else ""), zh + (f"等 {len(group.candidates)} 种" if rest > 0 else "")


def _is_any_zone(group: Group) -> bool:
    """Return whether metres fit so many zones that none stands out; of degrees there are a handful, all named."""
    return group.best.confidence < _ALIKE and not group.best.source.is_degrees


def _grouped(group: Group) -> tuple[str, str]:
    """Return how many zones of which datum the numbers fit, where none of them stands out."""
    counts = Counter(item.source.crs.name.split(" / ")[0] for item in group.candidates)
    en = ", ".join(f"{name} {count}" for name, count in counts.items())
    zh = "、".join(f"{_ZH_NAMES.get(name, name)} {count} 个带" for name, count in counts.items())
    return f"{len(group.candidates)} systems alike ({en})", f"{len(group.candidates)} 种坐标系（{zh}），哪一带都有可能"


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
        sorts[group.best.source.is_degrees].append(group.rows)
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


def contradicted(clues: Clues, said: SourceCrs, against: Sequence[Group]) -> DatumUnsureError:
    """Return the question what a file is in whose declaration accepted layers, or its own cells, contradict."""
    most = max(against, key=lambda group: len(group.rows))
    best = most.best
    count = sum(len(group.rows) for group in against if group.best.source.name == best.source.name)
    why = [text for text in best.evidence if text.zh and text.en][:1]
    zh = f"（{why[0].zh}）" if why else ""
    en = f" ({why[0].en})" if why else ""
    options = f"--crs {crs_name(best.source)}", f"--crs {said.name}"
    hint_en, hint_zh = _vouching(clues, f"decide with {' or '.join(options)}", f"请用 {' 或 '.join(options)} 说明")
    return DatumUnsureError(
        f"{clues.file} declares {said.name} ({clues.declared_by}), but accepted layers or its cells show {count} "
        f"records to be in {best.source.name}{en}",
        f"{clues.file} 声明的是 {said.name}，但已收图层或单元格表明有 {count} 条是 {best.source.name}{zh}",
        choices=_choices(most), hint=hint_en, hint_zh=hint_zh,
    )  # fmt: skip
