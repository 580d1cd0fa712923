"""Commands about the model: what stands in it, whether a district's file is sound, what differs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api import _arguments
from api import _console as console
from api import _options as options
from api._help import Commands, both, told
from api._options import Json
from layers.errors import ModelError

WHAT = both("评价模型：参数、指标、规则及其出处", "The model: parameters, criteria and rules, each with its source.")
app = typer.Typer(
    cls=Commands,
    help=WHAT,
    short_help=WHAT,
)
FAILED = 1
"""Exit status of a check that found faults."""
ModelPath = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FILE.toml]",
        readable=False,
        help=both("本区的参数文件（不写则查自带模型）", "A district's file (default: the packaged model)."),
    ),
]


@app.command(
    **told(
        "列出模型：不写名称为概要，写 parking 列出以此开头的，写全名看一项的全部",
        "Show the model: an overview, the entries that begin with KEY, or one entry in full.",
    )
)
def show(
    key: Annotated[
        str, typer.Argument(metavar="[KEY]", help=both("项的名称，或其开头", "Name of an entry, or its beginning."))
    ] = "",
    section: Annotated[
        str | None,
        typer.Option(
            metavar="SECTION",
            help=both(
                "只看一节：parameter criterion action rule heritage_rule exclusion reuse level",
                "Only one section of these.",
            ),
        ),
    ] = None,
    model: options.ModelFile = None,
    setting: options.Settings = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.xlsx", help=both("写成表格，每节一张", "Write a workbook, a sheet per section.")),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the model."""
    from api import models
    from gis.model_entries import differences

    loaded = models.read_model(model, _arguments.pairs(setting, "--set", "key=value"))
    if not key and section is None and out is None:
        models.tell_overview(loaded, as_json=as_json)
        return
    found = models.chosen(loaded, section, key)
    if out is not None:
        models.write_entries(found, out)
        console.show_line(both(f"已写出 {len(found)} 项：{out}", f"wrote {len(found)} entries"))
        return
    changed = {(item.section, item.key): item for item in differences(models.read_model(None), loaded)}
    models.tell_entries(found, changed, as_json=as_json)


@app.command(
    **told(
        "检查参数文件：一次说出全部错误，并列出已失效的规则",
        "Check a district's file: every fault at once, and what in it has lapsed.",
    )
)
def check(
    file: ModelPath = None,
    setting: options.Settings = None,
    as_of: options.AsOf = None,
    as_json: Json = False,
) -> None:
    """Check a model file; status 1 if it has faults."""
    from api import models

    try:
        loaded = models.read_model(file, _arguments.pairs(setting, "--set", "key=value"))
    except ModelError as error:
        if not error.faults:
            raise
        models.tell_faults(error.faults, file, as_json=as_json)
        raise typer.Exit(FAILED) from error
    day = as_of or datetime.now(UTC).astimezone().date()
    models.tell_sound(loaded, file, day, as_json=as_json)


@app.command(
    **told(
        "比较两个参数文件，或一个文件与自带模型",
        "Show what differs between a district's file and the packaged model, or between two files.",
    )
)
def diff(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.toml", readable=False, help=both("参数文件", "A district's file."))
    ],
    other: Annotated[
        Path | None,
        typer.Argument(
            metavar="[OTHER.toml]",
            readable=False,
            help=both("另一个参数文件（不写则与自带模型比）", "Another one (default: beside the packaged model)."),
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what differs between two models."""
    from api import models
    from gis.model_entries import differences

    before, after = (None, file) if other is None else (file, other)
    found = differences(models.read_model(before), models.read_model(after))
    names = ("自带 packaged" if before is None else str(before), str(after))
    models.tell_differences(found, names, as_json=as_json)
