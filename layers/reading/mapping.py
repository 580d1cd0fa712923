"""Which column is which, kept in a file: what was settled once for a ledger is used again next month.

A mapping is a small TOML file that a person can read and change. It remembers the titles that the ledger had, so that
a ledger with other columns is noticed.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from layers.errors import ReadError, UsageError
from layers.quality import Text
from layers.reading._columns_match import PLACE_FIELDS
from layers.reading._field_names import named_fields
from layers.schema import input_kind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as ReadOnlyDict
    from pathlib import Path

    from layers.quality import QualityReport

VERSION = 1
MAX_MAPPING_BYTES = 1024**2
_TITLES_OF_PLACES = {
    "lon": "经度（或东坐标）",
    "lat": "纬度（或北坐标）",
    "lonlat": "经纬度（在一列里）",
    "geometry_wkt": "图形（WKT 等）",
}
_HEAD = """\
# 盘活：列对照表。同一来源的台账下个月再导入时，用 --mapping 指定本文件，列就不必再认一遍。
# 可以用记事本改：[columns] 里每行是“字段 = "台账的列名"”；删去一行，那个字段就照旧按列名识别。
"""
_TAIL = """\
# 存表时台账的全部列名。以后台账增减了列，导入时会说出来；不用改。
"""


@dataclass(frozen=True)
class Mapping:
    """What was settled for the ledgers of one source.

    Parameters
    ----------
    kind
        Layer kind.
    columns
        Field -> column title; also ``lon``, ``lat``, ``lonlat``, ``geometry_wkt``.
    crs, encoding
        As the user said them; ``auto`` where they are found.
    layer
        Layer, sheet or member of the file, ``None`` where it need not be named.
    titles
        All column titles of the ledger when it was saved.
    name
        Name of the mapping's file, for messages.
    """

    kind: str
    columns: ReadOnlyDict[str, str] = field(default_factory=lambda: MappingProxyType({}))
    crs: str = "auto"
    encoding: str = "auto"
    layer: str | None = None
    titles: tuple[str, ...] = ()
    name: str = ""

    def differences(self, report: QualityReport) -> tuple[Text, ...]:
        """Return what a file that was read has more or fewer columns than the mapping knows, one sentence each."""
        return self.differences_of([use.title for use in report.columns])

    def differences_of(self, titles: Iterable[str]) -> tuple[Text, ...]:
        """Return how titles of a file differ from those that the mapping knows, one sentence each."""
        there = list(dict.fromkeys(titles))
        new = [title for title in there if title not in self.titles]
        missing = [title for title in self.titles if title not in there]
        said: list[Text] = []
        if self.titles and new:
            shown = "、".join(new[:20])
            said.append(
                Text(f"台账比对照表 {self.name} 多出列：{shown}", f"columns that {self.name} does not know: {shown}")
            )
        if missing:
            shown = "、".join(missing[:20])
            said.append(
                Text(
                    f"台账里没有对照表 {self.name} 的列：{shown}", f"columns of {self.name} that are not there: {shown}"
                )
            )
        return tuple(said)

    def tell(self, report: QualityReport) -> None:
        """Note in a report which mapping was used and how the file's columns differ from it."""
        report.facts["mapping"] = Text(f"列对照表 {self.name}", f"columns as in {self.name}")
        for text in self.differences(report):
            report.note("mapping_differs", text.zh, text.en, action="warning")


def mapping_of(
    report: QualityReport,
    *,
    columns: ReadOnlyDict[str, str] = MappingProxyType({}),
    crs: str = "auto",
    encoding: str = "auto",
    layer: str | None = None,
    name: str = "",
) -> Mapping:
    """Return what a file that was read settles for the next one of its source.

    Parameters
    ----------
    report
        The report of the file; its columns are the mapping. (Ids and remarks are found anew: they are no fields.)
    columns
        Columns that the user named.
    crs, encoding, layer
        What the user said; ``auto`` and ``None`` leave it to be found again.
    name
        How to call the mapping in messages.
    """
    fields = (*input_kind(report.kind).columns, *PLACE_FIELDS)
    found = named_fields(columns, input_kind(report.kind))
    for use in report.columns:
        if use.field in fields and use.field is not None and use.field not in ("remark", "source_id"):
            found.setdefault(use.field, use.title)
    titles = tuple(dict.fromkeys(use.title for use in report.columns))
    return Mapping(report.kind, MappingProxyType(found), crs, encoding, layer, titles, name)


