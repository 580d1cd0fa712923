"""Dated parameters: what is sized or priced by what has lapsed, is a draft or bears no date says so."""

from __future__ import annotations

from datetime import date
from importlib import resources

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis import _dated
from gis.model import Model

MODEL = Model.load()
DAY = date(2026, 7, 1)
TARIFF = "parking.tariff.resid_monthly"


def doubted(model, day):
    """Return, by key, the sentence on every parameter that is no sure ground."""
    return {item.key: item.sentence for item in _dated.not_in_force(model, day) if item.section == "parameter"}


def district(**entry):
    lines = "\n".join(f"{key} = {value}" for key, value in entry.items())
    return Model.load(f'[parameter."{TARIFF}"]\n{lines}\n')


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        ({}, "施行日期待核"),
        ({"valid_from": "2026-07-01", "valid_to": "2026-07-01"}, None),
        ({"valid_from": "2024-01-01", "valid_to": "2026-06-30"}, "已于2026-06-30失效"),
        ({"valid_from": "2026-07-02"}, "自2026-07-02起施行，尚未生效"),
        ({"valid_from": "2024-01-01", "state": '"draft"'}, "征求意见稿"),
        ({"valid_from": "2024-01-01", "state": '"superseded"'}, "已被后来的规定取代"),
    ],
)
def test_a_tariff_by_its_dates_and_its_state(entry, word):
    why = doubted(district(**entry), DAY).get(TARIFF)
    assert (why is None) if word is None else (word in why.zh and TARIFF in why.en)


def test_an_option_is_warned_of_how_many_its_account_or_its_size_reads_and_no_other():
    rows = pd.DataFrame({"action": ["surface_parking", "pocket_park"], "rent_terms": [None, None]})
    told = _dated.cautioned(rows.assign(warnings="", warnings_en=""), MODEL, DAY)["warnings"]
    # The undated tariff prices it; parking.service_radius and turnover_per_day, of a repealed standard, size it.
    read = set(_dated.parameters_of(MODEL, "surface_parking")) & set(_dated.reasons(MODEL, DAY))
    assert {TARIFF, "parking.service_radius"} <= read
    assert told[0].startswith(f"{len(read)}个参数所据文件")
    assert told[1] == ""
    sure = district(valid_from="2024-01-01")
    fewer = _dated.cautioned(rows.assign(warnings="", warnings_en=""), sure, DAY)["warnings"]
    assert fewer[0].startswith(f"{len(read) - 1}个参数所据文件")


def test_the_draft_of_2019_is_told_only_where_a_house_is_let_on_its_terms():
    rows = pd.DataFrame({"action": ["heritage_reuse"] * 2, "rent_terms": ["creative", "reference"]})
    told = _dated.cautioned(rows.assign(warnings="", warnings_en=""), MODEL, DAY)
    counts = [int(text.partition("个参数")[0] or 0) for text in told["warnings"]]
    assert counts[0] == counts[1] + 1
    assert "2019 draft" in doubted(MODEL, DAY)["heritage.rent_creative_after_y1"].en


def test_the_manifest_tells_the_lapsed_rule_and_what_the_actions_use():
    told = [note.zh for note in _dated.notes(MODEL, DAY, ["surface_parking"])]
    assert "穗建规字〔2023〕8号已于2026-05-31失效，须查后续文件。" in told
    assert any(TARIFF in text for text in told)
    assert not any("parking.tariff.gz" in text for text in told)  # nothing reads them
    before = [note.zh for note in _dated.notes(MODEL, date(2026, 5, 31), [])]
    assert not any("8号" in text and "失效" in text for text in before)
    # Rules whose articles are not mapped, or whose day is not known, are told on any day.
    assert sum("不作为可行依据" in text for text in before) == 5
    assert all(note.en for note in _dated.notes(MODEL, date(2000, 1, 1), MODEL.actions))


def test_every_law_and_tariff_of_the_model_bears_a_date_or_says_that_it_has_none():
    """Laws by the days that their texts name; what no text dates is told whenever it is used."""
    doubtful = doubted(MODEL, DAY)
    started = {"民法典": date(2021, 1, 1), "闲置土地处置办法": date(2012, 7, 1), "53号令": date(2012, 7, 1)}
    for key, item in MODEL.parameters.items():
        law = next((day for name, day in started.items() if item.source.startswith(name)), None)
        assert item.valid_from == law or law is None, key
        if _dated.TARIFF in key:
            assert item.valid_from or key in doubtful, key
        if "(repealed)" in item.source or "draft" in item.source.lower().split(";")[0].split(":")[0]:
            assert key in doubtful, key
    for rule in (*MODEL.rules.values(), *MODEL.heritage_rules, *MODEL.reuse.values()):
        is_practice = rule.source.startswith("ASSUMPTION")
        undated = ("2017 art.", "广州市促进历史建筑合理利用实施办法 2020", "广东一类的地方规定")
        assert rule.valid_from or is_practice or any(name in rule.source for name in undated), rule.source


