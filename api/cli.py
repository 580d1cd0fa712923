"""The ``panhuo`` command: names and options are fixed by the design; ``api.work`` and ``api.imports`` do the work."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api import _arguments, cli_bundle, cli_layers, cli_model, cli_route, cli_site
from api import _cli_output as output
from api import _console as console
from api import _options as options
from api._help import Commands, both, told
from api._options import DEFAULT_DIR, Dir, DirOrDefault, Json, Port, Replace, Yes
from api.errors import exit_code, line
from layers import __version__
from layers.errors import PanhuoError

if TYPE_CHECKING:
    from layers.quality import Text

app = typer.Typer(
    cls=Commands,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=both(
        "盘活：城市里闲着什么、能变成什么、钱从哪里来。",
        "Panhuo: what a city leaves idle, what it could become, and how it pays for itself.",
    ),
)

app.add_typer(cli_layers.app)
app.add_typer(cli_bundle.app)
app.add_typer(cli_route.app)
app.add_typer(cli_site.app)
app.add_typer(cli_model.app, name="model")
LOCAL = "127.0.0.1"
DEBUG_VARIABLE = "PANHUO_DEBUG"
"""Set it to see where a fault of the program itself happened."""


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help=both("显示版本", "Show the version."))] = False,
) -> None:
    """Answer ``--version``."""
    if version:
        console.show_line(f"panhuo {__version__}")
        raise typer.Exit


@app.command(**told("生成虚构的示例城区，分析并打开", "Make the fictional sample city, analyse it and serve it."))
def demo(
    directory: options.DemoDir = DEFAULT_DIR,
    port: Port = 8000,
    serve_it: Annotated[
        bool, typer.Option("--serve/--no-serve", help=both("生成后打开网页服务", "Serve it when it is ready."))
    ] = True,
) -> None:
    """Make the sample city, analyse and serve it."""
    from api import server, work

    with server.listener(LOCAL, port) if serve_it else nullcontext() as bound:
        with console.shown_progress() as progress:
            workspace = work.ready_sample(directory, progress=progress)
        console.show_line(both(f"示例数据已生成：{workspace.root}", "the sample city is ready"))
        if bound is not None:
            server.serve(directory, bound, host=LOCAL, workers=1)


@app.command(**told("新建空工作区", "Make an empty workspace."))
def init(
    directory: Dir,
    name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=both(
                "网页和打印件上的标题（默认文件夹名）", "Title on pages and prints (default: the folder's name)."
            ),
        ),
    ] = None,
) -> None:
    """Make an empty workspace."""
    from layers.workspace import Workspace

    Workspace.create(directory, name=name)
    console.show_line(both(f"已新建空工作区 {directory}", "made an empty workspace"))
    output.tell_next(f"panhuo import {directory} KIND FILE")


@app.command(
    "import",
    **told(
        "把一个文件读入图层，并报告改动、合并、未收的每条记录",
        "Read a file into a layer, with a report of every record that was mended, merged or left out.",
    ),
)
def import_(
    directory: Dir,
    kind: options.AnyKind,
    file: options.Ledger,
    crs: options.Crs = "auto",
    encoding: options.Encoding = "auto",
    column: options.Columns = None,
    mapping: options.MappingFile = None,
    save_mapping: options.SaveMapping = None,
    source: options.Source = "ledger",
    licence: options.Licence = None,
    attribution: options.Attribution = None,
    replace: Replace = False,
    only: options.Only = False,
    yes: Yes = False,
    dry_run: options.DryRun = False,
    report: options.Page = None,
    rejected: options.RejectedFile = None,
    as_json: Json = False,
) -> None:
    """Read a file, and accept it unless it is a dry run."""
    from api import imports
    from layers.workspace import Workspace

    output.check_writable(report)
    output.check_rejected(rejected)
    workspace, columns = Workspace.open(directory), _arguments.pairs(column, "--column", "field=column")
    read = partial(imports.read_import, encoding=encoding, columns=columns, mapping=mapping, source=source)
    draft = output.with_crs(partial(read, workspace, kind, file), crs)
    output.keep_mapping(draft, save_mapping, as_json=as_json)
    if dry_run or rejected is not None:
        ready = imports.preview(workspace, draft, only=only)
        output.keep_rejected(ready, rejected, as_json=as_json)
        if dry_run:
            output.tell_import(ready, directory, report, as_json=as_json, dry_run=True)
            return
    meant = _meant(None if replace or only else draft.replaces_another_file())
    agreed = _shrunken_agreed(draft.shrinks(workspace), yes=yes)
    with console.shown_progress() as progress:
        done = imports.accept_import(
            workspace,
            draft,
            licence=licence,
            attribution=attribution,
            replace=meant,
            only=only,
            shrunken_agreed=agreed,
            progress=progress,
        )
    output.tell_import(done, directory, report, as_json=as_json, dry_run=False)


def _meant(collision: Text | None) -> bool:
    """Return whether what a file would replace is to be replaced; a person at a terminal is asked."""
    return collision is None or console.agreed(f"{collision.zh}。是否替换 {collision.en}: replace?")


def _shrunken_agreed(shrinks: Text | None, *, yes: bool) -> bool:
    """Return whether layers may shrink as much; a person at a terminal is asked."""
    return yes or shrinks is None or console.agreed(f"{shrinks.zh}。确认 {shrinks.en}: accept it?")


@app.command(
    "import-osm",
    **told(
        "读入 OpenStreetMap 数据，填充它有内容的各图层",
        "Read an OpenStreetMap extract into every layer that it has something for.",
    ),
)
def import_osm(
    directory: Dir,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE.osm.pbf", readable=False, help=both("开放地图数据文件", "OpenStreetMap extract.")),
    ],
    replace: Replace = False,
    yes: Yes = False,
    report: options.Page = None,
    as_json: Json = False,
) -> None:
    """Read an extract; what it would replace or shrink is asked where a person can answer."""
    from api import osm_imports
    from layers.workspace import Workspace

    output.check_writable(report)
    workspace = Workspace.open(directory)
    with console.shown_progress() as progress:
        draft = osm_imports.read_extract(workspace, file, progress=progress)
    meant = _meant(None if replace else draft.replaces_ledgers())
    agreed = _shrunken_agreed(draft.shrinks(workspace), yes=yes)
    with console.shown_progress() as progress:
        done = osm_imports.accept_extract(workspace, draft, replace=meant, shrunken_agreed=agreed, progress=progress)
    output.tell_import(done, directory, report, as_json=as_json, dry_run=False)


@app.command(
    **told(
        "分析：哪些值得盘活、哪些文化遗产可以活化", "Rank what to revitalise and which heritage to bring back to life."
    )
)
def analyze(
    directory: DirOrDefault = DEFAULT_DIR,
    model: options.ModelFile = None,
    setting: options.Settings = None,
    as_of: options.AsOf = None,
    as_json: Json = False,
) -> None:
    """Analyse the layers of a workspace."""
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


@app.command(
    **told(
        "把图层或结果导出为 GeoJSON、GeoPackage、CSV、XLSX",
        "Write a layer or a result as GeoJSON, GeoPackage, CSV or XLSX.",
    )
)
def export(
    directory: Dir,
    layer: Annotated[
        str, typer.Argument(metavar="LAYER", help=both("任一图层或结果的种类", "Any input or result kind."))
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help=".geojson .gpkg .csv .xlsx")],
    crs: Annotated[
        str | None,
        typer.Option(metavar="EPSG:n", help=both("文件的坐标系（默认 WGS 84）", "CRS of the file (default: WGS 84).")),
    ] = None,
    subdistrict: Annotated[
        str | None, typer.Option(metavar="CODE", help=both("只导出这个镇街", "Only this sub-district."))
    ] = None,
    run: options.RunId = None,
    originals: Annotated[
        bool,
        typer.Option(
            "--originals",
            help=both("修复过的图形，按原文件的样子导出", "The shapes as the files had them, where they were mended."),
        ),
    ] = False,
) -> None:
    """Write a layer or a result."""
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
    console.show_line(both(f"已导出 {layer} {count} 条：{out}", f"wrote {count} records"))


@app.command("map", **told("写出一张离线可开的地图网页", "Write one self-contained page that opens with no network."))
def map_(
    directory: Dir,
    out: Annotated[Path, typer.Option(metavar="FILE.html", help=both("写到这个文件", "The page to write."))],
    run: options.RunId = None,
) -> None:
    """Draw the offline page."""
    from api import work
    from layers.workspace import Workspace

    page = work.draw_map(Workspace.open(directory), out, run_id=run)
    console.show_line(both(f"已写出 {page}（{page.stat().st_size / 1e6:.1f} MB）", "wrote the map"))


@app.command(**told("打开网页工作台和数据接口", "Serve the workbench, the API and OGC API Features."))
def serve(
    directory: DirOrDefault = DEFAULT_DIR,
    host: Annotated[str, typer.Option(help=both("本机地址", "Address of this machine."))] = LOCAL,
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help=both("应答的进程数", "Processes that answer."))] = 1,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help=both(
                "本机代理对外的域名，可写多次", "Name under which a proxy on this machine is called; may be repeated."
            ),
        ),
    ] = None,
) -> None:
    """Serve a workspace."""
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
        said = " ".join(str(getattr(error, "format_message", error.__str__)()).split())
        console.show_error(
            f"panhuo: 命令写法不对，看 panhuo --help 或命令后加 --help | {said.rstrip('.')}: "
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
