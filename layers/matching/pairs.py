"""The sheet of pairs: records that may be one place, or were made one, side by side, with a column for the answer."""

from __future__ import annotations

from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.errors import CheckError, ReadError
from layers.findings import Text
from layers.matching._candidates import metric_places
from layers.matching.doubts import TABLE_COLUMNS, Doubt, members_of, pair_key, record_keys, table
from layers.matching.sources import members
from layers.reading import existing_file
from layers.reading._csv import read_csv
from layers.reading._xlsx import xlsx_sheets
from layers.schema import Field, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import geopandas as gpd

    from layers.matching.doubts import Pair

SAME, DIFFERENT = "same", "different"
_WORDS = {
    SAME: {"same", "one", "yes", "y", "1", "是", "同", "同一", "同一处", "合并", "相同"},
    DIFFERENT: {"different", "two", "no", "n", "0", "否", "不", "不同", "不是", "两处", "分开", "不合并"},
}
STATES = {
    "open": ("待答", "open"),
    "merged": ("已合并", "merged"),
    "apart": ("已答不同", "told apart"),
    "unapplied": ("已答同一处，本版未合并", "said to be one, still two in this version"),
}
_SIDES = {"one": ("甲", "One"), "other": ("乙", "Other")}
_OF_SIDE = {
    "source": ("来源", "source"),
    "source_id": ("来源编号", "id"),
    "name": ("名称", "name"),
    "address": ("地址", "address"),
    "data_date": ("数据日期", "data date"),
    "asset_id": ("资产编号", "asset"),
    "lon": ("经度", "longitude"),
    "lat": ("纬度", "latitude"),
}
PAIR = Kind(
    "pair",
    "疑似同一处",
    "Pair of records",
    "result",
    (),
    (
        Field("pair_key", "string", "编号", "Pair"),
        Field("answer", "string", "答复", "Answer", codes={SAME: ("同一处", "same"), DIFFERENT: ("不同", "different")}),
        Field("state", "string", "状态", "State", codes=STATES),
        Field("kind", "string", "图层", "Layer"),
        Field("score", "float", "相似度", "Score"),
        Field("distance_m", "float", "距离", "Distance", "m"),
        *(
            Field(f"{side}_{name}", "float" if name in {"lon", "lat"} else "string", f"{zh}{of_zh}", f"{en} {of_en}")
            for side, (zh, en) in _SIDES.items()
            for name, (of_zh, of_en) in _OF_SIDE.items()
        ),
        Field("reasons_zh", "string", "理由", "Reasons in Chinese"),
        Field("reasons_en", "string", "理由（英文）", "Reasons"),
    ),
    id_field="pair_key",
)
"""One row of the sheet; a person fills in ``answer``."""


def merged_pairs(layer: gpd.GeoDataFrame, of: Kind) -> list[Doubt]:
    """Return every two records that are one in a layer, so that a person can tell them apart again.

    Parameters
    ----------
    layer
        Records in longitude, latitude, with asset ids.
    of
        Their kind.
    """
    records = members(layer, of)
    groups = pd.Series(np.arange(len(records))).groupby(records["row"].to_numpy()).agg(list)
    pairs = [pair for group in groups[groups.str.len() > 1] for pair in combinations(group, 2)]
    return _as_doubts(records, pairs, of, Text("现在是一条", "they are one record now"))


def _as_doubts(records: gpd.GeoDataFrame, pairs: list[tuple[int, int]], of: Kind, reason: Text) -> list[Doubt]:
    """Return pairs of records, given by position, as a person is shown them."""
    if not pairs:
        return []
    at = np.array(pairs, dtype=np.int64)
    keys, places = record_keys(records), metric_places(records)[0]
    apart_m = shapely.distance(places[at[:, 0]], places[at[:, 1]])
    found = []
    for first, second, metres in zip(
        *(members_of(records, keys, at[:, side]) for side in (0, 1)), apart_m, strict=True
    ):
        one, other = sorted((first, second), key=lambda member: member.key)
        distance_m = None if np.isnan(metres) else float(metres)
        found.append(Doubt(of.name, pair_key(one.key, other.key), one, other, 1.0, distance_m, (reason,)))
    return found


def parted_pairs(layer: gpd.GeoDataFrame, of: Kind, decisions: Mapping[Pair, bool]) -> list[Doubt]:
    """Return the pairs that a person told apart and whose records are both in the layer, to be answered anew."""
    return _answered_pairs(layer, of, decisions, Text("已答：不同", "told apart"), is_same=False)


