/*
 * Questions to the daemon beyond the stream: the past of a budget and of an isolate, the last
 * events, and the one thing that changes something, an action. Same origin only. A failure is an
 * ApiError whose words are the daemon's own.
 */
import { Figure, Happening, Isolate, PartKind } from "./protocol";
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
  const request = `${method} /api/v1/${path}`;
  const type = response.headers.get("content-type") ?? "";
  const isJson = type.includes("json");
  const body: unknown = isJson ? await response.json().catch(() => undefined) : null;
  const isUnderstood = body !== undefined && (isJson || method !== "GET");
  if (response.ok && isUnderstood) return body;
  if (response.ok) throw new ApiError(response.status, request, "its answer could not be understood");
  const error = isObject(body) && isObject(body.error) ? body.error : {};
  const words = [error.message, error.hint].filter((word) => typeof word === "string" && word);
  throw new ApiError(response.status, request, words.join(". "));
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

/** `thing` is an isolate or a process as a path of the API. Answers the action's number. */
async function startAction(thing: string, action: string, query: Record<string, string>): Promise<number> {
  const options = new URLSearchParams(query).toString();
  const body = await ask(`${thing}/${encodeURIComponent(action)}${options && `?${options}`}`, "POST");
  return isObject(body) && typeof body.action === "number" ? body.action : 0;
}

export const isolatePath = (id: string): string => `isolates/${encodeURIComponent(id)}`;

export interface ActionResult {
  /** queued and sent are on the way, done and failed are its end. */
  state: string;
  error: string | null;
  file_bytes?: Figure;
  result?: Record<string, unknown> | null;
}

async function actionResult(id: number): Promise<ActionResult> {
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

export interface Job {
  number?: Figure;
  name?: string | null;
  t: number;
  seconds?: Figure;
  live_after?: Figure;
}

/** Those still kept that were done at `from` or later, oldest first. */
export async function jobsOf(id: string, from: number, limit: number): Promise<Job[]> {
  const body = await ask(`${isolatePath(id)}/jobs?from=${from.toFixed(3)}&limit=${limit}`);
  return isObject(body) && Array.isArray(body.jobs) ? (body.jobs as Job[]) : [];
}

export async function isolateById(id: string): Promise<Isolate> {
  return (await ask(isolatePath(id))) as Isolate;
}

export interface EventPage {
  events: Happening[];
  next: number;
  lost: number;
}

/** Without a cursor the newest. */
export async function eventsOf(isolate: string, since: number | null, limit: number): Promise<EventPage> {
  const query = new URLSearchParams({ isolate, limit: String(limit) });
  if (since !== null) query.set("since", String(since));
  return (await ask(`events?${query}`)) as EventPage;
}

export const fileAddress = (action: number): string => `/api/v1/actions/${action}/file`;

/** What an action brought, as JSON; null if it is none. */
export async function actionFile(action: number): Promise<unknown> {
  const response = await fetch(fileAddress(action));
  if (!response.ok) throw new ApiError(response.status, "GET", "the file is not kept any more");
  return (await response.json()) as unknown;
}

const POLL_MS = 300;

/** Asks for an action and waits for its end. Fails with the words of whoever refused. */
export async function runAction(
  thing: string,
  action: string,
  query: Record<string, string> = {},
): Promise<ActionResult & { id: number }> {
  const id = await startAction(thing, action, query);
  let result = await actionResult(id);
  while (result.state === "queued" || result.state === "sent") {
    await new Promise((done) => setTimeout(done, POLL_MS));
    result = await actionResult(id);
  }
  if (result.error) throw new ApiError(200, `actions/${id}`, result.error);
  return { ...result, id };
}

/** What to tell somebody whose request failed. */
export function failureWords(error: unknown): string {
  if (!(error instanceof ApiError)) return "the daemon was not reached";
  return error.message || `refused (${error.status})`;
}
