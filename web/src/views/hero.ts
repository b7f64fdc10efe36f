/*
 * The budget panel: bar, picture over time with the future on its axis, the names of the bands
 * beside it, one fixed line for what is under the pointer, and the same points as a table. Asked
 * to render once a tick; decides what is drawn, the chart draws.
 */
import { bandsTable } from "../charts/bandtable";
import { BudgetBar } from "../charts/bar";
import { Chart, spoken } from "../charts/chart";
import { ChartTable } from "../charts/charttable";
import { el, panel, setAttribute, setHidden, setText } from "../parts/dom";
import { exportButtons, saveCsv, savePng } from "../parts/export";
import { bytesText, cleanName, clock, day } from "../data/format";
import { hasEnded, isRising, nameOf, secondsToLimit } from "../data/judge";
import { Entry, Group, Labels, groupsOf } from "../charts/labels";
import { End, Mark, Projection } from "../charts/paint";
import { Past } from "../data/past";
import { Pins } from "../parts/pins";
import { Budget, Isolate, known } from "../data/protocol";
import { Band, Picture, bandsOf, latestOf, pictureOf } from "../data/stack";
import { Store } from "../data/store";
import { Trace } from "../data/trace";
import { Room } from "../parts/view";
import { Span, TimeWindow } from "../data/window";

const SPEAK_MS = 30000;
const LARGE_SHARE = 0.008; // of the axis: about two pixels
const FAR_SECONDS = 72000; // a clock alone would be read as today
const HINT = "Drag to zoom, Space pauses";
const STALE_MAX = 20; // bands of their own, that they can be seen
const MARK_REACH = 12; // pixels
const STEP = 2; // pixels

/** What a click in the picture means. */
export interface Picked {
  /** Of a sign in the lane; null beside all of them. */
  moment(t: number | null): void;
  isolate(id: string): void;
}

export class Hero {
  private readonly remark = el("span", { class: "remark" });
  private readonly line = el("output", { class: "readout" }, HINT);
  private readonly fitButton = el(
    "button",
    { class: "link", type: "button", "aria-pressed": "false" },
    "Fit to use",
  );
  private readonly table = new ChartTable("the memory budget", () =>
    bandsTable(this.picture, this.groups(), this.bands),
  );
  private readonly store: Store;
  private readonly past: Past;
  private readonly time: TimeWindow;
  private readonly pins: Pins;
  private readonly labels = new Labels();
  private readonly bar = new BudgetBar();
  private readonly chart: Chart;
  private bands: Band[] = [];
  private bandsFor = "";
  private readonly large = new Set<string>();
  private picture: Picture = { x: [], tops: [], used: [], gaps: [] };
  private spokenAt = -Infinity;
  private fits = false;
  private span = { from: 0, to: 1 };
  private name = "";
  readonly node: HTMLElement;

  constructor(
    private readonly room: Room,
    private readonly marks: () => Mark[],
    private readonly picked: Picked,
  ) {
    ({ store: this.store, past: this.past, time: this.time, pins: this.pins } = room);
    this.chart = new Chart({
      hover: (t, value) => this.readOut(t, value),
      zoom: (from, to) => this.time.zoom({ from, to }, this.store.t),
      unzoom: () => this.time.unzoom(),
      hold: (isHeld) => this.time.hold(isHeld ? this.store.t : null),
      pan: (share) => this.time.pan(share, this.store.t, this.span.from),
      click: (t, value, isLane) => (isLane ? this.pickMark(t) : this.pickBand(t, value)),
    });
    this.fitButton.addEventListener("click", () =>
      room.address.set({ fit: this.fits ? null : "1" }),
    );
    this.node = panel(
      { id: "hero-title", title: "Memory budget", kind: "hero" },
      [
        this.remark,
        el("span", { class: "grow" }),
        this.line,
        this.fitButton,
        exportButtons("the budget", () => this.savePng(), () => this.saveCsv()),
        this.table.button,
      ],
      this.bar.node,
      el("div", { class: "picture" }, this.chart.plot.host, this.labels.node),
      this.table.node,
    );
  }

  repaint(): void {
    this.chart.plot.repaint();
  }

