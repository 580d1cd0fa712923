import assert from "node:assert/strict";
import { test } from "node:test";
import { standing } from "../src/money.ts";
import type { Contribution } from "../src/types.ts";

function part(key: string, unit: string, weight: number, value: number): Contribution {
  const contribution = weight * value;
  return { key, zh: key, en: key, unit, raw: 1, value, weight, contribution, missing: false, source: "" };
}

const PARTS = [
  part("people", "persons", 0.3, 0.5),
  part("money", "CNY/CNY", 0.2, 0.4),
  part("gap", "stalls", 0.3, 1),
  part("reports", "reports/year", 0.1, 0),
  part("ease", "step", 0.1, 0.6),
];

test("a negative account names the criteria that carried the score, and the weight of money", () => {
  const told = standing(-1, PARTS);
  assert.deepEqual(
    told?.best.map(({ key }) => key),
    ["gap", "people", "ease"],
  );
  assert.equal(told?.count, 5);
  assert.equal(told?.moneyShare, 0.2);
});

test("a theme without money says so by a share of nought", () => {
  assert.equal(standing(-1, [part("value", "points", 1, 0.5)])?.moneyShare, 0);
});

test("nothing is told of an account that pays, is unknown, or of a score of nought", () => {
  assert.equal(standing(0, PARTS), null);
  assert.equal(standing(null, PARTS), null);
  assert.equal(standing(-1, [part("money", "CNY", 1, 0.5)]), null);
});
