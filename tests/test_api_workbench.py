"""What the workbench is told: the contract's keys, contributions that sum to the score, fresh data at once."""

import json
import math
from datetime import date
from urllib.parse import quote

import numpy as np
import pytest
import shapely
from api_city import CRITERIA, MANIFEST, NASTY_ID, SCRIPT, Served, communities, new_workspace, reports, serving

from api import _features
from api.settings import Settings
from api.store import Store
from api.workbench import describe_workspace
from layers import schema
from layers.scope import Scope
from layers.serving.texts import served_geometry
from layers.snapshot import Provenance
from layers.workspace import Workspace

pytest_plugins = ["api_fixtures"]


def test_health(served_city: Served) -> None:
    body = served_city.json("/healthz")
    assert body == {"status": "ok", "version": body["version"], "workspace": True}


def test_workspace_tells_what_there_is(served_city: Served) -> None:
    body = served_city.json("/api/workspace")
    assert set(body) == {"name", "is_sample", "notice", "extent", "view", "layers", "run"}
    assert body["name"] == "虚构区"
    assert body["is_sample"] is True
    assert "示例数据" in body["notice"]["zh"]
    assert "Sample data" in body["notice"]["en"]
    layers = {item["kind"]: item for item in body["layers"]}
    assert list(layers) == ["community", "service_item", "report", "opportunity", "cashflow"]
    community = layers["community"]
    assert set(community) == {
        "kind", "zh", "en", "role", "geometry", "count", "unlocated_count", "data_date", "accepted_at", "source",
        "licence", "attribution", "crs_note", "version", "url",
    }  # fmt: skip
    assert (community["count"], community["unlocated_count"]) == (40, 5)
    assert community["data_date"] == "2026-06-15"
    assert community["crs_note"] == "GCJ-02 → EPSG:4326"
    assert community["accepted_at"].endswith("Z")
    assert served_city.get(community["url"]).status_code == 200
    assert layers["service_item"]["unlocated_count"] == 0
    result = layers["opportunity"]
    assert (result["role"], result["count"], result["unlocated_count"]) == ("result", 4, 1)
    assert (result["licence"], result["attribution"]) == ("ODbL 1.0", "© 虚构贡献者")
    everything = [*communities().geometry, *reports().geometry]
    assert body["extent"] == pytest.approx(shapely.total_bounds([item for item in everything if item is not None]))
    run = body["run"]
    told = {"run_id", "as_of", "created_at", "seed", "version", "notes", "model", "changed_layers", "assumptions"}
    assert set(run) == told
    assert run["assumptions"] == [], "of a run without bundles"
    assert (run["as_of"], run["seed"], run["notes"]) == ("2026-06-30", 7, MANIFEST["notes"])


def test_schema_holds_every_kind_and_no_personal_column(served_city: Served) -> None:
    body = served_city.json("/api/schema")["kinds"]
    assert list(body) == list(schema.kinds())
    fields = {item["name"]: item for item in body["opportunity"]["fields"]}
    assert fields["permission"]["codes"]["allowed"] == {"zh": "可行", "en": "Allowed"}
    assert set(fields["capex_cny"]) == {"name", "dtype", "zh", "en", "unit", "codes"}
    assert fields["capex_cny"]["codes"] is None
    assert "telephone" not in {item["name"] for item in body["report"]["fields"]}


def test_drawing_is_slim_and_placed(served_city: Served) -> None:
    response = served_city.get("/api/layers/community.geojson")
    assert response.headers["content-type"] == "application/geo+json"
    body = response.json()
    frame = communities()
    placed = frame[frame.geometry.notna()]
    assert len(body["features"]) == len(placed)
    first = body["features"][0]
    assert first["properties"]["name"] == SCRIPT
    assert first["properties"]["asset_id"] == first["id"]
    assert {"condition_grade", "built_year", "is_self_built", "subdistrict_code"} <= set(first["properties"])
    assert not {"address", "source", "source_id", "remark", "is_sample", "data_date"} & set(first["properties"])
    for feature, geometry in zip(body["features"], placed.geometry, strict=True):
        drawn = shapely.geometry.shape(feature["geometry"])
        assert shapely.hausdorff_distance(drawn, geometry) < 1e-6
        text = json.dumps(feature["geometry"])
        assert all(len(number.partition(".")[2]) <= 6 for number in text.replace("]", ",").replace("[", ",").split(","))
        if feature["geometry"]["type"] == "Polygon":
            assert shapely.is_ccw(drawn.exterior)


@pytest.mark.parametrize("kind", ["bundle", "bundle_member", "route", "site_choice"])
def test_what_was_decided_is_drawn_with_all_that_is_known_of_it(kind: str) -> None:
    of = schema.kind(kind)
    assert _features.slim_columns(of, of.columns) == list(of.columns)


def test_a_kind_without_places_draws_nothing(served_city: Served) -> None:
    assert served_city.json("/api/layers/service_item.geojson")["features"] == []


