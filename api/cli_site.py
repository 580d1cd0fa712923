"""The command about sites: which parcels to turn into parking or charging, with a proof of how good the choice is."""

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
        "选址：预算内把哪些闲置地块、停车场改成停车或充电，并证明离最优多远",
        "Choose the parcels and car parks to turn into parking or charging, and prove how good that is.",
    )
)
def site(
    directory: Dir,
    action: decide.Action,
    budget: decide.Budget = None,
    mode: decide.Mode = "serve",
    count: decide.Count = None,
    by: decide.By = "people",
    subdistrict: decide.SiteSubdistrict = None,
    with_unclear: decide.SiteWithUnclear = False,
    elderly_first: decide.ElderlyFirst = False,
    decided: decide.Decided = None,
    forbid: decide.SiteForbid = None,
    seconds: decide.Seconds = 60.0,
    run: options.RunId = None,
    model: options.ModelFile = None,
    setting: options.Settings = None,
    as_json: Json = False,
) -> None:
    """Choose sites on a finished run, and keep them as a run."""
    from api import _site_output as output
    from api import siting
    from gis.site_choice import Wish
    from layers.workspace import Workspace

    wish = Wish(
        actions=tuple(dict.fromkeys(action)),
        mode=mode,
        budget_cny=_arguments.money(budget, "--budget"),
        count=count,
        subdistrict=subdistrict,
        with_unclear=with_unclear,
        elderly_first=elderly_first,
        by=by,
        decided=tuple(decided or ()),
        left_out=tuple(forbid or ()),
    )
    with console.shown_progress() as progress:
        done = siting.site(
            Workspace.open(directory),
            wish,
            seconds=seconds,
            run_id=run,
            model_file=model,
            overrides=_arguments.pairs(setting, "--set", "key=value"),
            progress=progress,
        )
    output.tell(done, directory, as_json=as_json)
