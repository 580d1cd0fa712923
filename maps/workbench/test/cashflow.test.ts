import assert from "node:assert/strict";
import { test } from "node:test";
import { ticks } from "../src/ticks.ts";

test("ticks are round, few, and cover zero where the span does", () => {
  assert.deepEqual(ticks(-546_000, 1_950_000), [0, 1_000_000]);
  assert.deepEqual(ticks(-90, 310), [0, 100, 200, 300]);
  assert.deepEqual(ticks(0, 7), [0, 2, 4, 6]);
  assert.deepEqual(ticks(0, 0), [0]);
});
