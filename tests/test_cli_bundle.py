"""`panhuo bundle`: how its options are written, what it refuses, and what it says where nothing balances."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cli_checks import assert_one_line, state

from api import _bundle_output, bundling, cli_bundle
from api._bundle_wishes import Wishes
from gis.bundle import Bundle, Plan
from layers.errors import AnalysisError, UsageError
from layers.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    Panhuo = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("0", (0.0,)),
        ("8000万,5000万", (8e7, 5e7)),
        ("80000000，50000000;0", (8e7, 5e7, 0.0)),
        ("80,000,000", (8e7,)),
        ("1.2亿", (1.2e8,)),
    ],
)
def test_the_public_budget_is_told_by_year(text: str, years: tuple[float, ...]) -> None:
    assert cli_bundle._budget(text) == pytest.approx(years)


def test_commas_that_could_be_either_are_asked_about() -> None:
    with pytest.raises(UsageError, match="between years or between thousands"):
        cli_bundle._budget("80,000,000,50,000,000")


@pytest.mark.parametrize(("text", "share"), [("0.8", 0.8), ("80%", 0.8), ("1", 1.0)])
def test_the_share_of_scenarios(text: str, share: float) -> None:
    assert cli_bundle._share(text) == pytest.approx(share)


@pytest.mark.parametrize("text", ["0", "0%", "none", "不限"])
def test_no_share_of_scenarios_is_asked_for(text: str) -> None:
    assert cli_bundle._share(text) is None


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (cli_bundle._share, "1/2", "--robust '1/2' is no share of the scenarios"),
        (cli_bundle._share, "1.2", "no share of the scenarios"),
        (cli_bundle._area, "city", "--within 'city' is no area"),
        (cli_bundle._budget, "-5", "--public-budget '-5' is no amount of money"),
        (lambda text: cli_bundle._pairs("--apart", [text]), "A", "--apart 'A' is not of the form ID,ID"),
        (lambda text: _bundle_output.check_workbook(Path(text)), "a.csv", "does not end in .xlsx"),
    ],
)
def test_what_cannot_be_meant_is_refused(read: Callable[[str], object], text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as error:
        read(text)
    assert error.value.zh
    assert error.value.hint_zh


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        (["--subdistrict", "999"], 1, "no opportunity lies in sub-district 999"),
        (["--keep", "nobody"], 2, "no opportunity with this id or name"),
        (["--robust", "0.8", "--transfer-cap", "5万"], 2, "--robust and --transfer-cap cannot be asked for together"),
        (["--again"], 2, "there is no decision about bundles to go on from"),
        (["--set", "parking.tariff.resid_monthly=380"], 2, "made with another model: parking.tariff.resid_monthly"),
    ],
)
def test_a_refusal_is_one_line_and_nothing_is_kept(
    sample_workspace: Path, panhuo: Panhuo, asked: list[str], status: int, said: str
) -> None:
    before = state(sample_workspace / "runs")
    assert_one_line(panhuo("bundle", sample_workspace, *asked), status, said)
    assert state(sample_workspace / "runs") == before


@pytest.fixture(scope="module")
def city(sample_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the sample that may be changed."""
    return shutil.copytree(sample_workspace, tmp_path_factory.mktemp("bundle") / "city")


def bundled(panhuo: Panhuo, city: Path, *asked: object) -> dict[str, Any]:
    done = panhuo("bundle", city, "--json", "--seconds", "5", *asked)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


SUBDISTRICT = "440199005"


def test_bundles_of_a_sub_district_are_kept_as_a_run_of_its_own(city: Path, panhuo: Panhuo) -> None:
    found = bundled(panhuo, city, "--subdistrict", SUBDISTRICT)
    assert found["bundle"]
    assert {row["subdistrict_code"] for row in found["bundle_member"]} == {SUBDISTRICT}
    assert found["benefit"] == pytest.approx(sum(row["benefit"] for row in found["bundle"]))
    assert found["benefit"] <= found["bound"] * (1 + 1e-6)
    workspace = Workspace.open(city)
    assert workspace.run().run_id == found["run_id"]
    assert workspace.run().manifest["decided"]["bundle"]["benefit"] == found["benefit"]
    assert len(workspace.read_result("bundle")) == len(found["bundle"])
    assert len(workspace.read_result("opportunity"))


