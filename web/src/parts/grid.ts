/*
 * A long table of which only what is in sight exists: rows are made once, recycled as one scrolls,
 * and moved by a transform. The keyboard stands on a line by its name and not by its place, so it
 * stays with an isolate when rows change places. Owns scrolling, the rows' places and that mark; what
 * a row says is the owner's. Behind the rows lies one canvas for all that is painted in them.
 */
import { el, setAttribute } from "./dom";

export interface GridRow {
  readonly node: HTMLElement;
}

export interface PaintPlace {
  first: number;
  last: number;
  rowHeight: number;
  /** Of the painted column, in pixels of the page. */
  width: number;
}

export interface GridOwner<R extends GridRow> {
  makeRow(): R;
  /** Writes line `at` into a row. */
  fill(row: R, at: number): void;
  nameAt(at: number): string;
  /** Enter on a line. */
  open(at: number): void;
  /** All rows in sight stand; their paintings are made anew, the first one at line `first`. */
  paint(canvas: HTMLCanvasElement, place: PaintPlace): void;
  /** Somebody moves here: nothing should change places now. */
  touched(): void;
}

const SPARE_ROWS = 8;

export class Grid<R extends GridRow> {
  private readonly body = el("div", { class: "lines", role: "rowgroup" });
  private readonly canvas = el("canvas", { class: "paintings", "aria-hidden": "true" });
  readonly scroller: HTMLElement;
  private readonly rows: R[] = [];
  /** The line each row shows; −1 for none. */
  private readonly shown: number[] = [];
  private rowHeight = 32;
  private height = 0;
  private canvasWidth = 0;
  private paintedHeight = 0;
  private count = 0;
  private active = "";
  private isWanted = false;

  constructor(
    private readonly owner: GridOwner<R>,
    head: HTMLElement,
    label: string,
  ) {
    this.scroller = el(
      "div",
      { class: "grid", role: "grid", tabindex: "0", "aria-label": label },
      head,
      this.body,
    );
    this.body.append(this.canvas);
    this.scroller.addEventListener("scroll", () => this.wantPaint(), { passive: true });
    this.scroller.addEventListener("keydown", (event) => this.onKey(event));
    this.body.addEventListener("click", (event) => this.onClick(event));
    this.body.addEventListener("dblclick", () => {
      const at = this.find();
      if (at >= 0) this.owner.open(at);
    });
    for (const type of ["pointermove", "keydown", "focusin"])
      this.scroller.addEventListener(type, () => this.owner.touched());
    new ResizeObserver(() => this.measure()).observe(this.scroller);
  }

  /** The lines are others, or stand elsewhere; what they say is written again. */
  lay(count: number): void {
    this.count = count;
    setAttribute(this.scroller, "aria-rowcount", String(count + 1));
    const height = `${count * this.rowHeight}px`;
    if (this.body.style.height !== height) this.body.style.height = height;
    // rows and canvas still stand where they were, so the browser itself would stay there too
    if (this.scroller.scrollTop > count * this.rowHeight) this.scroller.scrollTop = 0;
    this.update();
  }

  /** What the rows in sight say is written again. */
  update(): void {
    this.shown.fill(-1);
    this.place();
  }

  /** Lines in sight. */
  range(): [number, number] {
    const top = this.scroller.scrollTop;
    const first = Math.max(0, Math.floor(top / this.rowHeight) - SPARE_ROWS);
    const seen = Math.ceil(this.height / this.rowHeight) + 2 * SPARE_ROWS;
    return [first, Math.min(this.count, first + seen)];
  }

  activeName(): string {
    return this.active;
  }

  private measure(): void {
    this.height = this.scroller.clientHeight;
    const style = getComputedStyle(this.scroller).getPropertyValue("--row");
    this.rowHeight = parseFloat(style) || 32;
    this.canvasWidth = 0;
    this.shown.fill(-1);
    this.lay(this.count);
  }

  private wantPaint(): void {
    if (this.isWanted) return;
    this.isWanted = true;
    requestAnimationFrame(() => {
      this.isWanted = false;
      this.place();
    });
  }

