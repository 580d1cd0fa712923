"""`panhuo model`: what is in it, every fault of a district's file at once, what differs."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import openpyxl
import pytest
from cli_checks import assert_one_line

from api import _console as console
from api import models
from gis import _dated
from gis._model_parts import own_source
from gis.model import Model
from gis.model_entries import PARTS, differences, entries, not_in_force

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., subprocess.CompletedProcess[str]]

pytest_plugins = ["cli_fixtures"]
DISTRICT = """
[model]
name = "榕湾区"
[parameter."parking.tariff.resid_monthly"]
value = 380
[criterion.reports]
weight = 0.2
"""
JANUARY = date(2026, 1, 31)
FAULTY = """
[parameter."parking.tarif.resid_monthly"]
value = 380
[parameter."idle.fee"]
value = 20
[rule."tenure.reserve"]
permission = "erlaubt"
"""


@pytest.fixture
def district(tmp_path: Path) -> Path:
    """Return a district's file that changes two entries."""
    file = tmp_path / "本区.toml"
    file.write_text(DISTRICT, encoding="utf-8")
    return file


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """Return a district's file with three faults: a misspelt key, a share of 20, a permission that there is not."""
    file = tmp_path / "错.toml"
    file.write_text(FAULTY, encoding="utf-8")
    return file


def test_an_analysis_says_that_the_districts_model_was_used(
    panhuo: Command, folder: Path, ledger: Path, district: Path
) -> None:
    assert panhuo("import", folder, "parking", ledger, "--crs", "EPSG:4326").returncode == 0
    told = panhuo("analyze", folder, "--model", district, "--set", "parking.tariff.resid_monthly=390").stdout
    assert "用了本区模型 本区.toml" in told
    assert "另设 1 项" in told
    plain = panhuo("analyze", folder).stdout
    assert "本区模型" not in plain
    assert "另设" not in plain


def test_every_part_of_the_model_is_an_entry() -> None:
    model = Model.load()
    found = entries(model)
    assert len({(item.section, item.key) for item in found}) == len(found)
    counts = {name: sum(item.section == name for item in found) for name in (*PARTS, "level")}
    assert counts == {**{name: len(getattr(model, part)) for name, part in PARTS.items()}, "level": len(model.levels)}
    assert {item.key for item in found if item.section == "parameter"} == set(model.parameters)
    assert json.loads(json.dumps([item.fields for item in found]))


def test_a_beginning_names_what_goes_on_behind_its_dot_and_else_what_holds_it() -> None:
    model = Model.load()
    assert [item.key for item in entries(model, key="idle.fee")] == ["idle.fee"]
    tariffs = entries(model, key="parking.tariff")
    assert tariffs
    assert all(item.key.startswith("parking.tariff.") for item in tariffs)
    assert "parking.mech_idle_rate" in [item.key for item in entries(model, key="mech_idle")]


def test_what_a_district_changes_is_what_differs() -> None:
    found = differences(Model.load(), Model.load(DISTRICT))
    before = Model.load()["parking.tariff.resid_monthly"]
    assert [(item.section, item.key, item.field, item.before, item.after) for item in found] == [
        ("parameter", "parking.tariff.resid_monthly", "value", 450.0, 380.0),
        ("parameter", "parking.tariff.resid_monthly", "source", before.source, own_source(before.source)),
        ("criterion", "reports", "weight", 0.08, 0.2),
    ]
    assert differences(Model.load(DISTRICT), Model.load(DISTRICT)) == ()


def test_show_tells_one_entry_in_full_and_marks_what_the_file_changed(panhuo: Command, district: Path) -> None:
    told = panhuo("model", "show", "parking.tariff.resid_monthly", "--model", district)
    assert told.returncode == 0, told.stderr
    assert "380" in told.stdout
    assert "CNY/stall/month" in told.stdout
    listed = panhuo("model", "show", "parking.tariff", "--model", district).stdout
    (marked,) = [line for line in listed.splitlines() if line.rstrip().endswith("*")]
    assert marked.startswith("parking.tariff.resid_monthly")


