/*
 * The points of a chart as a real table behind a button, for whoever reads rather than looks. Made
 * when it is opened, of what is drawn then.
 */
import { el, setAttribute, setHidden } from "../parts/dom";
import { bytesText, cleanName, clock, count, exactBytes } from "../data/format";
import { Sheet } from "../parts/export";

const ROWS = 30;

export class ChartTable {
  readonly button = el("button", { class: "link", type: "button", "aria-expanded": "false" }, "Table");
  readonly node = el("div", { class: "plottable", tabindex: "0", role: "region" });

  constructor(what: string, make: () => HTMLElement) {
    this.node.setAttribute("aria-label", `${what} as a table`);
    this.button.setAttribute("aria-label", `Table of ${what}`);
    this.node.hidden = true;
    this.button.addEventListener("click", () => {
      const isOpen = this.node.hidden;
      setHidden(this.node, !isOpen);
      setAttribute(this.button, "aria-expanded", String(isOpen));
      this.node.replaceChildren(...(isOpen ? [make()] : []));
    });
  }
}

/** A file's rows as a table, newest first, at most thirty of them; bytes but in the columns named. */
export function sheetTable({ heads, rows }: Sheet, plain: string[]): HTMLElement {
  const cell = (value: string | number | null, head: string): HTMLElement => {
    if (typeof value === "string") return el("td", {}, el("bdi", { dir: "auto" }, cleanName(value)));
    if (head === "time") return el("th", { scope: "row" }, value === null ? "—" : clock(value, true));
    const isPlain = plain.includes(head);
    const title = isPlain ? "" : exactBytes(value);
    return el("td", { class: "num", title }, isPlain ? count(value) : bytesText(value));
  };
  const body = el("tbody");
  const step = Math.max(1, Math.ceil(rows.length / ROWS));
  for (let i = rows.length - 1; i >= 0; i -= step)
    body.append(el("tr", {}, ...(rows[i] ?? []).map((value, at) => cell(value, heads[at] ?? ""))));
  const names = heads.map((head, at) =>
    el("th", { scope: "col", class: at && head !== "name" ? "num" : "" }, head.replace(/_/g, " ")),
  );
  return el("table", {}, el("thead", {}, el("tr", {}, ...names)), body);
}
