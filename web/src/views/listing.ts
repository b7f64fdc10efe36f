/*
 * The long table of the isolates view: what is asked for stands in the address, the order is made
 * anew when a state, the membership or the question changes, by value at most every few seconds and
 * never under a pointer. Rows in sight are written every tick.
 */
import { Address } from "../data/address";
import { sparkLook } from "./cells";
import { el, panel, setAttribute, setHidden, setText } from "../parts/dom";
import { exportButtons, saveCsv } from "../parts/export";
import { count } from "../data/format";
import { Grid, PaintPlace } from "../parts/grid";
import { STATES, stateOf } from "../data/judge";
import { ListRow } from "./listrow";
import { Asked, Grouping, Listing, SORTS, Sort, listingOf } from "../data/order";
import { Past } from "../data/past";
import { Pins } from "../parts/pins";
import { SparkLine, sparkRange } from "../charts/spark";
import { Steady } from "../parts/steady";
import { Store } from "../data/store";
import { Tools } from "../parts/tools";

const IDLE_MS = 5000;
const SORT_MS = 5000;

const NO_LOOK = { baseline: null, band: 0, rising: false };

const HEADS: { text: string; className: string; sort: Sort | null }[] = [
  { text: "Name", className: "c-name", sort: "name" },
  { text: "State", className: "c-state", sort: "state" },
  { text: "Used of limit", className: "c-bar", sort: "used" },
  { text: "Live", className: "c-spark", sort: null },
  { text: "Live", className: "num c-live", sort: "live" },
  { text: "Per job", className: "num c-job", sort: "job" },
  { text: "To limit", className: "num c-to", sort: "to" },
  { text: "External", className: "num c-ext", sort: "external" },
  { text: "Shared", className: "num c-shared", sort: "shared" },
  { text: "Queue", className: "num c-queue", sort: "queue" },
];

export class IsolateList {
  private readonly remark = el("span", { class: "remark" });
  private readonly waiting = el("span", { class: "remark", role: "status" });
  private readonly shown = el("span");
  private readonly foot = el(
    "footer",
    { class: "foot" },
    this.shown,
    el("span", { class: "keyhint" }, "Arrows move, Enter opens, p pins, / finds"),
  );
  private readonly nothing = el("p", { class: "nothing" }, "No isolate fits. Escape clears the words.");
  private readonly heads = new Map<Sort, HTMLElement>();
  private readonly sparkHead = document.createTextNode("Live");
  private readonly grid: Grid<ListRow>;
  private readonly steady: Steady;
  private readonly folded = new Set<string>();
  readonly tools: Tools;
  private listing: Listing = { lines: [], groups: [], fits: 0, states: new Map() };
  private madeFor = "";
  private states = "";
  private madeAt = -Infinity;
  private touchedAt = -Infinity;
  readonly node: HTMLElement;

  constructor(
    private readonly store: Store,
    private readonly past: Past,
    private readonly address: Address,
    pins: Pins,
  ) {
    this.tools = new Tools(address);
    this.grid = new Grid(
      {
        makeRow: () => new ListRow(pins, (row) => this.fold(row.groupShown)),
        fill: (row, at) => this.fill(row, at),
        nameAt: (at) => this.nameAt(at),
        open: (at) => this.open(at),
        paint: (...place) => this.paint(...place),
        touched: () => {
          this.touchedAt = performance.now();
        },
      },
      this.headRow(),
      "Isolates",
    );
    this.grid.scroller.addEventListener("pointerleave", () => {
      this.touchedAt = -Infinity;
    });
    this.steady = new Steady({ isFilled: () => store.isolates.length > 0 }, this.grid.scroller);
    this.node = panel(
      { id: "list-title", title: "Isolates", kind: "list" },
      [
        this.remark,
        el("span", { class: "grow" }),
        this.waiting,
        exportButtons("the isolates", null, () => this.saveCsv()),
      ],
      this.tools.node,
      this.steady.node,
      this.nothing,
      this.foot,
    );
  }

