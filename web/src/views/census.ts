/*
 * What is on the heap by kind, and what has come since the count before. The first count is the one
 * later ones are held against, the runtime keeps it. Taken on request.
 */
import { actionFile, isolatePath } from "../data/api";
import { DeedButton } from "../parts/deed";
import { Value, el, nameNode, panel, setHidden, setName, setText } from "../parts/dom";
import { exportButtons, saveCsv } from "../parts/export";
import { bytes, bytesText, change, clock, cleanName, count, percent } from "../data/format";
import { CensusRow, censusOf } from "../data/heapfiles";
import { Action, known } from "../data/protocol";

const SHOWN = 6;

export class Census {
  private readonly remark = el("span", { class: "remark" });
  private readonly body = el("tbody");
  private readonly table: HTMLElement;
  private readonly nothing = el("p", { class: "nothing" });
  private readonly heads = ["Objects", "Bytes", "Share"].map((text) =>
    el("th", { scope: "col", class: "num" }, text),
  );
  private readonly button: DeedButton;
  private readonly files: HTMLElement;
  private rows: CensusRow[] = [];
  private id = "";
  readonly node: HTMLElement;

  constructor(private readonly now: () => number) {
    this.button = new DeedButton(
      { does: "census", verb: "Count", cost: "stops it for one walk of the heap", progress: "counting" },
      () => isolatePath(this.id),
      (result) => void this.load(result.id),
    );
    this.table = el(
      "table",
      { class: "census", "aria-labelledby": "census-title" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Kind"), ...this.heads)),
      this.body,
    );
    this.files = exportButtons("the count", null, () => this.saveCsv());
    this.node = panel(
      { id: "census-title", title: "What is on the heap" },
      [this.remark, el("span", { class: "grow" }), this.files],
      this.table,
      this.nothing,
      el("div", { class: "panelfoot" }, this.button.node),
    );
    this.show([]);
  }

  turn(id: string): void {
    this.id = id;
    this.button.reset();
    this.show([]);
  }

  render(gc: Action | undefined): void {
    const why = gc ? gc.why_not : "it is not known any more";
    setHidden(this.button.node, Boolean(why));
    this.button.update(null, false);
    if (this.rows.length) return;
    setText(
      this.nothing,
      why
        ? `It cannot be counted: ${cleanName(why)}.`
        : "Not counted yet. Counting twice says what has come in between.",
    );
  }

  private async load(action: number): Promise<void> {
    const { id } = this;
    const body = await actionFile(action).catch(() => null);
    if (id === this.id) this.show(censusOf(body));
  }

  private show(rows: CensusRow[]): void {
    this.rows = rows;
    const hasGrowth = rows.some((row) => row.bytesGrown !== null);
    setHidden(this.table, !rows.length);
    setHidden(this.files, !rows.length);
    setHidden(this.nothing, rows.length > 0);
    setText(this.heads[0] as Element, hasGrowth ? "New objects" : "Objects");
    setText(this.heads[1] as Element, hasGrowth ? "New bytes" : "Bytes");
    const whole = rows.reduce((sum, row) => sum + Math.max(0, row.bytesGrown ?? row.bytes), 0);
    const when = rows.length ? clock(this.now(), true) : "";
    setText(
      this.remark,
      !rows.length ? "" : hasGrowth ? `since the count before, at ${when}` : `${bytesText(whole)}, at ${when}`,
    );
    const told = hasGrowth ? rows.filter((row) => row.bytesGrown) : rows;
    this.body.replaceChildren(...(told.length ? told : rows).slice(0, SHOWN).map((row) => this.line(row, whole, hasGrowth)));
  }

  private line(row: CensusRow, whole: number, hasGrowth: boolean): HTMLElement {
    const name = nameNode("");
    setName(name, row.name);
    name.classList.add("mono");
    const size = new Value();
    const figure = hasGrowth ? (row.bytesGrown ?? row.bytes) : row.bytes;
    size.setBytes(figure, hasGrowth ? change(figure) : bytes(figure), "");
    const number = hasGrowth ? (row.countGrown ?? row.count) : row.count;
    const sign = hasGrowth && number > 0 ? "+" : "";
    const share = new Value();
    share.set(percent(Math.max(0, figure), whole));
    return el(
      "tr",
      { "data-name": cleanName(row.name) },
      el("th", { scope: "row" }, name),
      el("td", { class: "num" }, known(number) ? `${sign}${count(number).replace("-", "−")}` : "—"),
      el("td", { class: "num" }, size.node),
      el("td", { class: "num" }, share.node),
    );
  }

  private saveCsv(): void {
    saveCsv(
      `heap of ${this.id} by kind`,
      ["kind", "objects", "bytes", "new_objects", "new_bytes"],
      this.rows.map((row) => [row.name, row.count, row.bytes, row.countGrown, row.bytesGrown]),
    );
  }
}
