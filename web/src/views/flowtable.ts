/*
 * Channels as lines, the ones that carry most first: who to whom, a bar, bytes, messages, how long
 * the sender stood still. Lines are kept by their channel and stay where they are while the pointer
 * or the focus is among them.
 */
import { Channel, sum } from "../data/channels";
import { Value, el, nameNode, setAttribute, setHidden, setName, setText } from "../parts/dom";
import { UNKNOWN, bytes, count, seconds } from "../data/format";
import { FlowBar } from "../charts/flowbar";
import { Keyed } from "../parts/keyed";

const STILL_SHARE = 0.01; // of the time looked at, from which on standing still is worth a colour

interface ChannelLine {
  node: HTMLElement;
  link: HTMLElement;
  from: HTMLElement;
  to: HTMLElement;
  bar: FlowBar;
  bytes: Value;
  messages: HTMLElement;
  still: Value;
}

export interface FlowTableOptions {
  label: string;
  lines: number;
  hrefOf: (channel: Channel) => string;
}

export class FlowTable {
  private readonly body = el("tbody");
  private readonly more = el("p", { class: "foot" });
  private readonly lines: Keyed<Channel, ChannelLine>;
  private most = 0;
  private stillFrom = Infinity;
  private chosen = "";
  readonly node: HTMLElement;

  constructor(private readonly options: FlowTableOptions) {
    const head = el(
      "tr",
      {},
      el("th", { scope: "col" }, "Channel"),
      el("th", { scope: "col", class: "c-flow" }, el("span", { class: "unseen" }, "Share")),
      el("th", { scope: "col", class: "num c-bytes" }, "Bytes"),
      el("th", { scope: "col", class: "num c-count" }, "Messages"),
      el("th", { scope: "col", class: "num c-still" }, "Sender stood still"),
    );
    const table = el(
      "table",
      { class: "flows", "aria-labelledby": options.label },
      el("thead", {}, head),
      this.body,
    );
    this.node = el("div", {}, table, this.more);
    this.lines = new Keyed(
      this.body,
      (channel) => makeLine(channel),
      (line, channel) => this.write(line, channel),
    );
    this.lines.holdUnder(this.body);
  }

  /** `windowSeconds` is how much time the figures cover, `chosen` the key of the open channel. */
  show(channels: Channel[], windowSeconds: number, chosen = ""): void {
    const shown = channels.slice(0, this.options.lines);
    this.most = Math.max(0, ...shown.map((channel) => sum(channel.bytes)));
    this.stillFrom = STILL_SHARE * windowSeconds;
    this.chosen = chosen;
    this.lines.show(shown, (channel) => channel.key);
    setHidden(this.more, channels.length <= shown.length);
    setText(this.more, `and ${count(channels.length - shown.length)} more`);
  }

  private write(line: ChannelLine, channel: Channel): void {
    setName(line.from, channel.from.name);
    setName(line.to, channel.to.name);
    setAttribute(line.node, "data-from", channel.from.key);
    setAttribute(line.node, "data-to", channel.to.key);
    setAttribute(line.link, "href", this.options.hrefOf(channel));
    setAttribute(line.link, "aria-current", channel.key === this.chosen ? "true" : null);
    const total = sum(channel.bytes);
    line.bar.show(channel.bytes, this.most);
    line.bytes.setBytes(total, bytes(total), "");
    setText(line.messages, count(channel.messages));
    line.still.set(channel.serialize ? seconds(channel.serialize) : UNKNOWN);
    line.still.node.classList.toggle("warn", channel.serialize > this.stillFrom);
  }
}

function makeLine(channel: Channel): ChannelLine {
  const from = nameNode(channel.from.name);
  const to = nameNode(channel.to.name);
  const link = el(
    "a",
    { class: "channel" },
    from,
    el("span", { class: "arrow", "aria-label": "to" }, "→"),
    to,
  );
  const bar = new FlowBar();
  const total = new Value();
  const still = new Value();
  const messages = el("td", { class: "num c-count" });
  const node = el(
    "tr",
    {},
    el("th", { scope: "row" }, link),
    el("td", { class: "c-flow" }, bar.node),
    el("td", { class: "num c-bytes" }, total.node),
    messages,
    el("td", { class: "num c-still" }, still.node),
  );
  return { node, link, from, to, bar, bytes: total, messages, still };
}