  render(budget: Budget | null, isKnown: boolean): void {
    const trace = budget ? this.past.budgets.get(budget.name) : undefined;
    this.fits = this.room.address.get("fit") === "1";
    setAttribute(this.fitButton, "aria-pressed", String(this.fits));
    setHidden(this.fitButton, !known(budget?.limit));
    const trouble = this.past.trouble && `, live alone: its past could not be read, ${this.past.trouble}`;
    setText(this.remark, budget ? `${cleanName(budget.name)}, every byte once${trouble}` : "no budget yet");
    if (!budget || !trace) return;
    const rising = this.rising();
    const ids = new Set(rising.map((isolate) => isolate.id));
    this.bar.show(budget, ids);
    const limit = known(budget.limit) ? budget.limit : null;
    const narrow = this.chart.plot.isNarrow();
    const oldest = this.past.oldest(budget);
    const now = this.time.span(this.store.t, oldest, false, narrow);
    const shown = this.past.over(budget.name, now.from, Math.min(now.to, now.now)) ?? trace;
    this.order(shown, budget, ids);
    const projection =
      isKnown && this.time.isLive() ? this.projection(trace, budget, rising) : null;
    const span = this.time.span(this.store.t, oldest, projection !== null, narrow);
    this.span = span;
    this.name = budget.name;
    if (this.hasMoved(shown, span, [limit, budget.headroom, projection !== null]))
      this.draw(budget, shown, span, projection);
    this.label(trace);
    this.speak(budget, limit, rising);
  }

  /**
   * Whether another picture would look otherwise than the last: live it moves by whole pixels, two at a
   * time, and one that stands still is drawn once.
   */
  private hasMoved(shown: Trace, span: Span & { now: number }, lines: unknown[]): boolean {
    const length = Math.round(10 * (span.to - span.from)) / 10;
    const width = this.chart.plot.plotWidth();
    const isLive = this.time.isLive() && this.time.pausedAt() === null;
    const place = isLive ? [Math.floor((span.now * width) / (STEP * length)), length] : [span, shown.lastTime()];
    const pins = this.pins.list().map((pin) => `${pin.id} ${pin.number}`);
    const marks = this.marks().map((mark) => `${mark.t} ${mark.label}`);
    const drawn = JSON.stringify([this.name, this.fits, place, lines, this.bandsFor, width, pins, marks]);
    if (drawn === this.drawnFor && shown === this.drawnFrom) return false;
    this.drawnFor = drawn;
    this.drawnFrom = shown;
    return true;
  }
  private drawnFor = "";
  private drawnFrom: Trace | null = null;

  private draw(budget: Budget, shown: Trace, span: Span & { now: number }, projection: Projection | null): void {
    const width = this.chart.plot.plotWidth();
    this.picture = pictureOf(shown, this.bands, span.from, Math.min(span.to, span.now), width);
    this.chart.show({
      ...span,
      limit: known(budget.limit) ? budget.limit : null,
      projection,
      fits: this.fits,
      bands: this.bands,
      picture: this.picture,
      headroom: known(budget.headroom) ? budget.headroom : null,
      marks: this.marks(),
      oldest: this.past.beginning(shown, span.from),
      pins: this.bands.flatMap((band, at) => {
        const pin = band.isolate ? this.pins.of(band.isolate) : undefined;
        return pin ? [{ at, colour: pin.colour }] : [];
      }),
      stale: this.bands.flatMap((band, at) => {
        const isolate = this.store.isolates[this.store.indexOf.get(band.isolate ?? "") ?? -1];
        const since = isolate?.stale ? isolate.updated_at : null;
        return known(since) ? [{ at, since }] : [];
      }),
      ends: this.bands.flatMap((band, at) => this.endOf(band, at) ?? []),
    });
  }

  /** Where the band of an isolate that is no more was last seen; null while it lives. */
  private endOf(band: Band, at: number): End | null {
    if (band.isolate === null || this.isLiving(band.isolate)) return null;
    const { x, tops } = this.picture;
    const low = (i: number): number => (at ? (tops[at - 1]?.[i] ?? 0) : 0);
    for (let i = x.length - 1; i >= 0; i--) {
      const high = tops[at]?.[i] ?? 0;
      if (high <= low(i)) continue;
      const isolate = this.store.isolates[this.store.indexOf.get(band.isolate) ?? -1];
      const isBad = isolate?.state === "died" || isolate?.state === "oom";
      return { t: x[i] as number, value: (high + low(i)) / 2, colour: isBad ? "critical" : "text-2" };
    }
    return null;
  }