def test_a_chinese_text_names_documents_in_chinese():
    told = doubted(MODEL, DAY)
    assert told["idle.fee"] == (
        "参数idle.fee：闲置土地处置办法（国土资源部令53号）第2条 所引条文待核。",
        "parameter idle.fee: 闲置土地处置办法 art.2 (国土资源部令53号) cites an article that is yet to be checked.",
    )
    every = "".join(note.zh for note in _dated.notes(MODEL, DAY, MODEL.actions))
    for english in ("Guangdong", "Guangzhou 历史", "disposal option", "standard", "secondary", "(repealed)", "notice"):
        assert english not in every.replace("notice_days", ""), english


def test_an_article_that_is_to_be_checked_is_that_of_the_packaged_number():
    for own in (
        Model.load(overrides={"idle.fee": "0.1"}),
        Model.load('[parameter."idle.fee"]\nsource = "示〔2026〕1号"'),
    ):
        assert (own["idle.fee"].state, own["idle.fee"].source_zh) == ("", "")
        assert "idle.fee" not in doubted(own, DAY)
    assert "idle.fee" in doubted(Model.load(overrides={"idle.fee": "0.2"}), DAY)


def test_an_unknown_state_is_a_fault_of_the_file():
    with pytest.raises(Exception, match="state"):
        district(state='"gone"')


LAPSING = (
    *("idle.fee", "idle.reclaim_years", "idle.temp_use_max", "heritage.notice_days", "circle.15min.radius"),
    *("old_comm.built_before_year", "facility.clinic.area", "heritage.lease_max_state_owned"),
)


@pytest.mark.parametrize("key", LAPSING)
def test_a_lapsed_law_is_told_by_the_run_whatever_counts_with_it(key):
    """No action names them all: the need, the clocks and the permissions read them as well."""
    model = Model.load(f'[parameter."{key}"]\nvalid_from = 2012-07-01\nvalid_to = 2020-01-01\n')
    told = [note.zh for note in _dated.notes(model, DAY, [])]
    assert any(f"参数{key}：" in text and "已于2020-01-01失效" in text for text in told)
    assert any(f"参数{key}：" in text and "尚未生效" in text for text in notes_zh(model, date(2012, 6, 30)))


def notes_zh(model, day):
    return [note.zh for note in _dated.notes(model, day, [])]


def test_what_is_held_unread_is_named_nowhere_in_the_code():
    """Every parameter that a module names is told, unless an action lists it (then it is told with the action)."""
    listed = {key for action in MODEL.actions for key in _dated.parameters_of(MODEL, action)}
    unread = [key for key in MODEL.parameters if key.startswith(_dated.UNREAD) and key not in listed]
    assert len(unread) > 30
    modules = [path for path in resources.files("gis").iterdir() if path.name.endswith(".py")]
    code = "".join(path.read_text(encoding="utf-8") for path in modules)
    assert [key for key in unread if f'"{key}"' in code and key not in _dated.UNREAD] == []


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_no_document_is_silent_outside_its_days(day):
    """By what the run tells, not by what a function knows: every action is asked."""
    told = " ".join(note.en for note in _dated.notes(MODEL, day, MODEL.actions))
    read = {key for action in MODEL.actions for key in _dated.parameters_of(MODEL, action)}
    for key, item in MODEL.parameters.items():
        if _out(item, day) or item.state:
            assert f"parameter {key}:" in told or (key.startswith(_dated.UNREAD) and key not in read), key
    for item in (*MODEL.rules.values(), *MODEL.heritage_rules, *MODEL.exclusions.values(), *MODEL.reuse.values()):
        assert not _out(item, day) or item.source in told


def _out(item, day):
    early = item.valid_from is not None and day < item.valid_from
    return early or (item.valid_to is not None and day > item.valid_to)


def test_an_exclusion_before_its_document_excludes_and_says_so():
    """The provincial rule on fire safety is of 2026-04-01: an analysis of January cannot rest on it."""
    early, late = notes_zh(MODEL, date(2026, 1, 31)), notes_zh(MODEL, date(2026, 4, 1))
    assert [text for text in early if "自2026-04-01起施行，尚未生效" in text]
    assert not [text for text in late if "尚未生效" in text]


def test_a_law_without_a_date_is_told_once_and_warns_no_option():
    bare = _dated.undated(MODEL)
    assert {"heritage.notice_days", "heritage.lease_max_state_owned", "old_comm.built_before_year"} <= set(bare)
    # Dated by its notice (2017-02-01), an assumption, a measured mean, the district's own number: no law without a day.
    own = Model.load(overrides={"circle.15min.radius": "900"})
    for key in ("parking.stall_area.surface", "fin.horizon.building", "ebike.ports_per_bike"):
        assert key not in bare
    assert "circle.15min.radius" in bare
    assert "circle.15min.radius" not in _dated.undated(own)
    (sentence,) = [text for text in notes_zh(MODEL, DAY) if "个参数所据文件施行日期待核" in text]
    assert "heritage.notice_days" in sentence
    assert not set(bare) & set(_dated.reasons(MODEL, DAY))
