"""The ``panhuo`` command: names and options are fixed by the design; ``api.work`` and ``api.imports`` do the work."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api import _arguments, cli_layers
from api import _cli_output as output
from api import _console as console
from api._options import DEFAULT_DIR, Dir, DirOrDefault, Json, Port, Replace, Yes
from api.errors import exit_code, line
from layers import __version__, schema
from layers.errors import PanhuoError

if TYPE_CHECKING:
    from api.imports import Draft, Imported
    from layers.workspace import Workspace

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="盘活 Panhuo: what a city leaves idle, what it could become, and how it pays for itself.",
)

app.add_typer(cli_layers.app)
LOCAL = "127.0.0.1"
DEBUG_VARIABLE = "PANHUO_DEBUG"
"""Set it to see where a fault of the program itself happened."""


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    """Answer ``--version``."""
    if version:
        console.show_line(f"panhuo {__version__}")
        raise typer.Exit


@app.command()
def demo(
    directory: Annotated[
        Path,
        typer.Option("--dir", metavar="DIR", envvar="PANHUO_WORKSPACE", show_envvar=False, help="Workspace folder."),
    ] = DEFAULT_DIR,
    port: Port = 8000,
    serve_it: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve it when it is ready.")] = True,
) -> None:
    """Make the fictional sample city, analyse it and serve it (示例数据)."""
    from api import server, work

    with server.listener(LOCAL, port) if serve_it else nullcontext() as bound:
        with console.shown_progress() as progress:
            workspace = work.ready_sample(directory, progress=progress)
        console.show_line(f"sample city 示例数据 ready in {workspace.root}")
        if bound is not None:
            server.serve(directory, bound, host=LOCAL, workers=1)


@app.command()
def init(
    directory: Dir,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Title on pages and prints (default: the folder's name).")
    ] = None,
) -> None:
    """Make an empty workspace."""
    from layers.workspace import Workspace

    Workspace.create(directory, name=name)
    console.show_line(f"made an empty workspace in {directory}; next: panhuo import {directory} KIND FILE")


@app.command("import")
def import_(
    directory: Dir,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Layer kind: " + ", ".join(schema.input_kinds()))],
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", readable=False, help="Ledger or map; FILE|layername=NAME for one part."),
    ],
    crs: Annotated[
        str, typer.Option(help="auto, EPSG:n, GCJ-02 (高德), BD-09 (百度), or the .prj, .wkt or .toml file of a grid.")
    ] = "auto",
    encoding: Annotated[str, typer.Option(help="auto, utf-8, gbk, …")] = "auto",
    column: Annotated[
        list[str] | None, typer.Option(metavar="FIELD=COLUMN", help="Which column holds a field; may be repeated.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Columns as they were settled for an earlier file.")
    ] = None,
    save_mapping: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Keep how the columns were matched, for the next file.")
    ] = None,
    source: Annotated[
        str,
        typer.Option(metavar="NAME", help="Who keeps the ledger; what others gave stays, and one place becomes one."),
    ] = "ledger",
    licence: Annotated[str | None, typer.Option(help="Licence of the data, printed on maps and exports.")] = None,
    attribution: Annotated[str | None, typer.Option(help="Whom to name, printed on maps and exports.")] = None,
    replace: Replace = False,
    only: Annotated[bool, typer.Option("--only", help="Take this file alone: what other sources gave leaves.")] = False,
    yes: Yes = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report, change nothing.")] = False,
    report: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write the quality report there.")] = None,
    rejected: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write records to be mended there: .csv or .xlsx")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read a file into a layer, with a report of every record that was mended, merged or left out."""
    from api import imports
    from layers.workspace import Workspace

    output.check_writable(report)
    workspace, columns = Workspace.open(directory), _arguments.pairs(column, "--column", "field=column")
    with console.shown_progress() as progress:
        draft = imports.read_import(
            workspace,
            kind,
            file,
            crs=crs,
            encoding=encoding,
            columns=columns,
            mapping=mapping,
            source=source,
            progress=progress,
        )
    output.keep(draft, mapping=save_mapping, rejected=rejected, as_json=as_json)
    if dry_run:
        output.tell_import(
            imports.preview(workspace, draft, only=only), directory, report, as_json=as_json, dry_run=True
        )
        return
    done = _accepted(workspace, draft, licence, attribution, replace=replace, only=only, yes=yes)
    output.tell_import(done, directory, report, as_json=as_json, dry_run=False)


def _accepted(
    workspace: Workspace,
    draft: Draft,
    licence: str | None,
    attribution: str | None,
    *,
    replace: bool,
    only: bool,
    yes: bool,
) -> Imported:
    """Accept a file that was read; what its options do not say is asked where a person can answer."""
    from api import imports

    collision = None if replace or only else draft.replaces_another_file()
    meant = collision is None or console.agreed(f"{collision.zh}。是否替换 {collision.en}: replace?")
    shrinks = draft.shrinks(workspace)
    agreed = yes or shrinks is None or console.agreed(f"{shrinks.zh}。确认 {shrinks.en}: accept it?")
    with console.shown_progress() as progress:
        return imports.accept_import(
            workspace,
            draft,
            licence=licence,
            attribution=attribution,
            replace=meant,
            only=only,
            shrunken_agreed=agreed,
            progress=progress,
        )


