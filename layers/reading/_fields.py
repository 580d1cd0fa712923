"""The columns of a file as the fields of a kind; what is no field, or was not read exactly, stays in the remark."""

from __future__ import annotations

import re
import sys
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers._cells import restore
from layers._people import NAME_MASK, cut_names, is_name
from layers.quality import ColumnUse, Text
from layers.reading._date_spans import date_spans
from layers.reading._privacy import mask_column, people_told
from layers.reading._titles import is_by_pinyin
from layers.values import ParsedColumn, as_string, one_line, parse_column, saying_nothing
from layers.values._codes import exact_code
from layers.values._sift import contains
from layers.values._text import plain
from layers.values._units import factor_of, foreign_unit_in_title, units_of_sheet
from layers.values._written import unit_as_written

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from layers.quality import QualityReport
    from layers.reading._columns_match import Matches
    from layers.reading._raw import Raw
    from layers.schema import Field, Kind
    from layers.values._text import Reading

_NO_ID = r"^(?:未|无|待|暂|不).{0,4}$"
_TRUNCATED_ID = r"^[0-9](?:\.[0-9]+)?E\+?[0-9]{2,}$"
_ID_FIELDS = re.compile(r"(?:_id|_no|_code|_document)$|^(?:zoning|source)$")
_MAYBE_PERSON = re.compile(r"产权人|权属人|所有权人|承租|业主")
_OWNER = "产权人："
_KEPT = Text("原文留在备注", "its words kept in the remark")
_KEPT_MASKED = Text(
    "其中像是姓名的属个人信息，已隐去，备注不留原文",
    "what looks like a name in it is personal: masked, the full words not kept in the remark",
)
_PHYSICAL = ("m2", "kW", "m")
_MOST_TOLD = 20
_LAST = sys.maxsize  # words that stand in no single column come behind those of all columns
_APART = Text(
    "个人信息，只存入可删除的个人信息表，不入图层、不导出",
    "personal data, kept only in a table that can be erased, in no layer and no export",
)
_NOT_KEPT = Text("个人信息，不保存", "personal data, not kept")


