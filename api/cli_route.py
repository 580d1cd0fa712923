"""The command about heritage walks: the most worth seeing within a time on foot, with its way and its clock."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from api import _arguments
from api import _console as console
from api import _options as options
from api._help import both, told
from api._options import Dir, Json

app = typer.Typer()
Texts = list[str] | None


@app.command(
    **told(
        "文化线路：给定时间内步行看到最有价值的历史文化资源，逐站报时",
        "Plan a heritage walk: the most worth seeing within a time on foot, stop by stop with the clock.",
    )
)
def route(
    directory: Dir,
    hours: Annotated[
        str, typer.Option(metavar="H", help=both("全程几小时，如 4 或 2.5", "Hours in all, as 4 or 2.5."))
    ] = "4",
    start: Annotated[
        str | None,
        typer.Option(
            metavar="ID|LON,LAT",
            help=both(
                "起点：任一图层的编号或名称，或 经度,纬度（WGS 84）；不写则自选",
                "Start: id or name of any record, or lon,lat (WGS 84); else wherever is best.",
            ),
        ),
    ] = None,
    end: Annotated[
        str | None, typer.Option(metavar="ID|LON,LAT", help=both("终点，写法相同", "End, written alike."))
    ] = None,
    is_round: Annotated[bool, typer.Option("--round", help=both("走一圈回到起点", "Come back to the start."))] = False,
    theme: Annotated[
        Texts,
        typer.Option(
            metavar="THEME",
            help=both(
                "只看这个主题，可写多次：red 红色、lingnan 岭南建筑、residence 名人故居、food 美食",
                "Only this theme, may be repeated: red, lingnan, residence, food.",
            ),
        ),
    ] = None,
    must: Annotated[
        Texts, typer.Option(metavar="ID", help=both("必看的编号或名称，可写多次", "To be seen; may be repeated."))
    ] = None,
    avoid: Annotated[
        Texts, typer.Option(metavar="ID", help=both("不看的编号或名称，可写多次", "To be avoided; may be repeated."))
    ] = None,
    subdistrict: Annotated[
        str | None, typer.Option(metavar="CODE", help=both("只看这个镇街的", "Only sights in this sub-district."))
    ] = None,
    depart: Annotated[str, typer.Option(metavar="HH:MM", help=both("出发时刻", "When the walk starts."))] = "09:00",
    day: Annotated[
        date | None,
        typer.Option(
            "--day",
            parser=lambda text: _arguments.day(text, "--day"),
            metavar="YYYY-MM-DD",
            help=both("哪一天走（按周几开放）", "Day of the walk, for weekly opening hours."),
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help=both("写出线路和停留点：.geojson .kml", "Write line and stops: .geojson .kml")
        ),
    ] = None,
    seconds: Annotated[
        float,
        typer.Option(
            metavar="S",
            min=0,
            max=86_400,
            help=both("搜索时限；Ctrl-C 取当前最好", "Time; Ctrl-C keeps the best so far."),
        ),
    ] = 30.0,
    seed: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help=both("随机种子（默认用分析的）", "Seed of the search [the run's].")),
    ] = None,
    run: options.RunId = None,
    model: options.ModelFile = None,
    setting: options.Settings = None,
    as_json: Json = False,
) -> None:
    """Plan a walk on a finished run, and keep it as a run."""
    from api import _cli_output, routing
    from api import _route_output as output
    from layers.workspace import Workspace

    routing.check_out(out)
    if out is not None:
        _cli_output.check_opens(out)
    asked = routing.Request(
        minutes=_arguments.hours(hours) * 60,
        start=start,
        end=end,
        is_round=is_round,
        themes=theme or (),
        must=must or (),
        avoid=avoid or (),
        depart_minutes=_arguments.clock(depart, "--depart"),
        day=day,
        subdistrict=subdistrict,
    )
    workspace = Workspace.open(directory)
    with console.shown_progress() as progress:
        done = routing.route(
            workspace,
            asked,
            seconds=seconds,
            seed=seed,
            run_id=run,
            model_file=model,
            overrides=_arguments.pairs(setting, "--set", "key=value"),
            progress=progress,
        )
    if out is not None:
        routing.write(workspace, done, out)
    output.tell(done, out, directory, as_json=as_json)
