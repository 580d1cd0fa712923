"""Pairs of records that may be one place: which there are, what a person answers, and what becomes of the layer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from api import _console as console
from api import joining
from api._help import both
from api.work import notes_of
from layers import schema, writing
from layers.errors import NotFoundError, UsageError
from layers.matching.doubts import record_keys, still_open
from layers.matching.exported import source_title
from layers.matching.pairs import PAIR, STATES, merged_pairs, parted_pairs, read_answers, sheet, unapplied_pairs
from layers.matching.sources import members

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from layers.matching.doubts import Doubt
    from layers.scope import Scope
    from layers.snapshot import Snapshot
    from layers.workspace import Workspace

SHOWN = 20
"""Pairs that `panhuo matches` prints; a file holds them all."""


@dataclass(frozen=True)
class Answered:
    """What answers did: how many were kept, the layer's new version if they changed it, and pairs still open."""

    count: int
    before: int
    after: int
    snapshot: Snapshot | None
    still_open: int


def given(same: Iterable[str], different: Iterable[str], file: Path | None) -> dict[str, bool]:
    """Return the answers of options and of a filled-in sheet: pair -> whether the two are one.

    Raises
    ------
    UsageError
        If a pair is said to be both.
    PanhuoError
        If the sheet cannot be read.
    """
    answers = {} if file is None else read_answers(file)
    for key, is_same in (*((key, True) for key in same), *((key, False) for key in different)):
        if answers.setdefault(key, is_same) != is_same:
            raise UsageError(
                f"pair {key} is said to be the same and different",
                f"{key} 这一对既答了同一处又答了不同",
                hint="leave one of them",
                hint_zh="请只留一个",
            )
    return answers


def open_pairs(workspace: Workspace, kind: str) -> list[Doubt]:
    """Return the pairs of records of a layer that wait for a person, the most likely first."""
    of, current = schema.input_kind(kind), workspace.current(kind)
    told = [] if current is None else workspace.doubts(current)
    if not told:
        return []
    layer = members(workspace.read(of.name), of)
    keys = record_keys(layer)
    row, asset = (dict(zip(keys, layer[name], strict=True)) for name in ("row", "asset_id"))
    still = still_open(told, row, workspace.match_decisions(of.name))
    return [
        replace(
            item,
            one=replace(item.one, asset_id=asset[item.one.key]),
            other=replace(item.other, asset_id=asset[item.other.key]),
        )
        for item in still
        if row[item.one.key] != row[item.other.key]
    ]


def answered_pairs(workspace: Workspace, kind: str) -> dict[str, list[Doubt]]:
    """Return the pairs of a layer that are one now, and those answered that are two: state -> pairs."""
    of, frame, decisions = schema.input_kind(kind), workspace.read(kind), workspace.match_decisions(kind)
    return {
        "merged": merged_pairs(frame, of),
        "apart": parted_pairs(frame, of, decisions),
        "unapplied": unapplied_pairs(frame, of, decisions),
    }


def tell_unapplied(workspace: Workspace, kind: str) -> None:
    """Print that answers hold which a version that is current again does not know, where there are any."""
    count = len(unapplied_pairs(workspace.read(kind), schema.input_kind(kind), workspace.match_decisions(kind)))
    if count:
        zh = f"其中 {count} 对已答“同一处”，答复仍有效，下次导入会再合并；要撤销请答不同"
        console.show_line(
            f"! {both(zh, f'{count} pairs are said to be one: the next import merges them again; to revoke that')}: "
            f"panhuo matches {workspace.root} {kind} --answered"
        )


