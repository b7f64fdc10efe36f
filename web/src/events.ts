/*
 * The last happenings, newest first. They come far faster than anyone reads, so the lines are
 * written once a tick from a ring ordered by number, like things in a row stand as one line, and
 * nothing moves while the pointer is on it.
 */
import { recentEvents } from "./api";
import { el, nameNode, setAttribute, setName, setText, Value } from "./dom";
import { clock, count, utc } from "./format";
import { Telling, tell } from "./happening";
import { nameOf } from "./judge";
import { Happening } from "./protocol";
import { Store } from "./store";

const KEPT = 400;
const LINES = 10;

const HEADS: [string, string][] = [
  ["Time", "c-time"],
  ["Isolate", "c-who"],
  ["What", "c-what"],
  ["Size", "num c-size"],
];
const EVERYDAY = new Set(["clone", "deliver", "gc", "job", "transfer", "detach"]);
/** What must not be missed when the stream leaves something out. */
const RARE = ["spawn", "exit", "oom", "recycle", "share", "release", "snapshot", "lost", "limit"];
const RARE_EACH = 12;
const ASK_MS = 5000;

interface Line {
  node: HTMLElement;
  time: HTMLElement;
  who: HTMLElement;
  what: HTMLElement;
  detail: HTMLElement;
  size: Value;
}

interface Told {
  event: Happening;
  times: number;
}

export class Events {
  private readonly all: Happening[] = [];
  /** Kept apart: everyday events would push them out within seconds. */
  private readonly rare: Happening[] = [];
  private readonly body = el("tbody");
  private readonly lines: Line[] = [];
  private readonly nothing = el("p", { class: "nothing" }, "Nothing has happened yet.");
  private readonly toggle = el(
    "button",
    { type: "button", class: "toggle", "aria-pressed": "false" },
    "All",
  );
  private askedAt = -Infinity;
  private isHeld = false;
  private showsAll = false;
  readonly node: HTMLElement;

  constructor(
    private readonly store: Store,
    private readonly happened: (event: Happening) => void,
  ) {
    const head = el("tr");
    for (const [text, className] of HEADS)
      head.append(el("th", { scope: "col", class: className }, text));
    const table = el(
      "table",
      { class: "events", "aria-labelledby": "events-title" },
      el("thead", {}, head),
      this.body,
    );
    this.node = el(
      "section",
      { class: "panel", "aria-labelledby": "events-title" },
      el(
        "header",
        {},
        el("h2", { id: "events-title" }, "Events"),
        el("span", { class: "remark" }, "newest first"),
        el("span", { class: "grow" }),
        this.toggle,
      ),
      table,
      this.nothing,
    );
    this.toggle.title = "Messages, jobs and collections too";
    this.toggle.addEventListener("click", () => {
      this.showsAll = !this.showsAll;
      setAttribute(this.toggle, "aria-pressed", String(this.showsAll));
      this.render();
    });
    this.body.addEventListener("pointerenter", () => {
      this.isHeld = true;
    });
    this.body.addEventListener("pointerleave", () => {
      this.isHeld = false;
    });
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
    if (this.isHeld) return;
    const told = this.tellings();
    while (this.lines.length < told.length) this.lines.push(this.makeLine());
    this.lines.forEach((line, at) => {
      const entry = told[at];
      line.node.hidden = !entry;
      if (entry) this.write(line, entry);
    });
    this.nothing.hidden = told.length > 0;
  }

  /** Newest first; the same thing of the same isolate in a row is one line. */
  private tellings(): Told[] {
    const told: Told[] = [];
    const ring = this.showsAll ? this.all : this.rare;
    for (let i = ring.length - 1; i >= 0; i--) {
      const event = ring[i] as Happening;
      const last = told[told.length - 1];
      if (last && last.event.type === event.type && last.event.isolate === event.isolate)
        last.times++;
      else if (told.length === LINES) break;
      else told.push({ event, times: 1 });
    }
    return told;
  }

  private write(line: Line, { event, times }: Told): void {
    const telling: Telling = tell(event, (id) => this.nameOf(id));
    setText(line.time, clock(event.t, true));
    setAttribute(line.time, "title", utc(event.t));
    setName(line.who, this.nameOf(event.isolate));
    setText(line.what, times > 1 ? `${telling.what} × ${count(times)}` : telling.what);
    setAttribute(line.what, "class", telling.tone);
    setText(line.detail, telling.detail);
    line.size.set(telling.size);
  }

  private nameOf(id: unknown): string {
    const index = this.store.indexOf.get(String(id ?? ""));
    const isolate = index === undefined ? undefined : this.store.isolates[index];
    return isolate ? nameOf(isolate) : String(id ?? "");
  }

  private makeLine(): Line {
    const time = el("time");
    const who = nameNode("");
    const what = el("span");
    const detail = el("bdi", { class: "detail", dir: "auto" });
    const size = new Value();
    const node = el(
      "tr",
      {},
      el("td", { class: "c-time" }, time),
      el("td", { class: "c-who" }, who),
      el("td", { class: "c-what" }, what, detail),
      el("td", { class: "num" }, size.node),
    );
    this.body.append(node);
    return { node, time, who, what, detail, size };
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
