"""What comes before a dangerous house opens: said of every rank that stands on it, with what its urgency adds."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from heritage_cases import HALL
from need_city import FIVE, MODEL, city
from shapely.geometry import box

from gis import _tables, culture, heritage, public_rooms
from gis.need import assemble
from gis.options import merged

OLD = {"at": box(5, 5, 40, 60), "household_count": 400, "built_year": 1990}
ROOM = {"at": (120, 0), "ownership": "state", "occupancy": "vacant", "has_title": True, "floor_area_m2": 90.0}
TOLD = {**HALL, "story": "陈氏子弟在此读书"}
WORDS = "先加固：C级（局部危险），加固并复核等级前不得开放；加固费用未计入投资"
URGENT = "；得分中“保存紧迫性”占0.096分（权重0.12×值0.8），是急需修缮，不是可先开放"


@pytest.fixture(scope="module")
def ranked():
    """Return a function: the ranked options of sites and rooms, by theme, asset and action."""

    def ranked(sites, rooms=(), model=MODEL):
        town = city(FIVE, heritage=sites, public_building=rooms, community=[OLD])
        need, _ = assemble(town, model)
        found = merged([each.options(town, need, model) for each in (heritage, public_rooms)])
        found = merged([found, culture.options(town, need, model, found)])
        table, _ = _tables.with_money(_tables.identified(found, town), model, 1)
        return _tables.ranked(table, model, 1, town, need).table

    return ranked


def weighing_nothing(key):
    """Return the model with no weight on one criterion."""
    items = (replace(item, weight=0.0) if item.key == key else item for item in MODEL.criteria)
    return replace(MODEL, criteria=tuple(items))


def test_what_the_urgency_adds_is_told_as_it_counts_and_of_ranks_only(ranked):
    site = {**TOLD, "danger_grade": "C"}
    found, unweighed = ranked([site]), ranked([site], model=weighing_nothing("urgency"))
    has_rank = found["rank"].notna()
    assert len(found) > has_rank.sum() == 1
    assert set(found.loc[has_rank, "rank_condition"]) == {WORDS + URGENT}
    assert found.loc[has_rank, "rank_condition_en"].str.contains("0.096 of its score").all()
    assert (found.loc[~has_rank, "rank_condition"] == "").all(), "what has no rank stands on nothing"
    assert set(unweighed.loc[unweighed["rank"].notna(), "rank_condition"]) == {WORDS}
    assert (ranked([{**TOLD, "danger_grade": "B"}])["rank_condition"] == "").all()


def test_a_hall_in_a_dangerous_public_room_is_told_the_same_and_never_of_high_confidence(ranked, monkeypatch):
    sure = lambda found, *_: pd.Series("high", index=found.index)  # noqa: E731 - whatever else is known
    monkeypatch.setattr(_tables.ranking, "confidence", sure)
    found = ranked([TOLD], [{**ROOM, "danger_grade": "C"}, {**ROOM, "danger_grade": "A"}])
    rooms = found[(found["asset_kind"] == "public_building") & found["rank"].notna()].set_index("asset_id")
    weak, sound = (rooms.loc[[f"public_building-{number}"]].set_index("action") for number in range(2))
    assert weak.loc["hall_of_fame", "rank_condition"] == WORDS + URGENT
    assert set(weak.drop("hall_of_fame")["rank_condition"]) == {WORDS}, "of another theme, that counts no urgency"
    assert (sound["rank_condition"] == "").all()
    assert set(weak["confidence"]) == {"medium"}
    assert set(sound["confidence"]) == {"high"}
