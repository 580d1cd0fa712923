/** The quiet base map: water, greens, buildings, streets, boundaries, each with its names. */

import type { ExpressionSpecification } from "maplibre-gl";
import { MAP_COLOURS } from "../symbols.ts";
import { BOLD, byZoom, fills, inSlot, type Layered, label, namesOf, strokes } from "./stack.ts";

/** A square of about 450 m; a smaller pond or green is named only close up. */
const LARGE_SQUARE_DEG = 2e-5;

function bySize(
  kind: string,
  id: string,
  colour: string,
  more: Record<string, unknown>,
  minzoom: number,
): Layered[] {
  const isLarge: ExpressionSpecification = [">", ["get", "size"], LARGE_SQUARE_DEG];
  const sorted = { ...more, "symbol-sort-key": ["-", 0, ["get", "size"]] };
  return [
    { ...label(namesOf(kind), id, colour, sorted, minzoom), filter: isLarge } as Layered,
    { ...label(namesOf(kind), `${id}-small`, colour, sorted, 15), filter: ["!", isLarge] } as Layered,
  ];
}

function water(): Layered[] {
  return [
    inSlot("waters", fills("water", { id: "water-fill", paint: { "fill-color": MAP_COLOURS.water } })),
    inSlot(
      "waters",
      strokes("water", {
        id: "water-line",
        filter: ["==", ["geometry-type"], "LineString"],
        paint: { "line-color": MAP_COLOURS.water, "line-width": byZoom([12, 1], [17, 6]) },
      }),
    ),
    label(
      namesOf("water"),
      "water-name",
      MAP_COLOURS.waterText,
      { "text-size": 13, "text-letter-spacing": 0.2 },
      12,
    ),
  ];
}

function green(): Layered[] {
  return [
    inSlot("greens", fills("green", { id: "green-fill", paint: { "fill-color": MAP_COLOURS.green } })),
    ...bySize("green", "green-name", MAP_COLOURS.greenText, { "text-size": 11 }, 14),
  ];
}

function building(): Layered[] {
  return [
    inSlot(
      "buildings",
      fills("building", {
        id: "building-fill",
        paint: {
          "fill-color": MAP_COLOURS.building,
          "fill-outline-color": MAP_COLOURS.buildingEdge,
          "fill-opacity": ["interpolate", ["linear"], ["zoom"], 12, 0.6, 15, 1],
        },
      }),
    ),
  ];
}

/** Width of a street by class, in pixels at zoom 12, 15 and 18. */
const STREET_WIDTHS: Readonly<Record<string, readonly [number, number, number]>> = {
  expressway: [2.6, 7, 26],
  main: [2.2, 6, 22],
  secondary: [1.4, 4, 16],
  local: [0.7, 2.4, 10],
  alley: [0.25, 1.2, 5],
  path: [0.2, 0.9, 3],
  steps: [0.2, 0.9, 3],
};

function streetWidth(extra: number): ExpressionSpecification {
  const at = (index: 0 | 1 | 2): ExpressionSpecification => {
    const cases = Object.entries(STREET_WIDTHS).flatMap(([code, widths]) => [code, widths[index] + extra]);
    return [
      "match",
      ["get", "street_class"],
      ...cases,
      1 + index + extra,
    ] as unknown as ExpressionSpecification;
  };
  return ["interpolate", ["exponential", 1.5], ["zoom"], 12, at(0), 15, at(1), 18, at(2)];
}

function street(): Layered[] {
  const layout = { "line-cap": "round", "line-join": "round" } as const;
  const casing = { "line-color": MAP_COLOURS.streetEdge, "line-width": streetWidth(1.2) };
  const body = { "line-color": MAP_COLOURS.street, "line-width": streetWidth(0) };
  const major: ExpressionSpecification = [
    "in",
    ["get", "street_class"],
    ["literal", ["expressway", "main", "secondary"]],
  ];
  const along = {
    "symbol-placement": "line",
    "symbol-spacing": 420,
    "text-size": 11.5,
    "text-max-angle": 30,
  };
  return [
    inSlot("streets", strokes("street", { id: "street-edge", minzoom: 13, layout, paint: casing })),
    inSlot("streets", strokes("street", { id: "street-line", layout, paint: body })),
    { ...label("street", "street-name", MAP_COLOURS.streetText, along, 13.5), filter: major } as Layered,
    { ...label("street", "alley-name", MAP_COLOURS.streetText, along, 16), filter: ["!", major] } as Layered,
  ];
}

function boundary(kind: string): Layered[] {
  const paint = {
    "line-color": MAP_COLOURS.boundary,
    "line-width": kind === "district" ? 2.5 : byZoom([11, 0.8], [16, 2]),
    "line-dasharray": [4, 2, 1, 2],
    "line-opacity": 0.8,
  };
  const text = { "text-size": byZoom([11, 11], [15, 15]), "text-font": BOLD, "text-letter-spacing": 0.15 };
  const named = label(
    namesOf(kind),
    `${kind}-name`,
    MAP_COLOURS.boundaryText,
    text,
    kind === "district" ? 8 : 11,
  );
  return [
    inSlot("outlines", strokes(kind, { id: `${kind}-line`, paint })),
    ...(kind === "subdistrict" ? [inSlot("titles", { ...named, maxzoom: 15.5 })] : []),
  ];
}

/** Layers of each kind that the base map draws. */
export const BASEMAP: Readonly<Record<string, () => Layered[]>> = {
  water,
  green,
  building,
  street,
  district: () => boundary("district"),
  subdistrict: () => boundary("subdistrict"),
};