def test_model_is_that_of_the_run(served_city: Served) -> None:
    body = served_city.json("/api/model")
    assert set(body) == {"criteria", "actions", "permissions"}
    assert body["criteria"] == CRITERIA
    assert body["actions"]["surface_parking"] == {
        "zh": "地面停车场",
        "en": "Surface parking",
        "themes": ["revitalization"],
    }
    assert set(body["permissions"]) == {"allowed", "approval", "unclear", "forbidden"}


def test_opportunities_are_columns_and_rows(served_city: Served) -> None:
    body = served_city.json("/api/opportunities")
    head = ("opportunity_id", "theme", "action", "asset_kind", "asset_id", "name", "subdistrict_code", "rank")
    scores = ("score", "score_low", "score_high", "rank_p10", "rank_p90", "permission", "people_served", "stalls")
    money = ("chargers", "capex_cny", "npv_cny", "npv_p10_cny", "payback_years", "fits_horizon", "horizon_years")
    rest = ("revenue_cny_year", "land_rent_cny_year", "pledgeable_share", "confidence", "area_m2", "lon", "lat")
    assert body["columns"] == [*head, *scores, *money, *rest, "v_gap", "v_people", "v_danger"]
    rows = [dict(zip(body["columns"], row, strict=True)) for row in body["rows"]]
    assert [row["opportunity_id"] for row in rows] == [NASTY_ID, "o2", "o3", "o4"]
    assert [row["rank"] for row in rows] == [1, None, 2, 1]
    assert [row["npv_cny"] for row in rows] == [1e6, -2e5, None, None]
    assert [row["v_people"] for row in rows] == [0.4, 1.0, None, None]
    lot = communities().geometry[0]
    assert lot.covers(shapely.Point(rows[0]["lon"], rows[0]["lat"]))
    assert (rows[3]["lon"], rows[3]["lat"]) == (None, None)


@pytest.mark.parametrize("name", [NASTY_ID, "o2", "o3", "o4"])
def test_contributions_sum_to_the_score(served_city: Served, name: str) -> None:
    body = served_city.json(f"/api/opportunities/{quote(name, safe='')}")
    assert set(body) == {
        "properties", "geometry", "asset", "contributions", "cashflow", "layout", "alternatives", "parameters",
        "is_sample",
    }  # fmt: skip
    assert body["properties"]["opportunity_id"] == name
    parts = body["contributions"]
    assert math.fsum(part["contribution"] for part in parts) == pytest.approx(body["properties"]["score"])
    assert math.fsum(part["weight"] for part in parts) == pytest.approx(1)
    assert all(
        set(part) == {"key", "zh", "en", "unit", "raw", "value", "weight", "contribution", "missing", "source"}
        for part in parts
    )


def test_a_missing_criterion_counts_half_and_says_so(served_city: Served) -> None:
    gap, people = served_city.json("/api/opportunities/o3")["contributions"]
    assert (gap["raw"], gap["value"], gap["weight"], gap["missing"]) == (4.0, 0.4, 0.75, False)
    assert (people["raw"], people["value"], people["missing"]) == (None, None, True)
    assert people["contribution"] == pytest.approx(0.25 * 0.5)


def test_an_opportunity_with_its_asset_account_and_alternatives(served_city: Served) -> None:
    body = served_city.json(f"/api/opportunities/{quote(NASTY_ID, safe='')}")
    assert body["asset"]["name"] == SCRIPT
    assert body["asset"]["built_year"] is None
    assert [flow["year"] for flow in body["cashflow"]] == [0, 1, 2]
    assert [flow["cumulative_cny"] for flow in body["cashflow"]] == [-100, -40, 20]
    assert set(body["cashflow"][0]) == {
        "year", "capex_cny", "revenue_cny", "other_income_cny", "opex_cny", "land_rent_cny", "tax_cny",
        "reinstatement_cny", "net_cny", "cumulative_cny",
    }  # fmt: skip
    assert body["alternatives"] == [
        {
            "opportunity_id": "o2",
            "theme": "revitalization",
            "action": "pocket_park",
            "score": 0.4,
            "permission": "approval",
        }
    ]
    assert [(item["key"], item["is_assumption"]) for item in body["parameters"]] == [("parking.stall_area", True)]
    assert body["is_sample"] is True
    drawn = shapely.geometry.shape(body["geometry"])
    assert shapely.hausdorff_distance(drawn, communities().geometry[0]) < 1e-7
    assert served_city.json("/api/opportunities/o4")["geometry"] is None
    assert served_city.json("/api/opportunities/o2")["cashflow"] == []


