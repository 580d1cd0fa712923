"""``gis`` takes frames and gives frames: no call in it reads a file, a clock, a global source of chance or a stream.

What has to be imported first is forbidden in ``pyproject.toml``; here stands what needs no import.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import gis

BARE = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}
CLOCKS = {"now", "today", "utcnow"}
FILES = {"read_text", "read_bytes", "write_text", "write_bytes", "to_file", "to_parquet", "to_csv", "to_excel"}
READERS = ("pd.read_", "gpd.read_", "np.load", "np.save", "np.fromfile", "np.genfromtxt")
CHANCE = "np.random."
SEEDED = {"np.random.default_rng", "np.random.Generator"}
MODULES = sorted(Path(gis.__file__).parent.rglob("*.py"))
ALLOWED = {("model.py", "read_text")}
"""The packaged model is read, once, as text."""


def impurities(source: str) -> list[str]:
    """Return the calls of a module that reach out of it."""
    found = []
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        name = ast.unparse(call.func)
        last = name.rpartition(".")[2]
        is_draw = name.startswith(CHANCE) and (name not in SEEDED or not call.args)
        if name in BARE or ("." in name and last in CLOCKS | FILES) or name.startswith(READERS) or is_draw:
            found.append(last)
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_no_call_reaches_out(module: Path) -> None:
    found = impurities(module.read_text(encoding="utf-8"))
    assert [name for name in found if (module.name, name) not in ALLOWED] == []


@pytest.mark.parametrize(
    "line",
    [
        "open('a')",
        "print(1)",
        "date.today()",
        "pd.Timestamp.now()",
        "datetime.now(UTC)",
        "gpd.read_file('a')",
        "frame.to_parquet('a')",
        "np.random.normal()",
        "np.random.default_rng()",
    ],
)
def test_what_reaches_out_is_found(line: str) -> None:
    assert impurities(line)
    assert not impurities("np.random.default_rng(seed)")
