"""Permission: the strictest rule wins, and what is lapsed, unmapped, undated or unknown is never allowed."""

from __future__ import annotations

import csv
from datetime import date
from importlib import resources
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis import permission, verdicts
from gis._notes import SEPARATORS, Note
from gis._permission_authorities import gathered
from gis.model import Model, Rule
from gis.permission import Act, heritage, of_rule
from gis.verdicts import STRICTNESS, Verdict, lowered, strictest
from layers.kinds._columns import HERITAGE_CLASSES, OWNERSHIPS
from layers.kinds._heritage import HERITAGE_ZONE

MODEL = Model.load()
DAY = date(2026, 7, 1)
ZONES = tuple(HERITAGE_ZONE["zone_type"].codes)
CLASSES = (*HERITAGE_CLASSES, None)


def rule(permission="allowed", **more):
    return Rule("a", permission, "某局", "某文件", "high", "理由", "reason", "下一步", "next", **more)


@pytest.mark.parametrize(
    ("made", "expected", "word"),
    [
        (rule(valid_from=date(2023, 7, 1)), "allowed", None),
        (rule(valid_from=date(2023, 7, 1), valid_to=date(2026, 7, 1)), "allowed", None),
        (rule(valid_from=date(2023, 7, 1), valid_to=date(2026, 6, 30)), "unclear", "失效"),
        (rule(valid_from=date(2026, 7, 2)), "unclear", "尚未生效"),
        (rule(), "approval", "施行日期待核"),
        (rule(valid_from=date(2017, 1, 1), mapped=False), "approval", "未与2025-03-01"),
        (rule("forbidden", valid_to=date(2020, 1, 1)), "forbidden", "失效"),
        (rule("approval", valid_from=date(2023, 7, 1), valid_to=date(2026, 6, 30)), "unclear", "失效"),
    ],
)
def test_a_rule_by_its_dates(made, expected, word):
    verdict = of_rule(made, DAY)
    assert verdict.permission == expected
    assert any(word in note.zh for note in verdict.doubts) if word else not verdict.doubts


def test_the_rule_for_private_capital_lapses_after_31_may_2026():
    known = MODEL.rules["community.private_capital"]
    assert of_rule(known, date(2026, 5, 31)).permission == "approval"
    lapsed = of_rule(known, date(2026, 6, 1))
    assert lapsed.permission == "unclear"
    assert lapsed.doubts == (
        Note(
            "穗建规字〔2023〕8号已于2026-05-31失效，须查后续文件",
            "穗建规字〔2023〕8号 lapsed on 2026-05-31: look for its successor",
        ),
    )


def test_new_building_in_a_protection_zone_is_forbidden_and_names_the_authority():
    verdict = heritage(MODEL, "", [("protection", "national_unit")], "new_building", DAY)
    assert verdict.permission == "forbidden"
    assert [note.zh for note in gathered(verdict.authorities)] == ["省级政府批准，批准前征得国务院文物行政部门同意"]
    assert any("未与2025-03-01" in note.zh for note in verdict.doubts)


def test_overlapping_zones_take_the_strictest_rule():
    control = [("control", "district_unit")]
    assert heritage(MODEL, "", control, "new_building", DAY).permission == "approval"
    both = [*control, ("block_core", "historic_block")]
    verdict = heritage(MODEL, "", both, "new_building", DAY)
    assert verdict.permission == "forbidden"
    assert verdict.reasons[0].zh.startswith("历史文化街区核心保护范围")
    assert len(verdict.sources) == 2


def test_a_building_in_a_zone_is_judged_by_both():
    free = heritage(MODEL, "traditional_building", [], "use_change", DAY, ownership="collective")
    assert free.permission == "allowed"
    inside = heritage(MODEL, "traditional_building", [("control", "city_unit")], "use_change", DAY)
    assert inside.permission == "approval"


def test_traditional_buildings_may_change_use_only_since_the_rule_is_in_force():
    assert heritage(MODEL, "traditional_building", [], "use_change", date(2023, 6, 30)).permission == "unclear"
    assert heritage(MODEL, "traditional_building", [], "use_change", date(2023, 7, 1)).permission == "allowed"


