"""Write what the documents say of layer kinds from the schema: ``docs/columns.md`` and the tables of both READMEs.

``python scripts/write_columns.py`` writes; with ``--check`` it only says which document is behind (status 1).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from layers import schema
from layers.kinds._columns import PROVENANCE, SUBDISTRICT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.schema import Field, Kind

ROOT = Path(__file__).resolve().parent.parent
COMMON = {"asset_id", "name", "address", SUBDISTRICT.name, *(item.name for item in PROVENANCE)}
MAIN_COLUMNS = 5
NAMES_SHOWN = 2
SHAPES = {"point": ("点", "point"), "line": ("线", "line"), "polygon": ("面", "polygon")}
ROLES = {
    "input": ("台账与图层", "Ledgers and layers"),
    "context": ("底图与路网", "Base map and streets"),
    "result": ("分析结果", "Results of a run"),
}


def documents() -> Iterator[tuple[Path, str]]:
    """Yield every document with the text that it should have."""
    yield ROOT / "docs" / "columns.md", dictionary()
    for name, english in (("README.md", False), ("README.en.md", True)):
        path = ROOT / name
        yield path, with_table(path.read_text(encoding="utf-8"), readme_table(english=english))


def with_table(text: str, table: str) -> str:
    """Return ``text`` with ``table`` between its two marks."""
    marked, count = re.subn(
        r"(<!-- kinds -->\n).*?(<!-- /kinds -->)", lambda found: found[1] + table + found[2], text, flags=re.DOTALL
    )
    if count != 1:
        raise ValueError("the document must hold <!-- kinds --> … <!-- /kinds --> once")
    return marked


def readme_table(*, english: bool) -> str:
    """Return the kinds that can be imported, each with its main columns and the names that ledgers use for them."""
    head = (
        ("KIND", "layer", "shape", "main columns (names in ledgers)")
        if english
        else ("KIND", "图层", "几何", "主要列(台账里的列名)")
    )
    rows = [_row(head), _row(["---"] * 4)]
    for name in schema.input_kinds():
        of = schema.kind(name)
        shape = ", ".join(SHAPES[item][english] for item in of.geometry) or ("none" if english else "无")
        own = [item for item in of.fields if item.name not in COMMON][:MAIN_COLUMNS]
        separator = "; " if english else ";"
        rows.append(_row((f"`{name}`", of.en if english else of.zh, shape, separator.join(map(_named, own)))))
    return "\n".join(rows) + "\n"


def _named(item: Field) -> str:
    names = list(dict.fromkeys(alias for alias in (item.zh, *item.aliases) if not alias.isascii()))
    return f"`{item.name}` {'/'.join(names[:NAMES_SHOWN])}"


def dictionary() -> str:
    """Return the data dictionary of every kind."""
    parts = [
        "# 数据字典 Data dictionary",
        "",
        "<!-- written by scripts/write_columns.py from layers/schema.py: change the schema, not this page -->",
        "",
        "一列可以用列出的任何名称,不分大小写和空格。`*` 必填。",
        "A column may carry any of the names listed, in any case and spacing. `*` is required.",
    ]
    for role, (zh, en) in ROLES.items():
        parts += ["", f"## {zh} {en}"]
        for of in schema.kinds().values():
            if of.role == role:
                parts += ["", *_section(of)]
    return "\n".join(parts) + "\n"


def _section(of: Kind) -> Iterator[str]:
    shape = "、".join(SHAPES[item][0] for item in of.geometry) or "无几何 no geometry"
    yield f"### `{of.name}` {of.zh} {of.en}"
    yield ""
    yield f"几何 geometry: {shape} · 编号 id: `{of.id_field}`"
    yield ""
    yield _row(
        ("列 column", "名称 title", "类型 type", "单位 unit", "范围 range", "别名 names in ledgers", "代码 codes")
    )
    yield _row(["---"] * 7)
    for item in of.fields:
        codes = "<br>".join(f"`{code}` {zh} {en}" for code, (zh, en) in (item.codes or {}).items())
        marks = "".join((" *" if item.required else "", " (不入快照 never stored)" if item.personal else ""))
        yield _row(
            (
                f"`{item.name}`{marks}",
                f"{item.zh} {item.en}",
                item.dtype,
                item.unit,
                _range(item),
                "、".join(item.aliases),
                codes,
            )
        )


def _range(item: Field) -> str:
    if item.low is None and item.high is None:
        return ""
    low, high = (
        "" if end is None else f"{end:,g}" if abs(end) < 1e6 else f"{end:,.0f}" for end in (item.low, item.high)
    )
    return f"{low} … {high}".strip()


def _row(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def main(arguments: list[str]) -> int:
    """Write the documents, or with ``--check`` name those that are behind; return the exit status."""
    behind = [(path, text) for path, text in documents() if not path.exists() or path.read_text("utf-8") != text]
    for path, text in behind:
        sys.stdout.write(
            f"{path.relative_to(ROOT)}{' is behind the schema' if '--check' in arguments else ' written'}\n"
        )
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
    return int(bool(behind) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
