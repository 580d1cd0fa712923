"""By whose leave, and how high: each authority once, the level of the highest, what is forbidden and open as lists."""

from __future__ import annotations

from itertools import pairwise

import pytest
from heritage_cases import HALL
from land_cases import COLLECTIVE, offered
from need_city import AS_OF, FIVE, MODEL, city
from shapely.geometry import box

from gis import _tables, heritage, permission
from gis._account_notes import STRENGTHENING
from gis._notes import IN_PIECES, Note, noted, twins
from gis._permission_authorities import Authority, decided, gathered
from gis.need import assemble
from layers.kinds._results import DECISION_LEVELS

NOBODY = assemble(city(), MODEL)[0]
AROUND = box(0, -100, 300, 300)
GUEST_HOUSE = {"building_type": "residential_commercial", "ownership": "state", "heritage_class": "district_unit"}


def sites(*facts, zones=()):
    town = city(FIVE, heritage=[{**HALL, **each} for each in facts], heritage_zone=[{"at": AROUND, **z} for z in zones])
    return heritage.options(town, NOBODY, MODEL).table


def level(table, action="heritage_reuse"):
    """Return the level of an action, and why."""
    row = _tables.decision_columns(table, MODEL)[(table["action"] == action).to_numpy()].iloc[0]
    return row["decision_level"], row["decision_reason"]


def names(*found):
    return [note.zh for note in gathered(Authority(Note(zh, zh), Note(how, how)) for zh, how in found)]


@pytest.mark.parametrize(
    ("of_class", "expected", "why"),
    [
        ("national_unit", "province", "art.17，按批准机关的级别，须先征得的国务院文物行政部门同意层级更高）"),
        ("provincial_unit", "province", "省级文物保护单位本体：核定公布该单位的政府批准"),
        ("city_unit", "city", "市级文物保护单位本体：核定公布该单位的政府批准"),
        ("city_unit", "city", "按批准机关的级别，须先征得的上一级文物行政部门同意层级更高"),
        ("district_unit", "district", "区级文物保护单位本体：核定公布该单位的政府批准"),
        ("unclassified_relic", "district", "县级文物行政部门"),
        ("historic_building", "city", "广州市促进历史建筑合理利用实施办法 2020"),
        ("traditional_building", "district", "规则写明区政府"),
        (None, None, "层级待核：本体的保护级别不明"),
    ],
)
def test_a_site_is_decided_at_the_level_of_who_approves_it(of_class, expected, why):
    found = level(sites({"heritage_class": of_class}))
    assert found[0] == expected
    assert why in found[1]


@pytest.mark.parametrize(
    ("zone", "expected", "why"),
    [
        ({"zone_type": "protection", "heritage_class": "provincial_unit"}, "province", "省级文物保护单位保护范围"),
        ({"zone_type": "control", "heritage_class": "national_unit"}, "state", "规划部门的层级规则未写明"),
        ({"zone_type": "block_core", "heritage_class": "historic_block"}, "city", "未写明层级，按市级计，为假定"),
        ({"zone_type": "block_control", "heritage_class": "historic_block"}, None, "规则未写明规划部门的层级"),
        ({"zone_type": "buried_relics"}, None, "地下文物埋藏区：没有对应规则"),
        ({"zone_type": "control", "heritage_class": "district_unit"}, "district", "区级文物保护单位建设控制地带"),
    ],
)
def test_a_zone_round_a_site_lifts_the_level_and_a_silent_rule_leaves_it_open(zone, expected, why):
    found = level(sites({}, zones=[zone]))
    assert found[0] == expected
    assert why in found[1]


def test_a_level_that_is_open_stands_beside_one_above_the_district_and_hides_the_districts_own():
    silent = {"zone_type": "block_control", "heritage_class": "historic_block"}
    high, why = level(sites({"heritage_class": "provincial_unit"}, zones=[silent]))
    assert high == "province"
    assert "另有层级待核，可能更高：历史文化街区建设控制地带" in why
    low, why = level(sites({"heritage_class": "district_unit"}, zones=[silent]))
    assert low is None
    assert why.startswith("层级待核：历史文化街区建设控制地带")
    assert "区级文物保护单位本体" in why


def test_where_no_rule_names_a_level_the_actions_own_stands_and_is_called_practice():
    found = offered(COLLECTIVE).table
    told = _tables.decision_columns(found, MODEL)
    usual = {code: item.decision_level for code, item in MODEL.actions.items()}
    assert told["decision_level"].tolist() == [usual[action] for action in found["action"]]
    assert told["decision_reason"].str.contains("经验做法").all()
    assert (told["decision_reason_en"] != "").all()
    certified = offered({**COLLECTIVE, "legal_class": "legal_idle", "certificate_no": "认1"}).table
    assert set(_tables.decision_columns(certified, MODEL)["decision_level"]) == {"city"}