  private place(): void {
    if (!this.height) return;
    const [first, last] = this.range();
    while (this.rows.length < last - first) this.addRow();
    const size = this.rows.length;
    const spare = new Set(this.rows.keys());
    for (let at = first; at < last; at++) {
      const slot = at % size;
      spare.delete(slot);
      if (this.shown[slot] === at) continue;
      const row = this.rows[slot] as R;
      this.owner.fill(row, at);
      row.node.style.transform = `translateY(${at * this.rowHeight}px)`;
      setAttribute(row.node, "aria-rowindex", String(at + 2));
      row.node.hidden = false;
      this.shown[slot] = at;
      this.markRow(row, at);
    }
    for (const slot of spare) {
      (this.rows[slot] as R).node.hidden = true;
      this.shown[slot] = -1;
    }
    if (!this.canvasWidth) this.placeCanvas();
    this.canvas.style.transform = `translateY(${first * this.rowHeight}px)`;
    this.paint(first, last);
  }

  /** Under the column that is painted, where the style sheet puts it. */
  private placeCanvas(): void {
    const shown = this.rows.find((row) => !row.node.hidden && !row.node.querySelector(".c-spark[hidden]"));
    const cell = shown?.node.querySelector<HTMLElement>(".c-spark");
    if (!cell) return;
    this.canvas.style.left = `${cell.offsetLeft}px`;
    this.canvasWidth = cell.offsetWidth;
    this.canvas.style.width = `${this.canvasWidth}px`;
  }

  /** Sizes are kept: asking the document while rows are written would lay it out once more. */
  private paint(first: number, last: number): void {
    const height = (last - first) * this.rowHeight;
    if (height !== this.paintedHeight) this.canvas.style.height = `${height}px`;
    this.paintedHeight = height;
    const { rowHeight, canvasWidth: width } = this;
    if (width) this.owner.paint(this.canvas, { first, last, rowHeight, width });
  }

  private addRow(): void {
    const row = this.owner.makeRow();
    row.node.id = `line-${this.rows.length}`;
    this.rows.push(row);
    this.shown.fill(-1);
    this.shown.push(-1);
    this.body.append(row.node);
  }

  private markRow(row: R, at: number): void {
    const isActive = this.active !== "" && this.owner.nameAt(at) === this.active;
    row.node.classList.toggle("is-active", isActive);
    if (isActive) setAttribute(this.scroller, "aria-activedescendant", row.node.id);
    else if (this.scroller.getAttribute("aria-activedescendant") === row.node.id)
      setAttribute(this.scroller, "aria-activedescendant", null);
  }

  private onClick(event: MouseEvent): void {
    const node = (event.target as Element).closest("[role=row]");
    const slot = this.rows.findIndex((row) => row.node === node);
    const at = this.shown[slot] ?? -1;
    if (at >= 0) this.activate(at);
  }

  activate(at: number): void {
    this.active = at >= 0 && at < this.count ? this.owner.nameAt(at) : "";
    this.reveal(at);
    this.place();
    this.rows.forEach((row, slot) => {
      const line = this.shown[slot] as number;
      if (line >= 0) this.markRow(row, line);
    });
  }

  private reveal(at: number): void {
    const head = this.scroller.firstElementChild as HTMLElement;
    const top = at * this.rowHeight;
    const low = this.scroller.scrollTop;
    const high = low + this.height - head.offsetHeight - this.rowHeight;
    if (top < low) this.scroller.scrollTop = top;
    else if (top > high) this.scroller.scrollTop = top - (high - low);
  }

  private find(): number {
    for (let at = 0; at < this.count; at++) if (this.owner.nameAt(at) === this.active) return at;
    return -1;
  }

  /** Arrows, j and k by a line, pages, ends, Enter. */
  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.scroller || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.find();
    const page = Math.max(1, Math.floor(this.height / this.rowHeight) - 2);
    const moves: Record<string, number> = {
      ArrowDown: at + 1,
      j: at + 1,
      ArrowUp: Math.max(0, at - 1),
      k: Math.max(0, at - 1),
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: this.count - 1,
    };
    if (event.key === "Enter" && at >= 0) this.owner.open(at);
    else if (event.key in moves)
      this.activate(Math.min(this.count - 1, Math.max(0, moves[event.key] as number)));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