def test_a_member_is_fixed_forbidden_or_parted(city: Path, panhuo: Panhuo) -> None:
    first = bundled(panhuo, city, "--subdistrict", SUBDISTRICT)
    inside = [row for row in first["bundle_member"] if row["bundle_id"] is not None]
    gone = next(row for row in inside if row["role"] == "lean")
    without = bundled(panhuo, city, "--subdistrict", SUBDISTRICT, "--forbid", gone["asset_id"])
    told = {row["opportunity_id"]: row for row in without["bundle_member"]}[gone["opportunity_id"]]
    assert (told["bundle_id"], told["lacks"]) == (None, "asked")
    assert without["benefit"] <= first["benefit"] + 1e-6
    kept = bundled(panhuo, city, "--subdistrict", SUBDISTRICT, "--keep", gone["opportunity_id"])
    told = {row["opportunity_id"]: row for row in kept["bundle_member"]}[gone["opportunity_id"]]
    assert told["bundle_id"]
    assert told["reason"].startswith("按要求必须入包")


def test_a_budget_of_nothing_is_told_as_what_lacks(city: Path, panhuo: Panhuo) -> None:
    done = panhuo("bundle", city, "--seconds", "5", "--public-budget", "0", "--subdistrict", SUBDISTRICT)
    assert done.returncode == 0, done.stderr
    assert "没有能平衡的包 | no bundle balances" in done.stdout
    assert "个小区账目够，只缺财政预算" in done.stdout


def test_the_workbook_is_written(city: Path, panhuo: Panhuo, tmp_path: Path) -> None:
    file = tmp_path / "资金平衡表.xlsx"
    bundled(panhuo, city, "--subdistrict", SUBDISTRICT, "--workbook", file)
    assert file.read_bytes()[:2] == b"PK"


def test_wishes_that_contradict_each_other_are_refused(city: Path, panhuo: Panhuo) -> None:
    name = bundled(panhuo, city, "--subdistrict", SUBDISTRICT)["bundle_member"][0]["opportunity_id"]
    done = panhuo("bundle", city, "--keep", name, "--forbid", name)
    assert_one_line(done, 2, "--keep / --forbid contradict each other")


def test_a_member_that_no_bundle_can_hold_is_named_with_what_it_lacks(city: Path, panhuo: Panhuo) -> None:
    found = bundled(panhuo, city, "--subdistrict", SUBDISTRICT)
    short = max(found["bundle_member"], key=lambda row: row["least_subsidy_cny"] or 0.0)
    done = panhuo(
        "bundle", city, "--seconds", "5", "--subdistrict", SUBDISTRICT, "--most", "1", "--keep", short["asset_id"]
    )
    assert_one_line(
        done, 1, "no plan that holds every member to be kept", short["opportunity_id"], "by itself it lacks"
    )


def test_no_time_at_all_still_gives_an_answer_that_holds(city: Path, panhuo: Panhuo) -> None:
    done = panhuo("bundle", city, "--json", "--seconds", "0")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["is_cut"]


