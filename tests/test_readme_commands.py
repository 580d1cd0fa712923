"""The commands of the README about bundles, sites and walks run as they stand on the sample city, one after another."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README, ENGLISH = "README.md", "README.en.md"
CITY, CITY_EN = "示例", "sample"
FILES = {"walk.kml": "线路.kml", "balance.xlsx": "资金平衡表.xlsx"}
DECIDING = ("bundle", "site", "route")
QUICK = ("--seconds", "4")
"""Where the README leaves a command its time: enough for a plan, if not the best."""


def commands(name: str, city: str) -> list[list[str]]:
    """Return the commands of a README that decide on the sample city, as a shell reads them."""
    lines = re.findall(r"^panhuo ((?:bundle|site|route) .+)$", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    found = [shlex.split(line, comments=True) for line in lines]
    assert found
    assert {command[1] for command in found} == {city}, "a command on a workspace that a reader has not"
    return found


def transcript(name: str) -> tuple[list[str], list[str]]:
    """Return the command whose output a README prints, and the lines of it."""
    text = (ROOT / name).read_text(encoding="utf-8")
    (block,) = re.findall(r"^```\n\$ panhuo (.+?)^```$", text, re.MULTILINE | re.DOTALL)
    command, *lines = block.splitlines()
    return shlex.split(command), lines


def tokens(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def printed(sample_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], str]:
    """Return what each command printed, run in turn beside a copy of the sample city."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(sample_workspace, folder / CITY)
    told = {}
    for command in commands(README, CITY):
        is_timed = command[0] == "bundle" and not {"--seconds", "--again"} & set(command)
        done = subprocess.run(
            [sys.executable, "-m", "api", *command, *(QUICK if is_timed else ())],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert done.returncode == 0, f"panhuo {shlex.join(command)}: {done.stderr}"
        told[tuple(command)] = done.stdout
    assert {file.name for file in folder.iterdir()} == {CITY, *FILES.values()}
    return told


def test_every_command_about_bundles_sites_and_walks_runs_on_the_sample(
    printed: dict[tuple[str, ...], str],
) -> None:
    assert {command[0] for command in printed} == set(DECIDING)
    for command, output in printed.items():
        assert "已存为分析" in output, command
        if "--again" in command:
            assert "与上次方案" in output, command


@pytest.mark.parametrize("name", [README, ENGLISH])
def test_the_printed_bundle_is_the_one_that_the_command_finds(printed: dict[tuple[str, ...], str], name: str) -> None:
    command, lines = transcript(name)
    output = tokens(printed[command[0], CITY, *command[2:]])
    figures = [line for line in lines if re.match(r"1\D* bundle|1个包|proven|已证明|1 +蒲", line)]
    assert len(figures) == len(("how many", "proof", "row"))
    for line in figures:
        assert tokens(line) in output


def test_both_readmes_run_the_same_commands() -> None:
    def as_chinese(word: str) -> str:
        return re.sub(r"([0-9]+)0000\b", r"\1万", FILES.get(word, CITY if word == CITY_EN else word))

    told = [[as_chinese(word) for word in command] for command in commands(ENGLISH, CITY_EN)]
    assert told == commands(README, CITY)
