"""`panhuo history`, `diff`, `restore`, and the yes that a shrunken layer needs, as a user types them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cli_checks import assert_one_line, state

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
