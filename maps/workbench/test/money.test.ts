import assert from "node:assert/strict";
import { test } from "node:test";
import { flaw, standing } from "../src/money.ts";
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

const WHOLE = {
  capexCny: 100,
  npvCny: 20,
  npvP10Cny: 5,
  paybackYears: 3,
  fitsHorizon: true,
  horizonYears: 5,
  revenueCny: 40,
  landRentCny: 0,
  pledgeableShare: 1,
};

test("an account that is whole and pays back has no mark", () => {
  assert.equal(flaw(WHOLE), null);
});

test("an account that pays as computed is marked where its likely range holds a loss", () => {
  assert.equal(flaw({ ...WHOLE, npvP10Cny: -3 }), "mayLose");
  assert.equal(flaw({ ...WHOLE, npvP10Cny: null }), null);
  assert.equal(flaw({ ...WHOLE, npvCny: -1, npvP10Cny: -3 }), "belowZero");
});

test("an unknown account is never called one that does not pay back", () => {
  const unknown = { ...WHOLE, npvCny: null, paybackYears: null, fitsHorizon: null };
  assert.equal(flaw({ ...unknown, landRentCny: null }), "rentless");
  assert.equal(flaw(unknown), "incomplete");
  assert.equal(flaw({ ...unknown, capexCny: null, landRentCny: null }), "incomplete");
});

test("what does not pay back, pays back too late or below the rate of discount is marked", () => {
  assert.equal(flaw({ ...WHOLE, npvCny: -90, paybackYears: null, fitsHorizon: false }), "lossy");
  assert.equal(flaw({ ...WHOLE, paybackYears: 7, fitsHorizon: false }), "lossy");
  assert.equal(flaw({ ...WHOLE, npvCny: -90, paybackYears: null, revenueCny: 0 }), "earnless");
  assert.equal(flaw({ ...WHOLE, npvCny: -1 }), "belowZero");
  assert.equal(flaw({ ...WHOLE, fitsHorizon: null, horizonYears: null }), "termless");
});

test("income that repays nothing is told as such, not as too little", () => {
  const uncounted = { ...WHOLE, npvCny: -90, paybackYears: null, fitsHorizon: null, pledgeableShare: 0 };
  assert.equal(flaw(uncounted), "uncounted");
  assert.equal(flaw({ ...uncounted, fitsHorizon: false }), "lossy", "not even if all of it counted");
  assert.equal(flaw({ ...uncounted, fitsHorizon: null, horizonYears: null }), "uncounted");
  assert.equal(flaw({ ...uncounted, revenueCny: null }), "uncounted", "terms of letting unknown");
  assert.equal(flaw({ ...uncounted, revenueCny: 0 }), "earnless", "there is none to count");
});

test("nobody judges an account whose years nobody granted", () => {
  const termless = { ...WHOLE, fitsHorizon: null, horizonYears: null };
  assert.equal(flaw({ ...termless, npvCny: -90, paybackYears: null }), "termless");
  assert.equal(flaw({ ...termless, npvCny: -1 }), "termless");
});
