/*
 * What the daemon says of itself and of those that report to it, as types: history, black boxes,
 * notifiers, emitters. Any of it may be missing in an older daemon; then it is not known.
 */
import { isObject } from "./patch";
import { Figure, Status } from "./protocol";

export interface Emitter {
  pid?: number;
  name?: string;
  kind?: string;
  state?: string;
  connected?: boolean;
  stale?: boolean;
  lost?: Figure;
}

export interface Notifier {
  name?: string;
  kind?: string;
  queued?: Figure;
  delivered?: Figure;
  failures?: Figure;
  rejected?: Figure;
  expired?: Figure;
  overflowed?: Figure;
  delivered_at?: Figure;
  failing_since?: Figure;
  error?: string | null;
}

export interface Disk {
  state?: string;
  error?: string | null;
  saved_at?: Figure;
  bytes?: Figure;
  rows?: Figure;
  dropped?: Figure;
  lost?: Figure;
  damaged?: Figure;
  set_aside?: Figure;
}

export interface HistoryStatus {
  oldest?: Figure;
  bytes?: Figure;
  disk: Disk;
}

export const figureOf = (value: unknown): Figure => (typeof value === "number" ? value : null);

export const listOf = <T>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : []);

export function partOf(value: unknown, name: string): Record<string, unknown> {
  const part = isObject(value) ? value[name] : null;
  return isObject(part) ? part : {};
}

export function historyOf(status: Status): HistoryStatus {
  const history = partOf(status, "history") as Partial<HistoryStatus>;
  const disk = partOf(history, "disk") as Disk;
  const oldest = figureOf((disk as { oldest?: unknown }).oldest) ?? history.oldest;
  return { ...history, oldest, disk };
}