class FieldReader:
    """Reads the fields of one file; keeps, record by record, the words that no field could hold."""

    def __init__(
        self,
        raw: Raw,
        kind: Kind,
        matches: Matches,
        records: NDArray[np.int64],
        report: QualityReport,
        *,
        latest_year: int | None = None,
    ) -> None:
        self.latest_year = latest_year
        self.raw, self.kind, self.matches = raw, kind, matches
        self.records, self.report = records, report
        self.people = people_told(raw, matches)
        """Personal fields of all records; in no check and no finding."""
        self.units = dict(matches.units)
        self.parted: set[int] = set()  # columns of two dates that became two fields
        self.unused: list[int] = []  # columns of words that are no field, known once the remark is made
        self._unknown_codes: list[tuple[NDArray[np.int64], str, str]] = []
        self._words: list[tuple[int, NDArray[np.object_]]] = []  # with the number of their column
        sheet_units = units_of_sheet(raw.preamble)
        for name in matches.fields:
            if not self.units.get(name) and kind[name].unit:
                fitting = [unit for unit in sheet_units if factor_of(unit, kind[name].unit) not in (None, 1.0)]
                self.units[name] = fitting[0] if len(fitting) == 1 else ""

    def read(self) -> pd.DataFrame:
        """Return the fields that the file has, in their types; read in the order of its columns, whoever named them."""
        ordered = sorted(self.matches.fields.items(), key=itemgetter(1))
        columns = {name: self._field(self.kind[name], number) for name, number in ordered}
        return pd.DataFrame(columns | date_spans(self) | self._strays(), index=self.raw.cells.index)

    def _strays(self) -> dict[str, pd.Series]:
        """Return coded fields that have no column of their own but stand in another (规划 among the station types)."""
        found: dict[str, pd.Series] = {}
        homeless = [item for item in self.kind.fields if item.codes and item.name not in self.matches.fields]
        for positions, name, text in self._unknown_codes:
            readings = {item.name: exact_code(text, item) for item in homeless if item.name != "position"}
            codes = [(item, code) for item, code in readings.items() if code not in (None, "unknown", "none")]
            if len(codes) != 1:
                continue
            field, code = self.kind[codes[0][0]], codes[0][1]
            zh, en = (field.codes or {})[code]
            blank = pd.Series(pd.NA, index=self.raw.cells.index, dtype="string")
            found.setdefault(field.name, blank).iloc[positions] = code
            self.report.note_each(
                "other_field", f"“{text}”说的是{field.zh}：{zh}", f"{text!r} tells {field.name}: {en}",
                self.records[positions], field=name, value=text, action="changed",
            )  # fmt: skip
        return found

    def _field(self, field: Field, number: int) -> pd.Series:
        title = self.raw.titles[number].text
        unit = self.units.get(field.name, "")
        parsed = parse_column(self.raw.cells[number], field, stated_unit=unit, latest_year=self.latest_year)
        self._tell(parsed, field, number)
        values = parsed.series
        if field.codes is not None:
            values = self._filled_from_rivals(values, field)
        elif field.dtype == "string" and self.raw.is_sheet:
            values = _restored(values)
        if field.dtype == "string" and field.codes is None and not _ID_FIELDS.search(field.name):
            values = self._masked(values, field.name)
        elif field.unit in _PHYSICAL and not unit and (foreign := foreign_unit_in_title(title)):
            self.report.note(
                "unit_unknown",
                f"列名写有“{foreign}”，不认识这个单位，按{unit_as_written(field.unit)}读入",
                f"the title says {foreign!r}, which is no known unit; read as {field.unit}",
                field=field.name,
                action="warning",
            )
        shown = (f"（{unit}）" if unit else "") + ("（按拼音）" if is_by_pinyin(title, self.kind) else "")
        self.report.columns.append(ColumnUse(title, field.name, f"{field.zh}{shown}", f"{field.en} {unit}".strip()))
        return values

    def _tell(self, parsed: ParsedColumn, field: Field, number: int) -> None:
        """Say how every cell was read that was not read exactly; what its words say more is kept."""
        may_name_people = _MAYBE_PERSON.search(self.raw.titles[number].text) is not None
        kept: list[tuple[NDArray[np.int64], str]] = []
        for cell in parsed.touched:
            reading = cell.reading
            text = _without_owners(cell.text) if may_name_people and reading.value is None else cell.text
            zh, en = (reading.zh, reading.en) if text == cell.text else _masked_said(reading)
            self.report.note_each(
                reading.rule, zh, en, self.records[cell.positions],
                field=field.name, value=text, action=reading.action,
            )  # fmt: skip
            if reading.rule == "code_unknown":
                self._unknown_codes.append((cell.positions, field.name, cell.text))
            if reading.keep_text:
                kept.append((cell.positions, text))
        self.keep(number, kept)

    def keep(self, column: int | str, kept: Collection[tuple[NDArray[np.int64], str]]) -> None:
        """Put words that no field could hold into the remarks of the records at these positions.

        Parameters
        ----------
        column
            Number of the column in which they stand; a title for words that stand in no single one.
        kept
            Positions, and what is kept there.
        """
        if not kept:
            return
        number, title = (column, self.raw.titles[column].text) if isinstance(column, int) else (_LAST, column)
        words = np.full(len(self.records), "", dtype=object)
        for positions, text in kept:
            words[positions] = f"{title}: {' '.join(text.split())}"
        self._words.append((number, words))

    def _filled_from_rivals(self, values: pd.Series, field: Field) -> pd.Series:
        """Return coded values, those that are missing taken from another column that could be the same field."""
        for number, name in list(self.matches.rivals.items()):
            missing = values.isna()
            if name != field.name or not missing.any():
                continue
            other = parse_column(self.raw.cells[number], field).series
            taken = missing & other.notna()
            title = self.raw.titles[number].text
            for code in other[taken].unique():
                zh, en = (field.codes or {})[code]
                rows = np.flatnonzero(taken & (other == code).fillna(value=False))
                self.report.note_each(
                    "other_column", f"取自“{title}”：{zh}", f"taken from {title}: {en}", self.records[rows],
                    field=field.name, values=self.raw.cells[number].iloc[rows], action="changed",
                )  # fmt: skip
            values = values.where(~taken, other)
        return values

    def _masked(self, values: pd.Series, name: str) -> pd.Series:
        """Return texts without telephones, names of people and numbers of flats (:mod:`layers.reading._privacy`)."""
        return mask_column(values, self.kind, name, self.records, self.report)

    def source_ids(self, candidates: Collection[int]) -> pd.Series:
        """Return the source's own ids; those that a spreadsheet cut to ``4.4E+17`` are no key and become null."""
        number = self.matches.source_id
        for candidate in candidates if number is None else ():
            texts = as_string(self.raw.cells[candidate])
            if texts.notna().any() and texts.dropna().is_unique:
                number = candidate
                break
        else:
            if number is None and candidates:
                number = self._repeated_id(candidates)
        if number is None:
            return pd.Series(pd.NA, index=self.raw.cells.index, dtype="string")
        self.matches.source_id = number
        texts = as_string(self.raw.cells[number]).str.strip()
        title = self.raw.titles[number].text
        self.report.columns.append(ColumnUse(title, "source_id", "来源编号", "Id in the source"))
        marks = saying_nothing(texts) | contains(texts, _NO_ID)
        cut = contains(texts, _TRUNCATED_ID, ignore_case=True)
        self.report.note_each(
            "truncated_id", "编号被表格软件截断，不能作为编号", "the id was cut by a spreadsheet and is no key",
            self.records[cut], field="source_id", values=texts[cut], action="nulled",
        )  # fmt: skip
        return _restored(texts.mask(marks | cut))

    def _repeated_id(self, candidates: Collection[int]) -> int | None:
        """Return a column titled …编号 whose values repeat only here and there (the same thing registered twice)."""
        for candidate in candidates:
            texts = as_string(self.raw.cells[candidate]).dropna()
            title = self.raw.titles[candidate].text
            if title.endswith("编号") and len(texts) and texts.nunique() >= 0.5 * len(texts):
                return candidate
        return None

    def remark(self, remark: pd.Series | None, skipped: Collection[int]) -> pd.Series:
        """Return the remark: the file's own, then what no field holds, in the order of the file's columns.

        These are columns that are no field and words of others that were not read exactly. The order is the file's, not
        that of the fields: a mapping names these in another, and the same file must give the same remark.
        """
        index = self.raw.cells.index
        base = pd.Series(pd.NA, index=index, dtype="string") if remark is None else remark.astype("string")
        parts, said = base.fillna(""), self._unused_columns(skipped)
        self._tell_of_unused([self.raw.titles[number].text for number in self.unused])
        said += [(number, pd.Series(words, index=index, dtype="string")) for number, words in self._words]
        for _, words in sorted(said, key=itemgetter(0)):
            parts = _joined(parts, words)
        return self._masked(parts.mask(parts == ""), "remark")

    def _unused_columns(self, skipped: Collection[int]) -> list[tuple[int, pd.Series]]:
        """Return the number and the words of each column that is no field; empty where a cell says nothing."""
        found: list[tuple[int, pd.Series]] = []
        for number, title in enumerate(self.raw.titles):
            if number in self.matches.used or number in self.parted or number in skipped:
                continue
            texts = as_string(self.raw.cells[number])
            is_said = texts.notna() & ~saying_nothing(texts)
            if not is_said.any() or self._repeats_a_field(number, texts):
                self.report.columns.append(
                    ColumnUse(title.text, None, "空列或重复列，未用", "blank or repeated, not used")
                )
                continue
            found.append((number, (title.text + ": " + one_line(texts)).where(is_said, "").fillna("")))
            self.report.columns.append(
                ColumnUse(title.text, "remark", "原文留在备注", "its words are kept in the remark")
            )
        self.unused = [number for number, _ in found]
        return found

    def _tell_of_unused(self, titles: list[str]) -> None:
        """Say on one line which columns are no field."""
        if titles:
            shown = "、".join(titles[:_MOST_TOLD]) + (f" 等 {len(titles)} 列" if len(titles) > _MOST_TOLD else "")
            self.report.facts["unused_columns"] = Text(
                f"未用的列：{shown}（原文留在备注）", f"columns not used: {shown} (their words are kept in the remark)"
            )

    def _repeats_a_field(self, number: int, texts: pd.Series) -> bool:
        """Return whether a column says again what the id or name column says (GDAL's ``id`` beside ``asset_id``)."""
        others = [self.matches.fields.get(name) for name in ("asset_id", "source_id", "name")] + [
            self.matches.source_id
        ]
        return any(
            other is not None and other != number and texts.equals(as_string(self.raw.cells[other])) for other in others
        )

    def tell_of_unkept(self) -> None:
        """Say which columns hold personal data, kept apart or not at all, or mere row numbers."""
        for number in self.matches.personal:
            title, name = self.raw.titles[number].text, self.matches.people.get(number)
            zh, en = _APART if name else _NOT_KEPT
            self.report.columns.append(ColumnUse(title, name, zh, en))
            self.report.note("personal", f"“{title}”列含{zh}", f"the column {title} holds {en}", field=title)
        if self.matches.row_number is not None:
            title = self.raw.titles[self.matches.row_number].text
            self.report.columns.append(ColumnUse(title, None, "行号，不保存", "row numbers, not kept"))


def _restored(texts: pd.Series) -> pd.Series:
    """Return texts without the apostrophe that was put before them against formulas."""
    marked = texts.str.startswith("'").fillna(value=False).to_numpy(dtype=bool)
    return texts.mask(marked, texts.map(restore, na_action="ignore")) if marked.any() else texts


def _joined(left: pd.Series, right: pd.Series) -> pd.Series:
    both = (left != "") & (right != "")
    return left + pd.Series(np.where(both, "；", ""), index=left.index, dtype="string") + right


def _masked_said(reading: Reading) -> tuple[str, str]:
    """Return the sentence of a finding where the remark keeps the mask of a name and not the words."""
    return reading.zh.replace(_KEPT.zh, _KEPT_MASKED.zh), reading.en.replace(_KEPT.en, _KEPT_MASKED.en)


def _without_owners(text: str) -> str:
    """Return what a column of owners says without the names of people; offices and firms stay."""
    told = f"{_OWNER}{text}"
    return NAME_MASK if is_name(plain(text), any_surname=True) else cut_names(told).removeprefix(_OWNER)
