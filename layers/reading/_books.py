"""Which sheets of a workbook are meant: the one named, else all that hold one ledger, put below each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from layers.datums.words import datum_in
from layers.errors import PanhuoError, ReadError
from layers.quality import Text
from layers.reading._columns_match import kind_scores, match_columns
from layers.reading._corners import corner_raw, is_corner_list
from layers.reading._editions import is_later
from layers.reading._header import find_header
from layers.reading._place import find_places, place_role
from layers.reading._raw import Raw, table_of
from layers.reading._refusals import IS_IT_RIGHT
from layers.reading._titles import Title, key
from layers.schema import kind as kind_of
from layers.values._text import plain
from layers.values._units import factor_of, units_of_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from layers.reading._columns_match import Matches
    from layers.reading._raw import Sheet
    from layers.schema import Kind

SHEET = "工作表"
"""Title of the column that names the sheet of each record, where several are read as one layer."""
_LEAST_SCORE = 6  # two titles of the kind
_LEAST_SHARE = 0.5  # ASSUMPTION: a part of a ledger may lack columns that the longest part has, but not most of them
_SAME_FIELDS = 0.5  # ASSUMPTION: parts of a ledger share half their columns at least; a summary sheet does not
_SAME_RECORDS = 0.5  # ASSUMPTION: sheets that share more than half their names are editions of one ledger, not parts
_SHEETS_SHOWN = 3
_UNIT_STATED = re.compile(r"单位[:：]\s*[^\s)）]+")
_NUMBER_AND_REST = re.compile(r"(.*[0-9０-９])(\s*[(（].*)?", re.DOTALL)


def read_book(path: Path, sheets: Sequence[Sheet], kind: Kind, explicit: Mapping[str, str], layer: str | None) -> Raw:
    """Return the records of a workbook.

    Parameters
    ----------
    path
        The workbook, for messages.
    sheets
        All its sheets.
    kind, explicit
        What it is read as, and the columns that the user named.
    layer
        Name of the sheet that the user wants, ``None`` for the best one and those like it.

    Raises
    ------
    ReadError
        If it holds no cells, or has no such sheet.
    """
    filled = [sheet for sheet in sheets if len(sheet.cells)]
    if not filled:
        raise ReadError(f"{path.name} has no cells", f"{path.name} 里没有内容", **IS_IT_RIGHT)
    everything = filled
    if layer is not None:
        filled = [_named(path, filled, layer)]
    scores = {sheet.name: find_header(sheet, kind, explicit).score for sheet in filled}
    if "polygon" in kind.geometry and (corners := [sheet for sheet in filled if is_corner_list(sheet)]):
        best = max(filled, key=lambda sheet: (not sheet.is_hidden, scores[sheet.name]))
        if best in corners:
            chosen = [sheet for sheet in corners if not sheet.is_hidden or len(filled) == 1] or corners
            raw = corner_raw(chosen)
            raw.facts |= _unread(everything, {sheet.name for sheet in chosen})
            return raw
    tells = {sheet.name: _tells_apart(sheet, kind, explicit) for sheet in filled}
    best = max(filled, key=lambda sheet: (not sheet.is_hidden, tells[sheet.name], scores[sheet.name]))
    alike = [
        sheet
        for sheet in filled
        if sheet is best
        or scores[sheet.name] >= max(_LEAST_SCORE, scores[best.name] // 2)
        or (tells[sheet.name] and scores[sheet.name] >= _LEAST_SHARE * scores[best.name])
    ]
    best = _newest(best, [sheet for sheet in alike if tells[sheet.name] >= tells[best.name]], kind, explicit)
    parts, left = _parts(best, alike, kind, explicit)
    raw = parts[0][1] if len(parts) == 1 else _below_each_other(parts, kind, explicit)
    names = [sheet.name for sheet, _ in parts]
    told = {*names, *(sheet.name for sheet, _ in left)}
    raw.facts = {"sheet": _sheets_fact(parts)} | _unread(everything, told) | raw.facts
    for sheet, text in left:
        raw.warnings.append(Text(*(f"{words}{tail}" for words, tail in zip(text, _how_to(path, sheet), strict=True))))
    raw.warnings += [_no_result(sheet) for sheet in filled if sheet.name in names and sheet.no_result]
    return raw


def _tells_apart(sheet: Sheet, kind: Kind, explicit: Mapping[str, str]) -> int:
    """Return whether the rows of a sheet say which thing each is, by a name, an address, an id or a place: 2, or 0.

    A summary by sub-district may have more titles of the kind than the ledger itself, but none of those. A sheet that
    has them but is of another kind counts 1.
    """
    try:
        raw = table_of(sheet, kind, explicit)
        found = match_columns(raw.titles, kind, explicit)
    except PanhuoError:
        return 0
    names = [name for name in found.fields if name in ("address", "source_id") or name.endswith("name")]
    tells = names or found.source_id is not None or find_places(raw.titles, range(len(raw.titles)))
    return 0 if not tells else 1 if _of_another_kind(sheet, raw, kind) else 2


def _named(path: Path, sheets: Sequence[Sheet], layer: str) -> Sheet:
    wanted = [sheet for sheet in sheets if sheet.name.strip() == layer.strip()]
    if len(wanted) == 1:
        return wanted[0]
    shown = "、".join(sheet.name for sheet in sheets[:30])
    raise ReadError(
        f"{path.name} has no sheet {layer!r} with cells, but {shown}",
        f"{path.name} 没有工作表 {layer!r}（或它是空的），有 {shown}",
        hint=f"name one: {path.name}|layername={sheets[0].name}",
        hint_zh=f"请指明一个：{path.name}|layername={sheets[0].name}",
    )


def _unread(sheets: Sequence[Sheet], told: set[str]) -> dict[str, Text]:
    """Return the fact which sheets were neither read nor told of, if there are any."""
    left = [sheet for sheet in sheets if sheet.name not in told]
    if not left:
        return {}
    zh = "、".join(f"{'隐藏的' if sheet.is_hidden else ''}{sheet.name}（{len(sheet.cells)} 行）" for sheet in left)
    en = ", ".join(f"{'hidden ' if sheet.is_hidden else ''}{sheet.name} ({len(sheet.cells)} rows)" for sheet in left)
    return {
        "unread": Text(
            f"不像同类台账（或未指明）而未读入的工作表：{zh}", f"sheets not read (not alike, or not named): {en}"
        )
    }


def _how_to(path: Path, sheet: Sheet) -> Text:
    how = f"{path.name}|layername={sheet.name}"
    return Text(f"；要读它请写 {how}", f"; to read it write {how}")


def _no_result(sheet: Sheet) -> Text:
    count, first = len(sheet.no_result), sheet.no_result[0]
    return Text(
        f"{count} 个公式单元格没有存下结果（如 {first}），按空读入；请在 Excel 中打开并保存",
        f"{count} formula cells have no stored result (such as {first}) and were read as blank; open the file in Excel "
        "and save it",
    )


def _parts(
    best: Sheet, alike: Sequence[Sheet], kind: Kind, explicit: Mapping[str, str]
) -> tuple[list[tuple[Sheet, Raw]], list[tuple[Sheet, Text]]]:
    """Return the sheets that are one ledger in parts, and those that look like it but are left, with the reason."""
    first = table_of(best, kind, explicit)
    taken: dict[str, Raw] = {best.name: first}
    left: list[tuple[Sheet, Text]] = []
    names = _names_in(first, kind, explicit)
    fields = set(match_columns(first.titles, kind, explicit).fields)
    is_foreign = _of_another_kind(best, first, kind) is not None  # the user knows why
    for sheet in alike:
        if sheet is best:
            continue
        try:
            raw = table_of(sheet, kind, {})
        except ReadError:
            continue  # a header and nothing below it
        there = _names_in(raw, kind, {})
        its_fields = set(match_columns(raw.titles, kind).fields)
        why = _why_not(sheet, best, fields, its_fields, names, there)
        if why is None and not is_foreign:
            why = _of_another_kind(sheet, raw, kind)
        if why is not None:
            left.append((sheet, why))
            continue
        taken[sheet.name] = raw
        names |= there
    return [(sheet, taken[sheet.name]) for sheet in alike if sheet.name in taken], left


def _newest(best: Sheet, alike: Sequence[Sheet], kind: Kind, explicit: Mapping[str, str]) -> Sheet:
    """Return the newest edition of the best sheet by the names of the sheets: itself, unless another is surely later.

    A later sheet of few of its records is a list of changes and no edition.
    """
    alike = [sheet for sheet in alike if not sheet.is_hidden]
    if not any(is_later(sheet.period, best.period) for sheet in alike):
        return best
    names, fields = _told_by(best, kind, explicit)
    for sheet in alike:
        if not is_later(sheet.period, best.period):
            continue
        its_names, its_fields = _told_by(sheet, kind, explicit)
        is_whole = len(its_names & names) > _SAME_RECORDS * len(names)
        is_alike = len(fields & its_fields) >= _SAME_FIELDS * len(fields | its_fields)
        if is_whole and is_alike and not its_fields < fields:
            best, names, fields = sheet, its_names, its_fields
    return best


def _told_by(sheet: Sheet, kind: Kind, explicit: Mapping[str, str]) -> tuple[set[str], set[str]]:
    """Return what the records of a sheet are called, and its fields; nothing where its header has no rows below."""
    try:
        raw = table_of(sheet, kind, explicit)
        return _names_in(raw, kind, explicit), set(match_columns(raw.titles, kind, explicit).fields)
    except PanhuoError:
        return set(), set()


def _why_not(
    sheet: Sheet, best: Sheet, fields: set[str], its_fields: set[str], names: set[str], its_names: set[str]
) -> Text | None:
    """Return why a sheet that looks like the best one is no part of the same ledger, ``None`` if it is one."""
    one, other = f"工作表“{sheet.name}”", f"the sheet {sheet.name}"
    if sheet.is_hidden:
        return Text(
            f"隐藏的{one}像同类台账，未读入", f"the hidden {other[4:]} looks like such a ledger and was not read"
        )
    if len(fields & its_fields) < _SAME_FIELDS * len(fields) or ("name" in fields) != ("name" in its_fields):
        return Text(
            f"{one}像同类台账，但列与“{best.name}”不同，未读入",
            f"{other} looks like such a ledger, but its columns are not those of {best.name}; it was not read",
        )
    if names and its_names and len(names & its_names) > _SAME_RECORDS * min(len(names), len(its_names)):
        if is_later(best.period, sheet.period):
            return Text(
                f"{one}与“{best.name}”多半是同一批记录，按表名“{best.name}”更新，读入的是它，{one}未读入",
                f"{other} holds mostly the records of {best.name}, which is newer by its name and was read instead",
            )
        return Text(
            f"{one}与“{best.name}”多半是同一批记录，未读入",
            f"{other} holds mostly the records of {best.name} and was not read",
        )
    return None


def _of_another_kind(sheet: Sheet, raw: Raw, kind: Kind) -> Text | None:
    """Return which other kind a sheet is that has no title of this one but name and place; ``None`` for no other."""
    scores = kind_scores(raw.titles)
    other = max(scores, key=lambda name: scores[name])
    if scores.get(kind.name, 0) or not scores[other]:
        return None
    zh, en = kind_of(other).zh, kind_of(other).en
    return Text(f"工作表“{sheet.name}”更像{zh}，未读入", f"the sheet {sheet.name} looks like {en} and was not read")


def _names_in(raw: Raw, kind: Kind, explicit: Mapping[str, str]) -> set[str]:
    """Return what the records of a sheet are called: their names, else their ids, else their addresses."""
    found = match_columns(raw.titles, kind, explicit)
    fields = found.fields
    for number in (fields.get("name"), fields.get("source_id"), found.source_id, fields.get("address")):
        if number is not None:
            return {plain(str(cell)) for cell in raw.cells[number].dropna()}
    return set()


def _sheets_fact(parts: Sequence[tuple[Sheet, Raw]]) -> Text:
    if len(parts) == 1:
        return Text(f"工作表 {parts[0][0].name}", f"sheet {parts[0][0].name}")
    zh = "、".join(f"{sheet.name}（{len(raw.cells)} 行）" for sheet, raw in parts)
    en = ", ".join(f"{sheet.name} ({len(raw.cells)} rows)" for sheet, raw in parts)
    return Text(f"{len(parts)} 个工作表一并读入：{zh}", f"{len(parts)} sheets are read as one layer: {en}")


def _below_each_other(parts: Sequence[tuple[Sheet, Raw]], kind: Kind, explicit: Mapping[str, str]) -> Raw:
    """Return the tables of several sheets as one: columns that are the same field, or have the same title, joined."""
    matches = [
        match_columns(raw.titles, kind, explicit if number == 0 else {}) for number, (_, raw) in enumerate(parts)
    ]
    units = _units_by_sheet([raw for _, raw in parts], matches, kind)
    columns: dict[str, Title] = {}
    pieces: list[pd.DataFrame] = []
    merges: dict[str, list[tuple[int, int]]] = {}
    offset = 0
    for (sheet, raw), found, stated in zip(parts, matches, units, strict=True):
        names = _column_names(raw, found)
        for number, name in enumerate(names):
            title = Title(kind[name].zh) if name in kind and name in stated else raw.titles[number]
            columns.setdefault(name, title)
        piece = raw.cells.set_axis(names, axis=1)
        for name in set(names) & set(stated):
            piece[name] = _with_unit(piece[name], stated[name])
        pieces.append(piece.assign(**{SHEET: sheet.name}))
        for number, spans in (raw.merges or {}).items():
            merges.setdefault(names[number], []).extend((first + offset, last + offset) for first, last in spans)
        offset += len(piece)
    columns[SHEET] = Title(SHEET)
    order = list(columns)
    cells = pd.concat(pieces, ignore_index=True)[order].set_axis(range(len(order)), axis=1)
    whole = Raw([columns[name] for name in order], cells.astype(object).where(cells.notna(), None), is_sheet=True)
    whole.row_numbers = pd.Index([number for _, raw in parts for number in _row_numbers(raw)], dtype="int64")
    whole.merges = {order.index(name): spans for name, spans in merges.items()}
    whole.sheets = cells[order.index(SHEET)].tolist()
    preamble = " ".join(dict.fromkeys(raw.preamble for _, raw in parts))
    whole.preamble = _UNIT_STATED.sub("", preamble) if any(units) else preamble
    shown = [(sheet.name, raw.facts["header"]) for sheet, raw in parts[:_SHEETS_SHOWN]]
    tail = " …" if len(parts) > len(shown) else ""
    whole.facts["header"] = Text(
        "；".join(f"{name}：{text.zh}" for name, text in shown) + tail,
        "; ".join(f"{name}: {text.en}" for name, text in shown) + tail,
    )
    return whole


def _row_numbers(raw: Raw) -> list[int]:
    return [] if raw.row_numbers is None else [int(number) for number in raw.row_numbers]


def _column_names(raw: Raw, found: Matches) -> list[str]:
    """Return a name for each column under which those of other sheets join it: its field, coordinate or title."""
    fields = {number: name for name, number in found.fields.items()}
    names: list[str] = []
    for number, title in enumerate(raw.titles):
        role = place_role(title.text) or place_role(title.sub)
        name = fields.get(number) or (f"@{role} {datum_in(title.text)}" if role else f"={key(title.text)}")
        while name in names:
            name += "'"
        names.append(name)
    return names


def _units_by_sheet(raws: Sequence[Raw], matches: Sequence[Matches], kind: Kind) -> list[dict[str, str]]:
    """Return for each sheet the units of those fields whose unit is not the same in all sheets."""
    stated: list[dict[str, str]] = []
    for raw, found in zip(raws, matches, strict=True):
        of_sheet = units_of_sheet(raw.preamble)
        units = {}
        for name in found.fields:
            fitting = [unit for unit in of_sheet if factor_of(unit, kind[name].unit) not in (None, 1.0)]
            units[name] = found.units.get(name, "") or (fitting[0] if kind[name].unit and len(fitting) == 1 else "")
        stated.append(units)
    names = {name for units in stated for name in units}
    differing = {name for name in names if len({units[name] for units in stated if name in units}) > 1}
    return [{name: unit for name, unit in units.items() if name in differing} for units in stated]


def _with_unit(column: pd.Series, unit: str) -> pd.Series:
    """Return the cells of a column with the unit of its sheet behind each number that has none."""
    if not unit:
        return column

    def written(cell: object) -> object:
        found = _NUMBER_AND_REST.fullmatch(str(cell))
        return f"{found[1]}{unit}{found[2] or ''}" if found else cell

    return column.map(written, na_action="ignore")