  private rising(): Isolate[] {
    return this.store.isolates.filter(
      (isolate, index) => !this.store.gone[index] && isRising(isolate),
    );
  }

  /** The order of bands is made when a state or the set of parts changes, never for a mere tick. */
  private order(trace: Trace, budget: Budget, rising: Set<string>): void {
    this.findLarge(budget);
    const stale = this.store.isolates.filter((one) => one.stale && !hasEnded(one)).slice(0, STALE_MAX);
    const pinned = [...this.pins.list(), ...stale].map((one) => one.id);
    const large = new Set([...this.large, ...pinned]);
    const signature = [...trace.parts.keys(), "/", ...rising, "/", ...large].join(" ");
    if (signature === this.bandsFor) return;
    this.bandsFor = signature;
    for (const id of this.large) if (!trace.parts.has(`heap:${id}`)) this.large.delete(id);
    const sizeOf = (id: string): number => {
      const index = this.store.indexOf.get(id);
      return index === undefined ? 0 : (this.store.figure("total", index) ?? 0);
    };
    this.bands = bandsOf(trace, { rising, large, pinned, sizeOf }).filter((band) =>
      band.keys.some((key) => trace.parts.has(key)),
    );
  }

  /** A heap that was worth a band of its own keeps it. */
  private findLarge(budget: Budget): void {
    const whole = this.fits || !known(budget.limit) ? budget.used : budget.limit;
    for (const part of budget.parts ?? []) {
      if (part.kind !== "heap" || !part.isolate || !known(part.bytes) || !known(whole)) continue;
      if (part.bytes > LARGE_SHARE * whole) this.large.add(part.isolate);
    }
  }

  private projection(trace: Trace, budget: Budget, rising: Isolate[]): Projection | null {
    const bands = this.bands.map((band) => Math.max(0, latestOf(trace, band) || 0));
    const value = bands.reduce((sum, size) => sum + size, 0);
    const wedge = this.bands.reduce(
      (sum, band, i) => sum + (band.kind === "rising" ? (bands[i] as number) : 0),
      0,
    );
    let first: { isolate: Isolate; seconds: number } | null = null;
    let perSecond = 0;
    for (const isolate of rising) {
      const seconds = secondsToLimit(isolate);
      const { limit } = isolate.heap ?? {};
      const live = this.store.figure("live", this.store.indexOf.get(isolate.id) ?? -1);
      if (!known(seconds) || !known(limit) || !known(live) || seconds <= 0) continue;
      perSecond += Math.max(0, limit - live) / seconds;
      if (!first || seconds < first.seconds) first = { isolate, seconds };
    }
    if (first) {
      const label = `${nameOf(first.isolate)} full`;
      return { value, floor: value - wedge, perSecond, meets: this.store.t + first.seconds, label };
    }
    const { projected_seconds: toLine, limit, headroom, used } = budget;
    if (!known(toLine) || toLine <= 0 || !known(limit) || !known(used)) return null;
    const slope = (limit - (headroom ?? 0) - used) / toLine;
    return {
      value,
      floor: value - wedge,
      perSecond: slope,
      meets: this.store.t + toLine,
      label: "head-room line",
    };
  }

  private label(trace: Trace): void {
    const entries: Entry[] = [];
    let base = 0;
    for (const group of this.groups()) {
      const sizes = group.bands.map((band) => latestOf(trace, band));
      const size = sizes.reduce((sum, value) => sum + (value || 0), 0);
      const drawn = sizes.reduce((sum, value) => sum + Math.max(0, value || 0), 0);
      const band = group.bands[0] as Band;
      const y = this.chart.plot.yOf(base + drawn / 2);
      const pin = band.isolate ? this.pins.of(band.isolate)?.number : undefined;
      const stale = band.isolate !== null && group.bands.length === 1 && this.isStale(band.isolate);
      entries.unshift({ id: band.id, kind: band.kind, pin, stale, name: group.name, bytes: size, y });
      base += drawn;
    }
    this.labels.show(entries, this.chart.plot.plotBottom());
  }

