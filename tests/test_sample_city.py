"""The sample city: the same every time, whole, and of no real place."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from sample_city import city

from layers import schema
from layers.sample import SAMPLE_NOTICE, make_city

ROOT = Path(__file__).resolve().parent.parent
COUNTS = {
    "district": 1, "subdistrict": 18, "governance_area": 8, "community": 180, "public_building": 60, "service": 220,
    "idle_land": 260, "parking": 320, "parking_survey": 42, "charging": 160, "heritage": 130, "service_item": 60,
    "report": 3000,
}  # fmt: skip
ABOUT = {
    "street": (7500, 9500),
    "building": (8500, 10500),
    "water": (60, 200),
    "green": (150, 600),
    "heritage_zone": (40, 90),
}
REAL_DISTRICTS = ("越秀", "荔湾", "海珠", "天河", "白云", "黄埔", "番禺", "花都", "南沙", "从化", "增城")
REAL_SUBDISTRICTS = (
    "六榕", "流花", "光塔", "东山", "农林", "梅花村", "黄花岗", "华乐", "大塘", "珠光", "大东", "登峰", "矿泉",
    "洪桥", "北京街", "人民街", "建设街", "沙面", "岭南", "华林", "多宝", "昌华", "逢源", "龙津", "金花",
    "彩虹街", "南源", "西村", "站前", "桥中", "白鹤洞", "冲口", "花地", "石围塘", "茶滘", "东漖", "海龙",
    "东沙", "中南街", "赤岗", "新港", "滨江街", "素社", "海幢", "南华西", "龙凤", "沙园", "南石头", "凤阳",
    "瑞宝", "江南中", "昌岗", "江海街", "琶洲", "南洲", "华洲", "官洲", "三元里", "棠景", "景泰", "石井",
    "同和", "京溪", "永平街", "嘉禾", "均禾", "松洲", "新市", "黄石街", "鹤龙", "猎德", "冼村", "石牌", "员村",
    "天园", "沙河", "沙东", "林和", "五山", "车陂", "棠下", "珠吉", "前进街", "长兴街", "珠江", "东濠",
    "荔枝湾", "陈家祠", "上下九",
)  # fmt: skip
"""Well-known names of Guangzhou: its 11 districts, sub-districts, and some places every reader would take for real."""
PRINT_HASHES = """
import hashlib
from layers.sample import make_city
for kind, frame in make_city().items():
    text = frame.drop(columns="geometry").to_csv() + "".join(str(shape) for shape in frame.geometry.to_wkb(hex=True))
    print(kind, hashlib.sha256(text.encode()).hexdigest())
"""


def test_every_input_and_context_kind_is_there() -> None:
    assert set(city()) == set(schema.input_kinds())


@pytest.mark.parametrize("kind", schema.input_kinds())
def test_frames_are_as_their_kind_declares(kind: str) -> None:
    frame = city()[kind]
    of = schema.kind(kind)
    assert list(frame.columns) == [*of.columns, "geometry"]
    assert frame.crs == "EPSG:4326"
    assert_geodataframe_equal(schema.conform(frame, of), frame)
    for item in of.fields:
        values = frame[item.name].dropna()
        if item.codes:
            assert set(values) <= set(item.codes), item.name
        if item.low is not None:
            assert (values >= item.low).all(), item.name
        if item.high is not None:
            assert (values <= item.high).all(), item.name
        if item.required:
            assert len(values) == len(frame), item.name
        if item.personal:
            assert values.empty, item.name


@pytest.mark.parametrize("kind", schema.input_kinds())
def test_every_record_says_that_it_is_sample_data(kind: str) -> None:
    frame = city()[kind]
    assert frame["is_sample"].all()
    assert (frame["source"] == "panhuo-sample").all()
    assert frame["source_id"].notna().all()
    assert frame["source_id"].is_unique
    assert frame["data_date"].notna().all()
    assert frame["asset_id"].isna().all()


def test_counts() -> None:
    found = {kind: len(frame) for kind, frame in city().items()}
    assert {kind: found[kind] for kind in COUNTS} == COUNTS
    for kind, (low, high) in ABOUT.items():
        assert low <= found[kind] <= high, kind


def test_two_calls_give_the_same_city() -> None:
    again = make_city()
    for kind, frame in city().items():
        assert_geodataframe_equal(frame, again[kind])
        assert list(frame.geometry.to_wkb()) == list(again[kind].geometry.to_wkb()), kind


def test_another_process_with_another_hash_seed_gives_the_same_city() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINT_HASHES],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "4711"},
    )
    here = []
    for kind, frame in city().items():
        text = frame.drop(columns="geometry").to_csv() + "".join(
            str(shape) for shape in frame.geometry.to_wkb(hex=True)
        )
        here.append(f"{kind} {hashlib.sha256(text.encode()).hexdigest()}")
    assert done.stdout.split("\n")[:-1] == here


def test_another_seed_and_day_give_another_city_of_the_same_counts() -> None:
    other = make_city(7, as_of=date(2026, 3, 31))
    assert {kind: len(other[kind]) for kind in COUNTS} == COUNTS
    assert not other["community"].geometry.iloc[0].equals(city()["community"].geometry.iloc[0])
    assert other["report"]["reported_at"].max() < pd.Timestamp(2026, 4, 1)
    assert all(shapely.is_valid(frame.geometry.dropna().to_numpy()).all() for frame in other.values())


def test_no_name_is_a_real_one_and_no_code_can_be() -> None:
    real = (*REAL_DISTRICTS, *REAL_SUBDISTRICTS)
    for kind, frame in city().items():
        columns = [name for name in ("name", "address", "owner", "operator", "content", "department") if name in frame]
        for column in columns:
            values = pd.Series(frame[column].dropna().unique())
            hits = {value for value in values for name in real if name in value}
            assert not hits, (kind, column, sorted(hits)[:5])
        if "subdistrict_code" in frame:
            assert frame["subdistrict_code"].dropna().str.startswith("440199").all(), kind


def test_administrative_names_and_addresses_say_that_they_are_samples() -> None:
    assert city()["district"]["name"].str.contains("示例").all()
    assert city()["district"]["district_code"].tolist() == ["440199"]
    assert city()["subdistrict"]["name"].str.contains("示例").all()
    assert city()["subdistrict"]["name"].is_unique
    for kind in ("community", "idle_land", "parking", "charging", "heritage", "report", "service", "public_building"):
        assert city()[kind]["address"].str.startswith("示例市").all(), kind
    assert "示例数据" in SAMPLE_NOTICE["zh"]
    assert "Sample data" in SAMPLE_NOTICE["en"]


@pytest.mark.parametrize("kind", ["community", "idle_land", "heritage", "report"])
def test_a_few_records_have_an_address_only(kind: str) -> None:
    frame = city()[kind]
    missing = frame.geometry.isna()
    assert 0 < missing.sum() < 0.05 * len(frame)
    assert (frame.loc[missing, "position"] == "unlocated").all()
    assert not (frame.loc[~missing, "position"] == "unlocated").any()
    assert frame.loc[missing, ["address", "subdistrict_code"]].notna().all(axis=None)
