/*
 * The last happenings of everybody. They come far faster than anyone reads, so they are kept in rings
 * ordered by number and written once a tick.
 */
import { Address } from "../data/address";
import { recentEvents } from "../data/api";
import { EventLines } from "./eventlines";
import { Happening } from "../data/protocol";
import { Store } from "../data/store";

const KEPT = 400;
const EVERYDAY = new Set(["clone", "deliver", "gc", "job", "transfer", "detach"]);
/** What must not be missed when the stream leaves something out. */
const RARE = ["spawn", "exit", "oom", "oom_kill", "recycle", "share", "release", "snapshot", "lost", "limit"];
const RARE_EACH = 12;
const ASK_MS = 5000;

export class Events {
  private readonly all: Happening[] = [];
  /** Kept apart: everyday events would push them out within seconds. */
  private readonly rare: Happening[] = [];
  private readonly lines: EventLines;
  private askedAt = -Infinity;
  readonly node: HTMLElement;

  constructor(
    store: Store,
    address: Address,
    private readonly happened: (event: Happening) => void,
  ) {
    this.lines = new EventLines(store, address, {
      id: "events-title",
      lines: 10,
      nothing: "Nothing has happened yet.",
      hasWho: true,
    });
    this.node = this.lines.node;
  }

  add(event: Happening): void {
    if (event.seq === null) void this.ask();
    else this.insert([event]);
  }

  /**
   * What the stream did not tell: from before it began, or because so much happened at once that it
   * told only the newest. The rare types are asked for, at most every few seconds.
   */
  async ask(): Promise<void> {
    if (performance.now() - this.askedAt < ASK_MS) return;
    this.askedAt = performance.now();
    for (const type of RARE) this.insert(await recentEvents(type, RARE_EACH).catch(() => []));
  }

  private insert(events: Happening[]): void {
    for (const event of events) {
      place(this.all, event);
      if (!EVERYDAY.has(event.type) && place(this.rare, event)) this.happened(event);
    }
  }

  render(): void {
    this.lines.render(this.rare, this.all);
  }
}

/** Keeps the order of happening and the newest; false if it was there already. */
function place(ring: Happening[], event: Happening): boolean {
  const seq = event.seq ?? 0;
  let at = ring.length;
  while (at > 0 && (ring[at - 1]?.seq ?? 0) > seq) at--;
  if (at > 0 && ring[at - 1]?.seq === seq) return false;
  ring.splice(at, 0, event);
  if (ring.length > 2 * KEPT) ring.splice(0, ring.length - KEPT);
  return true;
}
