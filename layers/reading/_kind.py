"""Is this the kind of file it is said to be? If not: what it holds, which kind it fits, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.errors import CheckError, ReadError
from layers.findings import Text
from layers.reading._columns_match import kind_scores
from layers.reading._field_names import near_fields, with_title
from layers.reading._personal_titles import is_personal
from layers.reading._titles import key
from layers.schema import kind as kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.quality import QualityReport
    from layers.reading._columns_match import Matches
    from layers.reading._raw import Raw
    from layers.schema import Kind

_GENERIC = frozenset(("address", "remark", "data_date", "source", "subdistrict_code"))
_MOST_COLUMNS, _MOST_NEAR = 30, 8
_CORNER_FORMS = Text(
    "按面状图层（如 idle_land）能读两种：国土的“[地块坐标]”文本；表头为 点号、X坐标、Y坐标 的 XLSX、CSV 表格，"
    "每宗地至少三点，宗地代码、权利人、宗地面积各占一列，或写在各宗地上方（如“宗地代码：…”）。"
    "别的写法请在 GIS 里连成地块，存为 GeoPackage、Shapefile 或 GeoJSON",
    "two forms are read as a layer of polygons such as idle_land: the text form of land offices ([地块坐标]), and "
    "tables titled 点号, X坐标, Y坐标 with three points a parcel at least, 宗地代码, 权利人 and 宗地面积 in columns or "
    "above each parcel (宗地代码：…); draw others in a GIS and bring them as GeoPackage, Shapefile or GeoJSON",
)


def check_kind(
    raw: Raw,
    kind: Kind,
    matches: Matches,
    *,
    has_place: bool,
    explicit: Mapping[str, str],
    file: str,
    report: QualityReport,
) -> None:
    """Raise unless the file may hold records of ``kind``.

    Raises
    ------
    CheckError
        If no column names a field of the kind, or if another kind fits much better. A user who names columns
        outright is believed.
    ReadError
        If the file is a list of corner points, of which each row is no record.
    """
    if raw.geometry is None and _lists_corners(raw, matches):
        raise ReadError(
            f"{file} is a list of corner points (界址点成果表), of which several make one parcel, in a form "
            f"that is not read as {kind.name}",
            f"{file} 是界址点成果表，几个点才围成一宗地，按{kind.zh}读不出地块",
            hint_zh=_CORNER_FORMS.zh,
            hint=_CORNER_FORMS.en,
        )
    if explicit:
        return
    scores = kind_scores(raw.titles)
    own = scores.get(kind.name, 0)
    best = max(scores, key=lambda name: scores[name])
    there = [title.text for title in raw.titles[:_MOST_COLUMNS] if title.text]
    shown, shown_zh = ", ".join(there) or "none", "、".join(there) or "空"
    if scores[best] >= max(2, 3 * own, own + 2):
        raise CheckError(
            f"{file} does not look like {kind.name} ({kind.zh}): its columns are {shown}",
            f"{file} 不像{kind.zh}台账",
            layer=kind.name,
            hint_zh=f"请按 {best}（{kind_of(best).zh}）导入，或用 --column 字段=列名 说明",
            hint=f"import it as {best}, or say which column is which with --column field=column",
        )
    named = set(matches.fields) - _GENERIC
    if not named and not (has_place and (raw.geometry is not None or matches.source_id is not None)):
        hint, hint_zh = _suggestions(there, kind)
        raise CheckError(
            f"no column of {file} is known for {kind.name} ({kind.zh}): its columns are {shown}",
            f"{file} 没有一列认得出是{kind.zh}的，它的列有 {shown_zh}",
            layer=kind.name,
            hint_zh=f"{hint_zh}；请用 --column 字段=列名 说明",
            hint=f"say which column is which with --column field=column; {hint}",
        )
    if not named:
        report.note(
            "no_fields",
            f"没有一列能对应“{kind.zh}”自己的字段；请用 --column 指明",
            f"no column names a field of {kind.name} itself: name columns with --column",
            action="warning",
        )


def _lists_corners(raw: Raw, matches: Matches) -> bool:
    """Return whether columns are those of corner points: plainly, or with units behind them and nothing of the kind."""
    whole = {key(title.text) for title in raw.titles}
    if "点号" in whole and whole & {"x坐标", "y坐标", "x", "y"}:
        return True
    bare = {key(title.text, with_brackets=False) for title in raw.titles}
    is_named = set(matches.fields) - _GENERIC
    return not is_named and bool(bare & {"点号", "界址点号", "拐点号"} and bare & {"x坐标", "y坐标", "x", "y"})


def _suggestions(titles: Sequence[str], kind: Kind) -> tuple[str, str]:
    """Return the columns that come near a field with that field, else all fields, in English and in Chinese."""
    near = [(title, name) for title in titles if not is_personal(title) for name in near_fields(title, kind)]
    if near:
        en = ", ".join(f"{title} → {name}?" for title, name in near[:_MOST_NEAR])
        zh = "".join(f"{title} → {with_title(name, kind)}？" for title, name in near[:_MOST_NEAR])
        return f"nearest are {en}", f"最接近的是 {zh.removesuffix('？')}？"
    fields = ", ".join(kind.columns)
    return f"fields are {fields}", f"可用的字段有 {'、'.join(with_title(name, kind) for name in kind.columns)}"
