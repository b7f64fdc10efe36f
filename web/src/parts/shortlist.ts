/*
 * A panel with the first lines of a list that is asked for: what stands there before the first answer,
 * when it could not be had, when nothing is listed, and how many are left out. Written only when an
 * answer came.
 */
import { Asked } from "../data/asked";
import { el, panel, setHidden, setText } from "./dom";
import { Keyed, Line } from "./keyed";
import { Steady } from "./steady";
import { Trouble } from "./trouble";

export interface ShortListOptions<T, Item, L extends Line> {
  id: string;
  title: string;
  /** As a sentence about it begins. */
  what: string;
  className: string;
  /** Text and class of each column. */
  heads: [string, string][];
  nothing: string;
  lines: number;
  link?: HTMLElement;
  /** All there are, those to be shown first. */
  pick(value: T): Item[];
  keyOf(item: Item): string;
  make(item: Item): L;
  write(line: L, item: Item): void;
  remark(all: Item[]): string;
  /** How those that are left out are called. */
  rest: string;
}

export class ShortList<T, Item, L extends Line> {
  private readonly remark = el("span", { class: "remark" });
  private readonly body = el("tbody");
  private readonly table: HTMLElement;
  private readonly nothing: HTMLElement;
  private readonly more = el("p", { class: "foot" });
  private readonly trouble: Trouble;
  private readonly kept: Keyed<Item, L>;
  private readonly steady: Steady;
  private written = -1;
  readonly node: HTMLElement;

  constructor(
    private readonly asked: Asked<T>,
    private readonly options: ShortListOptions<T, Item, L>,
  ) {
    const { id, title, what, className, heads, nothing, link = null } = options;
    this.trouble = new Trouble(what, asked);
    this.kept = new Keyed(this.body, options.make, options.write);
    this.nothing = el("p", { class: "nothing" }, nothing);
    const columns = heads.map(([text, name]) => el("th", { scope: "col", class: name }, text));
    const head = el("thead", {}, el("tr", {}, ...columns));
    this.table = el("table", { class: className, "aria-labelledby": id }, head, this.body);
    const parts = [this.trouble.node, this.table, this.nothing, this.more];
    this.steady = new Steady({ isFilled: () => asked.version > 0 }, ...parts);
    this.node = panel(
      { id, title },
      [this.remark, el("span", { class: "grow" }), link],
      this.steady.node,
    );
  }

  render(): void {
    const { asked, options } = this;
    asked.want();
    const isThere = this.trouble.render();
    this.steady.look();
    if (asked.version === this.written) return;
    this.written = asked.version;
    const all = asked.value === null ? [] : options.pick(asked.value);
    const shown = all.slice(0, options.lines);
    const left = all.length - shown.length;
    setText(this.remark, options.remark(all));
    this.kept.show(shown, options.keyOf);
    setHidden(this.table, !shown.length);
    setHidden(this.nothing, !isThere || shown.length > 0);
    setHidden(this.more, left === 0);
    setText(this.more, `and ${left.toLocaleString("en")} ${options.rest}`);
  }
}
