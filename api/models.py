"""The model for people: what is in it, whether a district's file is sound, and what differs between two."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from api import _console as console
from api._help import both
from gis._dated import NO_DATE
from gis._model_parts import OWN
from gis.model import Model
from gis.model_entries import LEVEL, PARTS, TITLES, Entry, differences, entries, not_in_force
from layers._cells import neutralise
from layers.errors import NotFoundError, ReadError, UsageError
from layers.kinds._results import THEMES
from layers.snapshot import unwritable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from gis._dated import Doubtful
    from gis.model_entries import Difference

PACKAGED = "packaged"
"""How the packaged model is called where a file could stand."""
SECTIONS = (*PARTS, LEVEL)
SUFFIX = ".xlsx"
MEND = "mend the number, or name the document (source) and its own low and high"
GIVING_WAY = ("unit", "source", "actions", "zh")
"""Columns that give way where a line is too short, the first one first."""
SHOWN = {
    "parameter": ("value", "low", "high", "unit", "source", "confidence"),
    "criterion": ("zh", "weight", "direction", "unit", "source", "confidence"),
    "action": ("themes", "land_act", "gives"),
    "rule": ("permission", "valid_from", "valid_to", "zh", "source", "confidence"),
    "heritage_rule": ("new_building", "alteration", "use_change", "valid_from", "valid_to", "mapped", "source"),
    "exclusion": ("zh", "actions", "valid_from", "valid_to", "source", "confidence"),
    "reuse": ("zh", "actions", "valid_from", "valid_to", "source"),
    LEVEL: ("value",),
}
"""What a list of a section shows: what its entries say first, then where it comes from."""


def read_model(file: Path | None, overrides: Mapping[str, str] | None = None) -> Model:
    """Return the packaged model, with a district's file and single settings laid over it.

    Raises
    ------
    ReadError
        If the file cannot be read.
    ModelError
        If it, or a setting, is not valid.
    """
    if file is None or str(file) == PACKAGED:
        return Model.load(overrides=overrides)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(
            f"{file} cannot be read: {getattr(error, 'strerror', error)}",
            f"模型文件 {file} " + ("不存在" if isinstance(error, FileNotFoundError) else "无法读取"),
            hint="give a TOML file in UTF-8",
            hint_zh="请给 UTF-8 编码的 TOML 文件",
        ) from error
    return Model.load(text, overrides, file=str(file))


def laid_over(file: Path | None, overrides: Mapping[str, str] | None) -> dict[str, Any] | None:
    """Return what a run's readers are told was laid over the packaged model, ``None`` where nothing was.

    ``file`` is the name of the district's file (null where there is none), ``settings`` the number of single settings.
    """
    own = None if file is None or str(file) == PACKAGED else file.name
    count = len(overrides or {})
    return {"file": own, "settings": count} if own or count else None


def chosen(model: Model, section: str | None, key: str) -> tuple[Entry, ...]:
    """Return the entries that a person asked for.

    Raises
    ------
    UsageError
        If there is no such section.
    NotFoundError
        If no entry has such a key.
    """
    if section is not None and section not in SECTIONS:
        known = ", ".join(SECTIONS)
        raise UsageError(
            f"--section {section} is none of {known}",
            f"--section {section} 不是模型的一节",
            hint=f"choose one of {known}",
            hint_zh=f"可选 {known}",
        )
    found = entries(model, section=section, key=key)
    if not found:
        raise NotFoundError(
            f"the model has no entry {key!r}",
            f"模型里没有 {key!r}",
            hint="`panhuo model show` lists its sections, `panhuo model show parking` what begins so",
            hint_zh="panhuo model show 列出各节，panhuo model show parking 列出以此开头的",
        )
    return found


def tell_overview(model: Model, *, as_json: bool) -> None:
    """Print what the model holds: how many entries of each section, and the criteria with their weights."""
    found = entries(model)
    counts = {name: sum(item.section == name for item in found) for name in SECTIONS}
    assumed = {name: sum(_is_assumed(item) for item in found if item.section == name) for name in SECTIONS}
    weights = {theme: model.weights(theme) for theme in THEMES}
    if as_json:
        console.show_json({"name": model.name, "sha256": model.sha256, "sections": counts, "weights": weights})
        return
    console.show_line(both(f"模型 {model.name}（{model.sha256[:12]}）", "the model and its hash"))
    rows = [(name, TITLES[name], counts[name], assumed[name] or None) for name in SECTIONS]
    console.show_table(("节 section", "名称", "项 entries", "假定 assumed"), rows)
    for theme, (zh, en) in THEMES.items():
        console.show_line(both(f"{zh}的指标与权重", f"criteria and weights: {en.lower()}"))
        table = [
            (item.key, item.zh, f"{weights[theme][item.key]:.1%}", item.unit, item.confidence)
            for item in model.theme_criteria(theme)
        ]
        console.show_table(
            ("指标 criterion", "名称", "权重 weight", "单位 unit", "置信度"), table, giving_way=[("名称",)]
        )
    console.show_line("下一步 next: panhuo model show parking | panhuo model show --section rule")


def tell_entries(found: Sequence[Entry], changed: Mapping[tuple[str, str], Any], *, as_json: bool) -> None:
    """Print entries: one in full, several as a table; what a district's file changed is marked."""
    if as_json:
        console.show_json([{"section": item.section, "key": item.key, **item.fields} for item in found])
        return
    if len(found) == 1:
        (entry,) = found
        console.show_line(f"{entry.section} {entry.key}（{TITLES[entry.section]}）")
        fields = [(name, _shown(value)) for name, value in entry.fields.items() if value not in (None, "", [])]
        console.show_table(("项 field", "值 value"), fields)
        return
    for section in dict.fromkeys(item.section for item in found):
        rows_of = [item for item in found if item.section == section]
        names = [name for name in SHOWN[section] if any(item.fields.get(name) is not None for item in rows_of)]
        mark = "改 changed"
        rows = [
            (item.key, *(_shown(item.fields.get(name)) for name in names), "*" * ((section, item.key) in changed))
            for item in rows_of
        ]
        console.show_line(both(f"{TITLES[section]} {len(rows)} 项", f"{len(rows)} entries of {section}"))
        wide = [[name] for name in GIVING_WAY if name in names] or [names]
        console.show_table((section, *names, mark), rows, giving_way=wide)


