"""Commands about the layers of a workspace: what there is, how it came to be, which records are one place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api import _cli_output as output
from api import _console as console
from api._help import both, told
from api._options import DEFAULT_DIR, Dir, DirOrDefault, Json, Kind

app = typer.Typer()


@app.command(
    "layers",
    **told("列出工作区的图层：条数、日期、坐标系", "Show what is in a workspace, with counts, dates and datums."),
)
def layers_(directory: DirOrDefault = DEFAULT_DIR, as_json: Json = False) -> None:
    """Show what is in a workspace."""
    from layers.workspace import Workspace

    output.tell_layers(Workspace.open(directory), as_json=as_json)


@app.command(
    "history",
    **told(
        "列出图层的各个版本：何时、何人、哪个文件、增减多少",
        "Show the versions of a layer: when, by whom, from which file, what came and went.",
    ),
)
def history_(directory: Dir, kind: Kind, as_json: Json = False) -> None:
    """Show the versions of a layer."""
    from api import history
    from layers.workspace import Workspace

    history.tell_versions(Workspace.open(directory), kind, as_json=as_json)


@app.command(
    **told(
        "比较图层的两个版本：新增、减少、移位、改动",
        "Show what was added, removed, moved and changed between two versions of a layer.",
    )
)
def diff(
    directory: Dir,
    kind: Kind,
    before: Annotated[
        str,
        typer.Argument(
            metavar="A",
            help=both(
                "current、previous、某一天，或版本号开头", "current, previous, a day, or the start of a version."
            ),
        ),
    ],
    after: Annotated[
        str, typer.Argument(metavar="B", help=both("较晚的版本，写法相同", "The later one, written alike."))
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=both("全部变化写到文件：.csv .xlsx .geojson", "Write every change: .csv, .xlsx, .geojson"),
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what changed between two versions."""
    from api import history
    from layers.workspace import Workspace

    with console.shown_progress() as progress:
        found = history.difference(Workspace.open(directory), kind, before, after, out=out, progress=progress)
    history.tell_difference(found, out, as_json=as_json)


@app.command(
    **told("退回图层的旧版本；各版本都保留", "Make an older version of a layer current again; every version stays.")
)
def restore(
    directory: Dir,
    kind: Kind,
    snapshot: Annotated[
        str,
        typer.Argument(
            metavar="SNAPSHOT",
            help=both("版本号开头、previous，或某一天", "The start of a version, previous, or a day."),
        ),
    ],
) -> None:
    """Make an older version current again."""
    from api import history
    from api import matches as pairs
    from layers.workspace import Workspace

    workspace = Workspace.open(directory)
    history.tell_restored(workspace.restore(kind, snapshot), directory)
    pairs.tell_unapplied(workspace, kind)


@app.command(
    **told(
        "列出可能是同一处的记录，并记下人的答复",
        "Show records of several sources that may be one place, and take a person's answers.",
    )
)
def matches(
    directory: Dir,
    kind: Kind,
    same: Annotated[
        list[str] | None,
        typer.Option(metavar="PAIR", help=both("这一对是同一处，可写多次", "The two are one; may be repeated.")),
    ] = None,
    different: Annotated[
        list[str] | None,
        typer.Option(metavar="PAIR", help=both("这一对不是同一处，可写多次", "The two are two; may be repeated.")),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            readable=False,
            help=both("--out 写出的表，answer 列已填", "The sheet of --out, its column answer filled in."),
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=both("写成表：.xlsx 或 .csv", "Write the pairs as a sheet: .xlsx or .csv")),
    ] = None,
    answered: Annotated[
        bool,
        typer.Option(
            "--answered",
            help=both("连同已合并、已分开的，可重新答", "Also those that are one now or told apart, to answer anew."),
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Show pairs, or take answers."""
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


@app.command(
    **told(
        "按要求删除个人信息（姓名、电话、房号），不能恢复",
        "Erase personal data (names, telephones, flats) on demand; there is no way back.",
    )
)
def erase(
    directory: Dir,
    kind: Kind,
    records: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NUMBER]...",
            help=both("记录的编号（如工单编号）或 asset_id", "Numbers of records as in their ledger, or asset_ids."),
        ),
    ] = None,
    person: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEXT",
            help=both("某人的姓名或电话，可写多次", "Name or telephone of a person; may be repeated."),
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help=both("这一类的全部个人信息", "All personal data of the kind."))
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help=both("不再询问", "Do not ask again."))] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=both("只看会删除多少，不删除", "Only tell how much; change nothing."))
    ] = False,
    as_json: Json = False,
) -> None:
    """Erase personal data for good."""
    from api import erasing
    from layers.workspace import Workspace

    workspace = Workspace.open(directory)
    found = erasing.chosen(workspace, kind, records or (), people=person or (), everything=everything)
    if not dry_run:
        erasing.erase(workspace, found, is_meant=yes or console.agreed(erasing.question(found)))
    erasing.tell(found, done=not dry_run, as_json=as_json)


@app.command(
    "move-catalog",
    **told(
        "把工作区的目录库搬到 PostgreSQL，或搬回文件夹",
        "Move the catalog of a workspace into PostgreSQL, or back into its folder.",
    ),
)
def move_catalog_(
    directory: Dir,
    target: Annotated[
        str,
        typer.Argument(
            metavar="TO",
            help=both(
                "folder（文件夹）、database（PANHUO_CATALOG_URL 所指的库），或库的地址",
                "folder, database (the one that PANHUO_CATALOG_URL names), or the URL of a database.",
            ),
        ),
    ],
    as_json: Json = False,
) -> None:
    """Move the catalog, every row verified."""
    from layers.catalog_move import move_catalog

    with console.shown_progress() as progress:
        moved = move_catalog(directory, target, progress=progress)
    output.tell_moved(moved, as_json=as_json)
