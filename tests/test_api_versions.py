"""Whoever pages through a layer sees one version of it, whatever is accepted meanwhile; old versions keep answering."""

from __future__ import annotations

import json
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from api_city import cash_flows, communities, opportunities

from layers.snapshot import Provenance
from layers.workspace import Workspace

if TYPE_CHECKING:
    import httpx
    from api_city import Served

pytest_plugins = ["api_fixtures"]

ITEMS = "/ogc/collections/community/items"


def accept_named(folder: Served, word: str, count: int = 40) -> None:
    """Accept the communities with another name for all of them."""
    with closing(Workspace.open(folder.folder)) as workspace:
        frame = communities(count).assign(name=word)
        workspace.accept("community", frame, Provenance("虚构台账"), shrunken_agreed=True)


def following(client: httpx.Client, page: dict[str, Any]) -> dict[str, Any] | None:
    """Return the page that ``next`` links to."""
    link = next((item["href"] for item in page["links"] if item["rel"] == "next"), None)
    return None if link is None else client.get(link).raise_for_status().json()


def names(page: dict[str, Any]) -> set[str]:
    return {item["properties"]["name"] for item in page["features"]}


def test_pages_are_of_one_version_though_others_are_accepted_between_them(own_served_city: Served) -> None:
    client = own_served_city.client
    accept_named(own_served_city, "一")
    page: dict[str, Any] | None = client.get(ITEMS, params={"limit": 7}).json()
    seen, count = [], 0
    while page is not None:
        seen += [item["id"] for item in page["features"]]
        assert names(page) == {"一"}
        assert page["numberMatched"] == 40
        count += 1
        accept_named(own_served_city, "二三四五六七八"[count % 7], count=30 + count)
        page = following(client, page)
    assert count == 6
    assert len(seen) == len(set(seen)) == 40
    now = client.get(ITEMS, params={"limit": 100}).json()
    assert now["numberMatched"] == 36
    assert names(now) == {"八"}


def test_a_version_answers_when_it_is_not_current_any_more(own_served_city: Served) -> None:
    client = own_served_city.client
    first = client.get(ITEMS, params={"limit": 100}).json()
    accept_named(own_served_city, "新")
    again = client.get(ITEMS, params={"limit": 100, "snapshot": first["snapshot"]}).json()
    assert [item["properties"] for item in again["features"]] == [item["properties"] for item in first["features"]]
    now = client.get(ITEMS, params={"snapshot": client.get(ITEMS).json()["snapshot"]}).json()
    assert names(now) == {"新"}
    assert now["snapshot"] != first["snapshot"]


def test_an_older_run_answers_too(own_served_city: Served) -> None:
    client, path = own_served_city.client, "/ogc/collections/opportunity/items"
    first = client.get(path).json()
    with closing(Workspace.open(own_served_city.folder)) as workspace:
        assets = workspace.read("community")
        frame = opportunities(list(assets["asset_id"]), assets.geometry.to_numpy()).iloc[:1]
        tables = {"opportunity": frame, "cashflow": cash_flows()}
        run = workspace.run()
        workspace.save_run(tables, run.manifest, as_of=run.as_of, seed=8, inputs=run.inputs)
    assert client.get(path).json()["numberMatched"] == 1
    older = client.get(path, params={"snapshot": first["snapshot"]}).json()
    assert older["features"] == first["features"]
    assert len(older["features"]) == 4


@pytest.mark.parametrize("version", ["0" * 20, "../../x", "x" * 4000, "%"])
def test_a_version_that_never_was_is_told_and_takes_no_room(own_served_city: Served, version: str) -> None:
    for kind in ("community", "opportunity"):
        answer = own_served_city.client.get(f"/ogc/collections/{kind}/items", params={"snapshot": version})
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert "snapshot" in answer.json()["detail"] + json.dumps(answer.json(), ensure_ascii=False)
        assert len(answer.content) < 2000
    assert own_served_city.client.get(ITEMS).status_code == 200


def test_answers_are_whole_while_layers_are_replaced(own_served_city: Served) -> None:
    """Eight clients ask while twenty versions are accepted: each answer is of one version and no other."""
    accept_named(own_served_city, "代0")
    done, faults = threading.Event(), []

    def ask() -> None:
        while not done.is_set():
            answer = own_served_city.client.get(ITEMS, params={"limit": 100})
            body = answer.json()
            if answer.status_code != 200 or len(names(body)) != 1 or body["numberMatched"] != len(body["features"]):
                faults.append(body)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        for generation in range(1, 21):
            accept_named(own_served_city, f"代{generation}")
            assert names(own_served_city.client.get(ITEMS).json()) == {f"代{generation}"}
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert not faults
