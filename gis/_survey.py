"""Night counts laid to the communities they were made in, by name, else by place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis._notes import Note
from gis._told_about import key_of, told

if TYPE_CHECKING:
    from gis.city import City

NIGHT_SHIFT_H = 12
"""A night belongs to the day on which it began: a count at 1:00 is the evening before's."""


def night_counts(city: City, column: str) -> pd.DataFrame:
    """Return the night counts of ``column`` for each community that was surveyed.

    Rows of one night are added up (parts of a compound); of several nights the latest is the value, the smallest and
    the largest are the band. Rows without a count, and those after ``as_of``, say nothing. A count that the ledger told
    about (三百多: the layer holds 350, and the words in its remark) counts with the range of its words.

    Parameters
    ----------
    city
        The city.
    column
        ``parked_count``, ``ebike_count`` or ``marked_stall_count``.

    Returns
    -------
    DataFrame
        ``value``, ``low``, ``high`` by community id; only those surveyed.
    """
    survey = city["parking_survey"]
    future = survey["surveyed_at"] >= pd.Timestamp(city.as_of) + pd.Timedelta(days=1)
    night = (survey["surveyed_at"] - pd.Timedelta(hours=NIGHT_SHIFT_H)).dt.normalize()
    # Undated rows are one night before all others.
    night = night.fillna(pd.Timestamp.min.ceil("D"))
    counts = told(survey, "parking_survey", column).drop(columns="words")
    rows = counts.assign(community=_community_of(city), night=night)
    known = rows[~future].dropna(subset=["community", "value"])
    nights = known.groupby(["community", "night"])[["value", "low", "high"]].sum().groupby(level="community")
    found = pd.DataFrame({"value": nights["value"].last(), "low": nights["low"].min(), "high": nights["high"].max()})
    return found.rename_axis(index=None)


def survey_notes(city: City) -> tuple[Note, ...]:
    """Return how many night counts could not be laid to a community."""
    unmatched = int(_community_of(city).isna().sum())
    if not unmatched:
        return ()
    return (
        Note(
            f"夜间停车普查：{unmatched}条记录对不上任何小区（多为路内），未用于小区车辆数。",
            f"Night survey: {unmatched} records belong to no community (most are kerbs) and are not used for vehicles.",
        ),
    )


def _community_of(city: City) -> pd.Series:
    """Return the community of each survey row: of its name if only one has it, else the one that holds its place."""
    survey, communities = city["parking_survey"], city["community"]
    named = survey["community_name"].fillna(survey["name"]).map(key_of, na_action="ignore").astype(object)
    names = communities["name"].dropna().map(key_of).astype(object)
    unique = names[~names.duplicated(keep=False)]
    by_name = named.map(pd.Series(unique.index.to_numpy(), index=unique.to_numpy(), dtype=object))
    return by_name.where(by_name.notna(), _holding(city)).astype(object)


def _holding(city: City) -> pd.Series:
    survey, communities = city["parking_survey"], city.placed("community")
    found = pd.Series(np.nan, index=survey.index, dtype=object)
    middle = shapely.centroid(np.asarray(survey.geometry.array, dtype=object))
    areas = np.asarray(communities.geometry.array, dtype=object)
    row, community = shapely.STRtree(areas).query(middle, predicate="intersects")
    first = np.unique(row, return_index=True)[1]
    found.iloc[row[first]] = communities.index.to_numpy()[community[first]]
    return found
