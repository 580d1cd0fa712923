/** The whole view in the address: what one planner sees, another sees from the link. Pure. */

import type { Lang, Permission, Theme } from "./types.ts";

export const SORTS = ["rank", "score", "people", "capex", "npv", "payback", "name", "permission"] as const;
export type Sort = (typeof SORTS)[number];
export const PERMISSIONS: readonly Permission[] = ["allowed", "approval", "unclear", "forbidden"];

export interface Camera {
  readonly longitude: number;
  readonly latitude: number;
  readonly zoom: number;
}

export interface View {
  readonly lang: Lang;
  readonly theme: Theme;
  readonly selected: string | null;
  readonly subdistrict: string | null;
  readonly action: string | null;
  readonly permission: Permission | null;
  readonly text: string;
  readonly unranked: boolean;
  readonly sort: Sort;
  readonly reversed: boolean;
  /** Layers switched away from how they start: kind -> on or off. */
  readonly layers: Readonly<Record<string, boolean>>;
  readonly camera: Camera | null;
}

export const START: View = {
  lang: "zh",
  theme: "revitalization",
  selected: null,
  subdistrict: null,
  action: null,
  permission: null,
  text: "",
  unranked: false,
  sort: "rank",
  reversed: false,
  layers: {},
  camera: null,
};

function oneOf<T extends string>(allowed: readonly T[], given: string | null): T | null {
  return allowed.find((item) => item === given) ?? null;
}

function parseCamera(given: string | null): Camera | null {
  const [zoom, latitude, longitude] = (given ?? "").split("/").map(Number);
  if (zoom === undefined || latitude === undefined || longitude === undefined) return null;
  const sound = zoom >= 0 && zoom <= 24 && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return sound ? { zoom, latitude, longitude } : null;
}

function parseLayers(given: string | null): Record<string, boolean> {
  const switches = (given ?? "").split(",").filter((item) => /^[-+]?[a-z_]+$/.test(item));
  return Object.fromEntries(switches.map((item) => [item.replace(/^[-+]/, ""), !item.startsWith("-")]));
}

/** Read the query of an address; what it does not say, or says wrongly, is as at the start. */
export function parseView(search: string): View {
  const query = new URLSearchParams(search);
  return {
    lang: oneOf(["zh", "en"], query.get("lang")) ?? START.lang,
    theme: oneOf(["revitalization", "heritage"], query.get("theme")) ?? START.theme,
    selected: query.get("site"),
    subdistrict: query.get("in"),
    action: query.get("action"),
    permission: oneOf(PERMISSIONS, query.get("permission")),
    text: query.get("q") ?? "",
    unranked: query.get("all") === "1",
    sort: oneOf(SORTS, query.get("sort")) ?? START.sort,
    reversed: query.get("reversed") === "1",
    layers: parseLayers(query.get("layers")),
    camera: parseCamera(query.get("map")),
  };
}

/** The query of a view, starting with `?`, or empty where everything is as at the start. */
export function printView(view: View): string {
  const query = new URLSearchParams();
  const put = (key: string, value: string | null, start: string | null) => {
    if (value && value !== start) query.set(key, value);
  };
  put("lang", view.lang, START.lang);
  put("theme", view.theme, START.theme);
  put("site", view.selected, null);
  put("in", view.subdistrict, null);
  put("action", view.action, null);
  put("permission", view.permission, null);
  put("q", view.text, "");
  put("all", view.unranked ? "1" : null, null);
  put("sort", view.sort, START.sort);
  put("reversed", view.reversed ? "1" : null, null);
  const switches = Object.entries(view.layers).sort(([a], [b]) => (a < b ? -1 : 1));
  put("layers", switches.map(([kind, on]) => (on ? kind : `-${kind}`)).join(","), "");
  if (view.camera) {
    const { zoom, latitude, longitude } = view.camera;
    put("map", `${zoom.toFixed(2)}/${latitude.toFixed(5)}/${longitude.toFixed(5)}`, null);
  }
  const printed = query.toString().replaceAll("%2F", "/").replaceAll("%2C", ",");
  return printed ? `?${printed}` : "";
}