def save_mapping(path: Path, mapping: Mapping) -> None:
    """Write a mapping as TOML, with words that explain it.

    Raises
    ------
    ReadError
        If the file cannot be written.
    """
    kind = input_kind(mapping.kind)
    lines = [_HEAD + f"version = {VERSION}", f"kind = {_quoted(mapping.kind)}  # {kind.zh}"]
    lines.append(f"crs = {_quoted(mapping.crs)}  # 坐标系；auto 为自动判断，也可写 GCJ-02、BD-09、EPSG:4547 等")
    lines.append(f"encoding = {_quoted(mapping.encoding)}  # 字符编码；auto 为自动判断")
    if mapping.layer is not None:
        lines.append(f"layer = {_quoted(mapping.layer)}  # 图层、工作表或压缩包里的文件")
    lines += ["", "[columns]"]
    for name, title in mapping.columns.items():
        shown = kind[name].zh if name in kind else _TITLES_OF_PLACES[name]
        lines.append(f"{name} = {_quoted(title)}  # {shown}")
    lines += ["", _TAIL + "[header]", "titles = ["]
    lines += [f"    {_quoted(title)}," for title in mapping.titles]
    text = "\n".join([*lines, "]", ""])
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ReadError(
            f"{path} cannot be written ({error.strerror})",
            f"{path} 写不了",
            hint="check the folder and its permissions",
            hint_zh="请检查文件夹和权限",
        ) from None


def load_mapping(path: Path) -> Mapping:
    """Return the mapping that a file holds.

    Raises
    ------
    ReadError
        If the file is missing, no TOML, or no mapping of this version.
    UsageError
        If it names a kind or a field that does not exist.
    """
    data = _toml(path)
    version = data.get("version")
    if version != VERSION or not isinstance(data.get("kind"), str):
        raise ReadError(
            f"{path.name} is no mapping of columns that this version can read",
            f"{path.name} 不是列对照表，或版本不合",
            hint="make a new one with --save-mapping",
            hint_zh="请用 --save-mapping 重新存一份",
        )
    kind = input_kind(data["kind"])
    columns, header = _table(path, data, "columns"), _table(path, data, "header")
    known = (*kind.columns, *PLACE_FIELDS)
    for name, title in columns.items():
        if name not in known:
            raise UsageError(
                f"{path.name} names the field {name!r}, which {kind.name} has not",
                f"{path.name} 里的字段 {name!r} 不属于{kind.zh}",
                field=name,
                hint=f"choose one of {', '.join(known)}",
                hint_zh=f"可选 {', '.join(known)}",
            )
        if not isinstance(title, str):
            raise _not_text(path, f"columns.{name}")
    titles = header.get("titles", [])
    if not isinstance(titles, list) or not all(isinstance(title, str) for title in titles):
        raise _not_text(path, "header.titles")
    crs, encoding, layer = data.get("crs", "auto"), data.get("encoding", "auto"), data.get("layer")
    for name, text in (("crs", crs), ("encoding", encoding), ("layer", layer or "")):
        if not isinstance(text, str):
            raise _not_text(path, name)
    return Mapping(kind.name, MappingProxyType(dict(columns)), crs, encoding, layer, tuple(titles), path.name)


def _toml(path: Path) -> dict[str, Any]:
    """Return what a TOML file holds; one that a Chinese editor saved as GBK or with a byte-order mark is read too."""
    try:
        if path.stat().st_size > MAX_MAPPING_BYTES:
            raise ReadError(f"{path.name} is too large for a mapping", f"{path.name} 太大，不是列对照表")
        data = path.read_bytes()
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
        return tomllib.loads(text.replace("\r\n", "\n"))
    except OSError as error:
        raise ReadError(
            f"{path.name} cannot be opened ({error.strerror})",
            f"{path.name} 打不开",
            hint="check the path",
            hint_zh="请核对路径",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ReadError(
            f"{path.name} is no mapping of columns ({error})",
            f"{path.name} 不是列对照表，或改错了格式（{error}）",
            hint='each line should read: field = "title"',
            hint_zh='每行应写成：字段 = "列名"',
        ) from None


def _table(path: Path, data: dict[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name, {})
    if not isinstance(found, dict):
        raise _not_text(path, name)
    return found


def _not_text(path: Path, name: str) -> ReadError:
    return ReadError(
        f"{path.name}: {name} is not what a mapping has there",
        f"{path.name}：{name} 的写法不对",
        field=name,
        hint='write field = "title"',
        hint_zh='请写成：字段 = "列名"',
    )


def _quoted(text: str) -> str:
    """Return a text as TOML writes one on a line."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
