"""The command about bundles: neighbours whose joint account balances, with a proof of how good the choice is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import typer

from api import _arguments
from api import _console as console
from api import _deciding_options as decide
from api import _options as options
from api._help import told
from api._options import Dir, Json
from layers.errors import UsageError

if TYPE_CHECKING:
    from gis.bundle_city import Within

app = typer.Typer()
AREAS = ("subdistrict", "district")
NONE = ("none", "无", "不限")
"""How a wish is taken back."""
SEARCH_S, CHANGE_S = 60.0, 10.0
"""For a search from nothing, and for one that goes on from a plan."""


@app.command(
    **told(
        "肥瘦搭配：把相邻的老旧小区与有收益的资产配成账目平衡的包，并证明离最优多远",
        "Bundle old communities with assets that earn so that each bundle balances, and prove how good that is.",
    )
)
def bundle(
    directory: Dir,
    subdistrict: decide.Subdistrict = None,
    within: decide.Within = None,
    most: decide.Most = None,
    working_capital: decide.WorkingCapital = None,
    public_budget: decide.PublicBudget = None,
    transfer_cap: decide.TransferCap = None,
    element_cap: decide.ElementCap = None,
    robust: decide.Robust = None,
    keep: decide.Keep = None,
    forbid: decide.Forbid = None,
    together: decide.Together = None,
    apart: decide.Apart = None,
    again: decide.Again = False,
    move: decide.Move = None,
    release: decide.Release = None,
    with_unclear: decide.WithUnclear = None,
    seconds: decide.BundleSeconds = None,
    seed: decide.Seed = None,
    workbook: decide.Workbook = None,
    run: options.RunId = None,
    model: options.ModelFile = None,
    setting: options.Settings = None,
    as_json: Json = False,
) -> None:
    """Search bundles on a finished run, and keep them as a run."""
    from api import _bundle_output as output
    from api import bundling
    from api._bundle_wishes import Change, Wishes
    from layers.workspace import Workspace

    output.check_workbook(workbook)
    wishes = Wishes(
        subdistrict=_unless_none(subdistrict),
        within=_area(within),
        with_unclear=bool(with_unclear),
        most_members=most,
        working_capital_cny=_arguments.money(working_capital, "--working-capital"),
        public_budget_cny=_budget(public_budget),
        transfer_cap_cny=_arguments.money(_unless_none(transfer_cap), "--transfer-cap"),
        element_cap_cny=_arguments.money(_unless_none(element_cap), "--element-cap"),
        balanced_share=_share(robust),
        kept=tuple(keep or ()),
        left_out=tuple(forbid or ()),
        together=_pairs("--together", together),
        apart=_pairs("--apart", apart),
    )
    said = {
        "subdistrict": subdistrict,
        "within": within,
        "with_unclear": with_unclear,
        "transfer_cap_cny": transfer_cap,
        "element_cap_cny": element_cap,
        "balanced_share": robust,
    }
    taken_back = tuple(name for name, told in said.items() if told is not None and _is_default(getattr(wishes, name)))
    change = Change(_pairs("--move", move), tuple(release or ()), taken_back) if again or move or release else None
    with console.shown_progress() as progress:
        done = bundling.bundle(
            Workspace.open(directory),
            wishes,
            change,
            seconds=_seconds(seconds, is_change=change is not None),
            seed=seed,
            run_id=run,
            model_file=model,
            overrides=_arguments.pairs(setting, "--set", "key=value"),
            progress=progress,
        )
    if workbook is not None:
        bundling.write_workbook(done, workbook)
    output.tell(done, workbook, directory, as_json=as_json)


def _seconds(told: float | None, *, is_change: bool) -> float:
    """Return the time that a search is given: less where it goes on from a plan."""
    if told is not None:
        return told
    return CHANGE_S if is_change else SEARCH_S


def _budget(text: str | None) -> tuple[float, ...]:
    """Return the public money of each year; a comma between thousands is no comma between years."""
    if text is None:
        return ()
    one = re.fullmatch(r"[0-9]{1,3}([,，][0-9]{3})+", text.strip())
    parts = [text.replace("，", ",")] if one else [part.strip() for part in re.split("[,，;；]", text)]
    if any(re.fullmatch("0[0-9]+", part) for part in parts):
        raise UsageError(
            f"--public-budget {text!r}: are the commas between years or between thousands?",
            f"--public-budget {text!r} 的逗号是分年还是千分位，看不出",
            hint="write the amounts of several years without commas of their own, like 80000000,50000000",
            hint_zh="多年请不用千分位，如 80000000,50000000 或 8000万,5000万",
        )
    found = [_arguments.money(part, "--public-budget") for part in parts]
    return tuple(money for money in found if money is not None)


def _unless_none(text: str | None) -> str | None:
    """Return what is asked; nothing where the word is that nothing is."""
    return None if text is None or text.strip().lower() in NONE else text


def _is_default(wish: object) -> bool:
    """Return whether a wish asks for nothing; a cap of 0 is one."""
    return wish is None or wish is False


def _share(text: str | None) -> float | None:
    if (text := _unless_none(text)) is None:
        return None
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)(%?)", text.strip())
    share = float(found[1]) / (100.0 if found[2] else 1.0) if found else -1.0
    if share == 0.0:
        return None
    if not 0.0 < share <= 1.0:
        raise UsageError(
            f"--robust {text!r} is no share of the scenarios",
            f"--robust {text!r} 不是情景的比例",
            hint="write a number above 0, 1 at most, like 0.4; 0 or none asks for none",
            hint_zh="请写大于 0、不超过 1 的数，如 0.4；0 或 none 表示不要求",
        )
    return share


def _area(text: str | None) -> Within | None:
    if (text := _unless_none(text)) is None or text in AREAS:
        return text  # type: ignore[return-value]
    raise UsageError(
        f"--within {text!r} is no area",
        f"--within {text!r} 不是范围",
        hint=f"write {' or '.join(AREAS)}, or none",
        hint_zh="请写 subdistrict（镇街）、district（区）或 none（不限）",
    )


def _pairs(option: str, given: list[str] | None) -> tuple[tuple[str, str], ...]:
    found = []
    for item in given or ():
        parts = [part.strip() for part in re.split("[,，]", item)]
        if len(parts) != 2 or not all(parts):
            raise UsageError(
                f"{option} {item!r} is not of the form ID,ID",
                f"{option} {item!r} 写法不对",
                hint=f"write {option} ID,ID",
                hint_zh=f"请写成 {option} ID,ID",
            )
        found.append((parts[0], parts[1]))
    return tuple(found)
