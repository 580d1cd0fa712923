/**
 * What all parts of the map's style share. A style is data made by pure functions; of MapLibre only the types are used.
 *
 * Each layer carries its place in the stack (`metadata.slot`), so layers can be added in any order, when first wanted.
 */

import type {
  DataDrivenPropertyValueSpecification,
  ExpressionSpecification,
  FillLayerSpecification,
  LayerSpecification,
  LineLayerSpecification,
} from "maplibre-gl";
import { MAP_COLOURS } from "../symbols.ts";

/** Bottom to top. */
const SLOTS = [
  "ground",
  "greens",
  "waters",
  "buildings",
  "streets",
  "areas",
  "outlines",
  "lines",
  "points",
  "bundles",
  "members",
  "walks",
  "names",
  "titles",
  "footprints",
  "marks",
  "selection",
  "signs",
] as const;
type Slot = (typeof SLOTS)[number];

export type Layered = LayerSpecification & { metadata: { slot: number } };

/** Families that exist on Windows, macOS and Debian; glyphs are drawn from them, none is fetched. */
export const FONT_FAMILY =
  "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif";
const REGULAR = ["Regular"];
export const BOLD = ["Bold"];

export function inSlot<T extends LayerSpecification>(slot: Slot, layer: T): Layered {
  return { ...layer, metadata: { slot: SLOTS.indexOf(slot) } } as Layered;
}

export function bySlot(a: Layered, b: Layered): number {
  return a.metadata.slot - b.metadata.slot;
}

/** The layer above which a layer of this slot must not rise. */
export function firstAbove(slot: number, present: readonly LayerSpecification[]): string | undefined {
  return present.find((layer) => ((layer as Layered).metadata?.slot ?? 0) > slot)?.id;
}

export const BACKGROUND = inSlot("ground", {
  id: "ground",
  type: "background",
  paint: { "background-color": MAP_COLOURS.paper },
});

/** Kinds of polygons that carry their name, and the source of its points. */
export const NAMED: ReadonlySet<string> = new Set(["subdistrict", "water", "green"]);
/** Kinds that carry a sign each, once however many tiles cut them. */
export const SIGNED: ReadonlySet<string> = new Set(["bundle", "bundle_member", "site_choice"]);
export const namesOf = (kind: string): string => `${kind}-names`;
export const kindOf = (source: string): string => source.replace(/-names$/, "");

/** Text size and width that grow with zoom. */
export const byZoom = (...stops: readonly (readonly [number, number])[]): ExpressionSpecification =>
  ["interpolate", ["exponential", 1.5], ["zoom"], ...stops.flat()] as ExpressionSpecification;

const name = (): DataDrivenPropertyValueSpecification<string> => ["coalesce", ["get", "name"], ""];

type Polygons = Omit<FillLayerSpecification, "type" | "source">;
type Lines = Omit<LineLayerSpecification, "type" | "source">;
export const fills = (source: string, spec: Polygons): FillLayerSpecification => ({
  filter: ["==", ["geometry-type"], "Polygon"],
  ...spec,
  type: "fill",
  source,
});
export const strokes = (source: string, spec: Lines): LineLayerSpecification => ({
  ...spec,
  type: "line",
  source,
});

/** Names of a source's features, kept off one another. */
export function label(
  source: string,
  id: string,
  colour: string,
  more: Record<string, unknown>,
  minzoom: number,
): Layered {
  const layout = {
    "text-field": name(),
    "text-font": REGULAR,
    "text-size": 12,
    "text-max-width": 8,
    "text-padding": 6,
    ...more,
  };
  const paint = { "text-color": colour, "text-halo-color": MAP_COLOURS.halo, "text-halo-width": 1.4 };
  return inSlot("names", { id, type: "symbol", source, minzoom, layout, paint });
}
