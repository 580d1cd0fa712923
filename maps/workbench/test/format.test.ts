import assert from "node:assert/strict";
import { test } from "node:test";
import * as format from "../src/format.ts";

const money = (cny: number | null, lang: "zh" | "en") =>
  format.money(cny, lang).replaceAll(format.NARROW, " ");

test("money in 元, 万元, 亿元, and in CNY, k, M", () => {
  assert.equal(money(546_000, "zh"), "54.6 万元");
  assert.equal(money(546_000, "en"), "CNY 546 k");
  assert.equal(money(2_813_000, "zh"), "281 万元");
  assert.equal(money(2_813_000, "en"), "CNY 2.81 M");
  assert.equal(money(123_456_789, "zh"), "1.23 亿元");
  assert.equal(money(8_000, "zh"), "8,000 元");
  assert.equal(money(-10_000, "zh"), "−1 万元");
  assert.equal(money(0, "en"), "CNY 0");
  assert.equal(money(null, "zh"), "—");
});

test("no amount is rounded into the next unit's name", () => {
  assert.equal(money(9_994, "zh"), "9,994 元");
  assert.equal(money(9_999, "zh"), "1 万元");
  assert.equal(money(99_994_999, "zh"), "9,999 万元");
  assert.equal(money(99_995_000, "zh"), "1 亿元");
  assert.equal(money(999_500, "en"), "CNY 1 M");
});

test("figures keep three digits that matter", () => {
  assert.deepEqual(
    [1234.5, 91.24, 3.456, 0.12345, 0, null].map((value) => format.figure(value, "en")),
    ["1,235", "91.2", "3.46", "0.123", "0", "—"],
  );
});

test("a range that begins at 0 says so, and what can only be 0 is left out", () => {
  assert.deepEqual(format.counted([181, 0, 426], "zh"), ["181", "0 – 426"]);
  assert.deepEqual(format.counted([0, 0, 144], "zh"), ["0", "0 – 144"]);
  assert.deepEqual(format.counted([12, null, null], "zh"), ["12", ""]);
  assert.deepEqual(format.counted([0, 0, 0], "zh"), ["—", ""]);
  assert.deepEqual(format.counted([null, null, null], "zh"), ["—", ""]);
});

test("a figure in a unit that tells no size is followed by where its value is full", () => {
  const steps = { type: "piecewise", x: [0, 1, 2, 3], v: [0, 0.2, 0.6, 1] };
  assert.equal(format.fullAt("step (0 forbidden, 1 unclear, 2 approval, 3 allowed)", steps), 3);
  assert.equal(format.fullAt("typical sites", { type: "linear", one: 1 }), 1);
  assert.equal(format.fullAt("stalls", { type: "linear", one: 103 }), null, "a stall tells its size");
  assert.equal(format.fullAt("points", { type: "saturating" }), null);
  assert.equal(format.fullAt("points", undefined), null);
});

test("a range with equal or missing ends is one value", () => {
  assert.equal(format.range("80", "120"), "80 – 120");
  assert.equal(format.range("80", "80"), "80");
  assert.equal(format.range("—", "120"), "120");
  assert.equal(format.range("80", "—"), "80");
});

test("a date is the day that is written, whatever the time zone", () => {
  assert.equal(format.day("2026-06-30", "zh"), "2026年6月30日");
  assert.equal(format.day("2026-06-30T23:59:59Z", "en"), "2026-06-30");
  assert.equal(format.day(null, "zh"), "—");
});

test("units are words a reader knows", () => {
  assert.equal(format.unit("stalls", "zh"), "泊位");
  assert.equal(format.unit("CNY/m2/month", "en"), "CNY/m²/month");
  assert.equal(format.unit("", "zh"), "");
  assert.equal(format.unit("kWh", "zh"), "kWh");
  assert.equal(format.unit("grade (1 A, 2 B, 3 C, 4 D)", "en"), "grade");
  assert.equal(format.unit("grade (1 A, 2 B, 3 C, 4 D)", "zh"), "级");
});

test("an assumption is told apart from a document", () => {
  assert.deepEqual(format.source("ASSUMPTION - practice (verify)"), {
    text: "practice (verify)",
    isAssumption: true,
  });
  assert.deepEqual(format.source("ASSUMPTION: 示例"), { text: "示例", isAssumption: true });
  assert.deepEqual(format.source("GB/T 51149-2016 5.1.4"), {
    text: "GB/T 51149-2016 5.1.4",
    isAssumption: false,
  });
});

test("a share that a sum is done with keeps all its digits", () => {
  assert.equal(format.rate(0.0326, "zh"), "3.26%");
  assert.equal(format.rate(0.06, "en"), "6%");
  assert.equal(format.rate(0.0825, "zh"), "8.25%");
  assert.equal(format.rate(null, "zh"), format.NONE);
});
