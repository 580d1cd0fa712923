"""What an import did to a file, record by record, with counts that add up.

``read = kept + merged + left out`` holds for every report; :meth:`QualityReport.check_counts` proves it. Every sentence
is said in Chinese and in English. Telephones and identity numbers are masked before they reach a finding.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple

from layers.errors import CheckError

Action = Literal["kept", "changed", "nulled", "unlocated", "merged", "left_out", "warning", "note"]
ACTION_TITLES: dict[str, tuple[str, str]] = {
    "kept": ("保留", "kept"),
    "changed": ("已改", "changed"),
    "nulled": ("置空", "set to null"),
    "unlocated": ("待落图", "not placed"),
    "merged": ("合并", "merged"),
    "left_out": ("未收", "left out"),
    "warning": ("警示", "warning"),
    "note": ("说明", "note"),
}
_MAX_VALUE_CHARACTERS = 200
_TELEPHONE = re.compile(
    r"(?<![0-9A-Za-z.])(?:(?:\+?86[- ]?)?1[3-9][0-9](?:[- ]?[0-9Xx*×]{4}){2}|0[0-9]{2,3}[-－—][0-9Xx*×]{7,8})"
    r"(?![0-9A-Za-z])"
)
_IDENTITY_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
    r"(?![0-9A-Za-z])"
)
_TELEPHONE_MASK, _IDENTITY_MASK = "[电话已隐去]", "[证件号已隐去]"


class Text(NamedTuple):
    """One sentence in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True)
class Finding:
    """One thing that was found, and what was done about it.

    Parameters
    ----------
    record
        Number of the record in the file (1 is the first record below the header), ``None`` for the whole file.
    field
        Column of the layer, or title of the source column.
    value
        The value as the file has it; never a personal one.
    rule
        Short name of the rule, the same in every report (``range``, ``duplicate``, ``geometry_invalid``).
    action
        What was done: one of the keys of :data:`ACTION_TITLES`.
    zh, en
        The sentence a person reads.
    """

    record: int | None
    field: str | None
    value: str | None
    rule: str
    action: Action
    zh: str
    en: str


@dataclass(frozen=True)
class ColumnUse:
    """What became of one column of the source: the field it was read as, or why it was not (bilingual note)."""

    title: str
    field: str | None
    zh: str = ""
    en: str = ""


def mask_personal(text: str) -> str:
    """Return ``text`` with telephone and identity-card numbers replaced by a mask."""
    return _IDENTITY_NUMBER.sub(_IDENTITY_MASK, _TELEPHONE.sub(_TELEPHONE_MASK, text))


def shorten(value: object) -> str | None:
    """Return ``value`` as masked text of at most 200 characters on one line, ``None`` for a missing one."""
    if value is None or value != value:  # noqa: PLR0124  (NaN is the value that differs from itself)
        return None
    text = " ".join(mask_personal(str(value)).split())
    return text if len(text) <= _MAX_VALUE_CHARACTERS else text[: _MAX_VALUE_CHARACTERS - 1] + "…"


@dataclass
class QualityReport:
    """The account of one file (or of one kind in it).

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
    findings: list[Finding] = field(default_factory=list)
    left_out_reasons: Counter[Text] = field(default_factory=Counter)

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

    def note(
        self,
        rule: str,
        zh: str,
        en: str,
        *,
        record: int | None = None,
        field: str | None = None,
        value: object = None,
        action: Action = "note",
    ) -> None:
        """Record a finding; ``value`` is masked and shortened."""
        self.findings.append(Finding(record, field, shorten(value), rule, action, mask_personal(zh), mask_personal(en)))

    def leave_out(
        self, record: int | None, zh: str, en: str, *, rule: str = "left_out", value: object = None, count: int = 1
    ) -> None:
        """Count ``count`` records as left out for a reason; ``record`` is the number of the one, if there is one."""
        if count < 1:
            return
        self.left_out_reasons[Text(zh, en)] += count
        tail = Text("", "") if record is not None else Text(f"({count} 条)", f" ({count} records)")
        self.note(rule, zh + tail.zh, en + tail.en, record=record, value=value, action="left_out")

    def merge(self, record: int, into: int, zh: str, en: str, *, value: object = None) -> None:
        """Count record ``record`` as merged into record ``into`` for a reason."""
        self.merged += 1
        self.note(
            "duplicate",
            f"与第 {into} 条合并: {zh}",
            f"merged into record {into}: {en}",
            record=record,
            value=value,
            action="merged",
        )

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
            "findings": [asdict(item) for item in self.findings],
        }

    def lines(self, *, limit: int = 20) -> list[str]:
        """Return a plain-text summary: the counts, the reasons, the warnings, then up to ``limit`` other findings."""
        head = f"{self.kind}: read {self.read} = kept {self.kept} + merged {self.merged} + left out {self.left_out}"
        lines = [head + (f"; {self.unlocated} not yet placed (待落图)" if self.unlocated else "")]
        lines += [f"  left out {count}: {text.zh} / {text.en}" for text, count in self.left_out_reasons.items()]
        lines += [f"  {text.zh} / {text.en}" for text in self.facts.values()]
        lines += [f"  ! {item.zh} / {item.en}" for item in self.warnings]
        rest = [item for item in self.findings if item.action not in ("warning", "left_out")]
        lines += [f"  {_line(item)}" for item in rest[:limit]]
        if len(rest) > limit:
            lines.append(f"  … and {len(rest) - limit} more findings; see the report")
        return lines

    def to_html(self) -> str:
        """Return one offline page, Chinese and English, without scripts or remote assets."""
        return ImportReport(self.file, [self]).to_html()


@dataclass
class ImportReport:
    """The account of a file that fills several layers, one :class:`QualityReport` per kind."""

    file: str
    reports: list[QualityReport] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)

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


def _line(item: Finding) -> str:
    where = " ".join(
        part for part in (f"record {item.record}" if item.record is not None else "", item.field or "") if part
    )
    value = f" [{item.value}]" if item.value else ""
    return f"{where}{value}: {item.zh} / {item.en}".removeprefix(": ")