def test_ctrl_c_keeps_the_best_so_far(city: Path) -> None:
    command = [sys.executable, "-m", "api", "bundle", str(city), "--json", "--seconds", "300"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("… 组包 bundles"):
                break
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    found = json.loads(out)
    assert found["is_cut"]
    assert Workspace.open(city).run().run_id == found["run_id"]


def test_a_plan_is_changed_member_by_member(city: Path, panhuo: Panhuo) -> None:
    asked = ["--subdistrict", SUBDISTRICT, "--most", "6"]
    first = bundled(panhuo, city, *asked)
    gone = next(row for row in first["bundle_member"] if row["role"] == "lean")
    without = bundled(panhuo, city, "--again", "--forbid", gone["asset_id"])
    assert without["wishes"]["most_members"] == 6
    assert without["bound"] <= first["bound"], "no plan of tighter limits is better than any before"
    assert (without["since"]["run_id"], without["since"]["benefit"]) == (first["run_id"], first["benefit"])
    assert gone["opportunity_id"] in without["since"]["left"]
    still = panhuo("bundle", city, "--again", "--seconds", "5")
    assert f"与上次方案 {without['run_id']} 相比：公共效益" in still.stdout
    back = bundled(panhuo, city, "--again", "--release", gone["opportunity_id"])
    assert (back["wishes"]["left_out"], back["wishes"]["most_members"]) == ([], 6)
    assert back["benefit"] >= first["benefit"] - 1e-6, "the search begins from what it knew"


def test_parameters_of_bundles_change_without_an_analysis_and_are_kept(city: Path, panhuo: Panhuo) -> None:
    none = bundled(panhuo, city, "--subdistrict", SUBDISTRICT, "--set", "bundle.public_budget=0")
    assert none["public_budget_cny"] == [0.0] * len(none["public_budget_cny"])
    manifest = Workspace.open(city).run().manifest
    assert manifest["decided_with"]["bundle"]["bundle.public_budget"] == 0
    assert {item["key"]: item["value"] for item in manifest["parameters"]}["bundle.public_budget"] == 0
    assert not any(bundled(panhuo, city, "--again")["public_budget_cny"]), "going on keeps them"


def test_a_file_given_anew_and_the_earlier_seed_hold_when_a_plan_is_changed(
    city: Path, panhuo: Panhuo, tmp_path: Path
) -> None:
    bundled(panhuo, city, "--subdistrict", SUBDISTRICT, "--set", "bundle.public_budget=0", "--seed", "7")
    file = tmp_path / "district.toml"
    file.write_text('[parameter."bundle.public_budget"]\nvalue = 12345678.0\n', encoding="utf-8")
    found = bundled(panhuo, city, "--again", "--model", file)
    assert set(found["public_budget_cny"]) == {12345678.0}
    assert found["seed"] == 7
    assert bundled(panhuo, city, "--again", "--seed", "8")["seed"] == 8


def test_what_a_plan_was_asked_is_taken_back(city: Path, panhuo: Panhuo) -> None:
    asked = ["--subdistrict", SUBDISTRICT, "--within", "subdistrict", "--element-cap", "1万", "--with-unclear"]
    bundled(panhuo, city, *asked, "--robust", "0.1")
    refused = panhuo("bundle", city, "--again", "--transfer-cap", "100万")
    assert_one_line(refused, 2, "--robust none or --transfer-cap none takes back that of the last plan")
    again = [
        "--within",
        "none",
        "--element-cap",
        "不限",
        "--robust",
        "0",
        "--without-unclear",
        "--transfer-cap",
        "100万",
    ]
    wishes = bundled(panhuo, city, "--again", *again)["wishes"]
    assert (wishes["subdistrict"], wishes["transfer_cap_cny"]) == (SUBDISTRICT, 1e6)
    assert [wishes[name] for name in ("within", "element_cap_cny", "balanced_share")] == [None, None, None]
    assert wishes["with_unclear"] is False


def test_elements_give_each_other_no_more_than_the_cap(city: Path, panhuo: Panhuo) -> None:
    free = bundled(panhuo, city, "--subdistrict", SUBDISTRICT)
    capped = bundled(panhuo, city, "--subdistrict", SUBDISTRICT, "--element-cap", "0")
    assert free["benefit"] > 0 == capped["benefit"], "renovation pays nothing by itself"


def test_a_second_ctrl_c_ends_the_command_at_once(city: Path) -> None:
    """A solver that hears of no end is what the second one is for."""
    program = (
        "from api._deadline import deadline\nfrom ctypes import CDLL\n"
        "with deadline(300):\n    print('begun', flush=True)\n    [CDLL(None).sleep(60) for _ in range(9)]\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)  # wakes the sleep, and is heard between two of them
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=1)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == -signal.SIGINT


def test_a_plan_that_the_checker_refuses_is_never_shown(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        bundling.search, "best_bundles", lambda members, _limits, **_: Plan((Bundle((0, len(members) - 1)),), 9e9, 9e9)
    )
    before = state(city / "runs")
    with pytest.raises(AnalysisError, match="none is kept: this is a fault of Panhuo: please report it"):
        bundling.bundle(Workspace.open(city), Wishes(), seconds=1)
    assert state(city / "runs") == before
