import assert from "node:assert/strict";
import { test } from "node:test";
import { parseView, printView, START, type View } from "../src/url.ts";

const FULL: View = {
  lang: "en",
  theme: "heritage",
  selected: "heritage:祠堂 1/heritage_reuse&x",
  subdistrict: "440105001",
  action: "heritage_reuse",
  permission: "approval",
  text: "书院 <b>",
  unranked: true,
  sort: "npv",
  reversed: true,
  layers: { building: false, parking: true },
  camera: { longitude: 113.26543, latitude: 23.12345, zoom: 14.25 },
};

test("the start has no query", () => {
  assert.equal(printView(START), "");
  assert.deepEqual(parseView(""), START);
});

test("a view survives the address, whatever is in it", () => {
  assert.deepEqual(parseView(printView(FULL)), FULL);
});

test("what is not said or not known is as at the start", () => {
  const odd = parseView(
    "?lang=fr&theme=x&sort=colour&permission=maybe&map=1/2&layers=<script>,-water,&all=yes",
  );
  assert.deepEqual(odd, { ...START, layers: { water: false } });
});

test("a camera outside the world is left out", () => {
  for (const map of ["99/23/113", "12/99/113", "12/23/400", "a/b/c", ""]) {
    assert.equal(parseView(`?map=${map}`).camera, null, map);
  }
  assert.deepEqual(parseView("?map=12/23/113").camera, { zoom: 12, latitude: 23, longitude: 113 });
});
