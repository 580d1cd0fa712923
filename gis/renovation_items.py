"""What renovation is missing: the items of the three lists that a community lacks, by its ledger and by measurement."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis import living_circle
from gis._notes import SEPARATORS, Note, missing_codes
from gis._renovation_words import TIERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gis.city import City
    from gis.model import Model

    Bools = NDArray[np.bool_]
    States = NDArray[np.int8]

LACKS, UNKNOWN, HAS = 1, 0, -1
"""State of an item in a community: missing; nobody has told; there, or in order."""

GAPS: Mapping[str, str] = {
    "parking": "night_gap_stalls",
    "ebike_charging": "ebike_gap_ports",
    "ev_charging": "charger_gap_piles",
}
"""Item -> the gap of ``need`` that shows it to be missing."""
HALF = 0.5
"""A gap below half a stall, pile or port is read as 0 by everyone who sees it rounded, so it makes nothing missing."""

SERVICES: Mapping[str, tuple[str, ...]] = {
    "service_centre": living_circle.MERGED,
    "clinic": ("clinic",),
    "kindergarten": ("kindergarten",),
    "elderly_care": ("elder_day_care",),
    "childcare": ("childcare",),
    "meals": ("canteen",),
    "market": ("market",),
    "shop": ("supermarket",),
    "sports": ("sports",),
    "culture_leisure": ("library",),
}
"""Item -> the services of the living circle, one of which within its walk is enough. No property company is no word on
a room for one (物业用房), and grade C or D no word on a roof: neither is concluded."""

BREAKS = r"[、,;。.:\n\r\t/|+\s]+"
NOTHING = r"^(?:无|暂无|没有|否|不详|不明|待核|待定|待补|[-—–]+|同上|虚构|等|其他|[基础完善提升]{2}类|\d+)?$"
"""Pieces that name no item: dashes, no, unknown, the headings of the three lists."""
IN_ORDER = (
    r"(?<![不未欠非])(?:充足|充裕|完好|齐全|良好|正常|达标|满足)"
    r"|已(?:完成|加装|安装|改造|更新|修缮|建成|配备|配置|整治|有)|无需|不需|不缺|不必|无问题"
)
"""Words by which a list of what is missing says that something is not."""
WANTING = r"无(?!障碍|需|问题)|(?<!不)缺|没有|未|不足|不够|不齐|不全|不畅|损坏|破损|老化|失修|停用|堵塞|失效|脱落|拟"
"""Words by which a list of what there is says that something is not, or does not work."""


def need(city: City, found: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return the items of the basic, improving and upgrading lists that each community lacks.

    An item is missing where the ledger says so (``missing_items``; ``existing_items`` names what there is), or where
    the analysis finds it so: a night, e-bike or charger gap, a service out of its walk (:data:`GAPS`,
    :data:`SERVICES`). It is there where either says that, and neither says the contrary. Of the rest nobody has told:
    they are named as unknown and not counted as missing. What the ledger says and no item answers to is kept as it
    stands.

    Parameters
    ----------
    city
        The city.
    found
        By community id: the gaps with ``_high``, and ``services_missing``.
    model
        Holds the items (国办发〔2020〕23号).

    Returns
    -------
    DataFrame
        By community id: for each tier ``missing_<tier>`` (items) and ``missing_<tier>_items`` (their names, what was
        measured marked so, empty where none is missing; ``_en`` in English), both null where nothing of the tier is
        known and the ledger names no shortfall; ``items_unknown_count``, ``items_unknown`` (``_en``), ``items_unread``
        (pieces of the ledger), ``missing``. ``attrs["notes"]`` holds notes.
    """
    frame = city["community"]
    told, unread = ledger_states(frame, model)
    measured = measured_states(city, found, model)
    states = np.where((told == LACKS) | (measured == LACKS), LACKS, np.minimum(told, measured))
    tells = (states != UNKNOWN) | frame["missing_items"].notna().to_numpy(dtype=bool)[:, None]
    is_silent = frame["missing_items"].isna() & frame["existing_items"].isna()
    parts = [
        _tier(tier, states == LACKS, _of_tier(tells, tier, model), told != LACKS, model) for tier in TIERS.values()
    ]
    is_unknown = (states == UNKNOWN) & [item.code != "heating" or _is_heated(model) for item in model.renovation_items]
    table = pd.concat([*parts, _named("items_unknown", is_unknown, model)], axis=1).set_axis(frame.index)
    table["items_unknown_count"] = pd.array(is_unknown.sum(axis=1), dtype="Int64")
    table["items_unread"] = unread
    table["missing"] = missing_codes({"community.missing_items": is_silent}, frame.index)
    table.attrs["notes"] = _notes(len(frame), int(is_silent.sum()), unread)
    return table


def _of_tier(tells: Bools, tier: str, model: Model) -> Bools:
    """Return of which communities something is known of the items of ``tier``."""
    return np.asarray(tells[:, [item.tier == tier for item in model.renovation_items]].any(axis=1), dtype=np.bool_)


def _is_heated(model: Model) -> bool:
    return bool(model.value("reno.heating_applies"))