@app.command("import-osm")
def import_osm(
    directory: Dir,
    file: Annotated[Path, typer.Argument(metavar="FILE.osm.pbf", readable=False, help="OpenStreetMap extract.")],
    replace: Replace = False,
    yes: Yes = False,
    report: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write the quality report there.")] = None,
    as_json: Json = False,
) -> None:
    """Read an OpenStreetMap extract into every layer that it has something for."""
    from api import imports
    from layers.workspace import Workspace

    output.check_writable(report)
    with console.shown_progress() as progress:
        done = imports.import_osm(
            Workspace.open(directory), file, replace=replace, shrunken_agreed=yes, progress=progress
        )
    output.tell_import(done, directory, report, as_json=as_json, dry_run=False)


@app.command()
def analyze(
    directory: DirOrDefault = DEFAULT_DIR,
    model: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A district's TOML, laid over the packaged model.")
    ] = None,
    setting: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="One parameter; may be repeated.")
    ] = None,
    as_of: Annotated[
        date | None,
        typer.Option(
            parser=_arguments.day, metavar="YYYY-MM-DD", help="The day that clocks are read (default: today)."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Rank what to revitalise and which heritage to bring back to life."""
    from api import work
    from layers.workspace import Workspace

    workspace = Workspace.open(directory)
    with console.shown_progress() as progress:
        run = work.analyze(
            workspace,
            model_file=model,
            overrides=_arguments.pairs(setting, "--set", "key=value"),
            as_of=as_of,
            progress=progress,
        )
    output.tell_run(workspace, run, as_json=as_json)


@app.command()
def export(
    directory: Dir,
    layer: Annotated[str, typer.Argument(metavar="LAYER", help="Any input or result kind.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help=".geojson, .gpkg, .csv or .xlsx")],
    crs: Annotated[str | None, typer.Option(metavar="EPSG:n", help="CRS of the file (default: WGS 84).")] = None,
    subdistrict: Annotated[str | None, typer.Option(metavar="CODE", help="Only this sub-district.")] = None,
    run: Annotated[str | None, typer.Option(metavar="RUN", help="Results of this run (default: the newest).")] = None,
    originals: Annotated[
        bool, typer.Option("--originals", help="The shapes as the files had them, where they were mended.")
    ] = False,
) -> None:
    """Write a layer or a result as GeoJSON, GeoPackage, CSV or XLSX."""
    from api import work
    from layers.workspace import Workspace

    workspace = Workspace.open(directory)
    with console.shown_progress() as progress:
        if originals:
            count = work.export_originals(workspace, layer, out, crs_name=crs)
        else:
            count = work.export(
                workspace, layer, out, crs_name=crs, subdistrict=subdistrict, run_id=run, progress=progress
            )
    console.show_line(f"wrote {count} records of {layer} to {out}")


@app.command("map")
def map_(
    directory: Dir,
    out: Annotated[Path, typer.Option(metavar="FILE.html", help="The page to write.")],
    run: Annotated[str | None, typer.Option(metavar="RUN", help="Draw this run (default: the newest).")] = None,
) -> None:
    """Write one self-contained page that opens with no network."""
    from api import work
    from layers.workspace import Workspace

    page = work.draw_map(Workspace.open(directory), out, run_id=run)
    console.show_line(f"wrote {page} ({page.stat().st_size / 1e6:.1f} MB)")


@app.command()
def serve(
    directory: DirOrDefault = DEFAULT_DIR,
    host: Annotated[str, typer.Option(help="Address of this machine.")] = LOCAL,
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer.")] = 1,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Name under which a proxy on this machine is called; may be repeated."),
    ] = None,
) -> None:
    """Serve the workbench, the API and OGC API Features."""
    from api import server
    from layers.workspace import Workspace

    Workspace.open(directory).close()
    with server.listener(host, port) as bound:
        server.serve(directory, bound, host=host, workers=workers, allowed_hosts=allow_host or ())


def main() -> None:
    """Run the command: a user's mistake is one line and status 1 or 2, never a traceback."""
    try:
        status = app(standalone_mode=False)
    except typer.TyperException as error:
        told = " ".join(str(getattr(error, "format_message", error.__str__)()).split())
        console.show_error(
            f"panhuo: 命令写法不对，看 panhuo --help 或命令后加 --help | {told.rstrip('.')}: "
            "see `panhuo --help`, or `--help` behind the command"
        )
        sys.exit(2)
    except (typer.Abort, KeyboardInterrupt):
        console.show_error("panhuo: 已停止，工作区保持原样 | stopped; the workspace is as it was")
        sys.exit(1)
    except PanhuoError as error:
        console.show_error(f"panhuo: {line(error)}")
        sys.exit(exit_code(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if os.environ.get(DEBUG_VARIABLE):
            raise
        console.show_error(
            f"panhuo: 程序出错，工作区保持原样，请附 {DEBUG_VARIABLE}=1 的输出反馈 | "
            f"this should not have happened ({type(error).__name__}: {error}); the workspace is as it was: "
            f"please report it with what {DEBUG_VARIABLE}=1 shows"
        )
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)
