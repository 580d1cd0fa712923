import assert from "node:assert/strict";
import { test } from "node:test";
import { descends, filtered, isFiltered, ofTheme, sorted, windowOf } from "../src/listing.ts";
import type { Opportunity } from "../src/types.ts";
import { START } from "../src/url.ts";

function row(id: string, more: Partial<Opportunity> = {}): Opportunity {
  return {
    id,
    theme: "revitalization",
    action: "surface_parking",
    assetKind: "idle_land",
    assetId: `asset-${id}`,
    name: `地块${id}`,
    subdistrict: "A",
    permission: "allowed",
    rank: null,
    rankP10: null,
    rankP90: null,
    confidence: null,
    score: null,
    peopleServed: null,
    capexCny: null,
    npvCny: null,
    npvP10Cny: null,
    paybackYears: null,
    fitsHorizon: null,
    horizonYears: null,
    revenueCny: null,
    landRentCny: null,
    pledgeableShare: null,
    position: null,
    values: {},
    ...more,
  };
}

const ids = (rows: readonly Opportunity[]) => rows.map(({ id }) => id).join("");

const ROWS = [
  row("a", { rank: 2, score: 0.6, npvCny: -5, paybackYears: 3, permission: "approval" }),
  row("b", { rank: 1, score: 0.8, npvCny: 9, subdistrict: "B", action: "charging" }),
  row("c", { score: 0.7, npvCny: 9, permission: "forbidden" }),
  row("d", { rank: 1, theme: "heritage", score: 0.9 }),
];

test("a theme shows its ranked rows, or all of them", () => {
  assert.equal(ids(ofTheme(ROWS, START)), "ab");
  assert.equal(ids(ofTheme(ROWS, { ...START, unranked: true })), "abc");
  assert.equal(ids(ofTheme(ROWS, { ...START, theme: "heritage" })), "d");
});

test("filters meet all at once; text is looked for in name and ids, in any case", () => {
  assert.equal(ids(filtered(ROWS, { ...START, subdistrict: "B" })), "b");
  assert.equal(ids(filtered(ROWS, { ...START, subdistrict: "B", action: "surface_parking" })), "");
  assert.equal(ids(filtered(ROWS, { ...START, permission: "approval" })), "a");
  assert.equal(ids(filtered(ROWS, { ...START, text: " ASSET-C " })), "c");
  assert.equal(isFiltered({ ...START, text: "  " }), false);
  assert.equal(isFiltered({ ...START, action: "charging" }), true);
});

test("rows without the value come last either way", () => {
  assert.equal(ids(sorted(ROWS.slice(0, 3), "payback", false)), "abc");
  assert.equal(ids(sorted(ROWS.slice(0, 3), "payback", true)), "abc");
  assert.equal(ids(sorted(ROWS.slice(0, 3), "rank", false)), "bac");
  assert.equal(ids(sorted(ROWS.slice(0, 3), "rank", true)), "abc");
});

test("equal values keep the order of their ranks", () => {
  assert.equal(ids(sorted([ROWS[2], ROWS[1]] as Opportunity[], "npv", false)), "bc");
});

test("gains start from the top, costs from the bottom; pressing again turns it round", () => {
  assert.equal(descends("npv", false), true);
  assert.equal(descends("npv", true), false);
  assert.equal(descends("capex", false), false);
  assert.equal(ids(sorted(ROWS.slice(0, 3), "npv", true)), "abc");
});

test("only rows in sight and a few around are drawn", () => {
  assert.deepEqual(windowOf(1000, 0, 600, 60, 6), { first: 0, last: 16 });
  assert.deepEqual(windowOf(1000, 6000, 600, 60, 6), { first: 94, last: 116 });
  assert.deepEqual(windowOf(3, 0, 600, 60, 6), { first: 0, last: 3 });
  assert.deepEqual(windowOf(3, 6000, 600, 60, 6), { first: 0, last: 3 });
  assert.deepEqual(windowOf(0, 0, 600, 60, 6), { first: 0, last: 0 });
});