def test_show_writes_a_workbook_of_every_section(panhuo: Command, tmp_path: Path) -> None:
    out = tmp_path / "模型.xlsx"
    assert panhuo("model", "show", "--out", out).returncode == 0
    book = openpyxl.load_workbook(out)
    assert [name.split()[1] for name in book.sheetnames] == [*PARTS, "level"]
    sheet = book["参数 parameter"]
    heads = [cell.value for cell in sheet[1]]
    rows = {row[0]: dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert len(rows) == len(Model.load().parameters)
    assert rows["idle.fee"]["value"] == pytest.approx(0.2)
    assert rows["idle.fee"]["source"].startswith("闲置土地处置办法")


def test_check_tells_every_fault_on_a_line_of_its_own(panhuo: Command, faulty: Path) -> None:
    told = panhuo("model", "check", faulty)
    assert told.returncode == 1
    lines = told.stdout.splitlines()
    assert "3 处错误" in lines[0]
    assert len([line for line in lines if line.startswith("- ")]) == 3
    for word in ("parking.tariff.resid_monthly", "idle.fee", "erlaubt"):
        assert word in told.stdout
    found = json.loads(panhuo("model", "check", faulty, "--json").stdout)["faults"]
    assert len(found) == 3
    assert all(item["zh"] and item["en"] for item in found)


def test_check_says_where_a_number_stands_what_it_may_be_and_by_what_document(panhuo: Command, tmp_path: Path) -> None:
    file = tmp_path / "高.toml"
    file.write_text('[model]\nname = "榕湾区"\n[parameter."ev.service_fee"]\nvalue = 5\n', encoding="utf-8")
    lines = panhuo("model", "check", file).stdout.splitlines()
    assert len(lines) == 4
    assert "1 处错误 | 1 fault" in lines[0]
    assert "不在 0.4 到 0.8 之间（CNY/kWh）" in lines[1]
    assert "第3行" in lines[2]
    source = Model.load()["ev.service_fee"].source
    assert f"区间出处：{source}；改为区间内的数" in lines[3]


def test_check_of_a_district_s_file_lists_only_its_own_doubts(panhuo: Command, district: Path) -> None:
    own = panhuo("model", "check", district).stdout
    assert len(own.splitlines()) < 10
    assert "parking.tariff.resid_monthly" in own
    assert "community.private_capital" not in own
    assert "其余" in own
    assert "community.private_capital" in panhuo("model", "check", "--as-of", "2026-06-01").stdout


def test_check_of_a_sound_file_counts_its_changes_and_names_what_has_lapsed(panhuo: Command, district: Path) -> None:
    before = json.loads(panhuo("model", "check", district, "--as-of", "2026-05-31", "--json").stdout)
    after = json.loads(panhuo("model", "check", district, "--as-of", "2026-06-01", "--json").stdout)
    assert before["faults"] == []
    assert before["changed"] == ["parameter.parking.tariff.resid_monthly", "criterion.reports"]
    assert before["without_source"] == ["parking.tariff.resid_monthly"]
    lapsed = {item["key"] for item in after["stale"]} - {item["key"] for item in before["stale"]}
    assert "community.private_capital" in lapsed


def test_the_check_and_the_run_know_of_the_same_documents() -> None:
    model, day = Model.load(), date(2026, 7, 1)
    stale = not_in_force(model, day)
    keys = {(item.section, item.key) for item in stale}
    assert keys >= {
        ("rule", "community.private_capital"),  # lapsed on 2026-05-31
        ("parameter", "parking.service_radius"),  # repealed
        ("parameter", "heritage.rent_creative_after_y1"),  # a draft
        ("parameter", "parking.tariff.resid_monthly"),  # an undated tariff
        ("heritage_rule", "r01"),  # articles of 2017
        ("heritage_rule", "r07"),  # no day
    }
    told = {item.sentence for item in stale}
    of_run = [note for note in _dated.notes(model, day, model.actions) if "个参数所据文件" not in note.zh]
    assert of_run
    assert set(of_run) <= told
    assert ("exclusion", "fire.ebike_indoors") in {(one.section, one.key) for one in not_in_force(model, JANUARY)}


@pytest.mark.parametrize(
    ("section", "key", "words"),
    [
        ("rule", "community.private_capital", ["approval", "2026-05-31"]),
        ("criterion", "reports", ["0.08"]),
        ("exclusion", "fire.ebike_indoors", ["2026-04-01", "电动自行车"]),
        ("heritage_rule", "r05", ["forbidden", "approval", "2008-07-01"]),
    ],
)
def test_a_list_shows_what_an_entry_says_before_its_source(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, section: str, key: str, words: list[str]
) -> None:
    monkeypatch.setattr(console.OUT, "width", 240)
    models.tell_entries(models.chosen(Model.load(), section, ""), {}, as_json=False)
    (line,) = [text for text in capsys.readouterr().out.splitlines() if text.split()[:1] == [key]]
    assert [word for word in words if word not in line] == []


def test_diff_shows_both_sides_and_says_so_where_there_is_none(panhuo: Command, district: Path) -> None:
    told = panhuo("model", "diff", district)
    assert told.returncode == 0, told.stderr
    line, source = [row for row in told.stdout.splitlines() if "resid_monthly" in row]
    assert "本区设定" in source
    assert line.split()[-2:] == ["450", "380"]
    assert "相同" in panhuo("model", "diff", district, district).stdout


def test_mistakes_are_told_in_one_line(panhuo: Command, tmp_path: Path) -> None:
    assert_one_line(panhuo("model", "show", "no.such.thing"), 1, "no.such.thing", "panhuo model show")
    assert_one_line(panhuo("model", "show", "--section", "parameters"), 2, "parameter, criterion")
    assert_one_line(panhuo("model", "show", "--out", tmp_path / "a.pdf"), 2, ".xlsx")
    assert_one_line(panhuo("model", "check", tmp_path / "keine.toml"), 1, "不存在")
    assert_one_line(panhuo("model", "show", "--set", "idle.fee=2"), 2, "idle.fee")


@pytest.mark.parametrize("group", [(), ("model",)])
def test_a_command_that_is_not_whole_shows_what_there_is(panhuo: Command, group: tuple[str, ...]) -> None:
    told = panhuo(*group)
    assert told.returncode == 2
    assert "Commands:" in told.stderr
    assert len(told.stderr.splitlines()) > 8
