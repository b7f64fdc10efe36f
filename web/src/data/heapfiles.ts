/*
 * What actions bring as files, read: a sampled allocation profile as frames, a census as rows. Files
 * come from programs, so nothing about their shape is taken for granted. Pure.
 */
import { isObject } from "./patch";

export interface Frame {
  name: string;
  site: string;
  bytes: number;
  children: Frame[];
}

/** What its frames are as wide as: what they still hold, or all they allocated, which only some emitters tell. */
export type Held = "selfSize" | "allocatedSize";

/** A .heapprofile as frames with that of them and theirs; what is not one gives null. */
export function framesOf(profile: unknown, of: Held = "selfSize"): Frame | null {
  return isObject(profile) && isObject(profile.head) ? frameOf(profile.head, 0, of) : null;
}

export function tellsAllocated(profile: unknown): boolean {
  return isObject(profile) && isObject(profile.head) && typeof profile.head.allocatedSize === "number";
}

function frameOf(node: Record<string, unknown>, depth: number, of: Held): Frame {
  const call = isObject(node.callFrame) ? node.callFrame : {};
  const list = Array.isArray(node.children) && depth < 200 ? node.children : [];
  const children = merged(list.filter(isObject).map((child) => frameOf(child, depth + 1, of)));
  const own = typeof node[of] === "number" ? (node[of] as number) : 0;
  const file = String(call.url ?? "").split("/").pop() ?? "";
  const line = typeof call.lineNumber === "number" && call.lineNumber >= 0 ? `:${call.lineNumber + 1}` : "";
  return {
    name: String(call.functionName || "(anonymous)"),
    site: file ? `${file}${line}` : "",
    bytes: children.reduce((sum, child) => sum + child.bytes, own),
    children,
  };
}

/** The same place reached twice is one bar; the widest first. */
function merged(frames: Frame[]): Frame[] {
  const places = new Map<string, Frame>();
  for (const frame of frames) {
    const key = `${frame.name} ${frame.site}`;
    const known = places.get(key);
    if (!known) {
      places.set(key, frame);
      continue;
    }
    known.bytes += frame.bytes;
    known.children = merged([...known.children, ...frame.children]);
  }
  return [...places.values()].filter((frame) => frame.bytes > 0).sort((a, b) => b.bytes - a.bytes);
}

export interface CensusRow {
  name: string;
  count: number;
  bytes: number;
  /** Null for the first count: nothing to hold it against. */
  countGrown: number | null;
  bytesGrown: number | null;
}

/** Rows by growth, or by size while nothing is known of growth. */
export function censusOf(body: unknown): CensusRow[] {
  const rows = isObject(body) && Array.isArray(body.rows) ? body.rows.filter(isObject) : [];
  const figure = (value: unknown): number | null => (typeof value === "number" ? value : null);
  return rows
    .map((row) => ({
      name: String(row.name ?? ""),
      count: figure(row.count) ?? 0,
      bytes: figure(row.bytes) ?? 0,
      countGrown: figure(row.count_grown),
      bytesGrown: figure(row.bytes_grown),
    }))
    .sort((a, b) => (b.bytesGrown ?? b.bytes) - (a.bytesGrown ?? a.bytes) || b.bytes - a.bytes);
}
