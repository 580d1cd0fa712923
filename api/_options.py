"""Arguments and options of the commands; those that several share, and those that tell how a file is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from api import _arguments
from api._help import both
from layers import schema

DEFAULT_DIR = Path("workspace")
Dir = Annotated[Path, typer.Argument(metavar="DIR", readable=False, help=both("工作区文件夹", "Workspace folder."))]
DirOrDefault = Annotated[
    Path,
    typer.Argument(
        metavar="[DIR]",
        readable=False,
        envvar="PANHUO_WORKSPACE",
        show_envvar=False,
        help=both(
            "工作区文件夹（不写则用 PANHUO_WORKSPACE，再无则 ./workspace）",
            "Workspace folder (default: PANHUO_WORKSPACE, else ./workspace).",
        ),
    ),
]
DemoDir = Annotated[
    Path,
    typer.Option(
        "--dir",
        metavar="DIR",
        envvar="PANHUO_WORKSPACE",
        show_envvar=False,
        help=both("工作区文件夹", "Workspace folder."),
    ),
]
Kind = Annotated[str, typer.Argument(metavar="KIND", help=both("图层种类", "Layer kind."))]
AnyKind = Annotated[
    str,
    typer.Argument(metavar="KIND", help=both("图层种类", "Layer kind") + ": " + ", ".join(schema.input_kinds())),
]
Json = Annotated[bool, typer.Option("--json", help=both("输出 JSON，不输出表格", "Print JSON instead of a table."))]
Port = Annotated[
    int, typer.Option(parser=_arguments.port, metavar="PORT", help=both("本机端口", "Port on this machine."))
]
Replace = Annotated[
    bool,
    typer.Option(
        "--replace",
        help=both("确要替换来自另一个文件的记录", "Replace records although they came from another file."),
    ),
]
Yes = Annotated[
    bool,
    typer.Option(
        "--yes",
        help=both("记录少了五分之一以上也收下", "Accept a layer that lost more than a fifth of its records."),
    ),
]
Page = Annotated[
    Path | None,
    typer.Option(metavar="FILE.html", help=both("质检报告写到这个文件", "Write the quality report there.")),
]

Ledger = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        readable=False,
        help=both(
            "台账或地图文件；只取其中一层写 文件|layername=层名",
            "Ledger or map; FILE|layername=NAME for one part.",
        ),
    ),
]
Crs = Annotated[
    str,
    typer.Option(
        help=both(
            "坐标系：auto、EPSG:n、GCJ-02（高德）、BD-09（百度），或坐标网文件 .prj .wkt .toml",
            "auto, EPSG:n, GCJ-02, BD-09, or the .prj, .wkt or .toml file of a grid.",
        )
    ),
]
Encoding = Annotated[str, typer.Option(help=both("文字编码：auto、utf-8、gbk 等", "auto, utf-8, gbk, …"))]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FIELD=COLUMN",
        help=both("指定字段对应哪一列，可写多次", "Which column holds a field; may be repeated."),
    ),
]
MappingFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.toml",
        help=both("沿用上次保存的列对照表", "Columns as they were settled for an earlier file."),
    ),
]
SaveMapping = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.toml",
        help=both("保存列对照表，下次再用", "Keep how the columns were matched, for the next file."),
    ),
]
Source = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help=both(
            "台账由谁管；别的部门所报保留，同一处合成一条",
            "Who keeps the ledger; what others gave stays, and one place becomes one.",
        ),
    ),
]
Licence = Annotated[
    str | None,
    typer.Option(help=both("数据许可，印在地图和导出文件上", "Licence of the data, printed on maps and exports.")),
]
Attribution = Annotated[
    str | None,
    typer.Option(help=both("数据署名，印在地图和导出文件上", "Whom to name, printed on maps and exports.")),
]
Only = Annotated[
    bool,
    typer.Option(
        "--only",
        help=both("只用这一份，其他来源所报撤下", "Take this file alone: what other sources gave leaves."),
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help=both("只检查，不写入", "Read and report, change nothing."))]
RejectedFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help=both("要改的记录写到这个文件：.csv 或 .xlsx", "Write records to be mended there: .csv or .xlsx"),
    ),
]

ModelFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help=both("本区的参数文件 TOML，盖在自带参数上", "A district's TOML, laid over the packaged model."),
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help=both("改一个参数，可写多次", "One parameter; may be repeated.")),
]
AsOf = Annotated[
    date | None,
    typer.Option(
        parser=_arguments.day,
        metavar="YYYY-MM-DD",
        help=both("按哪一天计算（默认今天）", "The day that clocks are read (default: today)."),
    ),
]
RunId = Annotated[
    str | None,
    typer.Option(
        metavar="RUN", help=both("用哪一次分析的结果（默认最近一次）", "Results of this run (default: the newest).")
    ),
]