def write_entries(found: Sequence[Entry], path: Path) -> None:
    """Write entries as a workbook, a sheet for each section.

    Raises
    ------
    UsageError
        If the file is to be of another format.
    WorkspaceError
        If it cannot be written.
    """
    import openpyxl  # noqa: PLC0415  (half a second that only this needs)
    from openpyxl.styles import Font  # noqa: PLC0415

    if path.suffix.lower() != SUFFIX:
        raise UsageError(
            f"--out {path.name} is no {SUFFIX} file",
            f"--out {path.name} 的后缀应为 {SUFFIX}",
            hint=f"write --out FILE{SUFFIX}",
            hint_zh=f"请写 --out 文件{SUFFIX}",
        )
    book = openpyxl.Workbook()
    book.remove(book.active)
    for section in dict.fromkeys(item.section for item in found):
        rows = [item for item in found if item.section == section]
        names = list(dict.fromkeys(name for item in rows for name in item.fields))
        sheet = book.create_sheet(f"{TITLES[section]} {section}")
        sheet.append(["key", *names])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "B2"
        for item in rows:
            sheet.append([item.key, *(_cell(item.fields.get(name)) for name in names)])
    try:
        book.save(path)
    except OSError as error:
        raise unwritable(path, error) from error


def tell_sound(model: Model, file: Path | None, as_of: date, *, as_json: bool) -> None:
    """Print that a model is sound, what a file changes in it, what is not in force, and which numbers are its own.

    Its own are numbers that a district set without naming a document.
    """
    changed = differences(Model.load(), model)
    keys = list(dict.fromkeys((item.section, item.key) for item in changed))
    stale, own = not_in_force(model, as_of), [key for key, item in model.parameters.items() if item.own_mark]
    if as_json:
        told = {
            "changed": [".".join(key) for key in keys],
            "stale": [_as_json(item) for item in stale],
            "without_source": own,
        }
        console.show_json({"file": str(file or PACKAGED), "faults": [], **told})
        return
    named = both(f"{file or '自带模型'} 无误，改动 {len(keys)} 项", f"no fault, {len(keys)} entries changed")
    console.show_line(named)
    mine = [item for item in stale if (item.section, item.key) in keys]
    _tell_stale(mine if keys else stale)
    if keys and len(stale) > len(mine):
        rest = len(stale) - len(mine)
        console.show_line(
            both(
                f"其余 {rest} 项沿用自带模型，依据已失效或待核，不写文件名运行 panhuo model check 可逐条列出",
                f"{rest} packaged entries rest on documents lapsed or unverified: `panhuo model check` lists them",
            )
        )
    for key in own:
        console.show_line(f"! parameter {key}：{model[key].source}")
    if keys and file is not None:
        console.show_line(f"下一步 next: panhuo model diff {file}")


