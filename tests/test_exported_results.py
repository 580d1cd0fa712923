"""Results as files: read by people who know no ids, codes or column names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest
from api_city import new_workspace

from api import work
from layers import schema
from layers.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a small workspace with a run; nobody may change it."""
    return Workspace.open(new_workspace(tmp_path_factory.mktemp("results") / "workspace"))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_cash_flows_name_the_asset_and_the_action(analysed: Workspace, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"现金流{suffix}"
    count = work.export(analysed, "cashflow", out)
    table = pd.read_csv(out) if suffix == ".csv" else pd.read_excel(out)
    if suffix == ".xlsx":
        assert list(table.columns[3:6]) == ["活化动作", "活化动作(中文)", "活化动作(英文)"]
        names = [cell.comment.text.partition(":")[0] for cell in openpyxl.load_workbook(out).worksheets[0][1]]
        table.columns = pd.Index(names)
    flows = analysed.read_result("cashflow")
    assert len(table) == count == len(flows)
    assert list(table.columns[:2]) == ["cashflow_id", "opportunity_id"]
    options = analysed.read_result("opportunity").set_index("opportunity_id")
    codes = schema.kind("opportunity")["action"].codes
    for row in table.itertuples():
        option = options.loc[row.opportunity_id]
        assert row.name == option["name"]
        assert (row.action, row.action_name, row.action_name_en) == (option["action"], *codes[option["action"]])


def test_criteria_of_two_themes_with_one_title_are_told_apart() -> None:
    titles = {"zh": "许可难易", "en": "Ease of permission", "unit": ""}
    manifest = {
        "criteria": [
            {**titles, "theme": "revitalization", "x": "x_a", "v": "v_a"},
            {**titles, "theme": "heritage", "x": "x_b", "v": "v_b"},
            {**titles, "zh": "诉求", "theme": "heritage", "x": "x_c", "v": "v_c"},
        ]
    }
    of = work.with_criteria(schema.kind("opportunity"), manifest, {"x_a", "x_b", "x_c", "v_a"})
    heads = [item.zh for item in of.fields[-4:]]
    assert heads == ["许可难易·盘活(原值)", "许可难易·盘活(评价值)", "许可难易·文化活化(原值)", "诉求(原值)"]