def test_the_measure_of_2020_for_historic_buildings_has_no_verified_term():
    verdict = heritage(MODEL, "historic_building", [], "use_change", DAY)
    assert verdict.permission == "approval"
    assert any("施行日期待核" in note.zh for note in verdict.doubts)


def test_block_core_asks_for_twenty_days_of_notice():
    steps = [note.zh for note in heritage(MODEL, "", [("block_core", "historic_block")], "alteration", DAY).next_steps]
    assert steps == ["报规划部门（会同文物部门）", "公示不少于20日"]
    assert "公示" not in heritage(MODEL, "traditional_building", [], "use_change", DAY).columns()["next_step"]


@pytest.mark.parametrize("act", get_args(Act))
@pytest.mark.parametrize("own", ["", "traditional_building"])
def test_over_buried_relics_no_rule_speaks_so_every_act_is_unclear(act, own):
    verdict = heritage(MODEL, own, [("buried_relics", None)], act, DAY)
    assert verdict.permission == "unclear"
    assert Note("地下文物埋藏区：没有对应规则", "Buried-relics area: no matching rule") in verdict.reasons
    assert any("考古调查" in note.zh for note in verdict.warnings) == (act != "use_change")


@pytest.mark.parametrize("act", get_args(Act))
@pytest.mark.parametrize("zone", [permission.UNKNOWN_ZONE, "<NA>", "其他", "site"])
def test_a_zone_of_unknown_type_is_unclear_in_both_languages(zone, act):
    verdict = heritage(MODEL, "", [(zone, "district_unit")], act, DAY)
    assert verdict.permission == "unclear"
    assert verdict.reasons == (Note("位于保护区划内，区划类型不明", "Inside a heritage zone: type of zone unknown"),)
    assert [note.en for note in gathered(verdict.authorities)] == ["the cultural heritage department"]
    both = heritage(MODEL, "", [(zone, None), ("protection", "district_unit")], "new_building", DAY)
    assert both.permission == "forbidden"


def test_a_class_outside_the_code_list_is_unknown():
    verdict = heritage(MODEL, "市保", [("control", "市保")], "use_change", DAY)
    assert verdict.permission == "unclear"
    assert all("保护级别不明" in note.zh for note in verdict.reasons)


ZONE_NAMES = {"保护范围": "protection", "建设控制地带": "control", "核心保护范围": "block_core", "本体": "site"}