def test_no_rule_lowers_an_action_below_its_own_level():
    nothing, why = Note("", ""), Note("甲", "a")
    order = list(DECISION_LEVELS)
    for low, high in pairwise(order):
        assert decided(high, low, why, nothing)[0] == high
        assert decided(low, high, why, nothing) == (high, why)


def test_an_authority_is_named_once_and_the_fuller_name_wins():
    assert names(("规划部门", ""), ("规划部门", "报前同意")) == ["规划部门（报前同意）"]
    assert names(("规划部门", "甲"), ("规划和自然资源局", ""), ("规划部门", "乙")) == ["规划和自然资源局（甲，乙）"]
    apart = [("文物行政部门", ""), ("县级文物行政部门", ""), ("市、县规划和自然资源部门", ""), ("规划部门", "")]
    assert names(*apart) == [name for name, _ in apart]
    held = [("control", "city_unit"), ("block_core", "historic_block"), ("block_control", "historic_block")]
    verdict = permission.heritage(MODEL, "traditional_building", held, "alteration", AS_OF).columns()
    assert verdict["authority"].count("规划部门") == verdict["next_step"].count("规划部门") == 1
    assert "规划部门（会同文物部门，报前按级别经相应文物行政部门同意）" in verdict["authority"].split("；")


def test_what_is_forbidden_and_what_is_open_are_lists_with_their_documents_in_both_languages():
    row = sites({**GUEST_HOUSE, "structure": "timber"}).set_index("action").loc["heritage_reuse"]
    assert "企业资产经营（文物保护法 2017 art.24）" in row["forbidden_uses"].split("；")
    assert "污染设施（文物保护法 2017 art.17）" in row["forbidden_uses"].split("；")
    assert "明火" not in row["forbidden_uses"], "row 7 bars it of another class"
    assert "文物保护法 2017 art.24的条文号未与" in row["clauses_open"]
    assert row["warnings"] == heritage.TIMBER.zh
    for name in IN_PIECES:
        assert len(row[name].split("；")) == len(row[f"{name}_en"].split("; ")), name


def test_catering_with_open_fire_is_forbidden_by_the_rule_that_says_so_and_elsewhere_a_caution():
    house = {"structure": "timber", "danger_grade": "B"}
    of_city, plain = (
        sites({**house, "heritage_class": name}).set_index("action").loc["culture_space"]
        for name in ("historic_building", "traditional_building")
    )
    fire = [piece for piece in of_city["forbidden_uses"].split("；") if "明火" in piece]
    assert fire == ["木/砖木结构明火餐饮（广州市促进历史建筑合理利用实施办法 2020）"]
    assert "明火" not in of_city["warnings"] + plain["forbidden_uses"]
    assert "明火餐饮有火险" in plain["warnings"]
    assert "明火" not in sites({**house, "structure": "brick"})["warnings"].str.cat()


@pytest.mark.parametrize("rule", [*MODEL.heritage_rules, *MODEL.reuse.values()], ids=lambda rule: rule.source)
def test_every_ban_of_a_rule_is_told_in_as_many_pieces_in_either_language(rule):
    assert len(rule.forbids.split("；")) == len(rule.forbids_en.split("; ")) == len(permission.forbidden_uses(rule))


def test_no_piece_holds_the_separator():
    note = Note("甲；乙", "a; b")
    assert twins("next_step", [note, note]) == {"next_step": "甲，乙；甲，乙", "next_step_en": "a, b; a, b"}
    empty = sites({}).assign(warnings="", warnings_en="", account_note="", account_note_en="")
    told = noted(
        noted(empty, "warnings", [(empty["asset_id"] != "", note)]), "account_note", [(empty.index >= 0, note)]
    )
    assert set(told["warnings_en"]) == {"a, b"}
    assert set(told["account_note"]) == {"甲；乙"}  # no list: shown as it is written


@pytest.mark.parametrize(("grade", "first"), [("C", "先加固并复核安全等级"), ("D", "先排险修缮，并复核安全等级")])
def test_a_dangerous_house_says_what_comes_first(grade, first):
    row = sites({"danger_grade": grade, "use_state": "office"}).set_index("action").loc["heritage_reuse"]
    assert row["next_step"].split("；")[0] == first
    assert "未计入投资" in STRENGTHENING[grade].zh


def test_land_in_a_protection_zone_is_excluded_by_the_document_of_its_rule_with_what_is_open_of_it():
    zones = {"protection": "district_unit", "block_core": "historic_block"}
    for (zone, of_class), source, is_open in zip(
        zones.items(), ("文物保护法 2017 art.17", "名城名镇名村保护条例 art.27-28"), (True, False), strict=True
    ):
        found = offered(COLLECTIVE, heritage_zone=[{"at": AROUND, "zone_type": zone, "heritage_class": of_class}])
        row = found.exclusions.set_index("rule").loc[["heritage_zone"]].iloc[0]
        assert row["source"] == source
        assert ("条文号未与2025-03-01起施行的修订文本对应" in row["reason"]) == is_open
        assert ("articles not mapped" in row["reason_en"]) == is_open
