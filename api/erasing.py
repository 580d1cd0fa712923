"""Erasing personal data on demand of a person, or when they may no longer be kept; what it reaches is told first."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from api import _console as console
from api._help import both
from layers import schema
from layers.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from layers.workspace import Workspace

_ADDRESSED = re.compile(
    "(?:女士|先生|小姐|阿姨|师傅|老师)$|(?:转|备用|家属|本人|电话|手机)+$|^(?:电话|手机|备用|联系人)+"
)
NAMED = 5
"""Ids that a message names of those that one number stands for."""


@dataclass(frozen=True)
class Erasure:
    """What erasing would take, or took: the assets, and how many values of each personal field they hold."""

    kind: str
    asset_ids: Sequence[str]
    counts: Mapping[str, int]


def chosen(
    workspace: Workspace,
    kind: str,
    records: Sequence[str] = (),
    *,
    people: Sequence[str] = (),
    everything: bool = False,
) -> Erasure:
    """Return what is held of some records of a kind, or of all.

    Parameters
    ----------
    workspace, kind
        Where, and of which kind.
    records
        Each an ``asset_id``, or the number that its department gives a record (``source_id``, 工单编号).
    people
        Names or telephones, whole as they were imported: every record that holds one.
    everything
        All records of the kind that were ever imported, those of former versions too; nothing else is given then.

    Raises
    ------
    UsageError
        If the kind keeps no personal data, nothing or too much is asked for, or a number stands for several records.
    NotFoundError
        If there never was such a record or person.
    """
    of = schema.input_kind(kind)
    if not any(item.personal for item in of.fields):
        raise UsageError(
            f"{of.name} keeps no names, telephones or flats: they are masked when a file is read",
            f"{of.name}（{of.zh}）不保存姓名、电话和房号，读入时已隐去",
            hint="nothing is to be erased",
            hint_zh="无需删除",
        )
    if bool(records or people) == everything:
        raise UsageError(
            "say whose data: numbers of records or --person, else --all and nothing else",
            "请写明删谁的：记录编号或 --person，否则只写 --all",
            hint=f"panhuo erase DIR {of.name} NUMBER",
            hint_zh=f"例如 panhuo erase 工作区 {of.name} 工单编号",
        )
    held = workspace.personal_held(of.name)
    ids = set(held["asset_id"]) if everything else _called(workspace, of.name, records)
    ids |= _told(workspace, held, people)
    counts = held["field"][held["asset_id"].isin(ids)].value_counts()
    return Erasure(of.name, sorted(ids), {name: int(counts[name]) for name in of.columns if name in counts})


def _called(workspace: Workspace, kind: str, records: Sequence[str]) -> set[str]:
    """Return the assets that people call by an id or by the number of their department."""
    found, known = set[str](), workspace.designations(kind)
    for name in map(str.strip, records):
        ids = sorted(set(known["asset_id"][known["name"] == name]))
        if not ids:
            raise NotFoundError(
                f"no version of {kind} holds a record {name}",
                f"{kind} 的各个版本里都没有编号为 {name} 的记录",
                hint="give its number as in the ledger, or its asset_id as exports have it",
                hint_zh="请写台账里的编号，或导出文件里的 asset_id",
            )
        if len(ids) > 1:
            raise UsageError(
                f"{len(ids)} records have the number {name}: {', '.join(ids[:NAMED])}",
                f"编号 {name} 对应 {len(ids)} 条记录：{'、'.join(ids[:NAMED])}",
                hint="give the asset_id of each that is meant",
                hint_zh="请改写要删除的那几条的 asset_id",
            )
        found |= set(ids)
    return found


def _told(workspace: Workspace, held: pd.DataFrame, people: Sequence[str]) -> set[str]:
    """Return the assets that hold a person's name or telephone; a cell may hold several."""
    if not people:
        return set()
    values = workspace.personal(sorted(set(held["kept_under"])))
    alone = [_people_in(text) for text in values["value"]]
    found, goes_on = set[str](), dict(zip(held["kept_under"], held["asset_id"], strict=True))
    for wanted in map(_plain, people):
        rows = np.array([wanted in parts for parts in alone], dtype=bool)
        if not rows.any():
            raise NotFoundError(
                "nothing is kept under one of the names or telephones of --person",
                "--person 所写的某个姓名或电话没有保存任何记录",
                hint="write it whole, as the file had it",
                hint_zh="请按原文件写全",
            )
        found |= set(values["asset_id"][rows].map(goes_on))
    return found


def _people_in(text: str) -> set[str]:
    """Return the names and telephones in a cell, each alone: 陈大文 13800138000（备用 020-81234567）, 赵六女士.

    A telephone counts with its area code and without, a name with the form of address behind it and without.
    """
    parts = [_plain(part) for part in re.split(r"[、,，;；/|()（）：:]", text)]
    parts += [_plain(part) for part in text.split()]
    runs = [run for part in parts for run in re.findall(r"[0-9]{5,}|[^0-9]{2,}", part)]
    bare = [_ADDRESSED.sub("", run) for run in runs]
    local = [run[at:] for run in runs for at in (3, 4) if re.fullmatch(r"0[0-9]{9,11}", run)]
    return {item for item in (*parts, *runs, *bare, *local) if item}


def _plain(text: str) -> str:
    """Return a name or telephone without spaces, hyphens, the width of its characters and China's country code."""
    bare = re.sub(r"[\s\-—–()]", "", unicodedata.normalize("NFKC", text)).casefold()
    return re.sub(r"^(?:\+|00)86(?=[0-9])", "", bare)


def erase(workspace: Workspace, found: Erasure, *, is_meant: bool) -> None:
    """Erase what was found, for good.

    Raises
    ------
    UsageError
        If nobody said that it is meant.
    WorkspaceError
        If the catalog cannot be written; it is then as it was.
    """
    if not is_meant:
        raise UsageError(
            f"{_said(found)[1]} would be erased for good, and nothing was yet",
            f"将删除{_said(found)[0]}，不能恢复，尚未删除",
            hint="add --yes if it is meant",
            hint_zh="确要删除请加 --yes",
        )
    workspace.erase_personal(found.asset_ids)


def question(found: Erasure) -> str:
    """Return what a person at a terminal is asked."""
    zh, en = _said(found)
    return f"将删除{zh}，不能恢复。确认 {en} would be erased for good: go on?"


def _said(found: Erasure) -> tuple[str, str]:
    """Return for people what is held: records, and values by field."""
    of, records, values = schema.kind(found.kind), len(found.asset_ids), sum(found.counts.values())
    fields = "、".join(f"{of[name].zh} {count}" for name, count in found.counts.items())
    zh = f" {records} 条记录的 {values} 个值" + (f"（{fields}）" if fields else "")
    return zh, f"{values} values of {records} records"


def tell(found: Erasure, *, done: bool, as_json: bool) -> None:
    """Print what was erased, or would be, and what no erasure reaches."""
    if as_json:
        told = {"kind": found.kind, "records": len(found.asset_ids), "values": dict(found.counts), "erased": done}
        console.show_json(told)
        return
    zh, en = _said(found)
    if not done:
        console.show_line(both(f"将删除{zh}；尚未删除", f"{en} would be erased; nothing was"))
        return
    console.show_line(both(f"已删除{zh}", f"erased {en}"))
    console.show_line(
        both(
            "同一来源的文件再导入也不会恢复；原文件、--rejected 写出的文件和备份要另行删除",
            "no later file of the same source brings them back; ledgers, files of --rejected and backups are as before",
        )
    )
