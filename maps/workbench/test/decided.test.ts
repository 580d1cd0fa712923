import assert from "node:assert/strict";
import { test } from "node:test";
import { boundsOf, inOrder, read } from "../src/decided.ts";
import { isShown } from "../src/layerswitch.ts";
import { kindLayers } from "../src/style/kinds.ts";
import { kindSymbol, legend, ROLE_MARKS } from "../src/symbols.ts";
import type { KindInfo, LayerInfo } from "../src/types.ts";

const ROLES: KindInfo = {
  zh: "包的成员",
  en: "Bundle member",
  role: "result",
  geometry: ["polygon"],
  id_field: "bundle_member_id",
  fields: [
    {
      name: "role",
      dtype: "string",
      zh: "角色",
      en: "Role",
      unit: "",
      codes: Object.fromEntries(Object.keys(ROLE_MARKS).map((role) => [role, { zh: role, en: role }])),
    },
  ],
};

test("roles are told by colour and sign, on the map as in the legend", () => {
  const entries = legend("bundle_member", ROLES);
  assert.deepEqual(
    entries.map(({ code, colour, sign }) => [code, { colour, sign }]),
    Object.entries(ROLE_MARKS),
  );
  assert.equal(new Set(entries.map(({ sign }) => sign)).size, entries.length);
  const sign = kindLayers("bundle_member", ROLES).find(({ id }) => id === "bundle_member-sign");
  const painted = JSON.stringify(sign);
  for (const { code, colour, sign: character } of entries) {
    assert.ok(painted.includes(`"${code}","${colour}"`), code);
    assert.ok(painted.includes(`"${code}","${character}"`), code);
  }
});

test("a link is dashed, a member is not; each decision has a colour of its own", () => {
  const [line, link] = ["bundle_member-line", "bundle_member-link"].map((id) =>
    kindLayers("bundle_member", ROLES).find((layer) => layer.id === id),
  );
  assert.ok(!JSON.stringify(line?.paint).includes("line-dasharray"));
  assert.ok(JSON.stringify(link?.paint).includes("line-dasharray"));
  const colours = ["bundle", "route", "site_choice"].map((kind) => kindSymbol(kind).colour);
  assert.equal(new Set(colours).size, 3);
});

test("decisions are off at first; the members come with their bundles unless they are switched by themselves", () => {
  for (const kind of ["bundle", "bundle_member", "route", "site_choice"]) assert.ok(!isShown(kind, {}), kind);
  assert.ok(isShown("bundle_member", { bundle: true }));
  assert.ok(!isShown("bundle_member", { bundle: true, bundle_member: false }));
  assert.ok(isShown("bundle_member", { bundle_member: true }));
});

test("a list is in the order of the stops, each walk before its own", () => {
  const stop = (walk: string, order: number | null): GeoJSON.Feature => ({
    type: "Feature",
    properties: { walk_id: walk, stop_order: order },
    geometry: { type: "Point", coordinates: [0, 0] },
  });
  read.value = { "/walks": [stop("b", 2), stop("a", 1), stop("b", null), stop("b", 1), stop("a", null)] };
  const layer = { kind: "route", url: "/walks" } as LayerInfo;
  assert.deepEqual(
    inOrder(layer).map(({ properties }) => [properties?.walk_id, properties?.stop_order]),
    [
      ["a", null],
      ["a", 1],
      ["b", null],
      ["b", 1],
      ["b", 2],
    ],
  );
  assert.deepEqual(inOrder({ ...layer, url: "/other" }), []);
});

test("the bounds of a geometry hold all its corners", () => {
  const lines: GeoJSON.Geometry = {
    type: "MultiLineString",
    coordinates: [
      [
        [3, 1],
        [0, 2],
      ],
      [
        [5, -1],
        [1, 1],
      ],
    ],
  };
  assert.deepEqual(boundsOf(lines), [0, -1, 5, 2]);
  assert.deepEqual(boundsOf({ type: "Point", coordinates: [7, 8] }), [7, 8, 7, 8]);
});
