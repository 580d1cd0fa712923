"""Commands about the layers of a workspace: what there is, how it came to be, which records are one place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api import _cli_output as output
from api import _console as console
from api._options import DEFAULT_DIR, Dir, DirOrDefault, Json, Kind

app = typer.Typer()


@app.command("layers")
def layers_(directory: DirOrDefault = DEFAULT_DIR, as_json: Json = False) -> None:
    """Show what is in a workspace, with counts, dates and datums."""
    from layers.workspace import Workspace

    output.tell_layers(Workspace.open(directory), as_json=as_json)


@app.command("history")
def history_(directory: Dir, kind: Kind, as_json: Json = False) -> None:
    """Show the versions of a layer: when, by whom, from which file, what came and went."""
    from api import history
    from layers.workspace import Workspace

    history.tell_versions(Workspace.open(directory), kind, as_json=as_json)


@app.command()
def diff(
    directory: Dir,
    kind: Kind,
    before: Annotated[str, typer.Argument(metavar="A", help="current, previous, a day, or the start of a version.")],
    after: Annotated[str, typer.Argument(metavar="B", help="The later one, written alike.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write every change: .csv, .xlsx, .geojson")] = None,
    as_json: Json = False,
) -> None:
    """Show what was added, removed, moved and changed between two versions of a layer."""
    from api import history
    from layers.workspace import Workspace

    with console.shown_progress() as progress:
        found = history.difference(Workspace.open(directory), kind, before, after, out=out, progress=progress)
    history.tell_difference(found, out, as_json=as_json)


@app.command()
def restore(
    directory: Dir,
    kind: Kind,
    snapshot: Annotated[str, typer.Argument(metavar="SNAPSHOT", help="The start of a version, previous, or a day.")],
) -> None:
    """Make an older version of a layer current again; every version stays."""
    from api import history
    from layers.workspace import Workspace

    restored = Workspace.open(directory).restore(kind, snapshot)
    history.tell_restored(restored, directory)


@app.command()
def matches(
    directory: Dir,
    kind: Kind,
    same: Annotated[list[str] | None, typer.Option(metavar="PAIR", help="The two are one; may be repeated.")] = None,
    different: Annotated[
        list[str] | None, typer.Option(metavar="PAIR", help="The two are two; may be repeated.")
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(metavar="FILE", readable=False, help="The sheet of --out, its column answer filled in."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the pairs as a sheet: .xlsx or .csv")] = None,
    answered: Annotated[
        bool, typer.Option("--answered", help="Also those that are one now or told apart, to answer anew.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show records of several sources that may be one place, and take a person's answers."""
    from api import matches as pairs
    from layers.workspace import Workspace

    workspace = Workspace.open(directory)
    given = pairs.given(same or (), different or (), answers)
    if not given:
        pairs.tell_pairs(workspace, kind, out, answered=answered, as_json=as_json)
        return
    with console.shown_progress() as progress:
        progress("settling", 0.0)
        done = pairs.answer(workspace, kind, given)
    pairs.tell_answered(done, workspace, kind, as_json=as_json)
