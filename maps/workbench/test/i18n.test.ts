import assert from "node:assert/strict";
import { test } from "node:test";
import { type Key, titled, translate } from "../src/i18n.ts";
import { en } from "../src/words_en.ts";
import { zh } from "../src/words_zh.ts";

const KEYS = Object.keys(zh) as Key[];
const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

test("each text fills the same places in both languages", () => {
  for (const key of KEYS) assert.deepEqual(places(en[key]), places(zh[key]), key);
});

test("English has no Chinese left in it, but for the name of the other language", () => {
  const left = KEYS.filter((key) => /[\u4e00-\u9fff]/.test(en[key]));
  assert.deepEqual(left, ["language"]);
});

test("places are filled; one that is not given stays to be seen", () => {
  assert.equal(translate("zh", "shown", { n: 3, total: 31 }), "显示 3 / 31 个机会");
  assert.equal(translate("en", "rankOf", {}), "Rank {rank}");
});

test("a counted word agrees with its number", () => {
  assert.equal(translate("en", "years", { n: "1" }), "1 year");
  assert.equal(translate("en", "years", { n: "1.5" }), "1.5 years");
  assert.match(translate("en", "unlocatedTitle", { n: 1 }), /^1 record has no coordinates/);
  assert.match(translate("en", "unlocatedTitle", { n: 20 }), /^20 records have no coordinates/);
});

test("a notice that asks for a command names the workspace", () => {
  for (const lang of ["zh", "en"] as const)
    assert.match(translate(lang, "stale", { names: "x", workspace: "某区" }), /[“"]某区[”"]/);
});

test("a title falls back to Chinese, then to what is given", () => {
  assert.equal(titled({ zh: "停车场", en: "" }, "en"), "停车场");
  assert.equal(titled(null, "en", "parking"), "parking");
});
