"""Members of bundles by the names that people know them by: what they write becomes the ids that records have."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING

from layers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from api._bundle_wishes import Change, Pair, Wishes

MOST_OFFERED = 5
"""Candidates that an error names."""


def by_id(wishes: Wishes, change: Change | None, options: gpd.GeoDataFrame) -> tuple[Wishes, Change | None]:
    """Return what is asked with ids in place of names; an id, and what nothing is called, stays as it is.

    Parameters
    ----------
    wishes, change
        What is asked; members are told by opportunity, by asset or by name.
    options
        The run's opportunities: ``opportunity_id``, ``asset_id``, ``name``, ``subdistrict_code``.

    Raises
    ------
    UsageError
        If several assets have a name, or nothing has a text as id or name; it offers those that may be meant.
    """
    names = _Names(options)
    found = replace(
        wishes,
        kept=names.ids("--keep", wishes.kept),
        left_out=names.ids("--forbid", wishes.left_out),
        together=names.pairs("--together", wishes.together),
        apart=names.pairs("--apart", wishes.apart),
    )
    if change is None:
        return found, None
    released = names.ids("--release", change.released)
    return found, replace(change, moves=names.pairs("--move", change.moves), released=released)


class _Names:
    """The ids and names of a run's opportunities."""

    def __init__(self, options: gpd.GeoDataFrame) -> None:
        self._known = {str(text) for column in ("opportunity_id", "asset_id") for text in options[column]}
        told = options.drop_duplicates("asset_id").dropna(subset=["name"])
        self._places = {
            str(asset): f"{name} {code}" if isinstance(code, str) else str(name)
            for asset, name, code in zip(told["asset_id"], told["name"], told["subdistrict_code"], strict=True)
        }
        self._assets: dict[str, list[str]] = {}
        for asset, name in zip(told["asset_id"], told["name"], strict=True):
            self._assets.setdefault(str(name), []).append(str(asset))

    def ids(self, option: str, texts: Sequence[str]) -> tuple[str, ...]:
        return tuple(self._id(option, text.strip()) for text in texts)

    def pairs(self, option: str, pairs: Sequence[Pair]) -> tuple[Pair, ...]:
        return tuple((self._id(option, first), self._id(option, second)) for first, second in pairs)

    def _id(self, option: str, text: str) -> str:
        if text in self._known:
            return text
        called = self._assets.get(text, [])
        if len(called) == 1:
            return called[0]
        raise self._ambiguous(option, text, called) if called else self._unknown(option, text)

    def _ambiguous(self, option: str, text: str, called: Sequence[str]) -> UsageError:
        offered = self._offered(called)
        return UsageError(
            f"{option} {text}: {len(called)} assets have this name",
            f"{option} {text}：有 {len(called)} 处同名资产",
            hint=f"give an id: {offered}",
            hint_zh=f"请写编号：{offered}",
        )

    def _unknown(self, option: str, text: str) -> UsageError:
        near = [
            asset
            for name in difflib.get_close_matches(text, self._assets, MOST_OFFERED, 0.5)
            for asset in self._assets[name]
        ]
        offered = self._offered(near)
        listed = "`panhuo export DIR opportunity --out FILE.csv` lists opportunity_id, asset_id and name"
        listed_zh = "编号和名称可用 panhuo export DIR opportunity --out 文件.csv 查到"
        return UsageError(
            f"{option} {text}: the run has no opportunity with this id or name",
            f"{option} {text}：分析结果里没有这个编号或名称的机会",
            hint=f"do you mean {offered}?" if near else listed,
            hint_zh=f"是否指 {offered}？" if near else listed_zh,
        )

    def _offered(self, assets: Sequence[str]) -> str:
        more = " …" if len(assets) > MOST_OFFERED else ""
        return "; ".join(f"{asset} ({self._places[asset]})" for asset in assets[:MOST_OFFERED]) + more
