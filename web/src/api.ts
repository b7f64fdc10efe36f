/*
 * Questions to the daemon beyond the stream: the past of a budget and of an isolate, the last
 * events, and the one thing that changes something, an action. Same origin only. A failure is an
 * ApiError whose words are the daemon's own.
 */
import { Figure, Happening, PartKind } from "./protocol";
import { isObject } from "./patch";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly request: string,
    message: string,
  ) {
    super(message);
  }
}

export async function ask(path: string, method = "GET"): Promise<unknown> {
  const response = await fetch(`/api/v1/${path}`, { method });
  const type = response.headers.get("content-type") ?? "";
  const body: unknown = type.includes("json") ? await response.json() : null;
  if (response.ok) return body;
  const error = isObject(body) && isObject(body.error) ? body.error : {};
  const words = [error.message, error.hint].filter((word) => typeof word === "string" && word);
  throw new ApiError(response.status, `${method} /api/v1/${path}`, words.join(". "));
}

/** [t, min, avg, max] */
export type HistoryPoint = [number, number, number, number];

/** A stretch in which nothing was known has no points. */
function isPoint(value: unknown): value is HistoryPoint {
  return (
    Array.isArray(value) && value.length === 4 && value.every((part) => typeof part === "number")
  );
}

export async function history(
  of: string,
  metric: string,
  from: number,
  to: number,
  step: number,
): Promise<HistoryPoint[]> {
  const query = new URLSearchParams({
    of,
    metric,
    from: from.toFixed(3),
    to: to.toFixed(3),
    step: String(step),
  });
  const body = await ask(`history?${query}`);
  return isObject(body) && Array.isArray(body.points) ? body.points.filter(isPoint) : [];
}

/** The stack of a budget in columns `step` seconds apart, null where nothing was known. */
export interface BudgetPast {
  from: number;
  step: number;
  used: Figure[];
  parts: { kind: PartKind; isolate?: string | null; bytes: Figure[] }[];
}

export async function budgetPast(
  name: string,
  from: number,
  to: number,
  px: number,
  top: number,
): Promise<BudgetPast> {
  const query = new URLSearchParams({
    from: from.toFixed(3),
    to: to.toFixed(3),
    px: String(px),
    top: String(top),
  });
  return (await ask(`budgets/${encodeURIComponent(name)}/history?${query}`)) as BudgetPast;
}

/** The newest ones, of one type. */
export async function recentEvents(type: string, limit: number): Promise<Happening[]> {
  const body = await ask(`events?type=${type}&limit=${limit}`);
  return isObject(body) && Array.isArray(body.events) ? (body.events as Happening[]) : [];
}

/** Answers the action's number. */
export async function startAction(isolate: string, action: string): Promise<number> {
  const body = await ask(
    `isolates/${encodeURIComponent(isolate)}/${encodeURIComponent(action)}`,
    "POST",
  );
  return isObject(body) && typeof body.action === "number" ? body.action : 0;
}

export interface ActionResult {
  /** queued and sent are on the way, done and failed are its end. */
  state: string;
  error: string | null;
}

export async function actionResult(id: number): Promise<ActionResult> {
  return (await ask(`actions/${id}`)) as ActionResult;
}

/** How many isolates lay in each bin of their limit, column by column of time. */
export interface Distribution {
  from: number;
  to: number;
  step: number;
  bins: number;
  high: number;
  counts: number[][];
}

export async function distribution(
  from: number,
  to: number,
  bins: number,
  px: number,
): Promise<Distribution> {
  const query = new URLSearchParams({
    from: from.toFixed(3),
    to: to.toFixed(3),
    bins: String(bins),
    px: String(px),
  });
  return (await ask(`isolates/distribution?${query}`)) as Distribution;
}
