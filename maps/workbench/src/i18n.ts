/** Every word of the page. Chinese first; the compiler finds a key that English lacks. Pure. */

import type { Bilingual, Lang } from "./types.ts";
import { en } from "./words_en.ts";
import { type Key, zh } from "./words_zh.ts";

export type { Key };

const WORDS: Record<Lang, Record<Key, string>> = { zh, en };

/** A text of the page, with `{names}` filled in; `{n|record|records}` is the first where n is 1, else the second. */
export function translate(
  lang: Lang,
  key: Key,
  fill: Readonly<Record<string, string | number>> = {},
): string {
  const agreed = WORDS[lang][key].replace(
    /\{(\w+)\|([^|}]*)\|([^}]*)\}/g,
    (_, name: string, one: string, many: string) => (String(fill[name]) === "1" ? one : many),
  );
  return agreed.replace(/\{(\w+)\}/g, (whole, name: string) => String(fill[name] ?? whole));
}

/** The title in the reader's language of anything the server names in both. */
export function titled(thing: Bilingual | null | undefined, lang: Lang, otherwise = ""): string {
  return thing?.[lang] || thing?.zh || otherwise;
}
