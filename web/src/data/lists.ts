/*
 * The lists the daemon keeps apart from the stream: who sends how much to whom, advice, silences,
 * recycles, stores and alerts that are over. Types are those on the wire; a field an older daemon
 * does not send reads as not known.
 */
import { ask } from "./api";
import { isObject } from "./patch";
import { Alert, Figure, Happening, SharedStore } from "./protocol";

export interface Flow {
  from: string;
  /** On the wire null for a port that no isolate has taken yet: here the id of NOBODY. */
  to: string;
  seconds?: Figure;
  messages?: Figure;
  delivered?: Figure;
  clone_bytes?: Figure;
  transfer_bytes?: Figure;
  share_bytes?: Figure;
  serialize_seconds?: Figure;
  deserialize_seconds?: Figure;
  queue_seconds?: Figure;
  p50_bytes?: Figure;
  p99_bytes?: Figure;
  /** [size from which on, how many], log 2. */
  sizes?: [number, number][];
}

export interface Advice {
  /** The alert's. */
  id: string;
  rule?: string;
  state?: string;
  isolate?: string | null;
  symptom?: string;
  cause?: string;
  action?: string;
  evidence?: string | null;
  expected_bytes?: Figure;
  expected_seconds?: Figure;
  measured?: Figure;
}

export interface Silence {
  id: number;
  rule: string;
  comment?: string | null;
  created_at?: Figure;
  until?: Figure;
  alerts?: string[];
}

/** More than these are not asked for; a view says how many it leaves out. */
export const LIST_MAX = 5000;

async function list<T>(path: string, name: string): Promise<T[]> {
  const body = await ask(path);
  return isObject(body) && Array.isArray(body[name]) ? (body[name] as T[]) : [];
}

/** Stands for the receiver of what nobody has taken yet. */
export const NOBODY = "nobody";

export async function flows(seconds: number): Promise<Flow[]> {
  const all = await list<Omit<Flow, "to"> & { to: string | null }>(
    `flows?window=${seconds}&limit=${LIST_MAX}`,
    "flows",
  );
  return all.map((flow) => ({ ...flow, to: flow.to ?? NOBODY }));
}
export const advice = (): Promise<Advice[]> => list("advice", "advice");
export const silences = (): Promise<Silence[]> => list("silences", "silences");
export const stores = (): Promise<SharedStore[]> => list(`stores?limit=${LIST_MAX}`, "stores");
export const alerts = (state: string): Promise<Alert[]> => list(`alerts?state=${state}`, "alerts");
/** Oldest first, as all happenings. */
export const recycles = (): Promise<Happening[]> => list("recycles?limit=200", "recycles");

/** `pattern` is a rule or the id of an alert. */
export async function silence(pattern: string, seconds: number, comment: string): Promise<void> {
  const query = new URLSearchParams({ rule: pattern, seconds: String(seconds) });
  if (comment) query.set("comment", comment);
  await ask(`silences?${query}`, "POST");
}

export async function unsilence(id: number): Promise<void> {
  await ask(`silences/${id}`, "DELETE");
}
