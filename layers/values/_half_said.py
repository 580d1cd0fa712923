"""Everyday words that say less than a code needs: what is missing is said, nothing is guessed."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from layers.quality import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATE_LAND = Text("还须说明：储备、出让或划拨", "state land: reserve, granted or allocated is still to be said")
_WHERE_IT_IS = Text(
    "说的是车位在哪里，不是类型；还须说明：公共、住宅配建或公建配建",
    "tells where the stalls are, no type: public, residential or attached is still to be said",
)
_WHOSE_STALLS = Text(
    "还须说明：住宅配建或公建配建", "attached to what: to dwellings (residential) or not (attached) is still to be said"
)
_HOW_IDLE = Text(
    "没有说明是已认定的闲置土地、疑似闲置土地还是低效利用空间",
    "certified as idle, suspected of it or underused is still to be said",
)
_LET_FOR_WHAT = Text(
    "没有说明租作什么：居住、办公、商业或仓库",
    "let for what is still to be said: dwelling, office, commerce or storage",
)
_NO_GRADE = Text(
    "不是鉴定等级；请按房屋安全鉴定报告填 A、B、C 或 D 级",
    "is no grade of a survey: fill in A, B, C or D as the building-safety report says",
)
_DANGEROUS = Text(
    "没有说明是 C 级或 D 级（局部或整幢危险）；请按房屋安全鉴定报告填写",
    "grade C or D (dangerous in part or as a whole) is still to be said, as the building-safety report has it",
)
_GRADES = dict.fromkeys(("好", "完好", "良好", "较好", "基本完好", "一般", "中", "差", "较差", "严重损坏"), _NO_GRADE)
_GRADES |= dict.fromkeys(("危", "危房", "危险", "危楼"), _DANGEROUS)
_WORDS: Mapping[str, Mapping[str, Text]] = MappingProxyType(
    {
        "land_class": dict.fromkeys(("闲置", "闲置地", "闲置用地", "闲置地块", "空地", "空闲", "空闲地"), _HOW_IDLE),
        "use_state": dict.fromkeys(("出租", "在租", "已出租"), _LET_FOR_WHAT),
        "tenure": dict.fromkeys(("国有", "国有土地", "国有用地", "国有建设用地", "国家"), _STATE_LAND),
        "parking_type": dict.fromkeys(
            ("地下", "地下车库", "地下停车场", "地下停车库", "地面", "地上", "路外", "室内", "室外", "露天"),
            _WHERE_IT_IS,
        )
        | dict.fromkeys(("配建", "配建停车场", "配套"), _WHOSE_STALLS),
        "danger_grade": _GRADES,
        "condition_grade": _GRADES,
    }
)
"""By field; legal classes and grades that only a document can give are never concluded from such words."""


def half_said(word: str, field: str) -> Text | None:
    """Return what a word leaves open in a coded field; ``None`` where nothing is known of it."""
    return _WORDS.get(field, {}).get(word)
