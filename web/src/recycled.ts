/*
 * What recycling brought: each worker that was replaced, what was foretold and what it freed.
 * Newest first. The overview shows the last few, the alerts view all that are remembered.
 */
import { Asked } from "./asked";
import { Value, el, nameNode, setAttribute, setHidden, setText } from "./dom";
import { bytes, bytesText, cleanName, clock, count, exactBytes, utc } from "./format";
import { nameById } from "./judge";
import { Keyed, Line } from "./keyed";
import { Figure, Happening } from "./protocol";
import { Store } from "./store";
import { Trouble } from "./trouble";

const figure = (value: unknown): Figure => (typeof value === "number" ? value : null);

export class Recycled {
  private readonly remark = el("span", { class: "remark" });
  private readonly body = el("tbody");
  private readonly table: HTMLElement;
  private readonly more = el("p", { class: "foot" });
  private readonly nothing = el(
    "p",
    { class: "nothing" },
    "Nothing was recycled since the collector started.",
  );
  private readonly trouble: Trouble;
  private readonly kept: Keyed<Happening, Line>;
  private written = -1;
  readonly node: HTMLElement;

  constructor(
    private readonly asked: Asked<Happening[]>,
    private readonly store: Store,
    private readonly lines: number,
    id: string,
  ) {
    this.trouble = new Trouble("Recycles", asked);
    this.kept = new Keyed(
      this.body,
      (one) => ({ node: this.line(one) }),
      () => undefined,
    );
    const head = el(
      "tr",
      {},
      el("th", { scope: "col" }, "Isolate"),
      el("th", { scope: "col", class: "c-at" }, "At"),
      el("th", { scope: "col", class: "num" }, "Predicted"),
      el("th", { scope: "col", class: "num" }, "Freed"),
    );
    this.table = el(
      "table",
      { class: "recycled", "aria-labelledby": id },
      el("thead", {}, head),
      this.body,
    );
    this.node = el(
      "section",
      { class: "panel", "aria-labelledby": id },
      el("header", {}, el("h2", { id }, "Recycled"), this.remark),
      this.trouble.node,
      this.table,
      this.nothing,
      this.more,
    );
  }

  render(): void {
    this.asked.want();
    const isThere = this.trouble.render();
    if (this.asked.version === this.written) return;
    this.written = this.asked.version;
    const all = [...(this.asked.value ?? [])].reverse();
    const shown = all.slice(0, this.lines);
    const freed = all.reduce((total, one) => total + (figure(one.reclaimed) ?? 0), 0);
    setText(this.remark, all.length ? `${count(all.length)} times, freed ${bytesText(freed)}` : "");
    this.kept.show(shown, (one) => String(one.seq));
    setHidden(this.table, !shown.length);
    setHidden(this.nothing, !isThere || shown.length > 0);
    setHidden(this.more, all.length <= shown.length);
    setText(this.more, `and ${count(all.length - shown.length)} before`);
  }

  private line(one: Happening): HTMLElement {
    const amount = (value: Figure, why: string): HTMLElement => {
      const text = new Value();
      text.set(bytes(value), exactBytes(value) || why);
      return el("td", { class: "num" }, text.node);
    };
    const who = nameNode(nameById(this.store, String(one.isolate ?? "")));
    const why = cleanName(one.reason);
    if (why) setAttribute(who, "title", `${who.textContent ?? ""}, ${why}`);
    return el(
      "tr",
      { "data-seq": String(one.seq) },
      el("th", { scope: "row" }, who),
      el("td", { class: "c-at", title: utc(one.t) }, clock(one.t, false)),
      amount(figure(one.predicted), "no figure was foretold"),
      amount(figure(one.reclaimed), "not measured"),
    );
  }
}
