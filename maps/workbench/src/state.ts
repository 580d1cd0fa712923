/** All state of the page, as signals. Map and components read it; only the functions below write it. */

import { batch, computed, effect, signal } from "@preact/signals";
import * as api from "./api.ts";
import { type Key, titled, translate } from "./i18n.ts";
import { filtered, ofTheme, sorted } from "./listing.ts";
import type { Bilingual, Detail, Model, Opportunity, Schema, Theme, Workspace } from "./types.ts";
import { type Camera, parseView, printView, START, type View } from "./url.ts";

export type Status = "loading" | "ready" | "failed";
export type Pane = "map" | "list" | "layers";

export const view = signal<View>(parseView(location.search));
export const status = signal<Status>("loading");
export const failure = signal<api.ApiError | null>(null);
export const workspace = signal<Workspace | null>(null);
export const schema = signal<Schema>({ kinds: {} });
export const model = signal<Model | null>(null);
/** As they were read: some have no name. */
const received = signal<readonly Opportunity[]>([]);
export const footprints = signal<GeoJSON.FeatureCollection | null>(null);
export const subdistricts = signal<ReadonlyMap<string, string>>(new Map());
export const hovered = signal<string | null>(null);
export const detail = signal<Detail | null>(null);
export const detailFailure = signal<api.ApiError | null>(null);
/** What a narrow screen shows; wide ones show all three. */
export const pane = signal<Pane>("map");
/** A narrow screen can put the card away to look at the map, with the site still selected. */
export const cardFolded = signal(false);
const narrowScreen = matchMedia("(max-width: 860px)");
/** Whether one pane fills the screen. The same width stands in layout.css. */
export const narrow = signal(narrowScreen.matches);
narrowScreen.addEventListener("change", ({ matches }) => {
  narrow.value = matches;
});
/** Said aloud by the aria-live line. */
export const announcement = signal("");

export const lang = computed(() => view.value.lang);
export const selected = computed(() => view.value.selected);
/** Whether the card is open. It lies over the layer list; on a narrow screen over everything. */
export const cardOpen = computed(
  () => selected.value !== null && !cardFolded.value && status.value === "ready",
);
/** Every opportunity; one without a name is called by what it is, as on the offline map. */
export const opportunities = computed(() =>
  received.value.map((row) => (row.name ? row : { ...row, name: unnamed(row.assetKind) })),
);
export const byId = computed(() => new Map(opportunities.value.map((row) => [row.id, row])));
/** What the list depends on, as text: the camera or a selection must not make a new list. */
const listingText = computed(() => {
  const { camera: _camera, layers: _layers, selected: _selected, lang: _lang, ...rest } = view.value;
  return JSON.stringify(rest);
});
const listing = computed<View>(() => ({ ...START, ...JSON.parse(listingText.value) }));
const layerSwitches = computed(() => JSON.stringify(view.value.layers));
export const layers = computed(() => JSON.parse(layerSwitches.value) as View["layers"]);
export const inTheme = computed(() => ofTheme(opportunities.value, listing.value));
export const listed = computed(() => {
  const { sort, reversed } = listing.value;
  return sorted(filtered(inTheme.value, listing.value), sort, reversed);
});
export const rankedCounts = computed(() => {
  const counts: Record<Theme, number> = { revitalization: 0, heritage: 0 };
  for (const row of opportunities.value) if (row.rank !== null) counts[row.theme] += 1;
  return counts;
});
export const weights = computed(() => {
  const held: Record<Theme, Record<string, number>> = { revitalization: {}, heritage: {} };
  for (const criterion of model.value?.criteria ?? [])
    held[criterion.theme][criterion.key] = criterion.weight;
  return held;
});

export function t(key: Key, fill?: Readonly<Record<string, string | number>>): string {
  return translate(lang.value, key, fill);
}

/** What stands for the name of a record that has none: OpenStreetMap and many ledgers leave names out. */
export function unnamed(kind: string): string {
  return t("unnamed", { kind: titled(schema.value.kinds[kind], lang.value, kind) });
}

export function subdistrictName(code: string | null): string {
  return (code && subdistricts.value.get(code)) || code || "";
}

/** Where an opportunity lies: its sub-district, or that it lies in none; nothing where that cannot be told. */
export function whereabouts({ subdistrict, position }: Opportunity): string {
  if (subdistrict) return subdistrictName(subdistrict);
  return position && subdistricts.value.size > 0 ? t("outside") : "";
}

