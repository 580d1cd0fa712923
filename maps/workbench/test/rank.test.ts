import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  contributions,
  normalise,
  type Rankable,
  ranks,
  score,
  type Values,
  type Weights,
} from "../src/rank.ts";

interface Option {
  opportunity_id: string;
  asset_kind: string;
  asset_id: string;
  permission: Rankable["permission"];
  values: Values;
  npv_cny?: number | null;
  capex_cny?: number | null;
}

interface Expected {
  opportunity_id: string;
  score: number;
  score_low: number;
  score_high: number;
  contributions: Record<string, number>;
  rank: number | null;
}

interface Case {
  name: string;
  weights: Weights;
  options: Option[];
  expected: Expected[];
}

const CASES = new URL("../../../tests/data/ranking_cases.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(CASES, "utf8")) as { cases: Case[] };
const TOLERANCE = 1e-12;

function near(found: number, wanted: number, what: string): void {
  assert.ok(Math.abs(found - wanted) < TOLERANCE, `${what}: ${found}, not ${wanted}`);
}

for (const { name, weights, options, expected } of cases) {
  test(name, () => {
    const rankable = options.map((option) => ({
      id: option.opportunity_id,
      assetKind: option.asset_kind,
      assetId: option.asset_id,
      permission: option.permission,
      score: score(weights, option.values).score,
      npvCny: option.npv_cny ?? null,
      capexCny: option.capex_cny ?? null,
    }));
    const found = ranks(rankable);
    for (const wanted of expected) {
      const id = wanted.opportunity_id;
      const option = options.find((item) => item.opportunity_id === id);
      assert.ok(option, id);
      const held = score(weights, option.values);
      near(held.score, wanted.score, `${id} score`);
      near(held.low, wanted.score_low, `${id} low`);
      near(held.high, wanted.score_high, `${id} high`);
      for (const part of contributions(weights, option.values)) {
        near(part.contribution, wanted.contributions[part.key] ?? Number.NaN, `${id} ${part.key}`);
      }
      assert.equal(found.get(id) ?? null, wanted.rank, `${id} rank`);
    }
  });
}

test("ranks do not depend on the order of the rows", () => {
  const rows = Array.from({ length: 40 }, (_, index) => ({
    id: `o${index}`,
    assetKind: "idle_land",
    assetId: `a${index % 17}`,
    permission: index % 11 === 0 ? ("forbidden" as const) : ("allowed" as const),
    score: (index * 7) % 5,
  }));
  const sort = (map: ReadonlyMap<string, number>) => [...map].sort();
  assert.deepEqual(sort(ranks(rows)), sort(ranks(rows.toReversed())));
});

test("weights scale to 1; all zero count alike; a negative one is refused", () => {
  assert.deepEqual(normalise({ a: 3, b: 1 }), { a: 0.75, b: 0.25 });
  assert.deepEqual(normalise({ a: 0, b: 0 }), { a: 0.5, b: 0.5 });
  assert.throws(() => normalise({ a: -1, b: 2 }), RangeError);
  assert.throws(() => normalise({ a: Number.NaN }), RangeError);
});
