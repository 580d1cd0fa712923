/** What was decided on a run: bundles with their members, heritage walks, chosen sites. */

import type { ExpressionSpecification, FilterSpecification } from "maplibre-gl";
import { kindSymbol, ROLE_MARKS } from "../symbols.ts";
import { BOLD, byZoom, fills, inSlot, type Layered, namesOf, strokes } from "./stack.ts";

/** From here on a sign does not cover what it stands for. */
const SIGN_ZOOM = 14.5;
const WHITE = "#ffffff";

const isPoint: ExpressionSpecification = ["==", ["geometry-type"], "Point"];
const hasRole = (...roles: string[]): ExpressionSpecification => ["in", ["get", "role"], ["literal", roles]];

function ofRole(pick: "colour" | "sign"): ExpressionSpecification {
  const cases = Object.entries(ROLE_MARKS).flatMap(([role, mark]) => [role, mark[pick]]);
  const { left_out: other } = ROLE_MARKS;
  return ["match", ["get", "role"], ...cases, other[pick]] as unknown as ExpressionSpecification;
}

function text(
  id: string,
  source: string,
  field: ExpressionSpecification,
  colour: ExpressionSpecification | string,
  more: Record<string, unknown> = {},
): Layered {
  const layout = {
    "text-field": field,
    "text-font": BOLD,
    "text-size": 13,
    "text-allow-overlap": true,
    "text-ignore-placement": true,
    ...more,
  };
  const paint = { "text-color": colour, "text-halo-color": WHITE, "text-halo-width": 2 };
  return inSlot("signs", { id, type: "symbol", source, layout, paint });
}

function bundle(): Layered[] {
  const { colour } = kindSymbol("bundle");
  const number: ExpressionSpecification = ["concat", "#", ["to-string", ["get", "bundle_number"]]];
  return [
    inSlot(
      "bundles",
      fills("bundle", { id: "bundle-fill", paint: { "fill-color": colour, "fill-opacity": 0.08 } }),
    ),
    inSlot(
      "bundles",
      strokes("bundle", { id: "bundle-line", paint: { "line-color": colour, "line-width": 2.2 } }),
    ),
    text("bundle-number", namesOf("bundle"), number, colour, { "text-size": 14 }),
  ];
}

/** Fat, lean and link differ in colour, sign and edge; a community in no bundle is only dotted. */
function members(): Layered[] {
  const source = "bundle_member";
  const colour = ofRole("colour");
  const edge = (id: string, roles: string[], width: number, dash?: number[]) =>
    inSlot(
      "members",
      strokes(source, {
        id,
        filter: ["all", ["!", isPoint], hasRole(...roles)] as FilterSpecification,
        paint: { "line-color": colour, "line-width": width, ...(dash ? { "line-dasharray": dash } : {}) },
      }),
    );
  const opacity: ExpressionSpecification = ["case", hasRole("left_out"), 0.12, 0.5];
  const sign = text("bundle_member-sign", namesOf(source), ofRole("sign"), colour, {
    "text-size": 18,
    "text-offset": [-0.9, -0.7],
  });
  return [
    inSlot(
      "members",
      fills(source, { id: `${source}-fill`, paint: { "fill-color": colour, "fill-opacity": opacity } }),
    ),
    edge(`${source}-line`, ["fat", "lean"], 2),
    edge(`${source}-link`, ["link"], 2, [2, 1.5]),
    edge(`${source}-left`, ["left_out"], 1, [1, 2]),
    inSlot("members", {
      id: `${source}-dot`,
      type: "circle",
      source,
      filter: isPoint,
      paint: {
        "circle-color": colour,
        "circle-opacity": opacity,
        "circle-radius": byZoom([11, 2], [14, 4], [17, 8]),
        "circle-stroke-color": colour,
        "circle-stroke-width": 1.5,
      },
    }),
    { ...sign, minzoom: SIGN_ZOOM, filter: ["!", hasRole("left_out")] } as Layered,
  ];
}

/** A line with its stops: each its number in a white disc and, close up, the minutes since the start. */
function route(): Layered[] {
  const { colour } = kindSymbol("route");
  const isStop: ExpressionSpecification = ["==", ["get", "part"], "stop"];
  const along = (straight: boolean) =>
    ["all", ["!", isPoint], [straight ? "==" : "!=", ["get", "way"], "straight"]] as FilterSpecification;
  const layout = { "line-cap": "round", "line-join": "round" } as const;
  const paint = { "line-color": colour, "line-width": 4 };
  const stop = { source: "route", filter: isStop } as const;
  const minutes: ExpressionSpecification = [
    "concat",
    ["to-string", ["round", ["get", "arrive_minutes"]]],
    "′",
  ];
  return [
    inSlot(
      "walks",
      strokes("route", {
        id: "route-casing",
        filter: ["!", isPoint] as FilterSpecification,
        layout,
        paint: { "line-color": WHITE, "line-width": 8 },
      }),
    ),
    inSlot("walks", strokes("route", { id: "route-line", filter: along(false), layout, paint })),
    inSlot(
      "walks",
      strokes("route", {
        id: "route-straight",
        filter: along(true),
        paint: { ...paint, "line-dasharray": [1, 1] },
      }),
    ),
    inSlot("signs", {
      id: "route-stop",
      type: "circle",
      ...stop,
      paint: {
        "circle-color": WHITE,
        "circle-radius": 9,
        "circle-stroke-color": colour,
        "circle-stroke-width": 2.5,
      },
    }),
    {
      ...text("route-number", "route", ["to-string", ["get", "stop_order"]], colour, { "text-size": 12 }),
      ...stop,
    },
    {
      ...text("route-minutes", "route", minutes, colour, {
        "text-size": 11,
        "text-anchor": "left",
        "text-offset": [1.1, 0],
        "text-allow-overlap": false,
      }),
      ...stop,
      minzoom: SIGN_ZOOM,
    },
  ] as Layered[];
}

/** A plot and above it a diamond with the order in which it was chosen. */
function sites(): Layered[] {
  const source = "site_choice";
  const { colour } = kindSymbol(source);
  const at = namesOf(source);
  const shape: ExpressionSpecification = ["literal", "◆"] as unknown as ExpressionSpecification;
  const diamond = text("site_choice-sign", at, shape, colour, {
    "text-size": 34,
    "text-offset": [0, -0.75],
  });
  const order = text("site_choice-order", at, ["to-string", ["get", "site_order"]], WHITE, {
    "text-size": 12,
    "text-offset": [0, -2.05],
  });
  return [
    inSlot(
      "members",
      fills(source, { id: `${source}-fill`, paint: { "fill-color": colour, "fill-opacity": 0.35 } }),
    ),
    inSlot(
      "members",
      strokes(source, {
        id: `${source}-line`,
        filter: ["!", isPoint] as FilterSpecification,
        paint: { "line-color": colour, "line-width": 2 },
      }),
    ),
    diamond,
    { ...order, paint: { "text-color": WHITE } } as Layered,
  ];
}

/** Signs that answer a click before the opportunity beneath them does. */
export const SIGNS = ["route-stop", "site_choice-sign"] as const;

/** Layers of each kind that a decision makes. */
export const DECISIONS: Readonly<Record<string, () => Layered[]>> = {
  bundle,
  bundle_member: members,
  route,
  site_choice: sites,
};