/** Titles of a coded value from the schema, falling back to the code itself. */
export function coded(kind: string, column: string, code: unknown): Bilingual {
  const field = schema.value.kinds[kind]?.fields.find((item) => item.name === column);
  return field?.codes?.[String(code)] ?? { zh: String(code), en: String(code) };
}

export function change(part: Partial<View>): void {
  view.value = { ...view.value, ...part };
}

/** Select an opportunity by its id (its theme comes into view), or nothing. */
export function select(id: string | null): void {
  const row = id === null ? undefined : byId.value.get(id);
  batch(() => {
    cardFolded.value = false;
    change({ selected: id, ...(row ? { theme: row.theme } : {}) });
    if (row) {
      const rank = row.rank === null ? t("noRank") : t("rankOf", { rank: row.rank });
      announcement.value = t("selectedNow", { name: row.name, rank });
    }
  });
}

export function clearFilters(): void {
  const { subdistrict, action, permission, text } = START;
  change({ subdistrict, action, permission, text });
}

export function moveCamera(camera: Camera): void {
  change({ camera });
}

async function loadSubdistricts(from: Workspace): Promise<void> {
  const layer = from.layers.find((item) => item.kind === "subdistrict");
  if (!layer) return;
  const { features } = await api.fetchFeatures(layer.url);
  const named = features.map(({ properties }) => [properties?.subdistrict_code, properties?.name] as const);
  subdistricts.value = new Map(
    named.filter(([code, name]) => code && name).map((pair) => [`${pair[0]}`, `${pair[1]}`]),
  );
}

async function loadResults(from: Workspace): Promise<void> {
  if (!from.run) return;
  const layer = from.layers.find((item) => item.kind === "opportunity");
  const [gotModel, rows, shapes] = await Promise.all([
    api.fetchModel(),
    api.fetchOpportunities(),
    layer ? api.fetchFeatures(layer.url) : null,
  ]);
  batch(() => {
    model.value = gotModel;
    received.value = rows;
    footprints.value = shapes;
    const row = rows.find((item) => item.id === view.value.selected) ?? bestOf(view.value.selected, rows);
    if (row) change({ theme: row.theme, selected: row.id });
  });
}

/** The best option of an asset, for a link that names the asset alone. */
function bestOf(assetId: string | null, rows: readonly Opportunity[]): Opportunity | undefined {
  const own = rows.filter((row) => row.assetId === assetId);
  const rank = (row: Opportunity) => row.rank ?? Infinity;
  return own.sort(
    (a, b) => (b.score ?? 0) - (a.score ?? 0) || Number(rank(a) > rank(b)) - Number(rank(a) < rank(b)),
  )[0];
}

/** Read everything the page starts with; called again by "try again". */
export async function load(): Promise<void> {
  status.value = "loading";
  try {
    const [got, kinds] = await Promise.all([api.fetchWorkspace(), api.fetchSchema()]);
    batch(() => {
      schema.value = kinds;
      workspace.value = got;
    });
    await Promise.all([loadResults(got), loadSubdistricts(got)]);
    status.value = "ready";
  } catch (error) {
    failure.value = error instanceof api.ApiError ? error : new api.ApiError(0, String(error));
    status.value = "failed";
  }
}

let pending: AbortController | null = null;

/** Read the card of what is selected; an answer that comes late is dropped. */
export async function loadDetail(id: string | null): Promise<void> {
  pending?.abort();
  batch(() => {
    detail.value = null;
    detailFailure.value = null;
  });
  if (id === null) return;
  const mine = new AbortController();
  pending = mine;
  try {
    const got = await api.fetchDetail(id, mine.signal);
    if (!mine.signal.aborted) detail.value = got;
  } catch (error) {
    if (!mine.signal.aborted && error instanceof api.ApiError) detailFailure.value = error;
  }
}

/** Keep the address in step with the view. A selection is a step of the history; the rest only replaces. */
export function followAddress(): void {
  let last = view.value.selected;
  effect(() => {
    const now = view.value;
    const url = `${location.pathname}${printView(now)}`;
    if (url === location.pathname + location.search) return;
    if (now.selected === last) history.replaceState(null, "", url);
    else history.pushState(null, "", url);
    last = now.selected;
  });
  addEventListener("popstate", () => {
    const past = parseView(location.search);
    last = past.selected;
    view.value = { ...past, camera: view.value.camera };
  });
  effect(() => {
    document.documentElement.lang = lang.value === "zh" ? "zh-CN" : "en";
    document.title = [t("title"), workspace.value?.name].filter(Boolean).join(" · ");
  });
  // Not before the opportunities are there: a link may name an asset, which stands for its best option.
  effect(() => void loadDetail(status.value === "ready" ? selected.value : null));
}