def unapplied_pairs(layer: gpd.GeoDataFrame, of: Kind, decisions: Mapping[Pair, bool]) -> list[Doubt]:
    """Return the pairs that a person called one and that are two in the layer, as after going back to an older version.

    The next import makes them one, unless the answer is given anew.
    """
    reason = Text("已答同一处，下次导入会合并", "said to be one; the next import merges them")
    return _answered_pairs(layer, of, decisions, reason, is_same=True)


def _answered_pairs(
    layer: gpd.GeoDataFrame, of: Kind, decisions: Mapping[Pair, bool], reason: Text, *, is_same: bool
) -> list[Doubt]:
    records = members(layer, of)
    at = {key: position for position, key in enumerate(record_keys(records))}
    row = records["row"].to_numpy()
    pairs = [
        (at[one], at[other])
        for (one, other), same in decisions.items()
        if same == is_same and one in at and other in at and row[at[one]] != row[at[other]]
    ]
    return _as_doubts(records, pairs, of, reason)


def sheet(open_pairs: Iterable[Doubt], answered: Mapping[str, Iterable[Doubt]] = MappingProxyType({})) -> pd.DataFrame:
    """Return the sheet: columns of :data:`PAIR`, the pairs that wait first, then others by state; no answers."""
    parts = [table(open_pairs).assign(state="open")]
    parts += [table(pairs).assign(state=state, score=np.nan) for state, pairs in answered.items()]
    filled = [part for part in parts if len(part)]
    rows = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=[*TABLE_COLUMNS, "state"])
    return rows.assign(answer=pd.Series(pd.NA, index=rows.index, dtype="string"))[[item.name for item in PAIR.fields]]


def read_answers(path: Path) -> dict[str, bool]:
    """Return the answers that a person wrote into the sheet: pair -> whether the two are one.

    Rows without an answer are passed over. CSV in any encoding and XLSX are read.

    Raises
    ------
    ReadError
        If the file cannot be read, or is no sheet of pairs.
    CheckError
        If an answer is neither yes nor no, or one pair has both.
    """
    file, _ = existing_file(path)
    cells = (xlsx_sheets(file)[0] if file.suffix.lower() == ".xlsx" else read_csv(file, "auto")[0]).cells
    texts = cells.astype("string").fillna("").apply(lambda column: column.str.strip())
    head = texts.index[texts.isin([name for names in _TITLES for name in names]).any(axis=1)]
    titles = texts.loc[head[0]] if len(head) else texts.iloc[0]
    found = [titles.index[titles.isin(names)] for names in _TITLES]
    missing = [names[0] for names, columns in zip(_TITLES, found, strict=True) if not len(columns)]
    if missing:
        raise ReadError(
            f"{file.name} is no sheet of pairs: it has no column {missing[0]}",
            f"{file.name} 不是配对表：没有 {missing[0]} 这一列",
            hint="write one with `panhuo matches DIR KIND --out FILE.xlsx` and fill in its column answer",
            hint_zh="请用 panhuo matches DIR KIND --out 文件.xlsx 导出，再填 answer 一列",
        )
    said = texts.loc[texts.index > head[0], [columns[0] for columns in found]]
    answers: dict[str, bool] = {}
    for row, key, word in said.itertuples(name=None):
        if not key or not word:
            continue
        is_same = _meant(word, file.name, row)
        if answers.setdefault(key, is_same) != is_same:
            raise CheckError(
                f"{file.name} answers pair {key} twice, and differently",
                f"{file.name} 对 {key} 的两次答复不一致",
                record=row,
                field="answer",
                hint="leave one of them",
                hint_zh="请只留一个",
            )
    return answers


_TITLES = (("pair_key", "编号"), ("answer", "答复"))


def _meant(word: str, file: str, row: object) -> bool:
    folded = word.casefold()
    if folded in _WORDS[SAME]:
        return True
    if folded in _WORDS[DIFFERENT]:
        return False
    raise CheckError(
        f"{file}, row {row}: {word!r} is no answer",
        f"{file} 第 {row} 行：{word!r} 不是答复",
        field="answer",
        hint="write same or different",
        hint_zh="请写“同一处”或“不同”，没有把握就留空",
    )
