/** What was decided on a run, as lists: what can be chosen on the map can be reached by keyboard as well. */

import { signal } from "@preact/signals";
import { fetchFeatures } from "./api.ts";
import type { LayerInfo } from "./types.ts";

type Features = readonly GeoJSON.Feature[];

/** Kinds with a list, and the column that it is in the order of. */
export const LISTED: Readonly<Record<string, string>> = {
  bundle: "bundle_number",
  route: "stop_order",
  site_choice: "site_order",
};

/** Features by the address that they were read from. */
export const read = signal<Readonly<Record<string, Features>>>({});
/** What a list was last asked to show; a new object each time. */
export const asked = signal<{ readonly kind: string; readonly feature: GeoJSON.Feature } | null>(null);

/** Read a layer for its list, once; what cannot be read has no list. */
export async function readList({ url }: LayerInfo): Promise<void> {
  if (url in read.peek()) return;
  const { features } = await fetchFeatures(url).catch(() => ({ features: [] }));
  read.value = { ...read.peek(), [url]: features };
}

/** A layer's features in their order: a walk before its stops. */
export function inOrder({ kind, url }: LayerInfo): Features {
  const column = LISTED[kind] ?? "";
  const place = ({ properties }: GeoJSON.Feature) => Number(properties?.[column] ?? 0);
  const walk = ({ properties }: GeoJSON.Feature) => String(properties?.walk_id ?? "");
  return [...(read.value[url] ?? [])].sort((a, b) => walk(a).localeCompare(walk(b)) || place(a) - place(b));
}

/** West, south, east, north of a geometry. */
export function boundsOf(geometry: GeoJSON.Geometry): [number, number, number, number] {
  const bounds: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  const take = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    const [x, y] = part as unknown[];
    if (typeof x !== "number" || typeof y !== "number") {
      for (const inner of part) take(inner);
      return;
    }
    bounds[0] = Math.min(bounds[0], x);
    bounds[1] = Math.min(bounds[1], y);
    bounds[2] = Math.max(bounds[2], x);
    bounds[3] = Math.max(bounds[3], y);
  };
  if (geometry.type !== "GeometryCollection") take(geometry.coordinates);
  return bounds;
}