def answer(workspace: Workspace, kind: str, answers: Mapping[str, bool], *, scope: Scope | None = None) -> Answered:
    """Keep what a person said about pairs (:attr:`layers.matching.doubts.Doubt.pair_key`), and do it to the layer.

    Raises
    ------
    NotFoundError
        If a pair is not one of the layer's: open, one now, or told apart.
    WorkspaceError
        If the workspace cannot be written.
    """
    of, waiting = schema.input_kind(kind), open_pairs(workspace, kind)
    frame = workspace.read(of.name)
    told = [item for items in answered_pairs(workspace, of.name).values() for item in items]
    known = {item.pair_key: item.pair for item in (*waiting, *told)}
    unknown = [key for key in answers if key not in known]
    if unknown:
        raise NotFoundError(
            f"{of.name} has no pair {unknown[0]}",
            f"{of.name} 没有 {unknown[0]} 这一对（可能已经答过，或记录已变）",
            hint=f"`panhuo matches DIR {of.name}` lists them",
            hint_zh=f"panhuo matches DIR {of.name} 列出现有的",
        )
    workspace.decide_matches(of.name, {known[key]: same for key, same in answers.items()}, scope)
    snapshot, _ = joining.accepted(
        workspace, lambda: joining.settled(workspace, of.name), scope=scope, shrunken_agreed=True, verb="settle"
    )
    accepted = snapshot.get(of.name)
    after = len(frame) if accepted is None else accepted.count
    return Answered(len(answers), len(frame), after, accepted, len(open_pairs(workspace, of.name)))


def tell_pairs(workspace: Workspace, kind: str, out: Path | None, *, answered: bool, as_json: bool) -> None:
    """Print the pairs of a layer that wait (and those that are answered), and write them to a file."""
    of, waiting = schema.input_kind(kind), open_pairs(workspace, kind)
    done = answered_pairs(workspace, of.name) if answered else {}
    if out is not None:
        writing.write_layer(sheet(waiting, done), PAIR, out, **notes_of(workspace, of))
    every = [(state, item) for state, items in {"open": waiting, **done}.items() for item in items]
    if as_json:
        console.show_json({"kind": of.name, "pairs": [{"state": state, **item.to_dict()} for state, item in every]})
        return
    if not every:
        console.show_line(both(f"{of.name} 没有待答的配对", "no pair waits for an answer"))
        return
    rows = [
        (
            item.pair_key,
            f"{item.score:.2f}" if state == "open" else STATES[state][0],
            None if item.distance_m is None else f"{item.distance_m:.0f}",
            *(
                f"{side.name or side.address or side.key}（{source_title(side.source).zh}）"
                for side in (item.one, item.other)
            ),
            "；".join(text.zh for text in item.reasons),
        )
        for state, item in every[:SHOWN]
    ]
    console.show_table(("pair", "相似 score", "米 m", "甲 one", "乙 other", "理由"), rows)
    if out is not None:
        written = both(f"已写出 {len(every)} 对：{out}", f"wrote {len(every)} pairs")
        console.show_line(f"{written}; 填好 answer 列 fill in answer: panhuo matches … --answers {out}")
        return
    if len(every) > SHOWN:
        left = len(every) - SHOWN
        console.show_line(both(f"… 还有 {left} 对，用 --out 文件.xlsx 或 .csv 全部写出", f"{left} more"))
    console.show_line(f"答复 answer: panhuo matches {workspace.root} {of.name} --same PAIR or --different PAIR")


def tell_answered(done: Answered, workspace: Workspace, kind: str, *, as_json: bool) -> None:
    """Print what answers did."""
    if as_json:
        version = None if done.snapshot is None else done.snapshot.version
        console.show_json(
            {
                "kind": kind,
                "answered": done.count,
                "before": done.before,
                "after": done.after,
                "version": version,
                "still_open": done.still_open,
            }
        )
        return
    console.show_line(
        f"{kind}: 已记下 {done.count} 个答复，图层 {done.before} → {done.after} 条，还有 {done.still_open} 对待答 | "
        f"{done.count} answers kept, {done.before} -> {done.after} records, {done.still_open} pairs still wait"
    )
    undo = both("改主意就再答一次相反的", "to undo, answer the other way")
    console.show_line(f"{undo}: panhuo matches {workspace.root} {kind} --answered")
    if done.snapshot is not None:
        console.show_line(
            f"下一步 next: panhuo analyze {workspace.root}; 退回 undo: panhuo restore {workspace.root} {kind} previous"
        )