  render(total: number): void {
    this.order();
    const { listing } = this;
    setText(this.remark, `${count(total)}, ${this.tools.sortWords(this.asked())}`);
    this.tools.render(this.asked(), listing.states);
    setHidden(this.nothing, listing.lines.length > 0);
    setText(this.shown, `${count(listing.fits)} of ${count(total)} shown`);
    this.showSort();
    const oldest = this.past.length ? (this.past.t[this.past.at(0)] as number) : this.store.t;
    this.range = sparkRange(this.store.t - oldest);
    const words = `Live, ${Math.round(this.range / 60)} min`;
    if (this.sparkHead.data !== words) this.sparkHead.data = words;
    this.grid.update();
    this.past.want(this.idsInSight());
    this.steady.look();
  }
  private range = sparkRange(0);

  repaint(): void {
    this.grid.update();
  }

  focus(): void {
    this.grid.scroller.focus();
  }

  /** The isolate the keyboard stands on. */
  activeId(): string | null {
    const id = this.grid.activeName();
    return this.store.indexOf.has(id) ? id : null;
  }

  private asked(): Asked {
    const sort = this.address.get("sort") ?? "";
    const isReversed = sort.startsWith("-");
    const name = sort.replace("-", "") as Sort;
    const group = this.address.get("group");
    return {
      words: this.address.get("q") ?? "",
      states: new Set((this.address.get("state") ?? "").split(",").filter(Boolean)),
      sort: SORTS.includes(name) ? name : "state",
      reversed: isReversed,
      group: group === "pool" || group === "process" ? group : ("" as Grouping),
      folded: this.folded,
    };
  }

  /** Makes the listing anew where something calls for it. */
  private order(): void {
    const asked = this.asked();
    const question = JSON.stringify([
      asked.words,
      [...asked.states],
      asked.sort,
      asked.reversed,
      asked.group,
      [...this.folded],
    ]);
    const isAsked = question !== this.madeFor;
    const states = this.stateSignature();
    const now = performance.now();
    const isByValue = asked.sort !== "state" && asked.sort !== "name";
    const isDue = states !== this.states || (isByValue && now - this.madeAt > SORT_MS);
    if (!isAsked && !isDue) return;
    const listing = listingOf(this.store, asked);
    const isTouched = now - this.touchedAt < IDLE_MS;
    this.listing.states = listing.states;
    const isSame = listing.lines.length === this.listing.lines.length;
    if (!isAsked && isTouched && isSame) {
      const moves = listing.lines.filter((line, at) => this.listing.lines[at] !== line).length;
      setText(this.waiting, moves ? `${count(moves)} rows want to move` : "");
      return;
    }
    setText(this.waiting, "");
    this.madeFor = question;
    this.states = states;
    this.madeAt = now;
    this.listing = listing;
    this.grid.lay(listing.lines.length);
  }

  /** Changes with any state and with the membership. */
  private stateSignature(): string {
    let sum = 0;
    this.store.isolates.forEach((isolate, index) => {
      if (!this.store.gone[index]) sum = (sum * 31 + STATES.indexOf(stateOf(isolate)) + index) | 0;
    });
    return `${this.store.membership} ${sum}`;
  }

  private fill(row: ListRow, at: number): void {
    const line = this.listing.lines[at] as number;
    if (line < 0) {
      const group = this.listing.groups[-1 - line];
      if (group) row.showGroup(group, this.folded.has(group.name));
      return;
    }
    const isolate = this.store.isolates[line];
    if (isolate) row.showIsolate(this.store, line, isolate);
  }

  private nameAt(at: number): string {
    const line = this.listing.lines[at] as number;
    return line < 0
      ? `group ${this.listing.groups[-1 - line]?.name ?? ""}`
      : (this.store.isolates[line]?.id ?? "");
  }

  private open(at: number): void {
    const line = this.listing.lines[at] as number;
    if (line < 0) this.fold(this.listing.groups[-1 - line]?.name ?? "");
    else this.address.go(`#/isolates/${encodeURIComponent(this.store.isolates[line]?.id ?? "")}`);
  }

