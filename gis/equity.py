"""Equity: where the first sites of a ranking lie, whom they serve, and how evenly.

The score says which site does most good; it does not say to whom. These figures stand beside it and change no rank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.ranking import TOP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.city import City
    from gis.model import Model

    Floats = NDArray[np.float64]

OLDEST_SHARE = 1 / 3
"""Part of the communities that counts as the oldest. ASSUMPTION: thirds are told apart even in a small sub-district."""
WALKS = {"revitalization": "circle.5min.radius", "heritage": "circle.15min.radius"}
"""Parameter that says from how far residents come, as they are counted in ``people_served`` of either theme."""


def by_subdistrict(opportunities: pd.DataFrame, codes: pd.Index, *, top: int = TOP) -> pd.DataFrame:
    """Return how many of the first ``top`` sites of each theme lie in each sub-district, and its best score.

    What they bring is not summed: who lives near two sites, or a gap that two could close, would count twice.

    Parameters
    ----------
    opportunities
        ``subdistrict_code``, ``rank``, ``score``.
    codes
        Codes of the sub-districts.
    top
        Ranks that count as first.

    Returns
    -------
    DataFrame
        By code: ``top10_count`` (sites among the first of either theme), ``best_score`` (of any ranked site; null
        without one).
    """
    ranked = opportunities[opportunities["rank"].notna()]
    area = ranked["subdistrict_code"].astype(object)
    first = ranked[(ranked["rank"] <= top).astype(bool)]
    count = first.groupby(first["subdistrict_code"].astype(object)).size()
    return pd.DataFrame(
        {
            "top10_count": count.reindex(codes).fillna(0).astype(float),
            "best_score": ranked["score"].astype(float).groupby(area).max().reindex(codes),
        },
        index=codes,
    )


def shared_out(walk: pd.DataFrame, people: pd.Series, benefit: pd.Series) -> pd.Series:
    """Return the benefit that reaches each community: that of each site, shared among the residents who walk to it.

    ``sum over sites of benefit_s x people_c / sum of people within the walk of s``. The benefit of a site without
    known residents near reaches nobody.

    Parameters
    ----------
    walk
        ``origin`` (community id) and ``site``, one row for each pair within the walk.
    people
        Residents by community id; null counts as nobody.
    benefit
        Benefit by site, in any unit; null counts as none.
    """
    near = walk.assign(people=walk["origin"].map(people).astype(float).fillna(0.0))
    total = near.groupby("site")["people"].transform("sum")
    part = near["people"] / total.where(total > 0)
    got = (part * near["site"].map(benefit).astype(float)).fillna(0.0)
    return got.groupby(near["origin"]).sum().reindex(people.index, fill_value=0.0).rename("benefit")


def oldest_share(benefit: pd.Series, elderly_share: pd.Series) -> float | None:
    """Return the share of the benefit that goes to the third of communities with the most people over 60.

    Of ``n`` communities the first ``ceil(n / 3)`` by elderly share, ties by id; those of unknown age are left out of
    both. ``None`` where nothing is known or nothing is shared out.
    """
    known = elderly_share.dropna().astype(float)
    held = benefit.reindex(known.index)
    if held.sum() <= 0:
        return None
    order = np.lexsort((known.index.to_numpy(dtype=str), -known.to_numpy()))
    oldest = order[: int(np.ceil(len(known) * OLDEST_SHARE))]
    return float(held.iloc[oldest].sum() / held.sum())


def gini(benefit: pd.Series, people: pd.Series) -> float | None:
    """Return the Gini coefficient of the benefit per resident: 0 where all get the same, towards 1 where one gets all.

    ``1 - sum((p_i - p_{i-1}) (q_i + q_{i-1}))`` over communities in the order of benefit per resident, with the
    cumulative shares ``p`` of residents and ``q`` of benefit: one less twice the area below the Lorenz curve
    (Brown 1994, Social Science & Medicine 38(9), 1243-1256). Within a community all count alike. ``None`` without
    residents or benefit.
    """
    shares = _shares(benefit, people)
    if shares is None:
        return None
    got, counted = shares
    order = np.argsort(got / counted, kind="stable")
    p = np.concatenate([[0.0], np.cumsum(counted[order])])
    q = np.concatenate([[0.0], np.cumsum(got[order])])
    return float(max(0.0, 1.0 - np.sum(np.diff(p) * (q[1:] + q[:-1]))))


def theil(benefit: pd.Series, people: pd.Series) -> float | None:
    """Return the Theil index of the benefit per resident: 0 where all get the same, growing as fewer get it.

    ``sum(q_i ln(q_i / p_i))`` with the shares ``q`` of benefit and ``p`` of residents by community, 0 ln 0 being 0
    (Theil 1967, Economics and Information Theory, ch. 4). ``None`` without residents or benefit.
    """
    shares = _shares(benefit, people)
    if shares is None:
        return None
    got, counted = shares
    some = got > 0
    return float(max(0.0, np.sum(got[some] * np.log(got[some] / counted[some]))))


def _shares(benefit: pd.Series, people: pd.Series) -> tuple[Floats, Floats] | None:
    """Return the shares of benefit and of residents, communities without known residents left out."""
    counted = people.astype(float)
    counted = counted[counted > 0]
    got = benefit.reindex(counted.index).fillna(0.0)
    if got.sum() <= 0:
        return None
    return (got / got.sum()).to_numpy(), (counted / counted.sum()).to_numpy()


def summary(
    city: City, need: pd.DataFrame, opportunities: gpd.GeoDataFrame, model: Model, *, top: int = TOP
) -> dict[str, dict[str, Any]]:
    """Return, by theme, how evenly the first ``top`` sites serve the residents, as JSON.

    The benefit of a site is the residents it serves (``people_served``), shared out among the communities within
    the walk of its theme (:data:`WALKS`).

    Returns
    -------
    dict
        By theme: ``top``, ``sites`` (how many there are), ``oldest_third_benefit_share``, ``oldest_third_people_share``
        (to compare it with), ``gini``, ``theil``; null where nothing is known.
    """
    homes = city.placed("community")
    people = need.set_index("asset_id")["people"].astype("Float64").astype("float64").reindex(homes.index)
    age = homes["elderly_share"].astype("float64")
    found = {}
    for theme, of_theme in opportunities.groupby("theme", sort=True):
        first = of_theme[(of_theme["rank"] <= top).fillna(value=False).astype(bool)].set_index("opportunity_id")
        places = gpd.GeoSeries(first.geometry, crs=city.crs)
        walk = city.reach.pairs(homes.geometry, places, model.value(WALKS[str(theme)]))
        benefit = shared_out(walk, people, first["people_served"].astype("Float64").astype("float64"))
        found[str(theme)] = {
            "top": top,
            "sites": len(first),
            "oldest_third_benefit_share": oldest_share(benefit, age),
            "oldest_third_people_share": oldest_share(people.fillna(0.0), age),
            "gini": gini(benefit, people),
            "theil": theil(benefit, people),
        }
    return found
