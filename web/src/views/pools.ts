/*
 * The pools of a large fleet beside each other: how many isolates, where the live heap of the middle
 * one lies and where those of all but the outermost hundredths, on one scale, and what they use
 * together.
 */
import { Value, el, nameNode, panel, setName, setText } from "../parts/dom";
import { bytes, bytesText, count } from "../data/format";
import { hasEnded } from "../data/judge";
import { known } from "../data/protocol";
import { Store } from "../data/store";

const SHOWN = 7;
const ASK_MS = 5000;

interface Pool {
  name: string;
  used: number;
  live: number[];
  count: number;
}

interface Line {
  node: HTMLElement;
  name: HTMLElement;
  count: HTMLElement;
  range: HTMLElement;
  middle: HTMLElement;
  used: Value;
}

export class Pools {
  private readonly body = el("tbody");
  private readonly lines: Line[] = [];
  private readonly scale = el("span", { class: "poolscale" }, el("span", {}, "0"), el("span"));
  private readonly foot = el("p", { class: "foot" });
  private renderedAt = -Infinity;
  readonly node: HTMLElement;

  constructor(private readonly store: Store) {
    const head = el(
      "tr",
      {},
      el("th", { scope: "col" }, "Pool"),
      el("th", { scope: "col", class: "num" }, "Isolates"),
      el("th", { scope: "col", class: "c-range" }, this.scale),
      el("th", { scope: "col", class: "num" }, "Used"),
    );
    this.node = panel(
      { id: "pools-title", title: "Pools", kind: "pools" },
      [el("span", { class: "remark" }, "live heap: median and 1–99 %")],
      el("table", { "aria-labelledby": "pools-title" }, el("thead", {}, head), this.body),
      this.foot,
    );
  }

  render(): void {
    if (performance.now() - this.renderedAt < ASK_MS) return;
    this.renderedAt = performance.now();
    const pools = this.gather();
    const shown = pools.slice(0, SHOWN);
    const most = Math.max(0, ...shown.map((pool) => at(pool.live, 0.99)));
    setText(this.scale.lastElementChild as Element, most ? bytesText(most) : "—");
    while (this.lines.length < shown.length) this.lines.push(this.makeLine());
    this.lines.forEach((line, i) => {
      const pool = shown[i];
      line.node.hidden = !pool;
      if (pool) write(line, pool, most);
    });
    this.foot.hidden = pools.length <= SHOWN;
    setText(this.foot, `and ${count(pools.length - SHOWN)} more pools`);
  }

  private gather(): Pool[] {
    const pools = new Map<string, Pool>();
    this.store.isolates.forEach((isolate, index) => {
      if (this.store.gone[index] || hasEnded(isolate)) return;
      const name = isolate.pool || "no pool";
      const pool = pools.get(name) ?? { name, used: 0, live: [], count: 0 };
      pools.set(name, pool);
      const used = this.store.columns.used[index];
      const live = this.store.columns.live[index];
      pool.count++;
      if (known(used)) pool.used += used;
      if (known(live)) pool.live.push(live);
    });
    for (const pool of pools.values()) pool.live.sort((a, b) => a - b);
    return [...pools.values()].sort((a, b) => b.count - a.count);
  }

  private makeLine(): Line {
    const name = nameNode("");
    const number = el("td", { class: "num" });
    const range = el("i");
    const middle = el("b");
    const used = new Value();
    const node = el(
      "tr",
      {},
      el("th", { scope: "row" }, name),
      number,
      el("td", { class: "c-range" }, el("span", { class: "poolrange" }, range, middle)),
      el("td", { class: "num" }, used.node),
    );
    this.body.append(node);
    return { node, name, count: number, range, middle, used };
  }
}

const at = (sorted: number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

function write(line: Line, pool: Pool, most: number): void {
  const place = (value: number): number => (100 * value) / (most || 1);
  const hasLive = pool.live.length > 0;
  line.range.hidden = line.middle.hidden = !hasLive;
  const low = place(at(pool.live, 0.01));
  setName(line.name, pool.name);
  setText(line.count, count(pool.count));
  line.range.style.left = `${low}%`;
  line.range.style.width = `${Math.max(1, place(at(pool.live, 0.99)) - low)}%`;
  line.middle.style.left = `${place(at(pool.live, 0.5))}%`;
  line.used.setBytes(pool.used, bytes(pool.used), "");
  const words = !hasLive ? "not known: no full collection was seen yet" : `median ${bytesText(at(pool.live, 0.5))}, 1 to 99 % from ${bytesText(at(pool.live, 0.01))} to ${bytesText(at(pool.live, 0.99))}`;
  line.range.parentElement?.setAttribute("title", words);
}
