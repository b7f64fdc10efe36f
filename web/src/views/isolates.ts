/*
 * Every isolate a row, the ones that need attention first. Rows stay where they are and are rewritten,
 * so that nothing on the page shifts; the focus follows its isolate. Isolates change rows when a state
 * or the membership changes, but not under a pointer or the focus: then a remark says how many want to
 * move, and they go when it leaves.
 */
import { el, panel, setHidden, setText } from "../parts/dom";
import { count } from "../data/format";
import { Counts, hasEnded, stateOf } from "../data/judge";
import { Past } from "../data/past";
import { Pins } from "../parts/pins";
import { Isolate } from "../data/protocol";
import { Row } from "./row";
import { sparkRange } from "../charts/spark";
import { Steady } from "../parts/steady";
import { Store } from "../data/store";
import { Room } from "../parts/view";

const IDLE_MS = 5000;
const ENDED_SHOWN = 5;
const ROWS_MAX = 105; // what the stream tells here; more only just after another view

const HEADS: [string, string][] = [
  ["Name", "c-name"],
  ["State", "c-state"],
  ["Used of limit", "c-bar"],
  ["Live", "c-spark"],
  ["Live", "num c-live"],
  ["Per job", "num c-job"],
  ["To limit", "num c-to"],
  ["External", "num c-ext"],
  ["Shared", "num c-shared"],
];

export class Isolates {
  private readonly remark = el("span", { class: "remark" });
  private readonly waiting = el("span", { class: "remark", role: "status" });
  private readonly body = el("tbody");
  private readonly foot = el("footer", { class: "foot" });
  private readonly rows: Row[] = [];
  private readonly sparkHead: HTMLElement;
  private shown: string[] = [];
  private touchedAt = -Infinity;
  private signature = "";
  private readonly store: Store;
  private readonly past: Past;
  private readonly pins: Pins;
  private readonly steady: Steady;
  readonly node: HTMLElement;

  constructor(private readonly room: Room) {
    ({ store: this.store, past: this.past, pins: this.pins } = room);
    const head = el("tr");
    for (const [text, className] of HEADS)
      head.append(el("th", { scope: "col", class: className }, text));
    this.sparkHead = head.querySelector(".c-spark") as HTMLElement;
    this.sparkHead.title = "Live heap after collection; the band is what counts as flat";
    head
      .querySelector(".c-bar")
      ?.append(el("i", { class: "livekey", "aria-hidden": "true" }), "live");
    const table = el(
      "table",
      { class: "isolates", "aria-labelledby": "isolates-title" },
      el("thead", {}, head),
      this.body,
    );
    this.steady = new Steady(
      { isFilled: () => this.store.isolates.length > 0 },
      el("div", { class: "scroll" }, table),
      this.foot,
    );
    this.node = panel(
      { id: "isolates-title", title: "Isolates" },
      [this.remark, el("span", { class: "grow" }), this.waiting],
      this.steady.node,
    );
    for (const type of ["pointermove", "keydown", "focusin"]) {
      this.body.addEventListener(type, () => {
        this.touchedAt = performance.now();
      });
    }
    this.body.addEventListener("pointerleave", () => {
      this.touchedAt = -Infinity;
    });
  }

  render(counts: Counts, total: number): void {
    const wanted = this.order();
    const moves = wanted.filter((id, at) => this.shown[at] !== id).length;
    const isNew = wanted.length !== this.shown.length;
    const isTouched = performance.now() - this.touchedAt < IDLE_MS;
    const waits = moves > 0 && !isNew && isTouched;
    if (moves > 0 && !waits) this.place(wanted);
    setText(this.waiting, waits ? `${moves} rows want to move` : "");
    this.update();
    this.tellRest(counts, total);
    this.steady.look();
  }

  private tellRest(counts: Counts, total: number): void {
    const words: string[] = [];
    if (total > counts.living)
      words.push(`${count(total - counts.living)} more are watched, these are the largest`);
    if (this.hidden) words.push(`${count(this.hidden)} more ended lately`);
    setText(this.remark, `${count(counts.living)}, needs attention first`);
    setHidden(this.foot, !words.length);
    setText(this.foot, words.join("; "));
  }

  /**
   * By urgency, then by size at the time of sorting: sizes alone never make rows dance. Of those
   * that ended only the last few are told, at the end.
   */
  private order(): string[] {
    const entries: { id: string; rank: number; weight: number }[] = [];
    const ended: { id: string; rank: number; weight: number }[] = [];
    this.store.isolates.forEach((isolate, index) => {
      if (this.store.gone[index]) return;
      const { rank } = stateOf(isolate);
      if (hasEnded(isolate)) {
        ended.push({ id: isolate.id, rank, weight: isolate.ended_at ?? 0 });
        return;
      }
      const used = this.store.figure("total", index) ?? this.store.figure("used", index) ?? 0;
      entries.push({ id: isolate.id, rank, weight: used });
    });
    ended.sort((a, b) => b.weight - a.weight);
    this.hidden = Math.max(0, ended.length - ENDED_SHOWN);
    entries.push(...ended.slice(0, ENDED_SHOWN));
    const signature = entries.map((entry) => `${entry.id}:${entry.rank}`).join(" ");
    if (signature === this.signature) return this.lastOrder;
    this.signature = signature;
    entries.sort((a, b) => a.rank - b.rank || b.weight - a.weight);
    this.lastOrder = entries.slice(0, ROWS_MAX).map((entry) => entry.id);
    return this.lastOrder;
  }
  private lastOrder: string[] = [];
  private hidden = 0;

  private place(ids: string[]): void {
    const focused = this.idOf("tr:focus-within");
    while (this.rows.length > ids.length) (this.rows.pop() as Row).end();
    while (this.rows.length < ids.length) {
      const row = new Row(this.pins, this.room.request);
      this.rows.push(row);
      this.body.append(row.node);
    }
    this.shown = ids;
    const at = focused === null ? -1 : ids.indexOf(focused);
    if (at >= 0) this.rows[at]?.focus();
  }

  private idOf(selector: string): string | null {
    return this.body.querySelector<HTMLElement>(selector)?.dataset.id ?? null;
  }

  /** The isolate whose row has the focus or the pointer. */
  pointedAt(): string | null {
    return this.idOf("tr:focus-within") ?? this.idOf("tr:hover");
  }

  /** The focus goes to the row below or above; Enter opens it. */
  step(by: number): boolean {
    const links = [...this.body.querySelectorAll<HTMLElement>(".open")];
    const at = links.findIndex((link) => link === document.activeElement);
    const next = links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by))];
    next?.focus();
    return next !== undefined;
  }

  private update(): void {
    const { store, past } = this;
    const to = store.t;
    const first = past.length ? (past.t[past.at(0)] as number) : to;
    const range = sparkRange(to - first);
    setText(this.sparkHead, `Live, ${Math.round(range / 60)} min`);
    this.rows.forEach((row, at) => {
      const id = this.shown[at] as string;
      const index = store.indexOf.get(id);
      if (index === undefined || !row.isDue(id)) return;
      const isolate = store.isolates[index] as Isolate;
      row.show(store, index, isolate);
      row.drawSpark(past, to, range, isolate);
    });
  }
}