  private fold(name: string): void {
    if (!this.folded.delete(name)) this.folded.add(name);
    this.order();
  }

  private idsInSight(): string[] {
    const ids: string[] = [];
    const [first, last] = this.grid.range();
    for (const line of this.listing.lines.slice(first, last)) {
      const id = line >= 0 ? this.store.isolates[line]?.id : undefined;
      if (id !== undefined) ids.push(id);
    }
    return ids;
  }

  /** The sparklines of the rows in sight, each in its row's column. */
  private paint(canvas: HTMLCanvasElement, { first, last, rowHeight, width }: PaintPlace): void {
    const context = canvas.getContext("2d");
    if (!context) return;
    this.fit(canvas, Math.round(width * devicePixelRatio), Math.round((last - first) * rowHeight * devicePixelRatio));
    const { past, range, sparks } = this;
    const height = Math.min(24, rowHeight - 8);
    for (let at = first; at < last; at++) {
      const line = this.listing.lines[at] as number;
      const isolate = line >= 0 ? this.store.isolates[line] : undefined;
      const place = { id: isolate?.id ?? "", to: this.store.t, range, width, height };
      const spark = (sparks[at - first] ??= new SparkLine());
      spark.draw(context, past, { ...place, ...(isolate ? sparkLook(isolate) : NO_LOOK) }, (at - first) * rowHeight + 4);
    }
  }
  private readonly sparks: SparkLine[] = [];

  /** A canvas that gets another size is empty. */
  private fit(canvas: HTMLCanvasElement, width: number, height: number): void {
    if (canvas.width === width && canvas.height === height) return;
    canvas.width = width;
    canvas.height = height;
    for (const spark of this.sparks) spark.forget();
  }

  private headRow(): HTMLElement {
    const row = el("div", { role: "row", "aria-rowindex": "1" });
    for (const { text, className, sort } of HEADS) {
      const cell = el("div", { role: "columnheader", class: className });
      row.append(cell);
      if (!sort) {
        cell.append(this.sparkHead);
        cell.title = "Live heap after collection; the band is what counts as flat";
        continue;
      }
      const button = el("button", { type: "button", class: "sort", tabindex: "-1" }, text);
      if (sort === "used") button.append(el("i", { class: "livekey", "aria-hidden": "true" }), "live");
      button.addEventListener("click", () => this.sortBy(sort));
      cell.append(button);
      this.heads.set(sort, cell);
    }
    return el("div", { class: "gridhead", role: "rowgroup" }, row);
  }

  /** What is shown, in its order, all of it and not only what is in sight. */
  private saveCsv(): void {
    const { store } = this;
    const heads = ["id", "name", "pool", "process", "state", "used", "limit", "live", "bytes_per_job", "external", "shared", "queued"];
    const rows = this.listing.lines.flatMap((line) => {
      const isolate = store.isolates[line];
      if (line < 0 || !isolate) return [];
      const { name, pool, process, heap, drift, messages } = isolate;
      const figures = [
        store.figure("used", line),
        heap?.limit,
        store.figure("live", line),
        drift?.bytes_per_job,
        store.figure("external", line),
        store.figure("shared", line),
        messages?.queued,
      ];
      const words = [isolate.id, name ?? "", pool ?? "", String(process ?? ""), stateOf(isolate).word];
      return [[...words, ...figures.map((figure) => figure ?? null)]];
    });
    saveCsv("isolates", heads, rows);
  }

  private sortBy(sort: Sort): void {
    const asked = this.asked();
    const isReversed = asked.sort === sort && !asked.reversed;
    this.address.set({ sort: sort === "state" && !isReversed ? null : (isReversed ? "-" : "") + sort });
  }

  private showSort(): void {
    const asked = this.asked();
    for (const [sort, cell] of this.heads) {
      const isUp = (sort === "name") !== asked.reversed;
      setAttribute(cell, "aria-sort", sort === asked.sort ? (isUp ? "ascending" : "descending") : null);
    }
  }
}