  private groups(bands = this.bands): Group[] {
    return groupsOf(bands, {
      nameOf: (id) => this.isolateName(id),
      isSingle: (id) => this.pins.of(id) !== undefined || this.isStale(id),
      isThere: (key) => key.startsWith("heap:") && this.isLiving(key.slice(5)),
    });
  }

  private isLiving(id: string): boolean {
    const isolate = this.store.isolates[this.store.indexOf.get(id) ?? -1];
    return isolate !== undefined && !hasEnded(isolate);
  }

  private isStale(id: string): boolean {
    return this.store.isolates[this.store.indexOf.get(id) ?? -1]?.stale === true;
  }

  private isolateName(id: string): string {
    const isolate = this.store.isolates[this.store.indexOf.get(id) ?? -1];
    return isolate ? nameOf(isolate) : id;
  }

  /** What is under the pointer: time, band, its value, the sum. One line that never covers data. */
  private readOut(t: number | null, value: number): void {
    const at = t === null ? -1 : this.nearest(t);
    if (at < 0) {
      setText(this.line, HINT);
      return;
    }
    const moment = this.picture.x[at] as number;
    const isFar = Math.abs(this.store.t - moment) > FAR_SECONDS;
    const time = `${isFar ? `${day(moment)} ` : ""}${clock(moment, true)}`;
    const tops = this.picture.tops.map((column) => column[at] ?? 0);
    const index = tops.findIndex((top) => value <= top);
    const total = `total ${bytesText(this.picture.used[at])}`;
    if (index < 0) {
      setText(this.line, `${time}   ${total}`);
      return;
    }
    const size = (tops[index] as number) - (index ? (tops[index - 1] as number) : 0);
    const band = this.bands[index] as Band;
    const name = band.isolate ? this.isolateName(band.isolate) : this.groups([band])[0]?.name;
    setText(this.line, `${time}   ${name} ${bytesText(size)}   ${total}`);
  }

  private nearest(t: number): number {
    let best = -1;
    let distance =
      0.05 * ((this.picture.x[this.picture.x.length - 1] ?? 0) - (this.picture.x[0] ?? 0)) + 2;
    this.picture.x.forEach((x, i) => {
      if (this.picture.used[i] === null || Math.abs(x - t) > distance) return;
      distance = Math.abs(x - t);
      best = i;
    });
    return best;
  }

  /** The sign nearest to it, if one is near. */
  private pickMark(t: number): void {
    const reach = (MARK_REACH * (this.span.to - this.span.from)) / this.chart.plot.plotWidth();
    let best: Mark | null = null;
    for (const mark of this.marks())
      if (Math.abs(mark.t - t) <= Math.abs((best?.t ?? t + reach) - t)) best = mark;
    this.picked.moment(best?.t ?? null);
  }

  private pickBand(t: number, value: number): void {
    const at = this.nearest(t);
    if (at < 0) return;
    const index = this.picture.tops.findIndex((column) => value <= (column[at] ?? 0));
    const isolate = this.bands[index]?.isolate;
    if (isolate) this.picked.isolate(isolate);
  }

  private speak(budget: Budget, limit: number | null, rising: Isolate[]): void {
    if (performance.now() - this.spokenAt < SPEAK_MS) return;
    this.spokenAt = performance.now();
    const names = rising.map(nameOf);
    setAttribute(
      this.chart.plot.host,
      "aria-label",
      spoken(known(budget.used) ? budget.used : null, limit, names),
    );
  }

  private title(): string {
    return `Memory budget ${cleanName(this.name)}`;
  }

  private savePng(): void {
    const canvas = this.chart.plot.canvas();
    const { from, to } = this.span;
    const range = `${day(from)} ${clock(from, true)} to ${day(to)} ${clock(to, true)}`;
    if (canvas) savePng(this.title(), canvas, this.title(), range);
  }

  /** The points that are drawn: used, and every band by itself. */
  private saveCsv(): void {
    const { x, tops, used } = this.picture;
    const names = this.bands.map((band) => band.isolate ?? band.id);
    const rows = x.flatMap((t, i) => {
      if (used[i] === null) return [];
      const sizes = tops.map((column, at) => (column[i] ?? 0) - (at ? (tops[at - 1]?.[i] ?? 0) : 0));
      return [[t, used[i] ?? null, ...sizes]];
    });
    saveCsv(this.title(), ["time", "used", ...names], rows);
  }
}