def test_no_rule_is_stretched_to_a_zone_that_its_row_does_not_name():
    """A protection zone holds its site (文物保护法实施条例 art. 9); no other row speaks of a second zone."""
    text = resources.files("gis").joinpath("models", "heritage_rules.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    for known in MODEL.heritage_rules:
        row = rows[known.row - 1]
        block = row["asset_class"] == "历史文化街区"
        zone = "block_control" if block and row["zone"] == "建设控制地带" else ZONE_NAMES[row["zone"]]
        assert set(known.zones) == ({"site", "protection"} if zone == "protection" else {zone}), known.key


@pytest.mark.parametrize("act", get_args(Act))
@pytest.mark.parametrize("of_class", ["traditional_building", "historic_building", "unclassified_relic"])
def test_rules_of_a_building_say_nothing_of_a_zone_around_it(of_class, act):
    verdict = heritage(MODEL, "", [("protection", of_class)], act, DAY)
    assert verdict.permission == "unclear"
    assert verdict.reasons[0].en.endswith("no matching rule")


def test_where_no_rule_could_speak_silence_is_no_permission():
    with pytest.raises(ValueError, match="no verdict"):
        heritage(MODEL, "", [], "use_change", DAY)


STARTS = {
    "穗建规字〔2023〕8号": date(2023, 6, 1),
    "民法典": date(2021, 1, 1),
    "闲置土地处置办法": date(2012, 7, 1),
    "博物馆条例(国务院令第659号)": date(2015, 3, 20),
    "名城名镇名村保护条例": date(2008, 7, 1),
    "广州市传统风貌建筑保护规定": date(2023, 7, 1),
    "文物建筑开放导则": date(2019, 12, 24),
}
"""Days on which the texts themselves say that they start, read in copies."""


def test_only_dates_that_a_source_gives_put_a_rule_in_force():
    for known in (*MODEL.rules.values(), *MODEL.heritage_rules, *MODEL.reuse.values()):
        day = next((day for name, day in STARTS.items() if known.source.startswith(name)), None)
        assert known.valid_from == day, known.source
    undated = of_rule(next(known for known in MODEL.heritage_rules if known.key == "r04"), DAY)
    assert undated.permission == "approval"
    assert [note.zh for note in undated.doubts] == ["广东一类的地方规定（名称待核）的施行日期待核，不作为可行依据"]


def test_practice_is_not_passed_off_as_a_standard():
    assert MODEL.rules["parking.public"].source.startswith("ASSUMPTION")
    assert MODEL.rules["parking.public"].confidence == "low"
    zoning = {key: item.source for key, item in MODEL.exclusions.items() if key.startswith("zoning.")}
    assert {"zoning.G1", "zoning.E1", "zoning.E2"} <= set(zoning)
    assert all("ASSUMPTION" in source for source in zoning.values())


def test_state_owned_units_may_not_be_run_as_assets_of_a_company():
    state = heritage(MODEL, "city_unit", [], "use_change", DAY, ownership="state")
    assert any("企业资产经营" in note.zh for note in gathered(state.forbids))
    private = heritage(MODEL, "city_unit", [], "use_change", DAY, ownership="private")
    assert not any("企业资产经营" in note.zh for note in gathered(private.forbids))


@given(
    st.sampled_from(CLASSES),
    st.lists(st.tuples(st.sampled_from(ZONES), st.sampled_from(CLASSES)), max_size=3),
    st.sampled_from(get_args(Act)),
    st.sampled_from((*OWNERSHIPS, None)),
    st.dates(date(2015, 1, 1), date(2035, 1, 1)),
)
def test_unknown_is_never_allowed_and_one_more_zone_never_eases(own, zones, act, owner, day):
    verdict = heritage(MODEL, own, zones, act, day, ownership=owner)
    if own in (None, "unknown") or any(c in (None, "unknown") or z == "buried_relics" for z, c in zones):
        assert verdict.permission in ("unclear", "forbidden")
    if verdict.permission == "allowed":
        assert own == "traditional_building"
        assert day >= date(2023, 7, 1)
    words = verdict.columns()
    reasons, steps = (words[name].split(SEPARATORS[""]) for name in ("permission_reason", "next_step"))
    assert len({*reasons, *steps}) == len(reasons) + len(steps)
    assert "公示" not in words["authority"]
    assert words["next_step"].count("公示") <= 1
    for zone in zones:
        alone = heritage(MODEL, own, [zone], act, day, ownership=owner)
        assert STRICTNESS[verdict.permission] >= STRICTNESS[alone.permission]


def test_each_consequence_is_said_once_with_its_places_and_their_documents():
    held = [(zone, f"{level}_unit") for zone in ("protection", "control") for level in ("city", "district", "national")]
    held += [("block_control", "historic_block"), ("block_core", "historic_block"), ("buried_relics", None)]
    use, works = (heritage(MODEL, "historic_block", held, act, DAY) for act in ("use_change", "alteration"))
    said = strictest([use, works])
    places = (
        "历史文化街区建设控制地带（名城名镇名村保护条例 art.26）",
        "历史文化街区核心保护范围（名城名镇名村保护条例 art.27-28）",
        "全国重点、市级、区级文物保护单位建设控制地带（文物保护法 2017 art.18-19）",
        "全国重点、市级、区级文物保护单位保护范围（文物保护法 2017 art.17）",
    )
    assert said.reasons[0].zh == "历史文化街区本体、地下文物埋藏区：没有对应规则"
    assert [note.zh for note in said.reasons[1:]] == ["、".join(places) + "：改变用途、改动或修缮须报批"]
    assert said.reasons[1].en == (
        "Control zone of a historic block (名城名镇名村保护条例 art.26) as well as "
        "core of a historic block (名城名镇名村保护条例 art.27-28) as well as "
        "national, city or district protected site, construction control zone (文物保护法 2017 art.18-19) as well as "
        "national, city or district protected site, protection zone (文物保护法 2017 art.17): "
        "change of use and alteration or repair: needs approval"
    )
    assert {*use.sources, *works.sources} == set(said.sources)
    assert all(document in said.reasons[1].zh for document in said.sources)
    # However they are put together: what is strictest stands first.
    built = heritage(MODEL, "", held, "new_building", DAY)
    assert strictest([use, strictest([works, built])]).reasons == strictest([use, works, built]).reasons
    assert (
        strictest([use, built])
        .reasons[0]
        .zh.startswith("历史文化街区核心保护范围（名城名镇名村保护条例 art.27-28，必要")
    )


@pytest.mark.parametrize(
    ("zone", "of_class", "words"),
    [
        ("protection", "national_unit", "规则留有例外，须经批准，此处不作依据"),
        ("protection", "city_unit", "规则留有例外，须经批准，此处不作依据"),
        ("block_core", "historic_block", "必要的基础设施和公共服务设施除外，此处不作依据"),
    ],
)
def test_an_exception_of_a_ban_is_told_and_never_counted_on(zone, of_class, words):
    """Rows 1, 2 and 5: "forbidden; exception", "forbidden except necessary infrastructure and public services"."""
    built, altered = (heritage(MODEL, "", [(zone, of_class)], act, DAY) for act in ("new_building", "alteration"))
    assert built.permission == "forbidden"
    assert built.reasons[0].zh.endswith(f"，{words}）")
    assert "not counted on here" in built.reasons[0].en
    assert words not in altered.reasons[0].zh
    text = resources.files("gis").joinpath("models", "heritage_rules.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    excepting = {number for number, row in enumerate(rows, 1) if "except" in row["new_building"]}
    assert {rule.row for rule in MODEL.heritage_rules if rule.exception} == excepting == {1, 2, 5}


def test_a_rule_out_of_its_days_is_not_said_to_be_silent():
    early = heritage(MODEL, "traditional_building", [], "use_change", date(2023, 6, 30))
    assert "改变用途所据规则不在施行期" in early.reasons[0].zh
    assert "规则未写明" in heritage(MODEL, "traditional_building", [], "new_building", DAY).reasons[0].zh


@given(st.lists(st.sampled_from(list(STRICTNESS)), min_size=1))
def test_strictest_is_the_maximum_in_any_order(codes):
    expected = max(codes, key=STRICTNESS.__getitem__)
    assert strictest(Verdict(code) for code in codes).permission == expected
    assert strictest(Verdict(code) for code in reversed(codes)).permission == expected


def test_lowering_never_eases_and_keeps_the_reasons():
    one, two, ask = Note("甲", "one"), Note("乙", "two"), Note("查", "ask")
    verdict = lowered(Verdict("forbidden", (one,)), "unclear", two, ask)
    assert (verdict.permission, verdict.reasons, verdict.first_steps) == ("forbidden", (one, two), (ask,))
    assert (verdict.columns()["permission_reason"], verdict.columns()["permission_reason_en"]) == ("甲；乙", "one; two")
    with pytest.raises(ValueError, match="no verdict"):
        strictest([])
    assert list(verdicts.table([], [])) == [*Verdict("unclear").columns(), "horizon_years"]


def test_a_rule_of_unknown_date_says_what_it_says_and_what_is_taken():
    """Row 7 allows a change of use; its day of force is not known, so the document is not cited for a leave."""
    said = heritage(MODEL, "historic_building", [], "use_change", DAY, ownership="private")
    assert said.permission == "approval"
    words = "改变用途规则称可行，施行日期待核，按须报批处理（广州市促进历史建筑合理利用实施办法 2020）"
    assert [note.zh for note in said.reasons] == [f"历史建筑本体：{words}"]
    assert "allowed by the rule, whose date of force is not known" in said.reasons[0].en
