"""Words and numbers of the offline page: both languages, nulls said as such, everything escaped."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import pandas as pd

from layers.schema import kind, kinds

NOTHING = "—"
CNY_PER_WAN = 10_000


def esc(value: object) -> str:
    """Return ``value`` as text that is safe in HTML, in an attribute and in a template.

    Braces are escaped too: folium reads what it has rendered as a Jinja template once more, so a name such as
    ``{{ 7 * 7 }}`` would otherwise be computed.
    """
    return html.escape(str(value), quote=True).replace("{", "&#123;").replace("}", "&#125;")


def is_null(value: object) -> bool:
    """Return whether ``value`` is one of the many ways of saying nothing."""
    return value is None or value == "" or bool(pd.isna(value))


def text(value: object) -> str:
    """Return escaped text, or a dash."""
    return NOTHING if is_null(value) else esc(value)


def named(name: object, kind_name: object) -> str:
    """Return a site's name; for one without, what it is: OpenStreetMap and many ledgers leave names out."""
    if not is_null(name):
        return esc(name)
    known = kinds().get(str(kind_name))
    return f"未命名{known.zh if known else esc(kind_name)}"


def both(zh: str, en: str) -> str:
    """Return Chinese with its English subtitle, as HTML."""
    return f'{esc(zh)} <small lang="en">{esc(en)}</small>'


def told(row: Mapping[str, Any], name: str) -> str:
    """Return a text that a run wrote, with its English twin where the run has one, or a dash."""
    zh, en = row.get(name), row.get(f"{name}_en")
    return text(zh) if is_null(zh) or is_null(en) or zh == en else both(str(zh), str(en))


def coded(kind_name: str, field_name: str, value: object) -> str:
    """Return a code's two titles; a code that is not in the list as it stands."""
    if is_null(value):
        return NOTHING
    names = (kind(kind_name)[field_name].codes or {}).get(str(value))
    return both(*names) if names else esc(value)


def number(value: object, digits: int = 0, unit: str = "") -> str:
    """Return a number with thousands separated and its unit, or a dash."""
    if is_null(value):
        return NOTHING
    shown = f"{float(value):,.{digits}f}"  # type: ignore[arg-type]
    if float(shown.replace(",", "")) == 0:
        shown = shown.lstrip("-")
    return f"{shown}{unit}".replace("-", "−")


def money(value_cny: object) -> str:
    """Return an amount of CNY in 万元 (ten thousand), as Chinese ledgers write it."""
    if is_null(value_cny):
        return NOTHING
    wan = float(value_cny) / CNY_PER_WAN  # type: ignore[arg-type]
    return number(wan, 1 if abs(wan) < 1000 else 0, " 万元")


def band(low: str, high: str) -> str:
    """Return a range in brackets, or nothing where neither end is known."""
    return "" if NOTHING in (low, high) or low == high else f"({low} ~ {high})"


def missing(codes: object) -> str:
    """Return the codes of missing data (``community.vehicle_count``, ``parking``) by their titles in the schema."""
    if is_null(codes):
        return NOTHING
    return "、".join(_missing_one(code.strip()) for code in str(codes).split(",") if code.strip())


def _missing_one(code: str) -> str:
    layer, _, field = code.partition(".")
    if layer not in kinds():
        return esc(code)
    if not field:
        return esc(f"{kinds()[layer].zh}(整层)")
    if field == "geometry":
        return esc(f"{kinds()[layer].zh}·位置")
    return esc(f"{kinds()[layer].zh}·{kinds()[layer][field].zh}") if field in kinds()[layer] else esc(code)


def note(value: object) -> str:
    """Return a note of a manifest: plain text, or Chinese and English where it has both."""
    if isinstance(value, Mapping):
        zh, en = value.get("zh"), value.get("en")
    elif isinstance(value, (list, tuple)) and len(value) == 2:
        zh, en = value
    else:
        zh, en = value, None
    return both(str(zh), str(en)) if zh and en else esc(zh or en)
