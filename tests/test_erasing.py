"""Erasing personal data on demand: by number, by person, all of a kind; told first, never without a yes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cli_checks import assert_one_line
from reading_files import write_csv
from workspace_layers import audits

from api import erasing
from api.imports import accept_import, read_import
from layers.errors import NotFoundError, UsageError
from layers.incoming import Incoming

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from layers.workspace import Workspace

    Panhuo = Callable[..., subprocess.CompletedProcess[str]]

HEADER = ["工单编号", "发生地址", "诉求内容", "来电人", "联系电话", "经度", "纬度"]
MAY = [
    ["A1", "东湖路8号", "漏水", "王小明", "+86 138-0013-8000、8333 4444", "113.271", "23.121"],
    ["A2", "东湖路9号", "停车", "李伟", "13900001234", "113.272", "23.122"],
]
JUNE = [["B1", "东湖路10号", "噪音", "王小明", "13800138000", "113.273", "23.123"]]


@pytest.fixture
def desk(workspace: Workspace, tmp_path: Path) -> Workspace:
    """Return a workspace with the calls of two months, of which the layer shows the second only."""
    for name, rows in (("五月", MAY), ("六月", JUNE)):
        take_in(workspace, tmp_path / f"{name}.csv", rows)
    return workspace


def take_in(workspace: Workspace, path: Path, rows: list[list[str]]) -> None:
    draft = read_import(workspace, "report", write_csv(path, [HEADER, *rows]), crs="WGS84")
    accept_import(workspace, draft, replace=True, shrunken_agreed=True)


def left(workspace: Workspace) -> list[str]:
    """Return every value that is kept still."""
    held = workspace.personal_held("report")
    return sorted(workspace.personal(sorted(set(held["kept_under"])))["value"])


def erased(workspace: Workspace, *records: str, **said: object) -> int:
    found = erasing.chosen(workspace, "report", records, **said)  # type: ignore[arg-type]
    erasing.erase(workspace, found, is_meant=True)
    return sum(found.counts.values())


def test_a_call_of_a_former_month_is_erased_by_its_number(desk: Workspace, tmp_path: Path) -> None:
    assert erased(desk, "A2") == 2
    assert "李伟" not in left(desk)
    assert "13900001234" not in left(desk)
    take_in(desk, tmp_path / "五月.csv", MAY)
    assert "李伟" not in left(desk)
    assert "王小明" in left(desk)


@pytest.mark.parametrize("person", ["王小明", "王 小明", "１３８００１３８０００", "138 0013 8000", "+8613800138000"])
def test_everything_of_a_person_is_found_by_name_or_telephone(desk: Workspace, person: str) -> None:
    assert erased(desk, people=[person]) == 4
    assert left(desk) == ["13900001234", "李伟"]


@pytest.mark.parametrize(
    ("cell", "people"),
    [
        ("陈大文 13800138000", ("陈大文", "13800138000", "138 0013 8000")), ("李四 王五", ("李四", "王五")),
        ("13900139000 13700137000", ("13900139000", "13700137000")), ("赵六女士", ("赵六", "赵六女士")),
        ("13600136000(赵六)", ("13600136000", "赵六")), ("13500135000转2", ("13500135000",)),
        ("020-81234567", ("020-81234567", "81234567", "02081234567")), ("钱七\n13400134000", ("钱七", "13400134000")),
    ],
)  # fmt: skip
def test_a_person_is_found_in_cells_that_say_more(cell: str, people: tuple[str, ...]) -> None:
    for person in people:
        assert erasing._plain(person) in erasing._people_in(cell)
    for other in ("陈大", "1380013", "大文", "0013800", "234567"):
        assert erasing._plain(other) not in erasing._people_in(cell)


def test_a_part_of_a_name_or_telephone_finds_nobody(desk: Workspace) -> None:
    for person in ("王小", "小明", "1380013800", "00138000"):
        with pytest.raises(NotFoundError) as error:
            erasing.chosen(desk, "report", people=[person])
        assert person not in str(error.value)  # an error may be logged
    assert len(left(desk)) == 6


def test_all_of_a_kind_goes_former_months_too(desk: Workspace) -> None:
    assert erased(desk, everything=True) == 6
    assert left(desk) == []
    assert erased(desk, everything=True) == 0


def test_an_id_of_before_a_merge_names_the_asset_that_goes_on(desk: Workspace, tmp_path: Path) -> None:
    take_in(desk, tmp_path / "两月.csv", [*MAY, *JUNE])
    frame = desk.read("report")
    one, other = frame["asset_id"].tolist()[:2]
    (source,) = desk.current("report").sources  # type: ignore[union-attr]
    merged = frame[frame["asset_id"] != other].drop(columns="asset_id")
    desk.accept_layers({"report": Incoming(merged, (source,), aliases={other: one})}, shrunken_agreed=True)
    assert erasing.chosen(desk, "report", [other]).asset_ids == [one]
    assert erased(desk, other) == 4
    assert left(desk) == ["13800138000", "王小明"]


def test_a_number_of_two_records_is_asked_about(workspace: Workspace, tmp_path: Path) -> None:
    for source, rows in (("12345", MAY), ("云报事", [["A1", *JUNE[0][1:]]])):
        path = write_csv(tmp_path / f"{source}.csv", [HEADER, *rows])
        accept_import(workspace, read_import(workspace, "report", path, crs="WGS84", source=source), replace=True)
    with pytest.raises(UsageError, match="2 records have the number A1") as error:
        erasing.chosen(workspace, "report", ["A1"])
    ids = [name for name in workspace.designations("report")["asset_id"].unique() if name in str(error.value)]
    assert len(ids) == 2
    assert erased(workspace, ids[0]) == 2


@pytest.mark.parametrize(
    ("kind", "said", "words"),
    [
        ("parking", {"records": ["P1"]}, "masked when a file is read"),
        ("report", {}, "say whose data"),
        ("report", {"records": ["A1"], "everything": True}, "say whose data"),
        ("report", {"records": ["A9"]}, "no version of report holds a record A9"),
    ],
)
def test_what_cannot_be_meant_is_refused(desk: Workspace, kind: str, said: dict[str, object], words: str) -> None:
    with pytest.raises((UsageError, NotFoundError), match=words):
        erasing.chosen(desk, kind, **said)  # type: ignore[arg-type]
    assert len(left(desk)) == 6


def test_what_was_erased_is_noted_and_not_whose_it_was(desk: Workspace) -> None:
    erased(desk, people=["王小明"])
    assert ("erase personal", "{'assets': 2, 'values': 4}") in audits(desk)
    assert not any("王小明" in detail or "13800138000" in detail for _, detail in audits(desk))


def test_the_command_asks_tells_and_erases(desk: Workspace, panhuo: Panhuo) -> None:
    assert_one_line(panhuo("erase", desk.root, "report", "A1", "A2"), 2, "尚未删除", "2 条记录的 4 个值", "--yes")
    told = json.loads(panhuo("erase", desk.root, "report", "--all", "--dry-run", "--json").stdout)
    assert told == {"kind": "report", "records": 3, "values": {"reporter": 3, "telephone": 3}, "erased": False}
    assert len(left(desk)) == 6
    done = panhuo("erase", desk.root, "report", "A1", "A2", "--yes")
    assert "已删除 2 条记录的 4 个值（来电人 2、联系电话 2）" in done.stdout
    assert left(desk) == ["13800138000", "王小明"]
