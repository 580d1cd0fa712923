"""Night counts laid to the communities they were made in, by name, else by place."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis._notes import SEPARATORS, Note
from layers.schema import kind
from layers.values import range_told

if TYPE_CHECKING:
    from gis.city import City

BRACKETS = re.compile(r"[（(][^）)]*[）)]")
"""The unit in a title."""
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
    count = survey[column].astype("Float64").astype("float64")
    future = survey["surveyed_at"] >= pd.Timestamp(city.as_of) + pd.Timedelta(days=1)
    night = (survey["surveyed_at"] - pd.Timedelta(hours=NIGHT_SHIFT_H)).dt.normalize()
    # Undated rows are one night before all others.
    night = night.fillna(pd.Timestamp.min.ceil("D"))
    ends = _told_about(survey["remark"], column, count)
    rows = pd.DataFrame({"community": _community_of(city), "night": night, "value": count, **ends})
    known = rows[~future].dropna(subset=["community", "value"])
    nights = known.groupby(["community", "night"])[["value", "low", "high"]].sum().groupby(level="community")
    found = pd.DataFrame({"value": nights["value"].last(), "low": nights["low"].min(), "high": nights["high"].max()})
    return found.rename_axis(index=None)


def _told_about(remarks: pd.Series, column: str, count: pd.Series) -> dict[str, pd.Series]:
    """Return the low and the high end of counts, the counts themselves where no words say that they are about so many.

    A remark keeps such words as ``title: words``, one beside the other (:mod:`layers.reading`); they are those of the
    count where the title is one of its column's and the count lies within the range that they tell.
    """
    field = kind("parking_survey")[column]
    titles = {_key(BRACKETS.sub("", name)) for name in (field.zh, *field.aliases)}
    ends = {"low": count.copy(), "high": count.copy()}
    for row, remark in remarks[count.notna().to_numpy()].dropna().items():
        for piece in str(remark).split(SEPARATORS[""]):
            title, found, words = piece.partition(": ")
            told = range_told(words, field) if found and _key(BRACKETS.sub("", title)) in titles else None
            if told is not None and told[0] <= count[row] <= told[1]:
                ends["low"][row], ends["high"][row] = told
    return ends


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
    named = survey["community_name"].fillna(survey["name"]).map(_key, na_action="ignore").astype(object)
    names = communities["name"].dropna().map(_key).astype(object)
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


def _key(name: str) -> str:
    """Return the name as it is compared: one width of characters, no spaces, no brackets."""
    plain = unicodedata.normalize("NFKC", str(name))
    return "".join(sign for sign in plain if sign.isalnum())
