"""A second source of a kind: what merges, what stays, what is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pytest
from matching_layers import CULTURE, KIND, PLANNING, layer, records, with_ids

from layers import schema
from layers.identity import no_keys
from layers.matching.doubts import Doubt, record_keys, still_open, table
from layers.matching.ids import identify
from layers.matching.join import join, settle
from layers.matching.sources import field_sources, in_words, members

if TYPE_CHECKING:
    import geopandas as gpd

OLD = records(
    CULTURE,
    {
        "source_id": "001",
        "name": "示例陈氏书院",
        "address": "北渠街32号",
        "at": 0,
        "heritage_class": "district_unit",
        "structure": "unknown",
        "data_date": "2026-01-01",
    },
    {"source_id": "002", "name": "示例电报局旧址", "at": 900, "built_year": 1921, "data_date": "2026-01-01"},
    {"source_id": "007", "name": "示例烈士故居", "address": "东基大街8号", "data_date": "2026-01-01"},
)
NEW = records(
    PLANNING,
    {
        "source_id": "G1",
        "name": "示例陳氏書院",
        "address": "北渠街三十二号",
        "at": 15,
        "structure": "brick_timber",
        "data_date": "2026-06-01",
    },
    {"source_id": "G2", "name": "示例电报局旧址", "at": 930, "built_year": 1923, "data_date": "2026-06-01"},
    {"source_id": "G3", "name": "示例烈士故居", "address": "东基大街8号", "at": 2000, "data_date": "2026-06-01"},
    {"source_id": "G4", "name": "古榕（编号示0001）", "at": 3000, "heritage_class": "ancient_tree"},
)


def test_two_departments_lists_become_one_layer() -> None:
    current = layer(OLD)
    joined = join(current, NEW, kind="heritage", source=PLANNING)
    assert joined.counts.read == 4
    assert (joined.counts.kept, joined.counts.merged, joined.counts.carried, joined.counts.total) == (1, 3, 3, 4)
    assert joined.frame["asset_id"].tolist() == [*current["asset_id"], pd.NA]
    assert joined.doubts == ()
    assert joined.frame["source_id"].iloc[joined.rows].tolist() == NEW["source_id"].tolist()
    hall = joined.frame.iloc[0]
    assert hall["name"] == "示例陳氏書院"  # the newer list
    assert hall["heritage_class"] == "district_unit"  # which the newer does not say
    assert hall["structure"] == "brick_timber"  # unknown gives way
    assert hall["source"] == PLANNING
    home = joined.frame.iloc[2]
    assert home["position"] == "exact"  # the older list had no place
    assert home.geometry.equals(NEW.geometry.iloc[2])


def test_the_source_of_every_value_is_kept_and_read_back() -> None:
    current = layer(OLD, NEW)
    told = json.loads(current["sources"].iloc[0])
    assert told["fields"] == {"name": PLANNING, "address": PLANNING, "structure": PLANNING, "heritage_class": CULTURE}
    assert [record["source_id"] for record in told["records"]] == ["G1", "001"]
    said = field_sources(current)
    years = said[said["field"] == "built_year"][["source", "value", "is_used"]].to_numpy().tolist()
    assert years == [[PLANNING, 1923, True], [CULTURE, 1921, False]]


def test_contradictions_are_told_in_both_languages() -> None:
    joined = join(layer(OLD), NEW, kind="heritage", source=PLANNING, records=[11, 12, 13, 14])
    found = {item.record: item for item in joined.findings if item.rule == "same_place"}
    assert set(found) == {11, 12, 13}
    assert "建成年份 1923（规自局）/ 1921（文广旅局）" in found[12].zh
    assert "built_year 1923" in found[12].en
    assert "所报不同" not in found[11].zh  # 陳氏書院 and 陈氏书院 are one name


def test_a_source_is_replaced_by_its_next_file_and_the_others_stay_as_they_were() -> None:
    current = layer(OLD, NEW)
    later = records(
        PLANNING,
        {"source_id": "G1", "name": "示例陈氏宗祠书院", "at": 12, "structure": "timber", "data_date": "2026-09-01"},
        {"source_id": "G9", "name": "水磨坊骑楼段", "at": 5000},
    )
    joined = join(current, later, kind="heritage", source=PLANNING)
    assert joined.counts.replaced == 4
    assert joined.counts.gone == 1  # only 古榕: the others are in the other list
    assert list(joined.gone) == [current["asset_id"].iloc[3]]
    by_id = joined.frame.set_index("asset_id")
    assert by_id.loc[current["asset_id"].iloc[0], "structure"] == "timber"
    telegraph = by_id.loc[current["asset_id"].iloc[1]]
    assert (telegraph["built_year"], telegraph["source"]) == (1921, CULTURE)
    assert pd.isna(telegraph["sources"])


def test_a_record_known_by_its_own_id_stays_with_its_thing_though_renamed_and_moved() -> None:
    current = layer(OLD, NEW)
    moved = records(PLANNING, {"source_id": "G1", "name": "完全另一个名字", "at": 40_000})
    joined = join(current, moved, kind="heritage", source=PLANNING)
    assert joined.counts.merged == 1
    assert joined.frame["asset_id"].iloc[0] == current["asset_id"].iloc[0]


def doubtful() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, Doubt]:
    """Return two lists with one doubtful pair, and the doubt."""
    one = records(CULTURE, {"source_id": "1", "name": "青砖里民居群（3、5号）", "at": 0})
    other = records(PLANNING, {"source_id": "A", "name": "青砖里民居", "at": 140})
    joined = join(layer(one), other, kind="heritage", source=PLANNING)
    assert len(joined.frame) == 2
    (doubt,) = joined.doubts
    return one, other, doubt


def test_a_doubt_shows_both_records_and_why() -> None:
    _, _, doubt = doubtful()
    assert {doubt.one.name, doubt.other.name} == {"青砖里民居群（3、5号）", "青砖里民居"}
    assert doubt.distance_m == pytest.approx(140, abs=1)
    assert any("编号 3,5 / -" in reason.zh for reason in doubt.reasons)
    assert any("140 m apart" in reason.en for reason in doubt.reasons)
    assert Doubt.from_dict(json.loads(json.dumps(doubt.to_dict()))) == doubt
    row = table([doubt]).iloc[0]
    assert {row["one_source"], row["other_source"]} == {CULTURE, PLANNING}


def test_yes_makes_one_and_no_keeps_two_now_and_next_month() -> None:
    one, other, doubt = doubtful()
    for answer, count in ((True, 1), (False, 2)):
        told = {doubt.pair: answer}
        joined = join(layer(one), other, kind="heritage", source=PLANNING, decisions=told)
        assert len(joined.frame) == count
        assert joined.doubts == ()
        again = join(with_ids(joined), other, kind="heritage", source=PLANNING, decisions=told)
        assert len(again.frame) == count


def test_an_answer_is_carried_out_without_a_new_file_and_can_be_taken_back() -> None:
    one, other, doubt = doubtful()
    apart = layer(one, other)
    together = settle(apart, kind="heritage", decisions={doubt.pair: True})
    assert together.frame["asset_id"].tolist() == [min(apart["asset_id"])]
    assert together.aliases == {max(apart["asset_id"]): min(apart["asset_id"])}
    back = settle(with_ids(together), kind="heritage", decisions={doubt.pair: False})
    assert sorted(back.frame["name"]) == sorted(apart["name"])
    assert back.frame["asset_id"].dropna().tolist() == [min(apart["asset_id"])]  # the other one is made anew


def test_no_parts_what_the_scores_merged() -> None:
    current = layer(OLD, NEW)
    keys = sorted(record_keys(members(current.iloc[:1], KIND)))
    parted = settle(current, kind="heritage", decisions={(keys[0], keys[1]): False})
    assert parted.counts.total == len(current) + 1
    again = join(with_ids(parted), NEW, kind="heritage", source=PLANNING, decisions={(keys[0], keys[1]): False})
    assert again.counts.total == len(current) + 1


def test_doubts_whose_records_left_or_that_were_answered_are_closed() -> None:
    one, other, doubt = doubtful()
    keys = record_keys(members(layer(one, other), KIND))
    assert still_open([doubt], keys, {}) == [doubt]
    assert still_open([doubt], keys, {doubt.pair: False}) == []
    assert still_open([doubt], record_keys(one), {}) == []


def test_a_list_that_says_a_thing_twice_is_asked_about_and_never_merged_by_itself() -> None:
    twice = records(
        CULTURE,
        {"source_id": "1", "name": "示例陈氏书院", "at": 0},
        {"source_id": "2", "name": "陳氏書院（示例）", "at": 8},
    )
    joined = join(schema.empty(KIND), twice.assign(name=["榕桥书院", "榕橋書院"]), kind="heritage", source=CULTURE)
    assert len(joined.frame) == 2
    assert len(joined.doubts) == 1
    told = {joined.doubts[0].pair: True}
    assert (
        len(
            join(
                schema.empty(KIND), twice.assign(name="榕桥书院"), kind="heritage", source=CULTURE, decisions=told
            ).frame
        )
        == 1
    )


def test_kinds_that_are_not_matched_are_only_replaced_by_source() -> None:
    report = schema.kind("report")
    one = schema.conform(
        pd.DataFrame({"name": ["扬尘"], "source": "12345", "source_id": "1", "asset_id": "r-1"}), report
    )
    joined = join(one, one.assign(source="云报事"), kind="report", source="云报事")
    assert len(joined.frame) == 2
    assert joined.doubts == ()


def test_personal_fields_never_enter_the_sources() -> None:
    report = schema.kind("report")
    row = {"name": "扬尘", "source_id": "1", "reporter": "张某", "telephone": "13800000000"}
    one = schema.conform(pd.DataFrame([{**row, "source": "12345", "asset_id": "r-1"}]), report)
    other = schema.conform(pd.DataFrame([{**row, "source": "云报事"}]), report)
    keys = sorted([*record_keys(one), *record_keys(other)])
    joined = join(one, other, kind="report", source="云报事", decisions={(keys[0], keys[1]): True})
    assert len(joined.frame) == 1
    assert "张某" not in joined.frame["sources"].iloc[0]
    assert "138" not in joined.frame["sources"].iloc[0]


def test_sources_are_told_in_words() -> None:
    current = layer(OLD, NEW)
    words = in_words(current["sources"], KIND)
    assert words[1] == "规自局、文广旅局；所报不同：建成年份 1923（规自局） / 1921（文广旅局）"
    assert words[2:] == ["规自局、文广旅局", None]
    assert "不明" not in words[0], "a source that does not know contradicts nobody"


def test_ids_go_on_and_every_sources_name_leads_to_them() -> None:
    first = join(schema.empty(KIND), OLD, kind="heritage", source=CULTURE)
    ids, keys = identify(first.frame, KIND, no_keys())
    assert ids.is_unique
    assert len(keys) == 3
    joined = join(first.frame.assign(asset_id=ids), NEW, kind="heritage", source=PLANNING)
    later, more = identify(joined.frame, KIND, keys)
    assert later.iloc[:3].tolist() == ids.tolist()
    every = pa.concat_tables([keys, more])
    known = {(key["source"], key["source_id"]): key["asset_id"] for key in every.to_pylist()}
    assert known[PLANNING, "G1"] == known[CULTURE, "001"] == ids.iloc[0]
    assert len(identify(joined.frame.assign(asset_id=later), KIND, every)[1]) == 0


def test_an_id_is_never_given_twice_when_a_thing_is_parted() -> None:
    first = join(schema.empty(KIND), OLD, kind="heritage", source=CULTURE).frame
    ids, keys = identify(first, KIND, no_keys())
    both = join(first.assign(asset_id=ids), NEW, kind="heritage", source=PLANNING).frame
    ids, more = identify(both, KIND, keys)
    layer_now = both.assign(asset_id=ids)
    pair = sorted(record_keys(members(layer_now.iloc[:1], KIND)))
    parted = settle(layer_now, kind="heritage", decisions={(pair[0], pair[1]): False})
    again, _ = identify(parted.frame, KIND, pa.concat_tables([keys, more]))
    assert again.is_unique
    assert again.notna().all()
    assert set(ids) <= set(again)
