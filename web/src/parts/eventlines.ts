/*
 * A panel of happenings, newest first: like things in a row stand as one line, the everyday ones only
 * when asked for, and those of one moment alone while a sign in a chart is chosen. What is asked for
 * stands in the address. Nothing moves while the pointer is on it. The happenings are the owner's.
 */
import { Address } from "../data/address";
import { Value, el, nameNode, panel, setAttribute, setHidden, setName, setText } from "./dom";
import { clock, count, utc } from "../data/format";
import { tell } from "../data/happening";
import { nameById } from "../data/judge";
import { Happening } from "../data/protocol";
import { Sight } from "./sight";
import { Steady } from "./steady";
import { Store } from "../data/store";

const MOMENT_SECONDS = 2;

export interface EventLinesOptions {
  id: string;
  lines: number;
  nothing: string;
  /** Whether each line says whose it is. */
  hasWho: boolean;
  /** Types that are a line each. */
  single?: string;
  exports?: HTMLElement;
}

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

export class EventLines {
  private readonly body = el("tbody");
  private readonly lines: Line[] = [];
  private readonly nothing: HTMLElement;
  private readonly toggle = el("button", { type: "button", class: "toggle" }, "All");
  private readonly moment = el("button", { type: "button", class: "toggle" });
  private isHeld = false;
  private readonly steady: Steady;
  private askedFor = "";
  private readonly sight: Sight;
  readonly node: HTMLElement;

  constructor(
    private readonly store: Store,
    private readonly address: Address,
    private readonly options: EventLinesOptions,
  ) {
    const { id, hasWho, nothing, exports = null } = options;
    this.nothing = el("p", { class: "nothing" }, nothing);
    this.toggle.title = "Messages, jobs and collections too";
    this.moment.title = "All of them again";
    const head = el(
      "tr",
      {},
      el("th", { scope: "col", class: "c-time" }, "Time"),
      hasWho ? el("th", { scope: "col", class: "c-who" }, "Isolate") : null,
      el("th", { scope: "col", class: "c-what" }, "What"),
      el("th", { scope: "col", class: "num c-size" }, "Size"),
    );
    const table = el("table", { class: "events", "aria-labelledby": id }, el("thead", {}, head), this.body);
    this.steady = new Steady({ isFilled: () => store.t > 0 }, table, this.nothing);
    this.node = panel(
      { id, title: "Events" },
      [
        el("span", { class: "remark" }, "newest first"),
        el("span", { class: "grow" }),
        this.moment,
        exports,
        this.toggle,
      ],
      this.steady.node,
    );
    this.sight = new Sight(this.node, () => undefined); // the next tick writes it
    const ask = (name: string, value: string | null): void => {
      this.isHeld = false;
      address.set({ [name]: value });
    };
    this.toggle.addEventListener("click", () => ask("events", this.showsAll() ? null : "all"));
    this.moment.addEventListener("click", () => ask("at", null));
    this.body.addEventListener("pointerenter", () => (this.isHeld = true));
    this.body.addEventListener("pointerleave", () => (this.isHeld = false));
  }

  /** Both oldest first; `rare` without the everyday ones. */
  render(rare: Happening[], all: Happening[]): void {
    const at = this.momentAt();
    setHidden(this.moment, at === null);
    setAttribute(this.toggle, "aria-pressed", String(this.showsAll()));
    if (at !== null) setText(this.moment, `around ${clock(at, true)} ✕`);
    const isAsked = `${at} ${this.showsAll()}` !== this.askedFor;
    this.askedFor = `${at} ${this.showsAll()}`;
    if (this.isHeld || (!this.sight.isDue() && !isAsked)) return;
    const ring = this.showsAll() ? all : rare;
    const told = this.tellings(at === null ? ring : around(at, rare, all));
    while (this.lines.length < told.length) this.lines.push(this.makeLine());
    this.lines.forEach((line, i) => {
      const entry = told[i];
      setHidden(line.node, !entry);
      if (entry) this.write(line, entry);
    });
    setHidden(this.nothing, told.length > 0);
    this.steady.look();
    setText(this.nothing, at === null ? this.options.nothing : "Nothing is kept of that moment.");
  }

  private showsAll(): boolean {
    return this.address.get("events") === "all";
  }

  private momentAt(): number | null {
    const at = Number(this.address.get("at") ?? NaN);
    return Number.isFinite(at) ? at : null;
  }

  /** The same thing of the same isolate in a row is one line. */
  private tellings(ring: Happening[]): Told[] {
    const told: Told[] = [];
    const { lines, single = "" } = this.options;
    for (let i = ring.length - 1; i >= 0; i--) {
      const event = ring[i] as Happening;
      const last = told[told.length - 1];
      const isSame = last?.event.type === event.type && last.event.isolate === event.isolate;
      if (last && isSame && event.type !== single) last.times++;
      else if (told.length === lines) break;
      else told.push({ event, times: 1 });
    }
    return told;
  }

  private write(line: Line, { event, times }: Told): void {
    const nameOf = (id: unknown): string => nameById(this.store, String(id ?? ""));
    const telling = tell(event, nameOf);
    setText(line.time, clock(event.t, true));
    setAttribute(line.time, "title", utc(event.t));
    if (this.options.hasWho) setName(line.who, nameOf(event.isolate));
    setText(line.what, times > 1 ? `${telling.what} × ${count(times)}` : telling.what);
    setAttribute(line.what, "class", telling.tone);
    setText(line.detail, telling.detail);
    line.size.set(telling.size);
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
      this.options.hasWho ? el("td", { class: "c-who" }, who) : null,
      el("td", { class: "c-what" }, what, detail),
      el("td", { class: "num" }, size.node),
    );
    this.body.append(node);
    return { node, time, who, what, detail, size };
  }
}

/** What is kept of that moment, each once. */
function around(at: number, rare: Happening[], all: Happening[]): Happening[] {
  const kept = new Map<number, Happening>();
  for (const event of [...rare, ...all])
    if (Math.abs(event.t - at) <= MOMENT_SECONDS) kept.set(event.seq ?? 0, event);
  return [...kept.values()].sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
}
