"""Public services that a bundle takes in (cleaning, patrols, greening …): what they cost today and in the bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from gis._notes import Note, one_piece
from layers.schema import kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    import geopandas as gpd

    from gis.model import Model

SAVING = "bundle.service_saving"
A_YEAR = 365.25
MERGEABLE = "yes"
"""Only what the ledger calls mergeable as a whole: of what can be merged in part nobody knows the part."""
PUBLIC = "财政|预算|国库|拨款|政府|专项资金|专项经费|上级补助"
NOT_PUBLIC = "居民|业主|住户|村民|物业|企业|公司|商户|集体|经联社|自筹|众筹|捐|社会|维修资金|维修基金|收费"
"""Words of a source of money that is the public purse, and of one that is not. Of a source that holds words of both, or
of neither, nobody knows what the public pays of it."""
MOST_NAMED = 5


class TakenIn(NamedTuple):
    """The services of one bundle.

    ``table``: one row a service (``member``, ``name``, ``contract_cny_year``: the bundle's share, ``fund_source``,
    ``contract_end``, ``first_year``: the year of the bundle in which the operator takes it over, NaN where not within
    the account). ``lines``: one row a service and year with the lines of :mod:`gis.bundle_account`. ``notes``: what a
    reader must know of them.
    """

    table: pd.DataFrame
    lines: pd.DataFrame
    notes: tuple[Note, ...]


def household_shares(need: pd.DataFrame, communities: Collection[str]) -> pd.DataFrame:
    """Return which ``share`` of the households of each sub-district lives in some communities, by its code.

    Communities whose households nobody knows count on neither side: the share is too large by theirs;
    ``unknown_count`` tells how many they are.
    """
    people = need.dropna(subset=["subdistrict_code"])
    codes, counts = people["subdistrict_code"], people["household_count"].astype("Float64").astype(float)
    mine = people["asset_id"].isin(list(communities)) & counts.notna()
    share = counts[mine].groupby(codes[mine]).sum() / counts.groupby(codes).sum()
    unknown = counts.isna().groupby(codes).sum()
    return pd.DataFrame({"share": share, "unknown_count": unknown}).dropna(subset=["share"])


def service_lines(
    services: gpd.GeoDataFrame | None,
    shares: pd.DataFrame,
    as_of: date,
    years: int,
    model: Model,
    *,
    start_year: int = 0,
) -> TakenIn:
    """Return the services that a bundle takes in and their part of its account.

    A service is bought for a sub-district; a bundle takes the share of it that its households are (an ASSUMPTION: no
    ledger tells services by community). Today it costs its contract each year (renewed at its price); in the bundle,
    from the first year that begins after the contract ends, ``bundle.service_saving`` less. One whose end nobody knows
    goes on at its price: nobody may break it. The operator does it for what it is paid (an ASSUMPTION: no ledger tells
    its cost), so its account neither gains nor loses.

    Only what the public purse pays is taken in: public money is compared with public money. What residents or a company
    pay, and what nobody knows the payer of, stays as it is and counts on neither side.

    Parameters
    ----------
    services
        Kind ``service_item``; rows that cannot be merged as a whole, have no sum or no sub-district are left out.
    shares
        As :func:`household_shares` tells.
    as_of
        Day from which the years of the plan are counted.
    years
        Of the account.
    model
        Holds the saving.
    start_year
        Of the bundle, in years after ``as_of``.
    """
    columns = ["member", "name", "contract_cny_year", "fund_source", "contract_end", "first_year"]
    asked = _asked(services, shares)
    if asked is None:
        return TakenIn(pd.DataFrame(columns=columns), pd.DataFrame(columns=["member", "year"]), (NO_SERVICE,))
    is_public, is_other = (asked["fund_source"].fillna("").str.contains(words) for words in (PUBLIC, NOT_PUBLIC))
    mine = asked[is_public & ~is_other]
    left = (pd.to_datetime(mine["contract_end"]) - pd.Timestamp(as_of)).dt.days.to_numpy(dtype=float) / A_YEAR
    first = np.maximum(np.ceil(left - start_year) + 1, 1)  # the first year that begins after its end
    part = mine["contract_sum_cny_year"].astype(float).to_numpy() * shares["share"][mine["subdistrict_code"]].to_numpy()
    told = {
        "member": mine["asset_id"].to_numpy(dtype=object),
        "name": mine["name"].to_numpy(dtype=object),
        "contract_cny_year": part,
        "fund_source": mine["fund_source"].to_numpy(dtype=object),
        "contract_end": mine["contract_end"].to_numpy(),
        "first_year": np.where(first <= years, first, np.nan),
    }
    table = pd.DataFrame(told, columns=columns)
    merged_in = mine["subdistrict_code"][table["first_year"].notna().to_numpy()].unique()
    unknown = int(shares["unknown_count"][merged_in].sum())
    notes = (*_of_taken(table, model, unknown), *_of_others(asked[~is_public & is_other], asked[is_public == is_other]))
    return TakenIn(table, _lines(table, years, model.value(SAVING)), notes)


def _asked(services: gpd.GeoDataFrame | None, shares: pd.DataFrame) -> gpd.GeoDataFrame | None:
    """Return the services that could be taken in, whoever pays for them; ``None`` where there is none."""
    if services is None or services.empty or shares.empty:
        return None
    found = services[
        (services["is_mergeable"] == MERGEABLE).fillna(value=False)
        & services["contract_sum_cny_year"].notna()
        & services["subdistrict_code"].isin(shares.index)
    ].sort_values("asset_id")
    return found if len(found) else None


def _lines(table: pd.DataFrame, years: int, saving: float) -> pd.DataFrame:
    year = np.tile(np.arange(years + 1), len(table))
    each = np.repeat(np.arange(len(table)), years + 1)
    today = np.where(year > 0, table["contract_cny_year"].to_numpy(dtype=float)[each], 0.0)
    is_merged = year >= table["first_year"].to_numpy(dtype=float)[each]  # never, where that is NaN
    new = today * np.where(is_merged, 1.0 - saving, 1.0)
    done = np.where(is_merged, new, 0.0)
    lines = {"present_public_cny": today, "new_public_cny": new, "revenue_cny": done, "opex_cny": done}
    return pd.DataFrame({"member": table["member"].to_numpy()[each], "year": year, **lines})


NO_SERVICE = Note("没有可整体整合的购买服务", "No public service can be taken in as a whole")


def _of_taken(table: pd.DataFrame, model: Model, unknown: int) -> Iterator[Note]:
    """Yield what is taken in and on what assumptions, and what goes on as it is until its contract ends."""
    merged = table[table["first_year"].notna()]
    if merged.empty:
        yield NO_SERVICE
    else:
        cny = float(merged["contract_cny_year"].sum())
        yield Note(
            f"纳入购买服务{len(merged)}项，现由财政每年支出{cny / 1e4:,.1f}万元，合同到期后并入",
            f"Takes in {len(merged)} services that the public purse pays {cny / 1e6:,.2f} M CNY a year for today, each "
            "when its contract has ended",
        )
        yield _assumed(model, unknown)
    open_end = table["contract_end"].isna()
    for rows, zh, en in (
        (open_end, "合同到期日不明，不能解约", "the end of their contract is unknown and nobody may break it"),
        (table["first_year"].isna() & ~open_end, "合同在账目期内不到期", "their contract outlasts the account"),
    ):
        if rows.any():
            names = _named(table["name"][rows])
            yield Note(
                f"购买服务{int(rows.sum())}项{zh}，全期按现价照旧，不并入（{names}）",
                f"{int(rows.sum())} services stay as they are at their price, {en} ({names})",
            )


def _assumed(model: Model, unknown: int) -> Note:
    """Return on what assumptions services are taken in, ``unknown``: communities of unknown size beside them."""
    larger = Note("", "")
    if unknown:
        larger = Note(
            f"，所在街镇另有{unknown}个小区户数不明，未计入分母，占比偏大",
            f" and, {unknown} communities there being of unknown size and left out, the share is too large",
        )
    item, saving = model[SAVING], model.value(SAVING)
    zh, en = (kind("opportunity")["confidence"].codes or {})[item.confidence]
    return one_piece(
        Note(
            f"购买服务的假定：按户数占比分摊（台账不分小区{larger.zh}），承接成本等于所付价款（成本不明），"
            f"整合节省{saving:.0%}（{SAVING}，{item.cited.zh}，置信度{zh}）",
            "Assumed of the services: the bundle's share is that of its households (no ledger tells them by "
            f"community{larger.en}), they cost the operator what it is paid (its cost is unknown), merged they cost "
            f"{saving:.0%} less ({SAVING}, {item.source}, {en.lower()} confidence)",
        )
    )


def _of_others(others: pd.DataFrame, unknown: pd.DataFrame) -> Iterator[Note]:
    """Yield which services are no public spending, and of which nobody knows whether they are."""
    for rows, zh, en in (
        (others, "由居民、企业等付费，不是财政支出", "residents, companies or others pay for them"),
        (unknown, "经费来源不明或不全是财政，从严不计", "who pays, or what the public pays of it, is unknown"),
    ):
        if len(rows):
            names = _named(rows["name"])
            yield Note(
                f"另有购买服务{len(rows)}项未纳入：{zh}（{names}）",
                f"{len(rows)} more services are not counted: {en} ({names})",
            )


def _named(names: pd.Series) -> str:
    shown = "、".join(names.fillna("?").head(MOST_NAMED))
    return shown + (" …" if len(names) > MOST_NAMED else "")
