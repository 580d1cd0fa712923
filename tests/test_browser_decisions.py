"""What was decided on a run, in the workbench: bundles, walks and chosen sites as layers, lists and popups."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from conftest import served
from folium_pages import HOSTILE, SOUTH, WEST, decided

from api import deciding
from layers import schema
from layers.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from browser.driver import Workbench

pytest_plugins = ["browser.fixtures"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
DECIDED = "?layers=bundle,route,site_choice,-opportunity"


ASSUMED = [
    {
        "key": "fin.concession_default",
        "zh": "默认经营期限",
        "en": "Usual term",
        "value": 15,
        "unit": "years",
        "shown": {"zh": "15年", "en": "15 years"},
        "source": {"zh": "ASSUMPTION - no source found", "en": "ASSUMPTION - no source found"},
        "confidence": "low",
        "is_assumption": True,
        "is_given": False,
    }
]


def account_of_the_bundle(crs: object) -> gpd.GeoDataFrame:
    """Return four years of it: 434 万元 in the first, of which other bundles give 34, then 150 each."""
    after = [-4_000_000.0, 1_500_000.0, 1_500_000.0, 1_500_000.0]
    rows = pd.DataFrame(
        {
            "bundle_year_id": [f"b1:{year}" for year in range(4)],
            "bundle_id": "b1",
            "year": range(4),
            "net_cny": [-4_340_000.0, *after[1:]],
            "transfer_in_cny": [340_000.0, 0.0, 0.0, 0.0],
            "after_cny": after,
            "after_cumulative_cny": pd.Series(after).cumsum(),
            "after_discounted_cny": after,
        }
    )
    return schema.conform(gpd.GeoDataFrame(rows, geometry=[None] * 4, crs=crs), schema.kind("bundle_year"))


@pytest.fixture(scope="module")
def served_decided(sample_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the sample city with one bundle, one walk and two sites in its middle, a name of which is markup."""
    root = shutil.copytree(sample_workspace, tmp_path_factory.mktemp("decided") / "city")
    with contextlib.closing(Workspace.open(root)) as workspace:
        ground = deciding.ground(workspace)
        west, south, east, north = workspace.read("subdistrict").total_bounds
        tables = {}
        for name, frame in decided(HOSTILE).items():
            at = frame.geometry.translate((west + east) / 2 - WEST, (south + north) / 2 - SOUTH)
            tables[name] = schema.conform(frame.set_geometry(at), schema.kind(name)).to_crs(
                next(iter(ground.results.values())).crs
            )
        tables["bundle_year"] = account_of_the_bundle(tables["bundle"].crs)
        deciding.keep(workspace, ground, tables, {"bundle": {"assumptions": ASSUMED}})
    with served(root) as base_url:
        yield base_url


@pytest.fixture
def workbench(served_decided: str, workbench_at: Callable[..., Workbench]) -> Iterator[Workbench]:
    """Return the page over it; afterwards nothing may have strayed or gone wrong."""
    made = workbench_at(served_decided)
    yield made
    assert made.strayed == []
    assert made.complaints == []
    assert made.page.locator("script:not([src])", has_text="alert").count() == 0


def show(workbench: Workbench, kind: str, place: int) -> str:
    """Press a button of a decision's list and return what the popup then says."""
    workbench.page.locator(f"li.layer[data-kind={kind}] .decided button").nth(place).click()
    workbench.settle()
    assert workbench.page.locator(".popup").count() == 1
    return workbench.page.locator(".popup").inner_text().replace("\u00a0", " ")


def test_decisions_wait_to_be_switched_on_and_are_then_drawn(workbench: Workbench) -> None:
    workbench.open("")
    assert (
        workbench.page.evaluate("() => ['bundle', 'route', 'site_choice'].some(id => panhuo.map.getSource(id))")
        is False
    )
    for kind in ("bundle", "route", "site_choice"):
        workbench.page.locator(f"li.layer[data-kind={kind}] input").check()
    workbench.settle()
    show(workbench, "bundle", 0)
    for layer in ("bundle-fill", "bundle_member-fill", "bundle_member-dot", "bundle_member-sign", "route-straight"):
        assert workbench.rendered(layer), layer
    assert {item["role"] for item in workbench.rendered("bundle_member-sign")} == {"fat", "lean", "link"}
    show(workbench, "route", 0)
    assert {item["stop_order"] for item in workbench.rendered("route-number")} == {1, 2}
    assert workbench.rendered("route-minutes")
    show(workbench, "site_choice", 0)
    assert {item["site_order"] for item in workbench.rendered("site_choice-order")} == {1, 2}
    workbench.page.locator("li.layer[data-kind=bundle] input").uncheck()
    workbench.settle()
    assert not workbench.rendered("bundle-fill", "bundle_member-fill", "bundle_member-sign")


