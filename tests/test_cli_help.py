"""What the command says: help and success in Chinese first, and nothing of quick work where nobody looks on."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer

from api import _console
from api._stages import STAGES, stage_text
from api.cli import app
from gis import pipeline

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Command = Callable[..., subprocess.CompletedProcess[str]]

pytest_plugins = ["cli_fixtures"]

ROOT = Path(__file__).resolve().parent.parent
GROUP = typer.main.get_group(app)
ONLY_NAMES = re.compile(r"[a-z .,]+")
"""Help that is nothing but names of formats needs no language."""


def is_chinese_first(line: str) -> bool:
    """Return whether a line says the same in Chinese and then in English."""
    chinese, mark, english = line.partition(" | ")
    return bool(mark and re.search("[一-鿿]", chinese) and re.search("[A-Za-z]{2}", english)) and not re.search(
        "[一-鿿]", english
    )


COMMANDS = {"": GROUP, **GROUP.commands}
COMMANDS |= {
    f"{name} {inner}": command
    for name, group in GROUP.commands.items()
    for inner, command in getattr(group, "commands", {}).items()
}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_of_a_command_and_of_all_it_takes_is_chinese_first(name: str) -> None:
    command = COMMANDS[name]
    assert is_chinese_first(command.help or "")
    context = typer.Context(command)
    told = [item.help for item in command.get_params(context)]
    assert told
    for line in told:
        assert line
        assert ONLY_NAMES.fullmatch(line) or is_chinese_first(line), line


def test_the_list_of_commands_shows_both_languages(panhuo: Command) -> None:
    listing = " ".join(panhuo("--help").stdout.split())
    for command in GROUP.commands.values():
        assert " ".join(str(command.short_help).split()) in listing


def test_success_is_told_in_chinese_first(panhuo: Command, tmp_path: Path, ledger: Path) -> None:
    folder = tmp_path / "新区"
    for arguments in (
        ("init", folder),
        ("import", folder, "parking", ledger),
        ("layers", folder),
        ("export", folder, "parking", "--out", tmp_path / "a.csv"),
        ("history", folder, "parking"),
    ):
        done = panhuo(*arguments)
        assert done.returncode == 0, done.stderr
        said = [line for line in done.stdout.splitlines() if " | " in line or "panhuo " in line]
        assert said, done.stdout
        for line in said:
            assert re.search("[一-鿿]", line), line
            assert not re.match(r"(?:made|wrote|next|read|imported)\b", line), line


def test_every_stage_that_is_told_has_a_chinese_name() -> None:
    rooms = [path for room in ("api", "gis", "layers") for path in (ROOT / room).rglob("*.py")]
    told = {
        name
        for path in rooms
        for name in re.findall(r'\b(?:tell|progress)\("([a-z -]+)", [0-9a-z]', path.read_text(encoding="utf-8"))
    }
    assert len(told) > 10
    assert {*told, *pipeline.STAGES} <= set(STAGES)
    assert stage_text("bundles") == "组包 bundles"
    assert stage_text("another") == "another"


def test_a_stage_that_takes_long_is_told_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_console, "LONG_S", 0.05)
    with _console.shown_progress() as progress:
        progress("quick", 0.0)
        progress("long", 0.0)
        time.sleep(0.3)
        progress("long", 0.9)
        progress("quick again", 0.0)
    time.sleep(0.1)
    assert capsys.readouterr().err == "… long\n"
