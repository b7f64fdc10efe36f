/*
 * Channels as ribbons from senders on the left to receivers on the right, as wide as what they
 * carry, in the colours of how it went. Ends keep their order from answer to answer; a new one comes
 * last. The table under it tells the same to who cannot see it, and is the way for the keyboard.
 */
import { Channel, End, KINDS, Measure, sum, weigh } from "../data/channels";
import { svg } from "../parts/dom";
import { cleanName, shortName } from "../data/format";

const NODE_WIDTH = 8;
const LABEL_HEIGHT = 15; // what an end takes at least, so that no two names meet
const GAP = 4;
const LEAST_RIBBON = 1.2;
const LEAST_HEIGHT = 180;
const HEIGHT_AN_END = 32;
const MOST_HEIGHT = 460;
const LABEL_SHARE = 0.25;
const LABEL_MAX = 168;
const SIGN_WIDTH = 6.6; // of a letter at 12 px, on average

interface Side {
  ends: End[];
  tops: Map<string, number>;
  heights: Map<string, number>;
}

export class Sankey {
  private readonly orders: [string[], string[]] = [[], []];
  readonly node = svg("svg", { class: "sankey", role: "img" });

  /** `width` in CSS pixels. */
  show(channels: Channel[], measure: Measure, width: number, chosen: string): void {
    const used = channels.filter((channel) => sum(weigh(channel, measure)) > 0);
    const weights = used.map((channel) => sum(weigh(channel, measure)));
    const total = weights.reduce((a, b) => a + b, 0);
    const lefts = this.order(0, used.map((channel) => channel.from));
    const rights = this.order(1, used.map((channel) => channel.to));
    const count = Math.max(lefts.length, rights.length, 1);
    const height = Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, count * HEIGHT_AN_END));
    const spare = count * (LABEL_HEIGHT + GAP) + used.length * LEAST_RIBBON;
    const scale = Math.max(0, height - spare) / (total || 1);
    const thick = weights.map((weight) => weight * scale + LEAST_RIBBON);
    const left = layOut(lefts, used.map((channel) => channel.from.key), thick, height);
    const right = layOut(rights, used.map((channel) => channel.to.key), thick, height);
    const label = Math.min(LABEL_MAX, width * LABEL_SHARE);
    const x: [number, number] = [label, width - label - NODE_WIDTH];
    this.node.setAttribute("width", String(width));
    this.node.setAttribute("height", String(height));
    this.node.replaceChildren(
      ...ribbons(used, thick, left, right, x, measure, chosen),
      ...nodes(left, x[0], -6, label),
      ...nodes(right, x[1], NODE_WIDTH + 6, label),
    );
    this.node.setAttribute("aria-label", sentence(used, weights, total));
  }

  private order(side: 0 | 1, ends: End[]): End[] {
    const byKey = new Map(ends.map((end) => [end.key, end]));
    const before = this.orders[side].filter((key) => byKey.has(key));
    const known = new Set(before);
    const order = [...before, ...[...byKey.keys()].filter((key) => !known.has(key))];
    this.orders[side] = order;
    return order.map((key) => byKey.get(key) as End);
  }

  /** Another measure, another grouping: the largest come first again. */
  forget(): void {
    this.orders[0] = [];
    this.orders[1] = [];
  }
}

function layOut(ends: End[], keys: string[], thick: number[], height: number): Side {
  const heights = new Map<string, number>();
  keys.forEach((key, at) => heights.set(key, (heights.get(key) ?? 0) + (thick[at] as number)));
  const slot = (end: End): number => Math.max(LABEL_HEIGHT, heights.get(end.key) ?? 0);
  const all = ends.reduce((sum, end) => sum + slot(end) + GAP, -GAP);
  let y = Math.max(0, height - all) / 2;
  const tops = new Map<string, number>();
  for (const end of ends) {
    tops.set(end.key, y + (slot(end) - (heights.get(end.key) ?? 0)) / 2);
    y += slot(end) + GAP;
  }
  return { ends, tops, heights };
}

function ribbons(
  channels: Channel[],
  thick: number[],
  left: Side,
  right: Side,
  x: [number, number],
  measure: Measure,
  chosen: string,
): Node[] {
  const nextLeft = new Map(left.tops);
  const nextRight = new Map(right.tops);
  return channels.map((channel, at) => {
    const from = nextLeft.get(channel.from.key) ?? 0;
    const to = nextRight.get(channel.to.key) ?? 0;
    const height = thick[at] as number;
    nextLeft.set(channel.from.key, from + height);
    nextRight.set(channel.to.key, to + height);
    const group = svg("g", { class: "ribbon", "data-channel": channel.key });
    group.classList.toggle("chosen", channel.key === chosen);
    const kinds = weigh(channel, measure);
    const whole = sum(kinds);
    let done = 0;
    kinds.forEach((part, kind) => {
      if (!part) return;
      const share = (height * part) / whole;
      const d = band(x[0] + NODE_WIDTH, from + done, x[1], to + done, share);
      group.append(svg("path", { d, "data-flow": KINDS[kind] as string }));
      done += share;
    });
    return group;
  });
}

function band(x0: number, y0: number, x1: number, y1: number, height: number): string {
  const middle = (x0 + x1) / 2;
  const f = (value: number): string => value.toFixed(1);
  return (
    `M${f(x0)} ${f(y0)}C${f(middle)} ${f(y0)} ${f(middle)} ${f(y1)} ${f(x1)} ${f(y1)}` +
    `v${f(height)}C${f(middle)} ${f(y1 + height)} ${f(middle)} ${f(y0 + height)} ${f(x0)} ${f(y0 + height)}z`
  );
}

function nodes(side: Side, x: number, offset: number, room: number): Node[] {
  return side.ends.flatMap((end) => {
    const y = side.tops.get(end.key) ?? 0;
    const height = Math.max(1, side.heights.get(end.key) ?? 0);
    const text = svg("text", {
      x: String(x + offset),
      y: String(y + height / 2),
      "dominant-baseline": "central",
      "text-anchor": offset < 0 ? "end" : "start",
      direction: "ltr",
    });
    const name = shortName(cleanName(end.name));
    text.textContent = fit(name, room - 8);
    return [
      svg("rect", {
        x: String(x),
        y: y.toFixed(1),
        width: String(NODE_WIDTH),
        height: height.toFixed(1),
        rx: "1.5",
      }),
      text,
    ];
  });
}

function fit(name: string, room: number): string {
  const signs = Array.from(name);
  const most = Math.max(4, Math.floor(room / SIGN_WIDTH));
  return signs.length <= most ? name : `${signs.slice(0, most - 1).join("")}…`;
}

function sentence(channels: Channel[], weights: number[], total: number): string {
  const [first] = channels;
  if (!first || !total) return "No flows";
  const share = Math.round((100 * (weights[0] as number)) / total);
  const names = `${cleanName(first.from.name)} to ${cleanName(first.to.name)}`;
  return `${channels.length} channels; ${names} is ${share} % of them. The table below has them all.`;
}