def test_a_bundle_tells_its_account_and_why_each_member_is_in(workbench: Workbench) -> None:
    workbench.open(DECIDED)
    said = show(workbench, "bundle", 0)
    for text in (HOSTILE, "1,234 万元", "434 万元", "62.5%", "120 户", "示例数据"):
        assert text in said
    members = workbench.page.locator(".popup-members li")
    members.first.wait_for()
    told = members.all_inner_texts()
    assert len(told) == 3
    assert "大场" in told[0]
    assert "为邻居付出85.0万元" in told[0]
    assert [sign.inner_text() for sign in workbench.page.locator(".popup-members .legend-dot").all()] == ["+", "−", "="]


def test_a_bundle_shows_its_account_by_year_and_what_it_rests_on(workbench: Workbench) -> None:
    workbench.open(DECIDED)
    said = show(workbench, "bundle", 0)
    account = workbench.page.locator(".popup-account")
    account.wait_for()
    assert account.locator("svg rect").count() == 4
    assert account.locator("svg .deepest").count() == 1
    assert "最深 400 万元，第0年" in account.inner_text().replace("\u00a0", " ")
    account.locator("summary", has_text="逐年数字").click()
    first = account.locator("tbody tr").first.locator("td")
    assert first.all_inner_texts() == ["−434", "34", "0", "−400", "−400"]
    assert "200 分：任何方案都不超过，本方案离最优不超过 30%" in said
    account.locator("summary", has_text="所依据的 1 项取值，其中 1 项为假定").click()
    assert "15年" in account.locator(".parameters").inner_text()
    assert "no source found" in account.locator(".parameters").inner_text()
    workbench.open("?lang=en&layers=bundle")
    assert "this one is within 30% of the best" in show(workbench, "bundle", 0)
    account.wait_for()
    assert "Rests on 1 values, 1 of them assumptions" in account.inner_text()


def test_stops_and_sites_tell_their_minutes_stories_and_gains_in_either_language(workbench: Workbench) -> None:
    workbench.open(DECIDED)
    assert "老街坊说的" in show(workbench, "route", 1)
    assert "24.6 分钟" in show(workbench, "route", 2)
    assert "补缺46个" in show(workbench, "site_choice", 0)
    workbench.open("?lang=en&layers=bundle,route,site_choice")
    stop = show(workbench, "route", 1)
    assert "As neighbours tell it" in stop
    assert "老街坊说的" not in stop
    assert "closes 46" in show(workbench, "site_choice", 0)


def test_a_click_on_another_record_opens_its_popup_at_once(workbench: Workbench) -> None:
    """One click used to close the popup that was open and nothing more."""
    workbench.open(DECIDED)
    show(workbench, "route", 1)
    place = workbench.page.evaluate(
        """async () => {
            const walk = await fetch('api/layers/route.geojson').then(answer => answer.json());
            const stop = walk.features.find(feature => feature.properties.stop_order === 2).geometry.coordinates;
            panhuo.map.jumpTo({center: stop, zoom: 17});
            const {x, y} = panhuo.map.project(stop);
            const box = panhuo.map.getContainer().getBoundingClientRect();
            return [x + box.left, y + box.top];
        }"""
    )
    workbench.settle()
    workbench.page.mouse.click(*place)
    workbench.settle()
    assert workbench.page.locator(".popup-name").all_inner_texts() == ["古井"]


def test_the_legend_has_the_roles_of_the_schema_with_their_signs(workbench: Workbench) -> None:
    workbench.open(DECIDED)
    entries = workbench.page.locator("li.layer[data-kind=bundle_member] .legend li")
    roles = schema.kind("bundle_member")["role"].codes or {}
    assert [entry.split("\n")[-1].strip() for entry in entries.all_inner_texts()] == [zh for zh, _ in roles.values()]


def test_a_run_that_decided_nothing_has_no_such_layers(
    served_sample: str, workbench_at: Callable[..., Workbench]
) -> None:
    page = workbench_at(served_sample).open("").page
    for kind in ("bundle", "bundle_member", "route", "site_choice"):
        assert page.locator(f"li.layer[data-kind={kind}]").count() == 0
