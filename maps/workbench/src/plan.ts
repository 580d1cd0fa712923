/** A plot and what is laid out on it, from degrees to a drawing in metres. Pure. */

import type { LayoutPart, Scalar } from "./types.ts";

const METRES_PER_DEGREE = 111_195;
const MARGIN_M = 4;
/** Lengths of the scale bar, in metres. */
const BARS = [5, 10, 20, 50, 100, 200, 500];

export interface Drawing {
  /** Metres from left to right and from top to bottom. */
  readonly width: number;
  readonly height: number;
  /** Path of the plot; empty where it has no outline. */
  readonly plot: string;
  readonly parts: readonly { readonly part: LayoutPart["part"]; readonly path: string }[];
  /** Length of the scale bar in metres: the longest that takes at most a third of the width. */
  readonly bar: number;
}

type Ring = readonly (readonly number[])[];

function ringsOf(geometry: GeoJSON.Geometry | null): Ring[] {
  if (geometry?.type === "Polygon") return geometry.coordinates;
  if (geometry?.type === "MultiPolygon") return geometry.coordinates.flat();
  return [];
}

/** Draw a plot with its layout: north is up, one unit is a metre. Null where there is nothing to draw. */
export function drawing(outline: GeoJSON.Geometry | null, layout: readonly LayoutPart[]): Drawing | null {
  const plot = ringsOf(outline);
  const parts = layout.map(({ part, geometry }) => ({ part, rings: ringsOf(geometry) }));
  const points = [plot, ...parts.map(({ rings }) => rings)].flat(2);
  if (parts.length === 0 || points.length === 0) return null;
  const [west, east] = span(points.map(([x = 0]) => x));
  const [south, north] = span(points.map(([, y = 0]) => y));
  const perLongitude = METRES_PER_DEGREE * Math.cos((((south + north) / 2) * Math.PI) / 180);
  const place = ([x = 0, y = 0]: readonly number[]) =>
    `${((x - west) * perLongitude + MARGIN_M).toFixed(2)} ${((north - y) * METRES_PER_DEGREE + MARGIN_M).toFixed(2)}`;
  const path = (rings: readonly Ring[]) => rings.map((ring) => `M${ring.map(place).join("L")}Z`).join("");
  const width = (east - west) * perLongitude + 2 * MARGIN_M;
  return {
    width,
    height: (north - south) * METRES_PER_DEGREE + 2 * MARGIN_M,
    plot: path(plot),
    parts: parts.map(({ part, rings }) => ({ part, path: path(rings) })),
    bar: BARS.findLast((length) => length <= width / 3) ?? BARS[0] ?? 5,
  };
}

/** What the drawing of surface parking counts. */
export interface Count {
  readonly stalls: number;
  /** Square metres of land a stall. */
  readonly each: number;
}

/**
 * The stalls of a plot as its option counts them. Null for all but surface parking: racks stand in the drawn stalls and
 * hold more cars than these are.
 */
export function counted(properties: Readonly<Record<string, Scalar>>): Count | null {
  const { action, stalls, area_m2: area } = properties;
  if (action !== "surface_parking" || typeof stalls !== "number" || typeof area !== "number" || stalls <= 0)
    return null;
  return { stalls, each: area / stalls };
}

function span(values: readonly number[]): [low: number, high: number] {
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}
