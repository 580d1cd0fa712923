"""Where disputes over parked cars concentrate: reports a missing stall, and what reports without a gap mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from need_city import FIVE, MODEL, city

from gis import need, parking_conflict

ENDS = ("", "_low", "_high")


def table(**rows):
    """Return what the programmes found: id -> (gap, low, high, parking reports)."""
    names = [*(f"night_gap_stalls{end}" for end in ENDS), "parking_report_count"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=names).astype("Float64")
    return frame.astype({"parking_report_count": "Int64"})


def test_reports_a_missing_stall_by_hand():
    # 12 reports over 40 stalls missing are 0.3 a stall and year; over 60 they are 0.2, over 30 they are 0.4.
    row = parking_conflict.need(table(a=(40, 30, 60, 12))).loc["a"]
    assert [row[f"parking_conflict{end}"] for end in ENDS] == pytest.approx([0.3, 0.2, 0.4])
    assert row["parking_conflict_note"] == ""
    # Half a stall missing is no denominator: it counts as one stall, and so does a low end of none.
    row = parking_conflict.need(table(a=(0.5, 0, 4, 6))).loc["a"]
    assert [row[f"parking_conflict{end}"] for end in ENDS] == pytest.approx([6, 1.5, 6])


def test_reports_without_a_gap_are_told_not_divided():
    found = parking_conflict.need(table(a=(0, 0, 0, 7), b=(None, None, None, 3), c=(0, 0, 5, 0), d=(10, 5, 15, None)))
    assert found[[f"parking_conflict{end}" for end in ENDS]].isna().all(axis=None)
    assert found["parking_conflict_note"].str.contains("7件停车诉求而无夜间泊位缺口").tolist() == [True] + [False] * 3
    assert found["parking_conflict_note"].str.contains("3件停车诉求，夜间缺口不明").tolist()[1]
    assert found.loc["a", "parking_conflict_note_en"].startswith("7 parking reports and no stalls missing")
    assert found.loc[["c", "d"], "parking_conflict_note"].tolist() == ["", ""]
    assert "高值有" in parking_conflict.need(table(a=(0, 0, 5, 7))).loc["a", "parking_conflict_note"]


def test_where_disputes_concentrate():
    # By reports a stall: b 1.0, a 0.5, then no gap by reports: d 20, c 4, then unknown gap: e. Nobody reports f and g.
    found = parking_conflict.need(
        table(
            a=(40, 40, 40, 20),
            b=(10, 10, 10, 10),
            c=(0, 0, 0, 4),
            d=(0, 0, 0, 20),
            e=(None, None, None, 50),
            f=(90, 90, 90, 0),
            g=(90, 90, 90, None),
        )
    )
    assert found["parking_conflict_order"].dropna().sort_values().index.tolist() == ["b", "a", "d", "c", "e"]
    assert found.loc["f", "parking_conflict"] == 0
    assert found.loc[["f", "g"], "parking_conflict_order"].isna().all()


def test_in_the_need_of_a_city():
    # Two parking reports within 300 m of 20 vehicles for which 10 stalls are missing: 0.2 a stall.
    report = {"at": (50, 0), "reported_at": pd.Timestamp("2026-06-01"), "event_item": "机动车违停"}
    home = {"asset_id": "a", "vehicle_count": 20, "stall_count": 10, "at": (0, 0)}
    lot = {"parking_type": "public", "access": "public", "is_open_at_night": True, "stall_count": 9, "at": (9000, 0)}
    town = city(FIVE, community=[home], report=[report, report, {**report, "event_item": "路灯"}], parking=[lot])
    row = need.assemble(town, MODEL)[0].loc["a"]
    assert [row[f"parking_conflict{end}"] for end in ENDS] == pytest.approx([0.2, 0.2, 0.2])
    assert row["parking_conflict_order"] == 1
    silent = need.assemble(city(FIVE, community=[home]), MODEL)[0].loc["a"]
    assert pd.isna(silent["parking_conflict"])
    assert "report" in silent["missing"].split(",")
    nobody = need.assemble(city(FIVE), MODEL)[0]
    assert nobody.empty


number = st.none() | st.floats(0, 500)


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(st.tuples(st.lists(number, min_size=3, max_size=3), st.none() | st.integers(0, 90)), max_size=8),
    data=st.data(),
)
def test_band_and_order_hold_for_any_community_in_any_order(rows, data):
    known = {
        f"c{n}": (*((gaps[1], gaps[0], gaps[2]) if None not in gaps else (None,) * 3), reports)
        for n, (gaps, reports) in enumerate((sorted(g) if None not in g else g, r) for g, r in rows)
    }
    found = parking_conflict.need(table(**known))
    told = found[found["parking_conflict"].notna()]
    assert (told["parking_conflict_low"] <= told["parking_conflict"]).all()
    assert (told["parking_conflict"] <= told["parking_conflict_high"]).all()
    assert np.isfinite(told[[f"parking_conflict{end}" for end in ENDS]].to_numpy(dtype=float)).all()
    places = found["parking_conflict_order"].dropna()
    assert sorted(places) == list(range(1, len(places) + 1))
    shuffled = {key: known[key] for key in data.draw(st.permutations(list(known)))}
    pd.testing.assert_frame_equal(parking_conflict.need(table(**shuffled)).loc[found.index], found)
