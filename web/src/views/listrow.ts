/*
 * One line of the long table of isolates: an isolate or the heading of a group. Recycled, so
 * everything is written from what it shows now; the sparkline is painted on the table's canvas.
 */
import { IsolateCells, WHY_SILENT } from "./cells";
import { Value, el, nameNode, setAttribute, setHidden, setName, setText } from "../parts/dom";
import { bytesText, count, exactBytes } from "../data/format";
import { nameOf } from "../data/judge";
import { Group } from "../data/order";
import { Pins } from "../parts/pins";
import { Isolate } from "../data/protocol";
import { Store } from "../data/store";

const cell = (className: string, ...nodes: Node[]): HTMLElement =>
  el("div", { class: className, role: "gridcell" }, ...nodes);

export class ListRow {
  private readonly parts: IsolateCells;
  private readonly queued = new Value();
  private readonly heading = cell("c-group");
  private readonly fold = el("button", { type: "button", class: "fold", tabindex: "-1" });
  private readonly groupName = nameNode("");
  private readonly groupWords = el("span", { class: "remark" });
  private readonly cells: HTMLElement[];
  groupShown = "";
  readonly node: HTMLElement;

  constructor(pins: Pins, onFold: (row: ListRow) => void) {
    this.parts = new IsolateCells(pins);
    const { link, aside, state, bar, live, perJob, toLimit, external, shared } = this.parts;
    link.tabIndex = -1;
    this.cells = [
      cell("c-name", link, aside),
      cell("c-state", state),
      cell("c-bar", bar),
      cell("c-spark"),
      cell("num c-live", live.node),
      cell("num c-job", perJob.node),
      cell("num c-to", toLimit.node),
      cell("num c-ext", external.node),
      cell("num c-shared", shared.node),
      cell("num c-queue", this.queued.node),
    ];
    this.fold.append(el("span", { class: "chevron", "aria-hidden": "true" }), this.groupName);
    this.fold.addEventListener("click", () => onFold(this));
    this.heading.append(this.fold, this.groupWords);
    this.node = el("div", { role: "row" }, this.heading, ...this.cells);
  }

  showGroup(group: Group, isFolded: boolean): void {
    this.turn(true);
    delete this.node.dataset.id;
    this.groupShown = group.name;
    setName(this.groupName, group.name);
    const words = [`${count(group.count)} isolates`, `${bytesText(group.used)} used`];
    if (group.rising) words.push(`${count(group.rising)} rising`);
    setText(this.groupWords, words.join(", "));
    setAttribute(this.fold, "aria-expanded", String(!isFolded));
    setAttribute(this.node, "data-tone", group.rising ? "rising" : "group");
  }

  showIsolate(store: Store, index: number, isolate: Isolate): void {
    this.turn(false);
    const pool = isolate.pool ?? "";
    this.parts.show(this.node, store, index, isolate, pool === nameOf(isolate) ? "" : pool);
    const waiting = exactBytes(store.figure("queued_bytes", index));
    this.queued.set({ text: count(isolate.messages?.queued), unit: "" }, waiting || WHY_SILENT);
  }

  private turn(isGroup: boolean): void {
    if (this.heading.hidden !== isGroup) return;
    setHidden(this.heading, !isGroup);
    for (const one of this.cells) setHidden(one, isGroup);
  }
}
