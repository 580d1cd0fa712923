"""The command about heritage walks: the most worth seeing within a time on foot, with its way and its clock."""

from __future__ import annotations

import typer

from api import _arguments
from api import _console as console
from api import _deciding_options as decide
from api import _options as options
from api._help import told
from api._options import Dir, Json

app = typer.Typer()


@app.command(
    **told(
        "文化线路：给定时间内步行看到最有价值的历史文化资源，逐站报时",
        "Plan a heritage walk: the most worth seeing within a time on foot, stop by stop with the clock.",
    )
)
def route(
    directory: Dir,
    hours: decide.Hours = "4",
    start: decide.Start = None,
    end: decide.End = None,
    is_round: decide.IsRound = False,
    theme: decide.Theme = None,
    must: decide.Must = None,
    avoid: decide.Avoid = None,
    subdistrict: decide.RouteSubdistrict = None,
    depart: decide.Depart = "09:00",
    day: decide.Day = None,
    out: decide.Out = None,
    seconds: decide.Seconds = 30.0,
    seed: decide.RouteSeed = None,
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
