"""What an import did to a file, record by record, with counts that add up.

``read = kept + merged + left out`` holds for every report; :meth:`QualityReport.check_counts` proves it. Every sentence
is said in Chinese and in English. Telephones and identity numbers are masked before they reach a finding.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from layers._garbage import without_search
from layers._masking import mask_personal, shorten
from layers.errors import CheckError
from layers.findings import ACTION_TITLES, Action, Finding, FindingLog, Text, where, with_rows
from layers.schema import kinds

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from layers._sketch import Sketch

__all__ = [
    "ACTION_TITLES",
    "Action",
    "ColumnUse",
    "Finding",
    "ImportReport",
    "QualityReport",
    "Text",
    "mask_personal",
    "shorten",
]


@dataclass(frozen=True)
class ColumnUse:
    """What became of one column of the source: the field it was read as, or why it was not (bilingual note)."""

    title: str
    field: str | None
    zh: str = ""
    en: str = ""


@dataclass(eq=False)
class QualityReport(FindingLog):
    """The account of one file (or of one kind in it): a log of findings, and counts that add up.

    Parameters
    ----------
    kind
        Layer kind that was read.
    file
        Name of the source file.
    read, kept, merged
        Counts of records. What was left out is counted by :meth:`leave_out`.
    attribution, licence, notice
        Whose data it is, under which licence, and the notice that sample data carry.
    facts
        What was found out about the file (encoding, sheet, header row, CRS), name -> sentence.
    rows
        Row in the sheet of each record, in their order, as Excel numbers it; empty where the file has no rows.
    sheets
        Name of the sheet of each record, where the records come from several; else empty.
    sketch
        What the page draws of the layer; ``None`` where no record has a place.
    """

    kind: str
    file: str
    read: int = 0
    kept: int = 0
    merged: int = 0
    unlocated: int = 0
    attribution: str = ""
    licence: str = ""
    notice: str = ""
    facts: dict[str, Text] = field(default_factory=dict)
    columns: list[ColumnUse] = field(default_factory=list)
    left_out_reasons: Counter[Text] = field(default_factory=Counter)
    rows: Sequence[int] | NDArray[np.int64] = field(default_factory=list, repr=False)
    sheets: Sequence[str] = field(default_factory=list, repr=False)
    sketch: Sketch | None = field(default=None, repr=False)
    _shown: tuple[int, list[Finding]] = field(default_factory=lambda: (0, []), repr=False)

    def __post_init__(self) -> None:
        """Start with nothing found."""
        super().__init__()

    @property
    def findings(self) -> list[Finding]:
        """What was found, each thing once with the numbers of its records, in the order in which it was found."""
        if self._shown[0] != self.size:
            self._shown = self.size, list(with_rows(self, self.rows, self.sheets))
        return self._shown[1]

    @property
    def left_out(self) -> int:
        """Records that are not in the layer, all reasons together."""
        return self.left_out_reasons.total()

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that a person should look at before the layer is used."""
        return tuple(item for item in self.findings if item.action == "warning")

    def check_counts(self) -> None:
        """Raise :class:`CheckError` unless ``read == kept + merged + left_out``."""
        if self.read != self.kept + self.merged + self.left_out:
            raise CheckError(
                f"the counts of {self.file} do not add up: read {self.read}, kept {self.kept}, merged {self.merged}, "
                f"left out {self.left_out}",
                layer=self.kind,
                hint="this is a fault of the program; please report it with the file",
            )

    def where(self, record: int) -> Text:
        """Return where a record stands in its file: its sheet and row, or its number where there are no rows."""
        return where(record, self.rows, self.sheets)

    def leave_out(
        self, record: int | None, zh: str, en: str, *, rule: str = "left_out", value: object = None, count: int = 1
    ) -> None:
        """Count ``count`` records as left out for a reason; ``record`` is the number of the one, if there is one."""
        if count < 1:
            return
        self.left_out_reasons[Text(zh, en)] += count
        tail = Text("", "") if record is not None else Text(f"({count} 条)", f" ({count} records)")
        self.note(rule, zh + tail.zh, en + tail.en, record=record, value=value, action="left_out")

    def leave_out_each(
        self,
        records: NDArray[np.int64],
        zh: str,
        en: str,
        *,
        rule: str = "left_out",
        values: Collection[object] | None = None,
    ) -> None:
        """Count many records as left out for one reason."""
        if len(records):
            self.left_out_reasons[Text(zh, en)] += len(records)
            self.note_each(rule, zh, en, records, values=values, action="left_out")

    def merge(self, record: int, into: int, zh: str, en: str, *, value: object = None) -> None:
        """Count record ``record`` as merged into record ``into`` for a reason."""
        self.merge_each(np.array([record]), into, zh, en, value=value)

    def merge_each(self, records: NDArray[np.int64], into: int, zh: str, en: str, *, value: object = None) -> None:
        """Count many records as merged into record ``into`` for one reason."""
        self.merged += len(records)
        first = self.where(into)
        told = f"与{first.zh}合并，{zh}", f"merged into {first.en}: {en}"
        self.note_each("duplicate", *told, records, value=value, action="merged")

    def tell_of_unlocated(self) -> None:
        """Say what becomes of records without a place, and how they get one."""
        self.facts.pop("unlocated", None)
        if self.unlocated:
            self.facts["unlocated"] = Text(
                f"{self.unlocated} 条没有可用的位置，照样保留（待落图），落图前不作为点位参与分析；"
                "请在台账里补上“经度”“纬度”两列（或一列 WKT 图形），再导入一次",
                f"{self.unlocated} records have no usable place: they are kept, but not analysed as sites until they "
                "are placed; add the columns 经度 and 纬度 (or one of WKT) and import again",
            )

    @without_search()
    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready data."""
        return {
            "kind": self.kind,
            "file": self.file,
            "counts": {
                "read": self.read,
                "kept": self.kept,
                "merged": self.merged,
                "left_out": self.left_out,
                "unlocated": self.unlocated,
            },
            "left_out_reasons": [
                {"zh": text.zh, "en": text.en, "count": count} for text, count in self.left_out_reasons.items()
            ],
            "attribution": self.attribution,
            "licence": self.licence,
            "notice": self.notice,
            "facts": {name: {"zh": text.zh, "en": text.en} for name, text in self.facts.items()},
            "columns": [asdict(item) for item in self.columns],
            "findings": [item.to_dict() for item in self.findings],
        }

    def lines(self, *, limit: int = 20) -> list[str]:
        """Return a plain-text summary: counts, reasons, then warnings, records without place and the rest.

        What concerns the whole file is always shown; of each of the three, up to ``limit`` that concern a record.
        """
        zh = f"读取 {self.read} = 保留 {self.kept} + 合并 {self.merged} + 未收 {self.left_out}"
        en = f"read {self.read} = kept {self.kept} + merged {self.merged} + left out {self.left_out}"
        if self.unlocated:
            zh, en = f"{zh}；待落图 {self.unlocated}", f"{en}; {self.unlocated} not yet placed"
        lines = [f"{self.kind}: {zh} | {en}"]
        left_out = self.left_out_reasons.items()
        lines += [f"  未收 {count} 条：{text.zh} / left out {count}: {text.en}" for text, count in left_out]
        lines += [f"  {text.zh} / {text.en}" for text in self.facts.values()]
        lines += [f"  ! {item.zh} / {item.en}" for item in self.warnings if item.record is None]
        warned = [item for item in self.warnings if item.record is not None]
        placeless = [item for item in self.findings if item.action == "unlocated"]
        rest = [item for item in self.findings if item.action not in ("warning", "unlocated", "left_out")]
        lines += [f"  ! {self._line(item)}" for item in (*warned[:limit], *placeless[:limit])]
        lines += [f"  {self._line(item)}" for item in rest[:limit]]
        hidden = sum(max(len(items) - limit, 0) for items in (warned, placeless, rest))
        if hidden:
            lines.append(f"  … 另有 {hidden} 条说明，见质检报告 / and {hidden} more findings; see the report")
        return lines

    def _line(self, item: Finding) -> str:
        """Return a finding on one line, first all in Chinese, then all in English."""
        zh, en = (" ".join(part for part in parts if part) for parts in zip(item.where, self._title(item), strict=True))
        value = f" [{item.value}]" if item.value else ""
        return f"{zh}{value}：{item.zh} / {en}{value}: {item.en}" if zh or value else f"{item.zh} / {item.en}"

    def _title(self, item: Finding) -> Text:
        """Return what a finding is about: a field by its title, a source column by its own."""
        if item.field == "geometry":
            return Text("图形", "geometry")
        of = kinds().get(self.kind)
        name = item.field or ""
        return Text(of[name].zh if of is not None and name in of else name, name)

    def to_html(self) -> str:
        """Return one offline page, Chinese and English, without scripts or remote assets."""
        return ImportReport(self.file, [self]).to_html()


@dataclass
class ImportReport:
    """The account of a file that fills several layers, one :class:`QualityReport` per kind."""

    file: str
    reports: list[QualityReport] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    """Records that a layer holds once the file is in, by kind; empty where nothing was taken in."""

    def __getitem__(self, kind: str) -> QualityReport:
        """Return the report of ``kind``, made on first use."""
        for report in self.reports:
            if report.kind == kind:
                return report
        self.reports.append(QualityReport(kind, self.file))
        return self.reports[-1]

    def check_counts(self) -> None:
        """Raise :class:`CheckError` unless the counts of every report add up."""
        for report in self.reports:
            report.check_counts()

    def to_dict(self) -> dict[str, Any]:
        """Return all reports as JSON-ready data."""
        return {
            "file": self.file,
            "notes": [{"zh": text.zh, "en": text.en} for text in self.notes],
            "reports": [report.to_dict() for report in self.reports],
        }

    def lines(self, *, limit: int = 20) -> list[str]:
        """Return a plain-text summary of all reports."""
        notes = [f"{text.zh} / {text.en}" for text in self.notes]
        return notes + [line for report in self.reports for line in report.lines(limit=limit)]

    def to_html(self) -> str:
        """Return one offline page, Chinese and English, without scripts or remote assets."""
        from layers._quality_html import page  # noqa: PLC0415  (the page imports this module)

        return page(self)
