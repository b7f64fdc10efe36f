/*
 * A happening in words: what it is, to whom, how much. One table for all types, so a new type reads
 * sensibly (its own name) before it gets a line here.
 */
import { Quantity, UNKNOWN, bytes, change, cleanName, count, join, seconds } from "./format";
import { Figure, Happening } from "./protocol";

export interface Telling {
  what: string;
  detail: string;
  size: Quantity;
  tone: "" | "critical" | "warning" | "rising";
}

type NameOf = (isolate: unknown) => string;
type Teller = (event: Happening, nameOf: NameOf) => Partial<Telling> & { what: string };

const figure = (value: unknown): Figure => (typeof value === "number" ? value : null);
const took = (value: unknown): string =>
  figure(value) === null ? "" : join(seconds(figure(value)));
const words = (...parts: string[]): string => parts.filter(Boolean).join(", ");
const to = (event: Happening, nameOf: NameOf): string =>
  event.to == null ? "" : `to ${nameOf(event.to)}`;

const TELLERS: Record<string, Teller> = {
  clone: (e, n) => ({
    what: "Message cloned",
    detail: words(to(e, n), took(e.serialize_seconds)),
    size: bytes(figure(e.bytes)),
  }),
  deliver: (e, n) => ({
    what: e.discarded ? "Message dropped" : "Message read",
    detail: words(e.from == null ? "" : `from ${n(e.from)}`, took(e.deserialize_seconds)),
    size: bytes(figure(e.bytes)),
  }),
  transfer: (e, n) => ({
    what: "Buffer transferred",
    detail: to(e, n),
    size: bytes(figure(e.bytes)),
  }),
  detach: (e, n) => ({ what: "Buffer detached", detail: to(e, n), size: bytes(figure(e.bytes)) }),
  share: (e) => ({
    what: "Store pinned",
    detail: `held by ${count(figure(e.refs))}`,
    size: bytes(figure(e.bytes)),
  }),
  release: (e) => ({
    what: "Store released",
    detail: `held by ${count(figure(e.refs))}`,
    size: bytes(figure(e.bytes)),
  }),
  gc: (e) => {
    const before = figure(e.before);
    const after = figure(e.after);
    const freed = before != null && after != null ? change(after - before) : UNKNOWN;
    return {
      what: "Collected",
      detail: words(cleanName(e.kind), took(e.pause_seconds)),
      size: freed,
    };
  },
  job: (e) => ({
    what: "Job done",
    detail: words(cleanName(e.name), took(e.seconds)),
    size: bytes(figure(e.live_after)),
  }),
  block: (e) => ({
    what: "Stood still",
    detail: words(cleanName(e.op), took(e.seconds)),
    tone: "warning",
  }),
  spawn: (e) => ({
    what: "Started",
    detail: figure(e.limit) === null ? "without a limit" : `limit ${join(bytes(figure(e.limit)))}`,
  }),
  exit: (e) => ({ what: "Ended", detail: figure(e.code) === null ? "" : `code ${figure(e.code)}` }),
  oom: (e) => ({
    what: "Out of memory",
    detail: `limit ${join(bytes(figure(e.limit)))}`,
    size: bytes(figure(e.used)),
    tone: "critical",
  }),
  recycle: (e) => ({
    what: "Recycled",
    detail: words(cleanName(e.reason), `predicted ${join(bytes(figure(e.predicted)))}`),
    size: bytes(figure(e.reclaimed)),
  }),
  limit: (e) => ({ what: "Limit changed", detail: `${join(bytes(figure(e.before)))} → ${join(bytes(figure(e.after)))}`, tone: "warning" }),
  lost: (e) => ({ what: "Events lost", detail: count(figure(e.count)), tone: "warning" }),
};

export function tell(event: Happening, nameOf: NameOf): Telling {
  const teller = TELLERS[event.type];
  const told = teller ? teller(event, nameOf) : { what: cleanName(event.type) };
  return { detail: "", size: UNKNOWN, tone: "", ...told };
}
