/** The map. The only module that imports MapLibre: state flows in, clicks and the camera flow out. */

import { effect, untracked } from "@preact/signals";
import {
  type GeoJSONSource,
  LngLatBounds,
  type LngLatLike,
  Map as MapLibre,
  type MapMouseEvent,
  type PaddingOptions,
  Popup,
  ScaleControl,
  setWorkerUrl,
} from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { address, fetchFeatures } from "./api.ts";
import * as decided from "./decided.ts";
import { labelPoints, signPoints } from "./labelpoint.ts";
import { isShown } from "./layerswitch.ts";
import { appendAccount, appendMembers, popupContent } from "./popup.ts";
import * as state from "./state.ts";
import { SIGNS } from "./style/decisions.ts";
import { kindLayers } from "./style/kinds.ts";
import { CLICKABLE, OWN_SOURCES, opportunityLayers } from "./style/opportunities.ts";
import {
  BACKGROUND,
  bySlot,
  FONT_FAMILY,
  firstAbove,
  kindOf,
  NAMED,
  namesOf,
  SIGNED,
} from "./style/stack.ts";
import type { Bounds, LayerInfo, LayoutPart, Opportunity, Scalar, Workspace } from "./types.ts";

setWorkerUrl(workerUrl);

const NOTHING: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const CLOSE_UP_ZOOM = 15.4;
/** A finger is wide: how far from a click a mark may lie, in pixels. */
const REACH_PX = 5;
/** How far outside the data the map may be moved, in degrees. */
const MARGIN_DEG = 0.15;
/** A single site is shown with its surroundings. */
const FIT_ZOOM = 16;
/** What the map's own furniture takes at each side: buttons on the right, scale and attribution below. */
const FURNITURE = { top: 32, right: 72, bottom: 48, left: 48 };
const NARROW_PADDING = 24;
/** A map with less than this left between its furniture keeps only a narrow margin, in pixels. */
const LEAST_LEFT = 240;

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** `extent` is all there is, `view` what is worth seeing first. */
type Extents = Pick<Workspace, "extent" | "view">;

export interface PanhuoMap {
  readonly map: MapLibre;
  fit(): void;
  show(id: string): void;
  remove(): void;
}

function point(row: Opportunity): GeoJSON.Feature[] {
  if (!row.position) return [];
  const properties = { id: row.id, theme: row.theme, action: row.action, rank: row.rank };
  return [{ type: "Feature", properties, geometry: { type: "Point", coordinates: [...row.position] } }];
}

function partFeature({ part, geometry }: LayoutPart): GeoJSON.Feature {
  return { type: "Feature", properties: { part }, geometry };
}

function collection(features: readonly GeoJSON.Feature[]): GeoJSON.FeatureCollection {
  return { type: "FeatureCollection", features: [...features] };
}