def ledger_states(frame: pd.DataFrame, model: Model) -> tuple[States, pd.Series]:
    """Return what the ledger says of each item, and the pieces of its words that name none.

    Each text is cut at commas, stops, slashes and spaces; a piece may name several items (屋面、外墙). A piece
    of the missing list that says 充足 or 已加装 tells that the item is there; a piece of the existing list that says 无
    or 破损, that it is missing. Named both ways, it is missing.

    Parameters
    ----------
    frame
        ``missing_items`` and ``existing_items``, texts or null.
    model
        Holds the items and their words.

    Returns
    -------
    tuple
        States, communities x items; and the unread pieces by community, joined with ``、``, empty where all were read.
    """
    sides = {"missing_items": IN_ORDER, "existing_items": WANTING}
    pieces = pd.concat([_pieces(frame[name]).assign(turns=words) for name, words in sides.items()], ignore_index=True)
    text = pieces["text"]
    names = np.column_stack([_holds(text, item.words) for item in model.renovation_items])
    is_missing_side = (pieces["turns"] == IN_ORDER).to_numpy()
    turned = np.where(is_missing_side, _holds(text, IN_ORDER), _holds(text, WANTING) & ~_holds(text, IN_ORDER))
    lacks = is_missing_side ^ turned
    row = pieces["row"].to_numpy(dtype=np.int64)
    has, wants = (np.zeros((len(frame), names.shape[1]), dtype=np.int64) for _ in range(2))
    np.add.at(wants, row[lacks], names[lacks])
    np.add.at(has, row[~lacks], names[~lacks])
    states = np.where(wants > 0, LACKS, np.where(has > 0, HAS, UNKNOWN)).astype(np.int8)
    is_unread = ~names.any(axis=1) & ~_holds(text, NOTHING)
    unread = text[is_unread].groupby(pieces["row"][is_unread]).agg(lambda words: "、".join(dict.fromkeys(words)))
    told = unread.reindex(range(len(frame)), fill_value="").astype("string")
    return states, told.set_axis(frame.index)


def measured_states(city: City, found: pd.DataFrame, model: Model) -> States:
    """Return what the analysis finds of each item (communities x items): gaps, and services within their walk.

    A gap of half a unit or more makes the item missing; it is there only where even the high end is less. Of a
    service without a single record nothing is known.
    """
    held = living_circle.held_types(city)
    lacked = found["services_missing"].astype("object")
    is_blind = lacked.isna().to_numpy(dtype=bool)
    lists = lacked.fillna("").str.split(",")
    columns = []
    for item in model.renovation_items:
        state = np.full(len(found), UNKNOWN, dtype=np.int8)
        if item.code in GAPS:
            name = GAPS[item.code]
            gap, high = (found[f"{name}{end}"].to_numpy(dtype=float, na_value=np.nan) for end in ("", "_high"))
            state = np.where(gap >= HALF, LACKS, np.where(high < HALF, HAS, UNKNOWN))
        services = {code for code in SERVICES.get(item.code, ()) if code in held}
        if services:
            is_out = lists.map(services.issubset).to_numpy(dtype=bool)
            state = np.where(is_blind, UNKNOWN, np.where(is_out, LACKS, HAS))
        columns.append(state.astype(np.int8))
    return np.column_stack(columns)


def _pieces(texts: pd.Series) -> pd.DataFrame:
    """Return the pieces of texts: ``row`` (position of the text) and ``text`` in half-width forms."""
    told = texts.astype("object").where(texts.notna(), "").astype(str)
    told = told.map(lambda text: unicodedata.normalize("NFKC", text)).set_axis(range(len(texts)))
    cut = told.str.replace(r"(?:^|(?<=\D))\d{1,2}[.、)]", "、", regex=True).str.split(BREAKS, regex=True).explode()
    cut = cut[cut != ""]
    return pd.DataFrame({"row": cut.index, "text": cut.to_numpy(dtype=object)})


def _holds(text: pd.Series, words: str) -> NDArray[np.bool_]:
    """Return which texts hold a match of the pattern."""
    return np.asarray(text.str.contains(words, regex=True), dtype=np.bool_)


def _tier(tier: str, lacks: Bools, is_known: Bools, is_measured: Bools, model: Model) -> pd.DataFrame:
    """Return the columns of one tier; ``is_known`` where anything is known of it at all."""
    lacks = lacks & np.array([item.tier == tier for item in model.renovation_items])
    name = f"missing_{tier}"
    count = pd.Series(lacks.sum(axis=1), dtype="Int64", name=name)
    table = pd.concat([count, _named(f"{name}_items", lacks, model, is_measured)], axis=1)
    return table.apply(lambda column: column.mask(~is_known))


def _named(name: str, chosen: Bools, model: Model, is_measured: Bools | None = None) -> pd.DataFrame:
    """Return the names of the chosen items of each community in columns ``name`` and ``<name>_en``."""
    marked = np.zeros_like(chosen, dtype=np.int64) if is_measured is None else is_measured.astype(np.int64)
    where = [np.flatnonzero(row) for row in chosen]
    words = {
        "": ("、", [(item.zh, f"{item.zh}（测算）") for item in model.renovation_items]),
        "_en": (SEPARATORS["_en"], [(item.en, f"{item.en} (measured)") for item in model.renovation_items]),
    }
    return pd.DataFrame(
        {
            f"{name}{end}": [
                separator.join(names[at][mark[at]] for at in items) for items, mark in zip(where, marked, strict=True)
            ]
            for end, (separator, names) in words.items()
        },
        dtype="string",
    )


def _notes(size: int, silent: int, unread: pd.Series) -> tuple[Note, ...]:
    if not size:
        return ()
    strange = int((unread != "").sum())
    zh = (
        f"改造内容缺项：台账写明的与测算得出的（停车、充电缺口，步行范围内没有的服务）合计；{silent}个小区台账未写缺项或已有设施，"
        f"其余各项为未掌握，不计为缺失；{strange}个小区有读不出对应项目的文字，原样列出。"
    )
    en = (
        "Missing items of renovation: those that the ledger names and those that are measured (parking and charging "
        f"gaps, services out of the walk); the ledger of {silent} communities names neither missing items nor what "
        "there is: the rest is unknown there, not missing; "
        f"{strange} communities have words that no item answers to, kept as they are."
    )
    return (Note(zh, en),)
