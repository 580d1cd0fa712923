"""Is this the kind of file it is said to be? If not: what it holds, which kind it fits, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.errors import CheckError, ReadError
from layers.reading._columns_match import key, kind_scores

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.quality import QualityReport
    from layers.reading._columns_match import Matches
    from layers.reading._raw import Raw
    from layers.schema import Kind

_GENERIC = frozenset(("address", "remark", "data_date", "source", "subdistrict_code"))


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
    titles = {key(title.text) for title in raw.titles}
    if raw.geometry is None and "点号" in titles and titles & {"x坐标", "y坐标", "x", "y"}:
        raise ReadError(
            f"{file} is a list of corner points (界址点成果表), of which several make one parcel",
            f"{file} 是界址点成果表，几个点才围成一宗地",
            hint_zh="请在 GIS 里连成地块，再存为 GeoPackage、Shapefile 或 GeoJSON",
            hint="draw the parcels from it in a GIS and bring them as GeoPackage, Shapefile or GeoJSON",
        )
    if explicit:
        return
    scores = kind_scores(raw.titles)
    own = scores.get(kind.name, 0)
    best = max(scores, key=lambda name: scores[name])
    shown = ", ".join(title.text for title in raw.titles[:30] if title.text) or "none"
    if scores[best] >= max(2, 3 * own, own + 2):
        raise CheckError(
            f"{file} does not look like {kind.name} ({kind.zh}): its columns are {shown}",
            f"{file} 不像{kind.zh}台账",
            layer=kind.name,
            hint_zh=f"请按 {best} 导入，或用 --column 字段=列名 说明",
            hint=f"import it as {best}, or say which column is which with --column field=column",
        )
    named = set(matches.fields) - _GENERIC
    if not named and not (has_place and (raw.geometry is not None or matches.source_id is not None)):
        raise CheckError(
            f"no column of {file} is known for {kind.name} ({kind.zh}): its columns are {shown}",
            f"{file} 没有一列认得出是{kind.zh}的",
            layer=kind.name,
            hint_zh="请用 --column 字段=列名 说明",
            hint=f"say which column is which with --column field=column; fields are {', '.join(kind.columns)}",
        )
    if not named:
        report.note(
            "no_fields",
            f"没有一列能对应“{kind.zh}”自己的字段；请用 --column 指明",
            f"no column names a field of {kind.name} itself: name columns with --column",
            action="warning",
        )
