"""The command about sites: which parcels to turn into parking or charging, with a proof of how good the choice is."""

from __future__ import annotations

from typing import Annotated

import typer

from api import _arguments
from api import _console as console
from api import _options as options
from api._help import both, told
from api._options import Dir, Json

app = typer.Typer()
Ids = list[str] | None


@app.command(
    **told(
        "选址：预算内把哪些闲置地块、停车场改成停车或充电，并证明离最优多远",
        "Choose the parcels and car parks to turn into parking or charging, and prove how good that is.",
    )
)
def site(
    directory: Dir,
    action: Annotated[
        list[str],
        typer.Option(
            metavar="ACTION",
            help=both(
                "改成什么：surface_parking、mechanical_parking（可一起写）、charging、ebike_charging",
                "What they become: surface_parking, mechanical_parking (these two together), charging, ebike_charging.",
            ),
        ),
    ],
    budget: Annotated[
        str | None,
        typer.Option(metavar="CNY", help=both("预算，如 3000000 或 300万", "Money to spend, as 3000000.")),
    ] = None,
    mode: Annotated[
        str,
        typer.Option(
            metavar="MODE",
            help=both(
                "serve 按容量补缺口，cover 最大覆盖，all 全覆盖最省，nearest 步行最近",
                "serve: most of the gap; cover: most people reached; all: everybody, cheapest; nearest: least walking.",
            ),
        ),
    ] = "serve",
    count: Annotated[
        int | None,
        typer.Option(metavar="N", help=both("至多选几处（nearest 必写）", "Sites at most; nearest needs it.")),
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            metavar="WHAT",
            help=both("cover、nearest 按 people（人）或 gap（缺口）计", "What cover and nearest count: people or gap."),
        ),
    ] = "people",
    subdistrict: Annotated[
        str | None,
        typer.Option(metavar="CODE", help=both("只看这个镇街的资产和小区", "Only assets and communities of it.")),
    ] = None,
    with_unclear: Annotated[
        bool, typer.Option("--with-unclear", help=both("许可待核实的也可选", "Assets of unclear permission as well."))
    ] = False,
    elderly_first: Annotated[
        bool,
        typer.Option(
            "--elderly-first",
            help=both("老年人优先（site.elderly_extra）", "People over 60 count more (site.elderly_extra)."),
        ),
    ] = False,
    decided: Annotated[
        Ids,
        typer.Option(
            metavar="ASSET",
            help=both("此前已定、不再花钱的资产，可写多次", "Decided before, nothing more to pay; may be repeated."),
        ),
    ] = None,
    forbid: Annotated[
        Ids, typer.Option(metavar="ASSET", help=both("不选的资产，可写多次", "May not be chosen; may be repeated."))
    ] = None,
    seconds: Annotated[
        float,
        typer.Option(
            metavar="S",
            min=0,
            max=86_400,
            help=both("搜索时限；Ctrl-C 取当前最好", "Time; Ctrl-C keeps the best so far."),
        ),
    ] = 60.0,
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
