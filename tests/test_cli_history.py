"""`panhuo history`, `diff`, `restore`, and the yes that a shrunken layer needs, as a user types them."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from cli_checks import assert_one_line, state
from rich.cells import cell_len
from rich.console import Console

from api import _console as console
from api import history
from layers.workspace import Workspace

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Panhuo = Callable[..., subprocess.CompletedProcess[str]]

pytest_plugins = ["cli_fixtures", "postgres_server"]

HEAD = "停车场名称,泊位总数,经度,纬度\n"
JUNE = [f"虚构{at}号停车场,80,113.27{at:02},23.13" for at in range(10, 20)]
JULY = [JUNE[0].replace(",80,", ",95,"), *JUNE[1:9]]
AUGUST = JULY[:4]
IDS = ("parking-1b64d3592040", "parking-edc848e9c252", "parking-23e26edd04fc")


def test_a_year_of_a_layer_from_the_terminal(panhuo: Panhuo, folder: Path, ledger: Path, tmp_path: Path) -> None:
    for month in (JUNE, JULY):
        ledger.write_text(HEAD + "\n".join(month), encoding="utf-8")
        done = panhuo("import", folder, "parking", ledger, "--crs", "EPSG:4326")
        assert done.returncode == 0, done.stderr
    before = state(folder)
    ledger.write_text(HEAD + "\n".join(AUGUST), encoding="utf-8")
    refused = panhuo("import", folder, "parking", ledger, "--crs", "EPSG:4326")
    assert_one_line(refused, 2, "从 9 条到 4 条", "parking from 9 to 4", "--yes")
    assert state(folder) == before
    agreed = panhuo("import", folder, "parking", ledger, "--crs", "EPSG:4326", "--yes")
    assert agreed.returncode == 0, agreed.stderr

    told = json.loads(panhuo("history", folder, "parking", "--json").stdout)["versions"]
    assert [(item["count"], item["added"], item["removed"]) for item in told] == [(4, 0, 5), (9, 0, 1), (10, 10, 0)]
    table = panhuo("history", folder, "parking").stdout
    assert f"{told[0]['version'][:8]} *" in table
    assert "−5" in table

    out = tmp_path / "变化.geojson"
    shown = panhuo("diff", folder, "parking", told[2]["version"][:6], told[1]["version"], "--out", out)
    assert shown.returncode == 0, shown.stderr
    assert "减少 removed 1" in shown.stdout
    assert "改值 changed 1" in shown.stdout
    changes = [item["properties"] for item in json.loads(out.read_text(encoding="utf-8"))["features"]]
    assert [(item["change"], item["old"], item["new"]) for item in changes] == [
        ("removed", None, None),
        ("changed", "80", "95"),
    ]
    as_json = json.loads(panhuo("diff", folder, "parking", "previous", "current", "--json").stdout)
    assert as_json["counts"] == {"added": 0, "removed": 5, "moved": 0, "placed": 0, "changed": 0, "unchanged": 4}

    restored = panhuo("restore", folder, "parking", "previous")
    assert restored.returncode == 0, restored.stderr
    workspace = Workspace.open(folder)
    assert workspace.current("parking").count == 9
    assert len(workspace.history("parking")) == 4
    workspace.close()
    assert_one_line(panhuo("restore", folder, "parking", "zzzz"), 1, "zzzz", "panhuo history")
    assert_one_line(panhuo("restore", folder, "parking", told[1]["version"]), 2, "已经是当前版本")
    assert_one_line(panhuo("diff", folder, "parking", "1999-01-01", "current"), 1, "1999-01-01")
    assert_one_line(panhuo("history", folder, "opportunity"), 2, "opportunity")


def test_a_layer_without_versions_says_what_to_do(panhuo: Panhuo, folder: Path) -> None:
    done = panhuo("history", folder, "charging")
    assert done.returncode == 0
    assert f"panhuo import {folder} charging FILE" in done.stdout
    assert_one_line(panhuo("diff", folder, "charging", "previous", "current"), 1, "panhuo import DIR charging FILE")


def test_a_workspace_in_postgresql_from_the_terminal(
    panhuo: Panhuo, tmp_path: Path, ledger: Path, postgresql_url: str
) -> None:
    env = {"PANHUO_CATALOG_URL": postgresql_url}
    folder = tmp_path / "区"
    for arguments in (
        ("init", folder),
        ("import", folder, "parking", ledger, "--crs", "EPSG:4326"),
        ("layers", folder),
    ):
        done = panhuo(*arguments, env=env)
        assert done.returncode == 0, done.stderr
        assert "Warning" not in done.stderr
    assert "台账" in done.stdout or "停车场.csv" in done.stdout
    assert_one_line(panhuo("layers", folder, env={"PANHUO_CATALOG_URL": ""}), 1, "set PANHUO_CATALOG_URL")


@pytest.mark.parametrize("command", ["history", "diff", "restore"])
def test_every_command_explains_itself(panhuo: Panhuo, command: str) -> None:
    done = panhuo(command, "--help")
    assert done.returncode == 0
    assert "KIND" in done.stdout


@pytest.mark.parametrize("width", [80, 200])
def test_a_long_remark_leaves_the_name_the_field_and_the_change_on_the_screen(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(console, "OUT", Console(file=screen, width=width))
    rows = [
        ("changed", "虚构一号停车场", "remark", "收费标准: 5元/小时；" * 30, "是否对外: 是；" * 40, None, IDS[0]),
        ("removed", "虚构二号停车场", None, None, None, None, IDS[1]),
        ("moved", "虚构三号停车场", None, None, None, 12.34, IDS[2]),
    ]  # fmt: skip
    history._show_changes(pd.DataFrame(rows, columns=list(history.TOLD.values())))
    lines = screen.getvalue().splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [
        ["改值", "虚构一号停车场"], ["减少", "虚构二号停车场"], ["移位", "虚构三号停车场"]
    ]  # fmt: skip
    assert re.search(r"remark  收费标准: .*…  是否对外: .*…", lines[1])
    assert "12.3" in lines[3]
    assert (IDS[0] in lines[1]) is (width == 200)
    assert max(cell_len(line.rstrip()) for line in lines) <= width


def test_columns_give_way_group_by_group_and_share_what_is_left() -> None:
    widths = {"变化": 4, "名称": 30, "原值": 100, "新值": 14}
    way = [["原值", "新值"], ["名称"]]
    assert console.fitting(widths, 148, way) == widths
    assert console.fitting(widths, 100, way) == widths | {"原值": 52}
    assert console.fitting(widths, 66, way) == widths | {"原值": 18}
    assert console.fitting(widths, 54, way) == widths | {"名称": 26, "原值": 12, "新值": 12}


def test_brackets_in_a_cell_are_shown_as_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(console, "OUT", Console(file=screen, width=80))
    console.show_table(["名称"], [["虚构[b]停车场[/b]"]])
    assert "虚构[b]停车场[/b]" in screen.getvalue()