/** Make the map in `container`. Throws where the browser has no WebGL. */
export function createMap(container: HTMLElement, { view, extent }: Extents): PanhuoMap {
  const { camera } = state.view.peek();
  const first = boundsOf(view ?? extent);
  const whole = boundsOf(extent);
  const map = new MapLibre({
    container,
    style: {
      version: 8,
      sources: Object.fromEntries(OWN_SOURCES.map((id) => [id, { type: "geojson", data: NOTHING }])),
      layers: [BACKGROUND, ...opportunityLayers(state.lang.peek())].sort(bySlot),
    },
    ...(camera
      ? { center: [camera.longitude, camera.latitude], zoom: camera.zoom }
      : first
        ? { bounds: first, fitBoundsOptions: fitting(container) }
        : { center: [113.26, 23.13], zoom: 11 }),
    ...(whole ? { maxBounds: widened(whole) } : {}),
    maxZoom: 20,
    localIdeographFontFamily: FONT_FAMILY,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    collectResourceTiming: false,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new ScaleControl({ maxWidth: 96, unit: "metric" }), "bottom-left");
  map.getCanvas().setAttribute("aria-label", state.t("mapLabel"));
  reportIdle(map);
  followCamera(map);

  const stops: (() => void)[] = [];
  map.once("load", () => {
    stops.push(...followState(map), listen(map));
  });
  return {
    map,
    fit: () =>
      first && map.fitBounds(first, { ...fitting(container), animate: !calm.matches, duration: 400 }),
    show: (id) => bringIntoSight(map, id, true),
    remove: () => {
      for (const stop of stops) stop();
      map.remove();
    },
  };
}

/** Keep what is fitted clear of the furniture and of the card, where they leave enough of the map. */
function fitting(container: HTMLElement): { padding: PaddingOptions; maxZoom: number } {
  const { width, height } = container.getBoundingClientRect();
  const { top, right, bottom, left } = FURNITURE;
  const covered = coveredWidth(container);
  const isWide = width - left - right - covered >= LEAST_LEFT && height - top - bottom >= LEAST_LEFT;
  const padding = isWide
    ? { top, right, bottom, left: left + covered }
    : { top: NARROW_PADDING, right: NARROW_PADDING, bottom: NARROW_PADDING, left: NARROW_PADDING };
  return { padding, maxZoom: FIT_ZOOM };
}

/** How many pixels of the map, from its left, the card lies over. */
function coveredWidth(container: HTMLElement): number {
  const card = document.querySelector<HTMLElement>(".card");
  const canvas = container.getBoundingClientRect();
  return card ? Math.max(0, Math.min(card.getBoundingClientRect().right - canvas.left, canvas.width)) : 0;
}

function boundsOf(extent: Bounds | null): LngLatBounds | null {
  return extent && new LngLatBounds([extent[0], extent[1], extent[2], extent[3]]);
}

function widened(bounds: LngLatBounds): LngLatBounds {
  const [west, south] = bounds.getSouthWest().toArray();
  const [east, north] = bounds.getNorthEast().toArray();
  return new LngLatBounds([west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG]);
}

/** Tests wait for `data-idle="true"`: everything asked for is drawn. */
function reportIdle(map: MapLibre): void {
  const root = document.documentElement;
  const busy = () => {
    root.dataset.idle = "false";
  };
  busy();
  map.on("render", busy);
  map.on("dataloading", busy);
  map.on("movestart", busy);
  map.on("idle", () => {
    root.dataset.idle = String(state.status.value === "ready");
  });
}

function followCamera(map: MapLibre): void {
  map.on("moveend", () => {
    const { lng: longitude, lat: latitude } = map.getCenter();
    state.moveCamera({ longitude, latitude, zoom: map.getZoom() });
  });
}

function setData(map: MapLibre, source: string, features: readonly GeoJSON.Feature[]): void {
  void map.getSource<GeoJSONSource>(source)?.setData(collection(features));
}

/** Everything that redraws when state changes. Returns what stops it. */
function followState(map: MapLibre): (() => void)[] {
  const shapes = (id: string | null): GeoJSON.Feature[] => {
    const row = id === null ? undefined : state.byId.value.get(id);
    if (!row) return [];
    const plot = state.footprints.value?.features.find((feature) => feature.id === row.id);
    return [...(plot && plot.geometry?.type !== "Point" ? [plot] : []), ...point(row)];
  };
  return [
    effect(() => {
      const switches = state.layers.value;
      for (const layer of state.workspace.value?.layers ?? [])
        toggleLayer(map, layer, isShown(layer.kind, switches));
    }),
    effect(() => {
      const on = isShown("opportunity", state.layers.value);
      const rows = on ? state.listed.value : [];
      setData(map, "opportunities", rows.flatMap(point));
      const wanted = new Set(rows.map((row) => row.id));
      const plots = state.footprints.value?.features ?? [];
      setData(
        map,
        "footprints",
        plots.filter((plot) => wanted.has(String(plot.id)) && plot.geometry?.type !== "Point"),
      );
    }),
    effect(() => {
      // What was drawn before all had been read does not count as idle: draw once more.
      if (state.status.value === "ready") map.triggerRepaint();
    }),
    effect(() => setData(map, "layout", (state.detail.value?.layout ?? []).map(partFeature))),
    effect(() => setData(map, "hovered", shapes(state.hovered.value))),
    effect(() => setData(map, "selected", shapes(state.selected.value))),
    effect(() => {
      const id = state.selected.value;
      // After the card has been drawn: what it covers is not in sight.
      const later = requestAnimationFrame(() =>
        requestAnimationFrame(() => id !== null && bringIntoSight(map, id, false)),
      );
      return () => cancelAnimationFrame(later);
    }),
    effect(() => {
      const text = opportunityLayers(state.lang.value).find((layer) => layer.id === "opportunity-letter");
      if (text?.layout && "text-field" in text.layout) {
        map.setLayoutProperty("opportunity-letter", "text-field", text.layout["text-field"]);
      }
      map.getCanvas().setAttribute("aria-label", state.t("mapLabel"));
    }),
  ];
}

/** Draw a layer, fetching it when it is first wanted, or hide it. Opportunities have sources of their own. */
function toggleLayer(map: MapLibre, layer: LayerInfo, on: boolean): void {
  const { kind } = layer;
  if (kind === "opportunity" || layer.geometry.length === 0) return;
  const specs = kindLayers(kind, state.schema.peek().kinds[kind]);
  if (!map.getSource(kind)) {
    if (!on) return;
    map.addSource(kind, { type: "geojson", data: address(layer.url), tolerance: 0.2 });
    if (NAMED.has(kind) || SIGNED.has(kind)) addNames(map, layer);
    for (const spec of specs) map.addLayer(spec, firstAbove(spec.metadata.slot, map.getStyle().layers));
    return;
  }
  for (const { id } of specs) map.setLayoutProperty(id, "visibility", on ? "visible" : "none");
}

/** Names and signs stand at points of their own: see `labelPoints`. */
function addNames(map: MapLibre, layer: LayerInfo): void {
  const pointsOf = NAMED.has(layer.kind) ? labelPoints : signPoints;
  map.addSource(namesOf(layer.kind), { type: "geojson", data: NOTHING });
  fetchFeatures(layer.url).then(
    ({ features }) => setData(map, namesOf(layer.kind), pointsOf(features)),
    () => setData(map, namesOf(layer.kind), []),
  );
}

/** Move no more than needed: a site in plain sight stays where it is, one that is off or hidden is panned to the middle. */
function bringIntoSight(map: MapLibre, id: string, closeUp: boolean): void {
  const row = state.byId.value.get(id);
  if (!row?.position) return;
  const [longitude, latitude] = row.position;
  // A flight to the site before would carry this one out of sight again.
  map.stop();
  const canvas = map.getContainer().getBoundingClientRect();
  const covered = coveredWidth(map.getContainer());
  const left = covered > canvas.width * 0.8 ? 0 : covered;
  const { x, y } = map.project([longitude, latitude]);
  const edge = 40;
  const inSight = x > left + edge && x < canvas.width - edge && y > edge && y < canvas.height - edge;
  const near = map.getZoom() >= CLOSE_UP_ZOOM - 1;
  if (inSight && (near || !closeUp)) return;
  map.easeTo({
    center: [longitude, latitude],
    zoom: closeUp ? Math.max(map.getZoom(), CLOSE_UP_ZOOM) : map.getZoom(),
    offset: [left / 2, 0],
    duration: calm.matches ? 0 : 500,
  });
}

function opportunityAt(map: MapLibre, event: MapMouseEvent): string | null {
  const { x, y } = event.point;
  const found = map.queryRenderedFeatures(
    [
      [x - REACH_PX, y - REACH_PX],
      [x + REACH_PX, y + REACH_PX],
    ],
    { layers: [...CLICKABLE] },
  );
  const best = found.find((feature) => feature.layer.id === "opportunity-mark") ?? found[0];
  const id = best?.properties.id ?? best?.properties.opportunity_id;
  return typeof id === "string" ? id : null;
}

/** Say how a bundle's account runs and who is in it, once that is read; a popup that cannot say it says the rest. */
async function tellBundle(content: HTMLElement, bundle: Readonly<Record<string, Scalar>>): Promise<void> {
  const read = async (kind: string) => {
    const layer = state.workspace.value?.layers.find((item) => item.kind === kind);
    return layer ? (await fetchFeatures(layer.url).catch(() => NOTHING)).features : [];
  };
  const [years, members] = await Promise.all([read("bundle_year"), read("bundle_member")]);
  appendAccount(content, bundle, years);
  appendMembers(content, bundle.bundle_id ?? null, members);
}

/** Answer clicks, the pointer and the lists of what was decided. Returns what stops it. */
function listen(map: MapLibre): () => void {
  // It closes by our hand: MapLibre would close with the same click the popup that the click opens.
  const popup = new Popup({ closeButton: false, closeOnClick: false, maxWidth: "320px", offset: 8 });
  const tell = (kind: string, properties: GeoJSON.GeoJsonProperties, place: LngLatLike) => {
    const content = popupContent(kind, properties ?? {});
    popup.setLngLat(place).setDOMContent(content).addTo(map);
    if (kind !== "bundle") return;
    // It has grown: where it opens to must be chosen anew.
    void tellBundle(content, properties ?? {}).then(() => {
      if (content.isConnected) popup.setLngLat(place);
    });
  };
  const ledgerLayers = () =>
    (state.workspace.value?.layers ?? [])
      .filter((layer) => layer.role !== "context" && layer.kind !== "opportunity")
      .flatMap((layer) => kindLayers(layer.kind, undefined).map((spec) => spec.id))
      .filter((id) => map.getLayer(id) && !id.startsWith("subdistrict") && !id.startsWith("district"));
  map.on("click", (event) => {
    popup.remove();
    const signs = SIGNS.filter((layer) => map.getLayer(layer));
    const [sign] = signs.length > 0 ? map.queryRenderedFeatures(event.point, { layers: signs }) : [];
    const id = sign ? null : opportunityAt(map, event);
    if (id !== null) {
      state.select(id);
      return;
    }
    const record = sign ?? map.queryRenderedFeatures(event.point, { layers: ledgerLayers() })[0];
    if (!record) return;
    tell(kindOf(record.source), record.properties, event.lngLat);
  });
  map.on("mousemove", (event) => {
    const id = opportunityAt(map, event);
    state.hovered.value = id;
    map.getCanvas().style.cursor = id === null ? "" : "pointer";
  });
  map.on("mouseout", () => {
    state.hovered.value = null;
  });
  return effect(() => {
    const wish = decided.asked.value;
    if (!wish) return;
    untracked(() => {
      const bounds = new LngLatBounds(decided.boundsOf(wish.feature.geometry));
      map.fitBounds(bounds, { ...fitting(map.getContainer()), animate: false });
      tell(wish.kind, wish.feature.properties, bounds.getCenter());
    });
  });
}