def test_a_new_snapshot_and_a_new_run_show_at_the_next_request(own_served_city: Served) -> None:
    url = "/api/layers/report.geojson"
    before = own_served_city.get(url)
    run = own_served_city.json("/api/workspace")["run"]["run_id"]
    workspace = Workspace.open(own_served_city.folder)
    workspace.accept("report", reports().iloc[:2], Provenance("虚构热线"), shrunken_agreed=True)
    after = own_served_city.get(url, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert (len(before.json()["features"]), len(after.json()["features"])) == (4, 2)
    assert own_served_city.json("/ogc/collections/report/items")["numberMatched"] == 2
    table = workspace.read_result("opportunity").iloc[:1]
    workspace.save_run({"opportunity": table}, MANIFEST, as_of=date(2026, 7, 31), seed=8, inputs={})
    workspace.close()
    body = own_served_city.json("/api/workspace")
    assert body["run"]["run_id"] != run
    assert body["run"]["seed"] == 8
    assert "cashflow" not in {item["kind"] for item in body["layers"]}
    assert len(own_served_city.json("/api/opportunities")["rows"]) == 1
    assert own_served_city.json(f"/api/opportunities/{quote(NASTY_ID, safe='')}")["cashflow"] == []


def test_the_notice_of_a_real_workspace_counts_its_invented_records(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = new_workspace(tmp_path_factory.mktemp("plain") / "w", is_sample=False)
    with serving(Settings(folder)) as served:
        body = served.json("/api/workspace")
        assert body["is_sample"] is False
        assert "老旧小区 40 条" in body["notice"]["zh"]
        assert "Community (40)" in body["notice"]["en"]
        workspace = Workspace.open(folder)
        workspace.accept("community", communities().assign(is_sample=False), Provenance("虚构台账"))
        workspace.close()
        assert served.json("/api/workspace")["notice"] is None
        assert "notice" not in served.json("/ogc/collections/community/items")


def test_layers_that_are_not_those_of_the_run_are_named(own_served_city: Served) -> None:
    def changed() -> list[str]:
        return own_served_city.json("/api/workspace")["run"]["changed_layers"]

    assert changed() == []
    workspace = Workspace.open(own_served_city.folder)
    workspace.accept("report", reports().iloc[:3], Provenance("虚构热线"), shrunken_agreed=True)
    workspace.accept("idle_land", communities().iloc[:2][["source_id", "geometry"]], Provenance("虚构台账"))
    workspace.close()
    assert changed() == ["idle_land", "report"]


def test_the_first_view_holds_what_was_analysed(served_city: Served) -> None:
    body = served_city.json("/api/workspace")
    ranked = [communities().geometry[row] for row in (0, 1)]
    assert body["view"] == pytest.approx(shapely.total_bounds(ranked))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(Settings(new_workspace(tmp_path_factory.mktemp("store") / "w"), cached_layers=3))
    yield store
    store.close()


def test_a_scope_sees_its_own_area_and_fields_and_shares_no_cache(store: Store) -> None:
    everything, only_a = Scope.everything(), Scope(who="a", subdistricts=frozenset({"A"}))
    current = store.current()
    whole, part = (store.layer("community", scope, current) for scope in (everything, only_a))
    assert (len(whole), len(part)) == (40, 20)
    assert set(part.frame["subdistrict_code"]) == {"A"}
    assert store.info("community", only_a, current).count == 20
    blind = store.layer("community", Scope(hidden_fields=frozenset({"name"})), current)
    assert "name" not in blind.held.record(0)
    assert len(store.layer("community", everything, current)) == 40
    layers = {item["kind"]: item["count"] for item in describe_workspace(store, only_a)["layers"]}
    assert layers["community"] == 20
    assert layers["opportunity"] == 0


def test_a_version_is_prepared_once_and_the_cache_is_bounded(store: Store) -> None:
    current = store.current()
    first = store.layer("community", Scope.everything(), current)
    assert store.layer("community", Scope.everything(), store.current()) is first
    for kind in ("report", "service_item", "opportunity"):
        store.layer(kind, Scope.everything(), current)
    assert store.layer("community", Scope.everything(), current) is not first


def test_personal_columns_are_left_out_whatever_the_frame_holds(store: Store) -> None:
    current = store.current()
    info = store.info("report", Scope.everything(), current)
    layer = _features.Layer.prepared(reports().assign(asset_id=list("abcd")), schema.kind("report"), info)
    assert not {"reporter", "telephone"} & set(layer.held.record(0))
    assert "虚构来电人" not in layer.drawing.decode()


def test_values_become_json_values() -> None:
    frame = communities()
    record = json.loads(_features.property_texts(frame, [name for name in frame if name != "geometry"])[0])
    assert record["built_year"] is None
    assert record["floor_area_m2"] is None
    assert record["is_self_built"] is True
    assert record["data_date"] == "2026-01-15"
    times = json.loads(_features.property_texts(reports(), ["reported_at"])[1])
    assert times == {"reported_at": "2026-01-01T20:30:00"}


def test_heights_empty_and_unfinite_geometries() -> None:
    given = np.array([shapely.Point(1, 2, 3), shapely.Polygon(), None, shapely.Point(float("nan"), 1)], dtype=object)
    served = served_geometry(given)
    assert _features.geometry_texts(served, 6) == ['{"type":"Point","coordinates":[1.0,2.0]}', "null", "null", "null"]
