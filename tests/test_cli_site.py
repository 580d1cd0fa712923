"""`panhuo site`: what it prints, keeps and refuses, on the sample city."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
from cli_checks import assert_one_line, state

from api import _arguments, siting
from api._deadline import Deadline, deadline
from gis.site_choice import Wish
from layers.errors import UsageError
from layers.workspace import Workspace

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., subprocess.CompletedProcess[str]]

PARKING = ("--action", "surface_parking")


@pytest.fixture(scope="module")
def sited(sample_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the analysed sample city that this module decides on."""
    folder = tmp_path_factory.mktemp("sited") / "city"
    shutil.copytree(sample_workspace, folder)
    return folder


@pytest.fixture(scope="module")
def first_run(sited: Path) -> str:
    """Return the analysis of the sample city."""
    return Workspace.open(sited).run().run_id


def test_sites_are_printed_kept_and_exported(panhuo: Command, sited: Path, first_run: str, tmp_path: Path) -> None:
    done = panhuo("site", sited, *PARKING, "--budget", "300万", "--run", first_run)
    assert done.returncode == 0, done.stderr
    assert "300 m on foot" in done.stdout
    assert "未作候选：许可待核实" in done.stdout
    assert "proven: no choice is better" in done.stdout
    assert "步行范围内没有候选资产" in done.stdout
    out = tmp_path / "sites.geojson"
    assert panhuo("export", sited, "site_choice", "--out", out).returncode == 0
    rows = [feature["properties"] for feature in json.loads(out.read_text())["features"]]
    assert 0 < sum(row["capex_cny"] for row in rows) <= 3e6
    assert [row["site_order"] for row in rows] == list(range(1, len(rows) + 1))
    assert all(row["is_sample"] and row["permission"] in {"allowed", "approval"} for row in rows)


def test_the_run_before_stays_and_the_new_one_has_its_tables(sited: Path, first_run: str) -> None:
    workspace = Workspace.open(sited)
    before = state(workspace.run(first_run).folder)
    done = siting.site(workspace, Wish(("charging",), budget_cny=2e6), run_id=first_run)
    assert state(workspace.run(first_run).folder) == before
    assert "site_choice" not in workspace.run(first_run).tables
    assert set(done.run.tables) == {*workspace.run(first_run).tables, "site_choice"}
    assert done.run.manifest["decided"]["site"]["mode"] == "serve"
    assert done.run.manifest["counts"]["site_choice"] == len(done.plan.table)


def test_no_room_is_filled_twice_and_no_gap_closed_twice(sited: Path, first_run: str) -> None:
    """What each site serves fits into it, and all together into the gaps of those who reach any of them."""
    workspace = Workspace.open(sited)
    told = siting.site(workspace, Wish(("surface_parking",), budget_cny=2e7), run_id=first_run).plan
    assert (told.table["served_units"] <= told.table["room_units"] + 1e-6).all()
    assert told.table["served_units"].sum() == pytest.approx(told.told["served_units"])
    need = workspace.read_result("need", run_id=first_run)
    reached = set("、".join(told.table["communities"]).split("、"))
    assert told.told["served_units"] <= need.loc[need["name"].isin(reached), "night_gap_stalls"].sum() + 1e-6
    assert told.told["gap"] == pytest.approx(0, abs=1e-6)
    left = sum(part["units"] for part in told.told["uncovered"].values())
    assert left + told.told["served_units"] == pytest.approx(told.told["gap_units"])


def test_json_tells_the_same_twice(panhuo: Command, sited: Path, first_run: str) -> None:
    asked = ("site", sited, "--action", "charging", "--mode", "nearest", "--count", 4, "--run", first_run, "--json")
    first, second = (json.loads(panhuo(*asked).stdout) for _ in range(2))
    assert {**first, "run_id": None} == {**second, "run_id": None}
    assert first["site_count"] == len(first["sites"]) == 4
    assert first["value"] == pytest.approx(first["bound"])


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ((*PARKING,), 2, ("需要预算", "--budget")),
        ((*PARKING, "--budget", "-5"), 2, ("不是金额", "300万")),
        ((*PARKING, "--budget", "1000"), 1, ("最便宜的要", "raise the budget")),
        ((*PARKING, "--mode", "cover", "--budget", "1万", "--subdistrict", "XX"), 1, ("没有小区在镇街", "440199")),
    ],
)
def test_a_refusal_is_one_line_and_keeps_nothing(
    panhuo: Command, sited: Path, arguments: tuple[str, ...], status: int, words: tuple[str, ...]
) -> None:
    before = state(sited / "runs")
    assert_one_line(panhuo("site", sited, *arguments), status, *words)
    assert state(sited / "runs") == before


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("3000000", 3e6),
        ("3,000,000", 3e6),
        ("300万", 3e6),
        ("0.5亿元", 5e7),
        ("8千万", 8e7),
        ("5百万元", 5e6),
        (None, None),
    ],
)
def test_money_is_read_as_people_write_it(text: str | None, amount: float | None) -> None:
    assert _arguments.money(text, "--budget") == amount


@pytest.mark.parametrize("text", ["", "-3", "三百万", "1e6", "万"])
def test_what_is_no_money_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no amount of money"):
        _arguments.money(text, "--budget")


def test_work_is_waited_for_given_up_by_hand_and_its_errors_raised() -> None:
    assert Deadline(60).waited(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        Deadline(60).waited(lambda: 1 // 0)
    ended, never = Deadline(60), threading.Event()
    ended.end()
    assert ended.waited(never.wait) is None
    assert Deadline(0.01).waited(never.wait) is None
    never.set()


def test_ctrl_c_gives_up_the_solver_and_keeps_the_best_so_far() -> None:
    """The handler runs in the main thread while another one works."""
    never = threading.Event()
    with deadline(60) as time:
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
        assert time.waited(never.wait) is None
        assert time.is_ended_by_hand
    never.set()


def test_ended_at_once_a_choice_is_kept_with_a_true_bound(
    sited: Path, first_run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the solver: the greedy choice, and a bound above what is proven best."""
    asked = Wish(("surface_parking",), budget_cny=1e7)
    best = siting.site(Workspace.open(sited), asked, run_id=first_run).plan.told
    monkeypatch.setattr(Deadline, "waited", lambda self, _work: self.end())
    hasty = siting.site(Workspace.open(sited), asked, run_id=first_run)
    assert hasty.is_cut
    assert 0.95 * best["value"] <= hasty.plan.told["value"] <= best["value"]
    assert best["value"] <= hasty.plan.told["bound"] + 1e-6
    assert np.isfinite(hasty.plan.told["bound"])
