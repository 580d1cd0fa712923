"""Pairs of records that may be one place: asked, answered on the screen or in a sheet, answered anew."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import openpyxl
import pytest
from cli_checks import assert_one_line
from department_ledgers import BUREAU, NEARLY, PLATFORM, give

from api import matches
from layers.errors import CheckError, NotFoundError, ReadError
from layers.matching.pairs import PAIR, read_answers
from layers.workspace import Workspace

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., subprocess.CompletedProcess[str]]

pytest_plugins = ["cli_fixtures"]


def test_a_doubtful_pair_waits_until_a_person_answers(workspace: Workspace) -> None:
    give(workspace, "规自局", *BUREAU)
    done = give(workspace, "平台", *NEARLY)
    assert done.doubts == {"parking": 1}
    assert len(workspace.read("parking")) == 4
    (pair,) = matches.open_pairs(workspace, "parking")
    assert {pair.one.name, pair.other.name} == {"北渠街停车场", "北渠路停车场"}
    assert None not in (pair.one.asset_id, pair.other.asset_id)
    answered = matches.answer(workspace, "parking", {pair.pair_key: True})
    assert (answered.before, answered.after, answered.still_open) == (4, 3, 0)
    assert {item.source for item in workspace.current("parking").sources} == {"规自局", "平台"}
    give(workspace, "平台", *NEARLY)  # the same file next month: nobody is asked again
    assert len(workspace.read("parking")) == 3
    assert matches.open_pairs(workspace, "parking") == []


def test_an_answer_can_be_taken_back(workspace: Workspace) -> None:
    give(workspace, "规自局", *BUREAU)
    give(workspace, "平台", *NEARLY)
    apart = workspace.read("parking")
    (pair,) = matches.open_pairs(workspace, "parking")
    matches.answer(workspace, "parking", {pair.pair_key: True})
    assert matches.answer(workspace, "parking", {pair.pair_key: False}).after == 4
    again = workspace.read("parking")
    ids = again.set_index("name")["asset_id"]
    assert ids.to_dict() == apart.set_index("name")["asset_id"].to_dict()
    give(workspace, "规自局", *BUREAU, only=True)  # what was one for a while is known by its own id
    alone = workspace.read("parking").set_index("name")["asset_id"]
    assert alone.to_dict() == ids[alone.index].to_dict()
    give(workspace, "平台", *NEARLY)
    (told,) = matches.answered_pairs(workspace, "parking")["apart"]
    assert told.pair_key == pair.pair_key
    assert matches.answer(workspace, "parking", {pair.pair_key: True}).after == 3
    assert matches.answer(workspace, "parking", {pair.pair_key: False}).after == 4
    assert [item.verb for item in workspace.history("parking")][:2] == ["settle", "settle"]


def test_an_answer_stays_within_reach_after_going_back(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    give(workspace, "规自局", *BUREAU)
    give(workspace, "平台", *NEARLY)
    (pair,) = matches.open_pairs(workspace, "parking")
    matches.answer(workspace, "parking", {pair.pair_key: True})
    workspace.restore("parking", "previous")
    (told,) = matches.answered_pairs(workspace, "parking")["unapplied"]
    assert told.pair_key == pair.pair_key
    matches.tell_unapplied(workspace, "parking")
    assert "下次导入会再合并" in capsys.readouterr().out
    assert matches.answer(workspace, "parking", {pair.pair_key: False}).after == 4
    give(workspace, "平台", *NEARLY)
    assert len(workspace.read("parking")) == 4
    matches.tell_unapplied(workspace, "parking")
    assert capsys.readouterr().out == ""


def test_an_answer_that_two_are_two_leaves_the_layer_as_it_is(workspace: Workspace) -> None:
    give(workspace, "规自局", *BUREAU)
    version = give(workspace, "平台", *NEARLY).snapshots["parking"].version
    (pair,) = matches.open_pairs(workspace, "parking")
    done = matches.answer(workspace, "parking", {pair.pair_key: False})
    assert (done.snapshot, done.still_open) == (None, 0)
    assert workspace.current("parking").version == version


def test_doubts_of_earlier_files_still_wait_after_the_next(workspace: Workspace) -> None:
    give(workspace, "规自局", *BUREAU)
    give(workspace, "平台", *NEARLY)
    give(workspace, "街道", "南门停车场,12,113.3000,23.1200")
    assert len(matches.open_pairs(workspace, "parking")) == 1
    give(workspace, "平台", *PLATFORM)  # the doubtful record is gone, and with it the question
    assert matches.open_pairs(workspace, "parking") == []


def test_pairs_are_answered_in_a_sheet(panhuo: Command, workspace: Workspace, tmp_path: Path) -> None:
    give(workspace, "规自局", *BUREAU)
    give(workspace, "平台", *PLATFORM, *NEARLY)
    sheet, root = tmp_path / "配对.xlsx", workspace.root
    told = panhuo("matches", root, "parking", "--answered", "--out", sheet).stdout
    assert "北渠街停车场（规自局）" in told
    book = openpyxl.load_workbook(sheet)
    page = book.worksheets[0]
    titles = [cell.value for cell in page[1]]
    assert titles == [item.name for item in PAIR.fields]
    states = [row[titles.index("state")].value for row in page.iter_rows(min_row=2)]
    assert states == ["open", "merged"]
    for row, word in ((2, "是"), (3, "不同")):
        page.cell(row, titles.index("answer") + 1, word)
    book.save(sheet)
    done = panhuo("matches", root, "parking", "--answers", sheet, "--json")
    found = json.loads(done.stdout)
    assert (found["answered"], found["before"], found["after"], found["still_open"]) == (2, 5, 5, 0)
    names = Workspace.open(root).read("parking")["name"].tolist()
    assert names.count("中山里停車場") == 1
    assert names.count("中山里停车场") == 1
    assert "没有待答的配对" in panhuo("matches", root, "parking").stdout


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("name,answer\n甲,是\n", ReadError, "--out FILE.xlsx"),
        ("pair_key,answer\nab12,也许\n", CheckError, "也许"),
        ("pair_key,answer\nab12,是\nab12,否\n", CheckError, "twice"),
    ],
)
def test_a_sheet_that_says_nothing_clear_is_refused(
    tmp_path: Path, text: str, error: type[Exception], words: str
) -> None:
    path = tmp_path / "答复.csv"
    path.write_text(text, encoding="gbk")
    with pytest.raises(error, match=words):
        read_answers(path)


def test_pairs_that_nobody_asked_about_and_contradictions_are_refused(panhuo: Command, workspace: Workspace) -> None:
    give(workspace, "规自局", *BUREAU)
    with pytest.raises(NotFoundError, match="no pair ab12"):
        matches.answer(workspace, "parking", {"ab12": True})
    assert_one_line(panhuo("matches", workspace.root, "parking", "--same", "ab12"), 1, "ab12", "panhuo matches")
    both = panhuo("matches", workspace.root, "parking", "--same", "ab12", "--different", "ab12")
    assert_one_line(both, 2, "ab12", "不同")
    assert_one_line(panhuo("matches", workspace.root, "nothing"), 2, "nothing")
