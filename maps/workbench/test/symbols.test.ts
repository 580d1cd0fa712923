import assert from "node:assert/strict";
import { test } from "node:test";
import { isShown } from "../src/layerswitch.ts";
import { kindLayers } from "../src/style/kinds.ts";
import { opportunityLayers } from "../src/style/opportunities.ts";
import { bySlot, firstAbove, type Layered } from "../src/style/stack.ts";
import { ACTION_MARKS, legend } from "../src/symbols.ts";
import type { KindInfo } from "../src/types.ts";

const PARKING: KindInfo = {
  zh: "停车场",
  en: "Parking",
  role: "input",
  geometry: ["point", "polygon"],
  id_field: "asset_id",
  fields: [
    {
      name: "parking_type",
      dtype: "string",
      zh: "类型",
      en: "Type",
      unit: "",
      codes: { public: { zh: "公共", en: "Public" }, unknown: { zh: "不明", en: "Unknown" } },
    },
  ],
};

function luminance(colour: string): number {
  const channels = [1, 3, 5].map((from) => Number.parseInt(colour.slice(from, from + 2), 16) / 255);
  const [red, green, blue] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

test("every action has its own colour and its own letter, white on it at a contrast of 4.5", () => {
  const marks = Object.values(ACTION_MARKS);
  for (const part of ["colour", "zh", "en"] as const) {
    assert.equal(new Set(marks.map((mark) => mark[part])).size, marks.length, part);
  }
  for (const { colour, zh } of marks) {
    const contrast = 1.05 / (luminance(colour) + 0.05);
    assert.ok(contrast >= 4.5, `${zh} ${colour}: ${contrast.toFixed(2)}`);
  }
});

test("the legend is made from the schema's codes, and the map paints by the same", () => {
  const entries = legend("parking", PARKING);
  assert.deepEqual(
    entries.map(({ code, zh }) => [code, zh]),
    [
      ["public", "公共"],
      ["unknown", "不明"],
    ],
  );
  const dot = kindLayers("parking", PARKING).find(({ id }) => id === "parking-dot");
  const painted = JSON.stringify(dot?.paint);
  for (const { code, colour } of entries) assert.ok(painted.includes(`"${code}","${colour}"`), code);
  assert.deepEqual(legend("parking", undefined), []);
});

test("days are told apart by whether they are past, each by its colour", () => {
  const entries = legend("clock", undefined);
  assert.deepEqual(
    entries.map(({ code, en }) => [code, en]),
    [
      ["false", "Running"],
      ["true", "Lapsed"],
      ["", "In doubt"],
    ],
  );
  assert.equal(new Set(entries.map(({ colour }) => colour)).size, 3);
  const painted = JSON.stringify(kindLayers("clock", undefined).find(({ id }) => id === "clock-dot")?.paint);
  for (const { code, colour } of entries) assert.ok(painted.includes(`"${code}","${colour}"`), code);
});

test("a figure is told by a ramp whose classes the legend names", () => {
  const entries = legend("need", undefined);
  assert.deepEqual(
    entries.map(({ zh }) => zh),
    ["≤ 0", "0 – 50", "50 – 150", "150 – 300", "> 300"],
  );
  const fill = kindLayers("need", undefined).find(({ id }) => id === "need-fill");
  for (const { colour } of entries) assert.ok(JSON.stringify(fill?.paint).includes(colour), colour);
});

test("layers stack the same in whatever order they are added", () => {
  const kinds = ["parking", "water", "subdistrict", "building", "street"];
  const stack = (order: readonly string[]) => {
    const present = opportunityLayers("zh").sort(bySlot);
    for (const spec of order.flatMap((kind) => kindLayers(kind, PARKING))) {
      const above = firstAbove(spec.metadata.slot, present);
      present.splice(above ? present.findIndex(({ id }) => id === above) : present.length, 0, spec);
    }
    return present.map((layer: Layered) => layer.metadata.slot);
  };
  const slots = stack(kinds);
  assert.deepEqual(
    slots,
    slots.toSorted((a, b) => a - b),
  );
  assert.deepEqual(stack(kinds.toReversed()), slots);
});

test("a layer is drawn as the address says, else as at the start", () => {
  assert.equal(isShown("building", {}), true);
  assert.equal(isShown("building", { building: false }), false);
  assert.equal(isShown("parking", {}), false);
});
