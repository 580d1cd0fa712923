/** The only module that speaks to the server. Addresses are relative to the page, so a proxy may put it anywhere. */

import type { Detail, Model, Opportunity, Permission, Schema, Theme, Workspace } from "./types.ts";

const PATIENCE_MS = 30_000;

/** What the server said went wrong, or status 0 where it did not answer at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly hint: string | null;

  constructor(status: number, detail: string, hint: string | null = null) {
    super(detail);
    this.name = "ApiError";
    this.status = status;
    this.hint = hint;
  }
}

type Cell = string | number | boolean | null;

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** The address of something the server names by its absolute path. */
export function address(path: string): string {
  return new URL(path.replace(/^\//, ""), document.baseURI).href;
}

async function problem(response: Response): Promise<ApiError> {
  const text = `${response.status} ${response.statusText}`.trim();
  try {
    const body = (await response.json()) as { detail?: unknown; title?: unknown; hint?: unknown };
    const hint = typeof body.hint === "string" ? body.hint : null;
    return new ApiError(response.status, String(body.detail ?? body.title ?? text), hint);
  } catch {
    return new ApiError(response.status, text);
  }
}

/** Fetch JSON. Throws `ApiError`, or the abort when `given` gave up on purpose. */
export async function getJson<T>(path: string, given?: AbortSignal): Promise<T> {
  const patience = new AbortController();
  const giveUp = () => patience.abort();
  const clock = setTimeout(giveUp, PATIENCE_MS);
  given?.addEventListener("abort", giveUp, { once: true });
  try {
    const headers = { "Accept-Language": document.documentElement.lang };
    const response = await fetch(address(path), { headers, signal: patience.signal });
    if (!response.ok) throw await problem(response);
    return (await response.json()) as T;
  } catch (error) {
    if (given?.aborted || error instanceof ApiError) throw error;
    throw new ApiError(0, "");
  } finally {
    clearTimeout(clock);
    given?.removeEventListener("abort", giveUp);
  }
}

function text(cell: Cell | undefined): string | null {
  return cell === null || cell === undefined || cell === "" ? null : String(cell);
}

function amount(cell: Cell | undefined): number | null {
  return typeof cell === "number" && Number.isFinite(cell) ? cell : null;
}

function flag(cell: Cell | undefined): boolean | null {
  return typeof cell === "boolean" ? cell : null;
}

/** Rows of the table as records. */
export function toOpportunities(table: Table): Opportunity[] {
  const at = new Map(table.columns.map((column, index) => [column, index]));
  const criteria = table.columns.filter((column) => column.startsWith("v_"));
  return table.rows.map((row) => {
    const cell = (column: string) => row[at.get(column) ?? -1];
    const [longitude, latitude] = [amount(cell("lon")), amount(cell("lat"))];
    return {
      id: text(cell("opportunity_id")) ?? "",
      theme: text(cell("theme")) as Theme,
      action: text(cell("action")) ?? "",
      assetKind: text(cell("asset_kind")) ?? "",
      assetId: text(cell("asset_id")) ?? "",
      name: text(cell("name")) ?? "",
      subdistrict: text(cell("subdistrict_code")),
      permission: (text(cell("permission")) ?? "unclear") as Permission,
      rank: amount(cell("rank")),
      rankP10: amount(cell("rank_p10")),
      rankP90: amount(cell("rank_p90")),
      score: amount(cell("score")),
      confidence: text(cell("confidence")),
      peopleServed: amount(cell("people_served")),
      capexCny: amount(cell("capex_cny")),
      npvCny: amount(cell("npv_cny")),
      npvP10Cny: amount(cell("npv_p10_cny")),
      paybackYears: amount(cell("payback_years")),
      fitsHorizon: flag(cell("fits_horizon")),
      horizonYears: amount(cell("horizon_years")),
      revenueCny: amount(cell("revenue_cny_year")),
      landRentCny: amount(cell("land_rent_cny_year")),
      pledgeableShare: amount(cell("pledgeable_share")),
      position: longitude === null || latitude === null ? null : [longitude, latitude],
      values: Object.fromEntries(criteria.map((column) => [column.slice(2), amount(cell(column))])),
    };
  });
}

export const fetchWorkspace = () => getJson<Workspace>("api/workspace");
export const fetchSchema = () => getJson<Schema>("api/schema");
export const fetchModel = () => getJson<Model>("api/model");
export const fetchOpportunities = async () => toOpportunities(await getJson<Table>("api/opportunities"));
export const fetchFeatures = (path: string) => getJson<GeoJSON.FeatureCollection>(path);
export const fetchDetail = (id: string, signal: AbortSignal) =>
  getJson<Detail>(`api/opportunities/${encodeURIComponent(id)}`, signal);
