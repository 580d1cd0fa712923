"""Everyday words that say less than a code needs: what is missing is said, nothing is guessed."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from layers.quality import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATE_LAND = Text("国有还须说明：储备、出让或划拨", "state land: reserve, granted or allocated is still to be said")
_WHERE_IT_IS = Text(
    "说的是车位在哪里，不是类型；还须说明：公共、住宅配建或公建配建",
    "tells where the stalls are, no type: public, residential or attached is still to be said",
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
        "tenure": dict.fromkeys(("国有", "国有土地", "国有用地", "国有建设用地", "国家"), _STATE_LAND),
        "parking_type": dict.fromkeys(
            ("地下", "地下车库", "地下停车场", "地下停车库", "地面", "地上", "路外", "室内", "室外", "露天"),
            _WHERE_IT_IS,
        ),
        "danger_grade": _GRADES,
        "condition_grade": _GRADES,
    }
)
"""By field; legal classes and grades that only a document can give are never concluded from such words."""


def half_said(word: str, field: str) -> Text | None:
    """Return what a word leaves open in a coded field; ``None`` where nothing is known of it."""
    return _WORDS.get(field, {}).get(word)