def tell_faults(faults: Sequence[tuple[str, str]], file: Path | None, *, as_json: bool) -> None:
    """Print every fault of a model file, a line each, with where it stands; of a number out of its range the source."""
    if as_json:
        console.show_json({"file": str(file or PACKAGED), "faults": [{"zh": zh, "en": en} for zh, en in faults]})
        return
    count = len(faults)
    console.show_line(both(f"{file or '自带模型'} 有 {count} 处错误", f"{count} fault{'s' if count > 1 else ''}"))
    lines = [] if file is None else file.read_text(encoding="utf-8-sig").splitlines()
    packaged = Model.load()
    for zh, en in faults:
        console.show_line(f"- {zh} | {en}")
        section, key = en.partition(" ")[0], next(iter(re.findall(r"'([^']+)'", en)), "")
        heads = (f"[{section}.{key}]", f'[{section}."{key}"]', f"[{section}.'{key}']")
        at = [number for number, line in enumerate(lines, start=1) if line.partition("#")[0].strip() in heads]
        if at:
            console.show_line(both(f"  在第{at[0]}行起的一节", f"in the entry at line {at[0]}"))
        if " is outside [" in en and key in packaged.parameters:
            by = packaged[key].source
            console.show_line(both(f"  区间出处：{by}；改为区间内的数，有文件的写明 source 并给出 low、high", MEND))


def _tell_stale(stale: Sequence[Doubtful]) -> None:
    """Print what is no sure ground, a line each; laws that only lack a date stand in one."""
    bare = [item.key for item in stale if item.why == NO_DATE]
    for item in stale:
        if item.why != NO_DATE:
            name = "" if item.key in item.sentence.zh else f"{item.section} {item.key}："
            console.show_line(f"! {name}{item.sentence.zh} | {item.sentence.en}")
    if bare:
        named = both(f"{len(bare)} 个参数所据文件{NO_DATE.zh}", f"{len(bare)} parameters: document {NO_DATE.en}")
        console.show_line(f"! {named}：{', '.join(bare)}")


def tell_differences(found: Sequence[Difference], names: tuple[str, str], *, as_json: bool) -> None:
    """Print what differs between two models, field by field."""
    if as_json:
        console.show_json([vars(item) for item in found])
        return
    if not found:
        console.show_line(both(f"{names[0]} 与 {names[1]} 相同", "the two are the same"))
        return
    rows = [(f"{item.section} {item.key}", item.field, _shown(item.before), _shown(item.after)) for item in found]
    titles = ("项 entry", "字段 field", names[0], names[1])
    console.show_table(titles, rows, giving_way=[(names[0], names[1])])
    console.show_line(both(f"{len(found)} 处不同", f"{len(found)} differences"))


def _as_json(item: Doubtful) -> dict[str, str]:
    return {"section": item.section, "key": item.key, "zh": item.sentence.zh, "en": item.sentence.en}


def _is_assumed(entry: Entry) -> bool:
    return str(entry.fields.get("source", entry.fields.get("practice", ""))).startswith(("ASSUMPTION", OWN))


def _shown(value: Any) -> str:
    """Return a field as it is shown: numbers short, lists and tables as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    if isinstance(value, int | float):
        return f"{value:.10g}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cell(value: Any) -> Any:
    """Return a field as a cell: numbers stay numbers, texts are never formulas."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return neutralise(_shown(value))
