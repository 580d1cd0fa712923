"""The model file: complete, equal to the published defaults, and refused with every fault at once."""

from __future__ import annotations

import csv
import math
from datetime import date
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gis._parameter_ranges import CAPPED, FLOORED, ROUNDING, bounds
from gis.model import Model, Rule, ValueFunction
from layers.errors import ModelError, SettingError
from layers.kinds._columns import HERITAGE_CLASSES
from layers.kinds._results import ACTIONS, THEMES

if TYPE_CHECKING:
    from pathlib import Path

MODEL = Model.load()


def table(name: str) -> list[dict[str, str]]:
    """Return one of the carried tables as rows of text."""
    with resources.files("gis").joinpath("models", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.shared
def test_every_published_default_is_in_the_model_unchanged(shared_dir: Path) -> None:
    with (shared_dir / "domain" / "parameters.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 143
    for row in rows:
        item = MODEL[row["key"]]
        for bound in ("value", "low", "high"):
            found = getattr(item, bound)
            assert found == (float(row[bound]) if row[bound] else None), (row["key"], bound)
        assert (item.unit, item.source, item.confidence, item.note) == (
            row["unit"],
            row["source"],
            row["confidence"],
            row["note"],
        )


@pytest.mark.shared
@pytest.mark.parametrize("name", ["heritage_rules", "event_codes", "renovation_items"])
def test_carried_tables_equal_the_domain_files(shared_dir: Path, name: str) -> None:
    with (shared_dir / "domain" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        assert table(name) == list(csv.DictReader(file))


@pytest.mark.shared
def test_what_is_added_says_where_it_comes_from(shared_dir: Path) -> None:
    with (shared_dir / "domain" / "parameters.csv").open(encoding="utf-8", newline="") as file:
        published = {row["key"] for row in csv.DictReader(file)}
    for key, item in MODEL.parameters.items():
        if key not in published:
            assert item.source.startswith(
                (
                    *("ASSUMPTION - ", "derived: ", "GB 50180", "完整居住社区", "domain sanity"),
                    *("JGJ 100-2015", "企业所得税法", "Woyang", "Jiangmen", "pages on marking"),
                )
            ), key


def test_heritage_rows_in_codes_carry_the_words_of_the_table() -> None:
    rows = table("heritage_rules")
    national = MODEL.heritage_rules[0]
    assert (national.authority, national.forbids) == (rows[0]["approval_by"], rows[0]["forbidden"])
    by_row = {rule.row: rule for rule in MODEL.heritage_rules}
    assert by_row[2].source == "文物保护法 2017 art.17"  # "same" in the table
    assert by_row[6].source == "名城名镇名村保护条例 art.26"  # "条例" in the table, which row 5 names
    assert set(by_row) | {item.row for item in MODEL.reuse.values()} == set(range(1, 14))


def test_articles_of_the_2017_law_are_not_mapped() -> None:
    for rule in MODEL.heritage_rules:
        assert rule.mapped == ("2017" not in rule.source), rule.key


def test_every_action_theme_and_class_is_covered() -> None:
    assert set(MODEL.actions) == set(ACTIONS)
    assert {item.theme for item in MODEL.criteria} == set(THEMES)
    assert set(MODEL.levels) == set(HERITAGE_CLASSES) - {"unknown"}
    for theme in THEMES:
        assert math.isclose(sum(MODEL.weights(theme).values()), 1)


def test_a_rule_counts_only_while_it_is_dated_mapped_and_in_force() -> None:
    rule = MODEL.rules["community.private_capital"]
    assert rule.in_force(date(2026, 5, 31))
    assert not rule.in_force(date(2026, 6, 1))
    assert not rule.in_force(date(2023, 5, 31))
    undated = Rule("a", "allowed", "someone", "a document", "high")
    assert not undated.in_force(date(2026, 1, 1))


def test_low_and_high_fall_back_to_the_value() -> None:
    assert (MODEL.low("parking.stall_area.surface"), MODEL.high("parking.stall_area.surface")) == (25, 30)
    assert MODEL.low("idle.fee") == MODEL.high("idle.fee") == 0.2


def test_a_parameter_without_value_is_named() -> None:
    with pytest.raises(ModelError, match=r"crs\.guangzhou2000"):
        MODEL.value("crs.guangzhou2000")
    with pytest.raises(ModelError, match=r"no parameter 'no\.such'"):
        MODEL["no.such"]


@pytest.mark.parametrize(
    ("setting", "said", "said_zh"),
    [
        ("circle.5min.radius=-3", "value -3 must be above 0 (m)", "须大于0"),
        ("circle.5min.radius=0", "value 0 must be above 0 (m)", "须大于0"),
        ("idle.years_not_started=0", "must be above 0 (year)", "须大于0"),
        ("facility.clinic.area=-1", "must be above 0 (m2)", "须大于0"),
        ("idle.fee=1.2", "value 1.2 must lie in 0 to 1 (of land price)", "须在0到1之间"),
        ("heritage.rent_public_good=-0.1", "must lie in 0 to 1 (of reference rent)", "须在0到1之间"),
        ("fin.discount_rate.social=8", "must lie in 0 to 1 (per year)", "须在0到1之间"),
        ("parking.tariff.gz.kerb_key_cap=-5", "must not be below 0 (CNY/parking event)", "不得小于0"),
        ("old_comm.exclude_self_built=0.5", "must be 0 or 1", "只可为 0 或 1"),
        ("parking.tariff.resid_monthly=900", "value 900 is outside [300, 600] CNY", "不在 300 到 600 之间"),
        ("circle.5min.radius=nan", "'nan' is not a number", "nan 不是数"),
        ("circle.5min.radius=inf", "'inf' is not a number", "inf 不是数"),
    ],
)
def test_a_setting_outside_its_range_or_unit_is_refused(setting: str, said: str, said_zh: str) -> None:
    key, _, text = setting.partition("=")
    with pytest.raises(SettingError) as caught:
        Model.load(overrides={key: text})
    assert said in str(caught.value)
    assert said_zh in str(caught.value.line_zh)
    assert key in str(caught.value.line_zh)


@pytest.mark.parametrize("setting", ["idle.years_not_started=1.5", "heritage.rent_public_good=0.2", "idle.fee=0"])
def test_a_setting_within_its_range_is_taken(setting: str) -> None:
    key, _, text = setting.partition("=")
    assert Model.load(overrides={key: text}).value(key) == float(text)


def test_a_district_may_not_widen_a_range_beyond_its_unit() -> None:
    with pytest.raises(ModelError, match=r"'parking\.opex_share': high 1\.5 must lie in 0 to 1"):
        Model.load('[parameter."parking.opex_share"]\nhigh = 1.5')


@pytest.mark.parametrize(
    ("unit", "least", "holds_least", "most"),
    [
        ("m walk", 0, False, math.inf),
        ("years", 0, False, math.inf),
        ("stalls/community", 0, False, math.inf),
        ("CNY/m2/month", 0, True, math.inf),
        ("fraction of site usable", 0, True, 1),
        ("of land price", 0, True, 1),
        ("share of owners", 0, True, 1),
        ("per year", 0, True, 1),
        ("bool", 0, True, 1),
    ],
)
def test_what_a_unit_allows(unit: str, least: float, holds_least: bool, most: float) -> None:
    assert (bounds(unit).least, bounds(unit).holds_least, bounds(unit).most) == (least, holds_least, most)


NEEDS_A_DOCUMENT = ("fin.pledgeable.treasury", "fin.pledgeable.trust", "fin.pledgeable.unknown")
"""Shares that only a document can raise above 0, and a setting names none."""


@example("fin.pledgeable.trust", 0.5)
@given(st.sampled_from(sorted(MODEL.parameters)), st.floats(allow_nan=True, allow_infinity=True))
def test_no_setting_gives_a_number_outside_its_range(key: str, number: float) -> None:
    item = MODEL[key]
    least, most = (-math.inf if item.low is None else item.low), (math.inf if item.high is None else item.high)
    fits = math.isfinite(number) and least <= number <= most and bounds(item.unit).hold(number)
    fits = fits and not (key in NEEDS_A_DOCUMENT and number > 0)
    fits = fits and not (key in CAPPED and number > item.value + ROUNDING)
    fits = fits and not (key in FLOORED and number < item.value - ROUNDING)
    if fits and item.unit != "bool":
        assert Model.load(overrides={key: repr(number)}).value(key) == number
    elif not fits:
        with pytest.raises(SettingError) as caught:
            Model.load(overrides={key: repr(number)})
        assert caught.value.line_zh


def test_a_district_file_is_laid_over_and_changes_the_hash() -> None:
    district = Model.load("""
        [model]
        name = "liwan"
        [parameter."parking.tariff.resid_monthly"]
        value = 380
        [criterion.reports]
        weight = 0
    """)
    assert district.name == "liwan"
    assert district.value("parking.tariff.resid_monthly") == 380
    assert district.high("parking.tariff.resid_monthly") == 600
    assert district.weights("revitalization")["reports"] == 0
    assert district.sha256 != MODEL.sha256 == Model.load().sha256


def test_single_settings() -> None:
    model = Model.load(overrides={"parking.tariff.resid_monthly": "300", "weight.cluster": "0.5"})
    assert model.value("parking.tariff.resid_monthly") == 300
    assert next(item.weight for item in model.criteria if item.key == "cluster") == 0.5


def test_models_that_differ_in_decisions_alone_are_one_to_an_analysis() -> None:
    wide = Model.load(overrides={"bundle.working_capital": "30000000", "site.elderly_extra": "0.5"})
    assert wide.sha256 != MODEL.sha256
    assert wide.analysis_sha256 == MODEL.analysis_sha256
    dear = Model.load(overrides={"parking.tariff.resid_monthly": "300"})
    assert dear.analysis_sha256 != MODEL.analysis_sha256


def test_break_points_follow_the_parameter_they_name() -> None:
    half = Model.load(overrides={"report.half_value": "6"})
    reports = next(item for item in half.criteria if item.key == "reports")
    assert reports.function(6) == 0.5


def test_settings_alone_at_fault_are_wrong_use_and_name_what_is_near() -> None:
    with pytest.raises(SettingError, match=r"1 fault.*near parking\.tariff\.resid_monthly") as caught:
        Model.load("[criterion.reports]\nweight = 0.2", {"parking.tarif.resid_monthly": "380"})
    said = str(caught.value.line_zh)
    assert "所设参数 parking.tarif.resid_monthly=380 有 1 处错误：没有参数 parking.tarif.resid_monthly" in said
    assert "近似的有 parking.tariff.resid_monthly" in said
    with pytest.raises(SettingError, match=r"unknown parameter 'parking\.tarif', near parking\.tariff\."):
        Model.load(overrides={"parking.tarif": "380"})
    with pytest.raises(SettingError, match=r"value 900 is outside \[300, 600\]"):
        Model.load(overrides={"parking.tariff.resid_monthly": "900"})
    with pytest.raises(ModelError, match=r"本区\.toml has 2 faults") as caught:
        Model.load("[colour]", {"weight.no_such": "1"}, file="本区.toml")
    assert not isinstance(caught.value, SettingError)


def test_all_faults_at_once() -> None:
    text = """
        [colour]
        red = 1
        [parameter."parking.stall_area.surface"]
        value = 99
        [parameter."no.such"]
        value = 1
        [parameter."parking.turnover_per_day"]
        low = 9
        [parameter."parking.opex_share"]
        value = "a third"
        [criterion.cluster]
        weight = -1
        function = {type = "linear", zero = 5, one = 0}
        [criterion.story]
        direction = "sideways"
        [action.market]
        leader = "somebody"
        [heritage_rule.r01]
        row = 99
    """
    with pytest.raises(ModelError) as caught:
        Model.load(text, {"weight.no_such": "1", "parking.opex_share": "often"})
    message = str(caught.value)
    for fault in (
        "unknown section [colour]",
        "'parking.stall_area.surface': value 99 is outside [25, 30] m2 land/stall",
        "unknown parameter 'no.such'",
        "'parking.turnover_per_day': low 9 is above high 7",
        "'parking.opex_share': 'value' has the wrong type ('a third')",
        "criterion 'cluster': 'one' must lie above 'zero'",
        "criterion 'story': 'direction' cannot be 'sideways'",
        "action 'market': unknown entry 'leader'",
        "heritage_rule 'r01': 'row' must name a row",
        "unknown criterion 'no_such'",
        "parking.opex_share='often' is not a number",
    ):
        assert fault in message, fault
    assert "\n" not in message
    said = str(caught.value.line_zh)
    for fault in (
        "不认识的节 [colour]",
        "没有参数 no.such",
        "参数 parking.opex_share：value 的类型不对",
        "指标 cluster：取值函数 linear 的折点不对：one 须大于 zero",
        "指标 story：direction 不能是 'sideways'，可用的有 benefit、cost",
        "动作 market：不认识的项 leader",
        "文物规则 r01：row 须是",
        "没有指标 no_such",
        "parking.opex_share=often 不是数",
    ):
        assert fault in said, fault


def test_weights_that_sum_to_zero_are_refused() -> None:
    zero = {f"weight.{item.key}": "0" for item in MODEL.theme_criteria("heritage")}
    with pytest.raises(ModelError, match="theme 'heritage': the weights sum to zero"):
        Model.load(overrides=zero)


def test_a_file_that_is_no_toml_is_named_with_the_line_and_the_sections() -> None:
    with pytest.raises(
        ModelError, match=r"本区\.toml is not valid TOML .*line 2.*\[parameter\], .*\[level\]"
    ) as caught:
        Model.load("[model]\nname = liwan", file="本区.toml")
    assert "本区.toml 第 2 行第 8 列" in str(caught.value.line_zh)
    with pytest.raises(ModelError, match="not valid TOML") as caught:
        Model.load("[parameter]\na = [1,")
    assert "末尾" in str(caught.value.line_zh)


@pytest.mark.parametrize("text", ["model = 1", "parameter = 1"])
def test_a_section_that_is_no_table_is_a_fault(text: str) -> None:
    with pytest.raises(ModelError, match="must be a table"):
        Model.load(text)


@pytest.mark.parametrize(
    ("function", "x", "v"),
    [
        (ValueFunction("linear", {"zero": 0.0, "one": 200.0}), [-10, 0, 50, 200, 900], [0, 0, 0.25, 1, 1]),
        (ValueFunction("linear", {"zero": 500.0, "one": 0.0}, is_benefit=False), [0, 125, 500], [1, 0.75, 0]),
        (ValueFunction("threshold", {"at": 3.0}), [2.9, 3], [0, 1]),
        (ValueFunction("threshold", {"at": 3.0}, is_benefit=False), [3, 3.1], [1, 0]),
        (ValueFunction("saturating", {"half": 12.0}), [-1, 0, 12, 36], [0, 0, 0.5, 0.75]),
        (ValueFunction("saturating", {"half": 12.0}, is_benefit=False), [0, 12], [1, 0.5]),
        (ValueFunction("piecewise", {"x": (0.0, 1.0, 3.0), "v": (0.0, 0.5, 1.0)}), [-1, 0.5, 2, 9], [0, 0.25, 0.75, 1]),
    ],
)
def test_value_functions_by_hand(function: ValueFunction, x: list[float], v: list[float]) -> None:
    assert function(x) == pytest.approx(v)
    assert np.isnan(function([math.nan])).all()


@given(st.sampled_from(MODEL.criteria), st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_raising_a_benefit_never_lowers_its_value(criterion: object, x: float, more: float) -> None:
    low, high = criterion.function([x, x + more])
    assert min(low, high) >= 0
    assert max(low, high) <= 1
    assert high >= low if criterion.direction == "benefit" else high <= low


def test_our_own_words_in_a_source_are_told_once_and_in_chinese() -> None:
    cited = MODEL["old_comm.floor_area_per_household"].cited
    assert cited.en.startswith("derived: Guangzhou")
    assert cited.zh.startswith("折算：Guangzhou")
    assert MODEL["ev.service_fee"].cited.zh == "网络二手来源，无文号"
