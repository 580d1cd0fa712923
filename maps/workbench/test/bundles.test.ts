import assert from "node:assert/strict";
import { test } from "node:test";
import { accountOf } from "../src/bundles.ts";

const rows = [
  { bundle_id: "b", year: 1, net_cny: 30, cumulative_cny: -70, discounted_cny: 28 },
  { bundle_id: "other", year: 0, net_cny: 5, cumulative_cny: 5, discounted_cny: 5 },
  { bundle_id: "b", year: 0, net_cny: -100, cumulative_cny: -100, discounted_cny: -100 },
];

test("the account of a bundle is its own rows by year, as they stand where nothing is given", () => {
  const [first, second, ...more] = accountOf("b", rows);
  assert.deepEqual(more, []);
  assert.deepEqual(
    [first?.year, first?.net_cny, first?.cumulative_cny, first?.taken_cny],
    [0, -100, -100, 0],
  );
  assert.equal(second?.discounted_cny, 28);
});

test("what other bundles give is in what is drawn, and apart from the bundle's own cash", () => {
  const taken = rows.map((row) => ({ ...row, transfer_in_cny: 60, after_cny: row.net_cny + 60 }));
  const [first] = accountOf("b", taken);
  assert.deepEqual([first?.own_cny, first?.taken_cny, first?.net_cny], [-100, 60, -40]);
});

test("a bundle whose account was not read has no years", () => {
  assert.deepEqual(accountOf("c", rows), []);
});
