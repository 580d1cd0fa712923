"""What a ledger says in words of the end of idleness: 已处置, 已消除闲置, 已动工, 已收回.

The reader keeps such words: a class that is over becomes null and its cell goes to the remark behind its title, as do
columns that are no field (处置情况). A merged record keeps what each source said.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd

_CUE = re.compile("处置|消除|排除|盘活|整改|销号|收回|收储|动工|开工|复工|竣工|建成|闲置")
"""Without one of these a text is not looked at."""
_CLAUSE = re.compile(r"[,;:，；：。、()（）\[\]【】|\n]")
_NOT_YET = re.compile(
    r"未|尚|没|待|拟|计划|预计|应|须|需|部分|正在|申请|争取|准备|督促|要求|限期|责令|约谈|如果|若|启动|进入|纳入|列入(?!.{0,4}闲置)|研究|通知|下达"
)
"""What takes the words back or puts them off; 部分已处置 leaves the rest idle."""
_SOMETHING_ELSE = re.compile(
    r"费|款|租|押|查封|违建|违章|违法|垃圾|渣土|杂物|围挡|围蔽|树|投诉|信访|工单|案件|隐患|问题|积水|证"
)
"""What else may have been dealt with on a plot: rubbish, rent, a mortgage."""
_OVER = re.compile(
    r"已.{0,8}?(?:处置|消除|排除|盘活|整改|销号|收回|收储|竣工|建成|复工)(?!.{0,4}(?:费|款|成本|投资|资金|方案|建议|意见|计划|程序|通知))"
    r"|(?:处置|整改|消除|盘活)(?:完毕|完成|完成率100|到位|结束)|完成(?:处置|整改|盘活)"
    r"|不(?:再)?(?:属于?|构成|认定[为成]?|列入|列为|是|系|作为)?闲置|并非闲置|^非闲置|(?:移出|退出)(?:闲置|台账|清单|名单)"
)
_STARTED = re.compile(
    r"已.{0,6}?(?:动工|开工)(?!.{0,3}(?:通知|令|手续|许可|面积|比例|占|率|部分|约|[0-9０-９]|[一二三四五六七八九十]))"
)
_STOPPED = re.compile(r"停工|停建|停止|中止|中断|烂尾|搁置")


def said_disposed(frame: gpd.GeoDataFrame) -> pd.Series:
    """Return of which parcels the remark, or what a source said before records were merged, tells that idleness ended.

    A clause must say it of the land itself and as done: 未处置, 拟收回, 部分已处置 and 违建已处置 end nothing,
    nor does 已动工 where works stopped again. Too much is found rather than too little: it only makes one ask.
    """
    stopped = frame["stopped_since"].notna().to_numpy()
    told = zip(_words(frame["remark"]), map(_of_sources, _words(frame["sources"])), stopped, strict=True)
    found = [_ends(f"{remark}；{sources}", has_stopped=bool(is_stopped)) for remark, sources, is_stopped in told]
    return pd.Series(np.array(found, dtype=bool), index=frame.index, name="said_disposed")


def _words(told: pd.Series) -> list[str]:
    return ["" if pd.isna(text) else str(text) for text in told]


def _of_sources(text: str) -> str:
    """Return what the sources of a merged record say of its class and in their remarks; empty where it has none."""
    if not _CUE.search(text):
        return ""
    try:
        records = json.loads(text)["records"]
    except (ValueError, KeyError, TypeError):
        return text  # words of somebody's own: looked at as they are
    values: list[dict[str, Any]] = [record.get("values", {}) for record in records]
    return "；".join(str(value.get(name)) for value in values for name in ("land_class", "remark") if value.get(name))


def _ends(text: str, *, has_stopped: bool) -> bool:
    if not _CUE.search(text):
        return False
    stopped = has_stopped or _STOPPED.search(text) is not None
    return any(_clause_ends(clause, stopped=stopped) for clause in _CLAUSE.split(text))


def _clause_ends(clause: str, *, stopped: bool) -> bool:
    found = _OVER.search(clause) or (None if stopped else _STARTED.search(clause))
    if found is None:
        return False
    said = clause[: found.end()]
    return not _NOT_YET.search(said) and not _SOMETHING_ELSE.search(said)
