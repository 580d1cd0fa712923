"""The documents keep up with the code: columns, commands, the worked example, both languages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import typer

from api.cli import app
from gis.model import Model
from gis.model_entries import differences
from layers import __version__, schema

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.en.md")
PAGES = (*READMES, "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md", "docs/glossary.md", "docs/columns.md")
WITHOUT_A_WORD = {"district", "governance_area", "street", "building", "water", "green", "cashflow", "scorecard"}
"""Kinds whose title says all there is to say."""


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def example(name: str, which: str) -> list[list[str]]:
    table = text(name).split(f"<!-- {which} example -->")[1].split(f"<!-- /{which} example -->")[0]
    return [[cell.strip() for cell in line.strip("| ").split(" |")] for line in table.strip().splitlines()[2:]]


def test_columns_in_the_documents_are_those_of_the_schema() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/write_columns.py", "--check"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}: run python scripts/write_columns.py"


@pytest.mark.parametrize("name", READMES)
def test_the_worked_example_is_what_the_model_computes(name: str) -> None:
    criteria = {item.key: item for item in Model.load().criteria if item.theme == "revitalization"}
    total_weight = sum(item.weight for item in criteria.values())
    *rows, last = example(name, "worked")
    assert [re.findall(r"`(\w+)`", row[0])[0] for row in rows] == list(criteria)
    scores = []
    for row in rows:
        criterion = criteria[re.findall(r"`(\w+)`", row[0])[0]]
        value = float(criterion.function(np.array([float(row[1])]))[0]) if row[1] else 0.5
        weight = criterion.weight / total_weight
        assert row[3:] == [f"{value:.3f}", f"{weight:.2f}", f"{value * weight:.3f}"]
        scores.append(value * weight)
    assert last[-1] == f"{sum(scores):.3f}"
    missing = sum(criteria[re.findall(r"`(\w+)`", row[0])[0]].weight / total_weight for row in rows if not row[1])
    for end in (sum(scores) - 0.5 * missing, sum(scores) + 0.5 * missing):
        assert f"{end:.3f}" in text(name)


@pytest.mark.parametrize("name", READMES)
def test_the_example_of_a_district_s_file_is_sound_and_changes_what_the_readme_says(name: str) -> None:
    (file,) = re.findall(r"^```toml\n(.*?)^```$", text(name), flags=re.MULTILINE | re.DOTALL)
    model = Model.load(file)
    rows = [
        [f"`{item.section} {item.key}`", f"`{item.field}`", *(str(side).removesuffix(".0") for side in sides)]
        for item in differences(Model.load(), model)
        if item.field != "source" and (sides := (item.before, item.after))
    ]
    assert example(name, "model") == rows
    assert len({row[0] for row in rows}) == 3
    assert f"`reports` {'占' if name == 'README.md' else 'takes'} {model.weights('revitalization')['reports']:.3f}" in (
        " ".join(text(name).split())
    )


@pytest.mark.parametrize("name", READMES)
def test_every_command_of_the_readme_exists_and_takes_what_it_is_given(name: str) -> None:
    commands = typer.main.get_group(app).commands
    kinds = set(schema.kinds())
    used = re.findall(r"^panhuo (.+?)(?:  +#.*)?$", text(name), flags=re.MULTILINE)
    assert used
    for line in used:
        verb, _, *rest = line.split()
        assert verb in commands
        if verb in ("import", "export"):
            assert rest[0] in kinds
        known = {
            option for parameter in commands[verb].params for option in (*parameter.opts, *parameter.secondary_opts)
        }
        assert set(re.findall(r"--[a-z-]+", line)) <= known


def test_both_readmes_say_the_same() -> None:
    one, other = (text(name) for name in READMES)
    for pattern in (r"^(#+) ", r"^(panhuo \S+)", r"^(make \w+)", r"^(http\S+)", r"!\[.*?\]\((\S+)\)"):
        assert re.findall(pattern, one, flags=re.MULTILINE) == re.findall(pattern, other, flags=re.MULTILINE)


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    for target in re.findall(r"\[[^\]]*\]\((?!http)([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_glossary_knows_every_kind_and_code() -> None:
    words = text("docs/glossary.md")
    for name, of in schema.kinds().items():
        assert name in WITHOUT_A_WORD or (f"`{name}`" in words and of.zh[-2:] in words), name
    for code, (zh, _) in (schema.kind("opportunity")["permission"].codes or {}).items():
        assert f"{zh} `{code}`" in words


def test_the_changelog_has_this_version() -> None:
    assert __version__ in text("CHANGELOG.md")


@pytest.mark.parametrize("name", [*PAGES, "LICENSE"])
def test_nothing_is_left_to_be_written(name: str) -> None:
    assert not re.search(r"\b(TODO|FIXME|TBD|XXX|lorem ipsum)\b", text(name), flags=re.IGNORECASE)


def test_the_licence_is_whole() -> None:
    licence = text("LICENSE")
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
