/*
 * One row of the overview's table of isolates, with a sparkline of its own.
 */
import { IsolateCells, sparkLook } from "./cells";
import { el } from "../parts/dom";
import { Past } from "../data/past";
import { Pins } from "../parts/pins";
import { Isolate } from "../data/protocol";
import { Sight } from "../parts/sight";
import { Spark } from "../charts/spark";
import { Store } from "../data/store";

const UNMARKED_JOB = "message";

const cell = (className: string, node: Node): HTMLElement => el("td", { class: className }, node);

export class Row {
  private readonly cells: IsolateCells;
  private readonly spark = new Spark();
  private readonly sight: Sight;
  private shownId = "";
  readonly node: HTMLElement;

  /** `came`: it is in sight again, and what it says may be old. */
  constructor(pins: Pins, came: () => void) {
    this.cells = new IsolateCells(pins);
    const { link, aside, state, bar, live, perJob, toLimit, external, shared } = this.cells;
    this.node = el(
      "tr",
      {},
      el("th", { scope: "row", class: "c-name" }, link, aside),
      cell("c-state", state),
      cell("c-bar", bar),
      cell("c-spark", this.spark.node),
      cell("num c-live", live.node),
      cell("num c-job", perJob.node),
      cell("num c-to", toLimit.node),
      cell("num c-ext", external.node),
      cell("num c-shared", shared.node),
    );
    this.sight = new Sight(this.node, came);
  }

  isDue(id: string): boolean {
    const isDue = this.sight.isDue() || id !== this.shownId;
    this.shownId = id;
    return isDue;
  }

  focus(): void {
    this.cells.link.focus({ preventScroll: true });
  }

  show(store: Store, index: number, isolate: Isolate): void {
    const job = isolate.drift?.job ?? "";
    this.cells.show(this.node, store, index, isolate, job === UNMARKED_JOB ? "" : job);
  }

  drawSpark(past: Past, to: number, range: number, isolate: Isolate): void {
    this.spark.draw(past, isolate.id, to, range, sparkLook(isolate));
  }

  /** Its isolate has another row, or is no more. */
  end(): void {
    this.node.remove();
    this.spark.end();
    this.sight.end();
  }
}
