"""Words that take a code back: denied (不属于闲置土地), not yet so (待认定), no longer so (已撤销).

Where a code is a right or a duty, the code inside such words is not what the cell says. Which way is the strict one
depends on the field: suspected of being idle is less than certified, while a house proposed for protection is treated
as protected until the list is out.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from layers.quality import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

ENDED = "结案|撤诉|和解|了结|解除|撤销|注销|取消|终止|失效|废止|作废"
"""What, behind 已, says of any state that it is over."""
_DENIED = re.compile(
    r"(?:[无非不未没]|[待拟])(?:再)?(?:属于|属|是|为|系|构成|认定[为成]?|列入|列为|纳入|作为|公布为|核定为|评为|定为|登记为|"
    r"确定为|确认为|在|有)?$"
)
_DENIED_OUTRIGHT = re.compile(_DENIED.pattern.replace("|[待拟]", ""))
_ITSELF = re.compile(
    "(?:[原现该其此本全均]|目前|现已|全部|地块|土地|用地|房屋|公房|场地|认定|认定书|登记|公布|名录|保护|保护级别|保护等级|级别|等级|身份|资格)*"
)
"""What may stand before such words where they are about the code: in 空置（租约已到期） it is the lease that ended."""
_CLAUSE = re.compile(r"[,;:，；：。、()\[\]|]")
_OVER: Mapping[str, str] = MappingProxyType(
    {
        "land_class": "处置|排除|消除|盘活|收回|收储|整改|销号|办结",
        "tenure": "收回|出售|变更|置换|征收|流转",
        "tenure.reserve": "出让|出售|供地|供应|划拨|变更|置换|流转",
        "ownership": "出售|售出|收回|变更|转让",
        "ownership.state": "出售|售出|变更|转让",
        "income_owner": "变更|调整|停止",
        "access": "停止|暂停|关闭|收回|变更",
        "occupancy": "退租|腾退|清退|退出|到期|收回|搬离|搬走",
        "occupancy.vacant": "出租|租出|启用|使用|占用",
        "heritage_class": "除名|不再保留",
    }
)
"""Fields whose codes are rights, duties or money, and codes of theirs: what else ends them, beside the words of every
state; what was taken back by the state is the state's, and a house that was cleared is vacant. Grades of danger and
constraints are not here: what is said to be mended stays as it was until a survey says so."""
_PENDING: Mapping[str, str] = MappingProxyType(
    {
        "land_class": "[待拟](?:认定|确认|核实|核查|定|查|调查)|未经?(?:认定|确认|核实)(?=[为成是]?$)|认定中|正在认定|"
        "申请认定(?=[为成]?$)|涉嫌$",
        "heritage_class": "预保护|线索|推荐|候选|申报|公示|[待拟](?:公布|核定|认定|定|列入|纳入|评|升)|"
        "未(?:公布|核定|认定)",
        "tenure.reserve": "[待拟](?:收储|储备|征收|纳入)",
        "access.public": "[待拟](?:开放|对外|向)|未开放",
    }
)
"""By field, or by field and code where the other codes are so already (allocated land that is to be bought back)."""


def is_denied(before: str, field: str) -> bool:
    """Return whether what stands before a name takes it back.

    Parameters
    ----------
    before
        The cell up to the name.
    field
        The coded field: a class of heritage that is only planned (拟, 待) is read on the strict side.
    """
    return (_DENIED_OUTRIGHT if field == "heritage_class" else _DENIED).search(before) is not None


def over(rest: str, field: str, code: str) -> str:
    """Return the words by which a cell says that its state has ended; empty where it says none (部分已处置).

    Parameters
    ----------
    rest
        The cell, names of codes replaced by ``|``.
    field, code
        The coded field, and what the cell names of it.
    """
    own = _OVER.get(f"{field}.{code}") or _OVER.get(field)
    return "" if own is None else _about_itself(rest, rf"已(?:经|被|全部)?(?:{own}|{ENDED})|不再保留|处置完[毕成]")


def pending(rest: str, field: str, code: str) -> str:
    """Return the words by which a cell says that a code is not so yet; empty where it says none."""
    own = _PENDING.get(field) or _PENDING.get(f"{field}.{code}")
    return "" if own is None else _about_itself(rest, own)


def _about_itself(rest: str, words: str) -> str:
    """Return the first words of a kind that tell of the code, not of a lease, a mortgage or a plan beside it."""
    for clause in _CLAUSE.split(rest):
        found = re.search(words, clause)
        if found is not None and _ITSELF.fullmatch(clause[: found.start()]) is not None:
            return found[0]
    return ""


def of_pending(code: str, field: str) -> str | None:
    """Return what a code that is still to come counts as: the stricter of what it may be, ``None`` if neither is."""
    if field == "land_class":
        return "suspected_idle" if code == "legal_idle" else code
    return code if field == "heritage_class" else None


def said_over(words: str, title: Text, field: str) -> Text:
    """Return the sentence of a cell whose state has ended."""
    more = Text("", "")
    if field == "land_class":
        more = Text(
            "；认定书已撤销的，请在文号后写明“（已撤销）”", "; if its certificate was revoked, say so behind its number"
        )
    return Text(
        f"写明“{words}”，不再读作“{title.zh}”，已置空，原文留在备注{more.zh}",
        f"says that this is over ({words}): not read as {title.en!r}, set to null, its words kept in the remark"
        f"{more.en}",
    )


def said_denied(title: Text) -> Text:
    """Return the sentence of a cell that denies the code it names."""
    return Text(
        f"写明不是（或还不是）“{title.zh}”，已置空，原文留在备注",
        f"says that it is not, or not yet, {title.en!r}: set to null, its words kept in the remark",
    )


def said_pending(words: str, title: Text | None) -> Text:
    """Return the sentence of a cell of something that is not so yet; ``None`` where it counts as nothing."""
    if title is None:
        return Text(
            f"写明“{words}”，现在还不是，已置空，原文留在备注",
            f"says that it is not so yet ({words}): set to null, its words kept in the remark",
        )
    return Text(
        f"写明“{words}”，尚未定，从严读作“{title.zh}”",
        f"says that it is not settled yet ({words}): read on the strict side as {title.en!r}",
    )
