/*
 * One channel: how it carries what, how large its messages are, what they cost on both sides, what a
 * rule has to say, and the isolates behind a pool.
 */
import { Channel, sum } from "../data/channels";
import { Value, el, nameNode, setHidden, setName, setText } from "../parts/dom";
import { Quantity, UNKNOWN, bytes, cleanName, count, seconds, unbroken } from "../data/format";
import { Histogram, binsOf, sizesInWords } from "../charts/histogram";
import { Steady } from "../parts/steady";
import { Keyed } from "../parts/keyed";
import { Advice } from "../data/lists";
import { known } from "../data/protocol";

/** Advice on who sends, and on who is sent to. */
const OF_SENDER = new Set(["clone_tax", "buffer_copy", "chatty", "main_blocked"]);
const OF_RECEIVER = new Set(["queue_backlog", "break_even", "spawn_per_request"]);
const PART_OF_IT = 0.1;

interface Fact {
  value: Value;
  aside: HTMLElement;
}

interface AdviceLine {
  node: HTMLElement;
  lead: HTMLElement;
  words: HTMLElement;
}

export class ChannelPanel {
  private readonly from = nameNode("");
  private readonly to = nameNode("");
  private readonly facts = new Map<string, Fact>();
  private readonly list = el("dl", { class: "figures" });
  private readonly histogram = new Histogram();
  private readonly sizes = el("p", { class: "small sizewords" });
  private readonly advice: Keyed<Advice, AdviceLine>;
  private readonly calm = el("p", { class: "small" }, "No rule finds fault with it.");
  private readonly body: HTMLElement;
  private readonly hint = el(
    "p",
    { class: "nothing" },
    "Choose a channel to see how large its messages are and what they cost.",
  );
  private readonly title = el(
    "h2",
    { id: "channel-title" },
    this.from,
    el("span", { class: "arrow", "aria-label": "to" }, "→"),
    this.to,
  );
  private readonly steady: Steady;
  private shown = "";
  readonly node: HTMLElement;

  constructor() {
    const advised = el("div", { class: "advised" });
    this.advice = new Keyed(advised, makeAdvice, writeAdvice);
    this.body = el(
      "div",
      { class: "channelbody" },
      this.list,
      el("h3", {}, "Sizes"),
      el(
        "p",
        { class: "small key" },
        el("span", {}, el("i", { class: "messages", "aria-hidden": "true" }), "messages, up"),
        el("span", {}, el("i", { class: "weight", "aria-hidden": "true" }), "their bytes, down"),
      ),
      this.histogram.node,
      this.sizes,
      el("h3", {}, "Advice"),
      advised,
      this.calm,
    );
    this.steady = new Steady({ isFilled: () => this.shown !== "", fillingMs: 0 }, this.body);
    this.node = el(
      "section",
      { class: "panel channelpanel", "aria-labelledby": "channel-title" },
      el("header", {}, this.title),
      this.hint,
      this.steady.node,
    );
  }

  /** `all` are the channels it is one of. */
  show(channel: Channel | undefined, all: Channel[], advice: Advice[]): void {
    setHidden(this.body, !channel);
    setHidden(this.hint, channel !== undefined);
    setHidden(this.title, !channel);
    if (!channel) return;
    if (channel.key !== this.shown) this.title.append(...this.title.childNodes); // written anew
    this.shown = channel.key;
    this.steady.look();
    setName(this.from, channel.from.name);
    setName(this.to, channel.to.name);
    this.writeFacts(channel);
    this.histogram.show(channel.sizes, this.body.clientWidth - 32);
    setText(this.sizes, sizesInWords(binsOf(channel.sizes)));
    const on = adviceOn(channel, all, advice);
    this.advice.show(on, (one) => one.id);
    setHidden(this.calm, on.length > 0);
  }

  private writeFacts(channel: Channel): void {
    const [cloned, transferred, shared] = channel.bytes;
    const each = (total: number, of: number): string =>
      of > 0 && total > 0 ? `${quantityText(seconds(total / of))} each` : "— each";
    const unread = channel.messages - channel.delivered;
    const time = (value: number): Quantity => (value ? seconds(value) : UNKNOWN);
    this.fact("Messages", { text: count(channel.messages), unit: "" }, unread > 0 ? `${count(unread)} not read yet` : "all read");
    this.fact("Cloned", bytes(cloned), "copied byte by byte");
    this.fact("Transferred", bytes(transferred), "moved, nothing copied");
    this.fact("Shared", bytes(shared), "seen for the first time");
    this.fact("Half are below", known(channel.p50) ? bytes(channel.p50) : UNKNOWN, "");
    this.fact("99 % are below", known(channel.p99) ? bytes(channel.p99) : UNKNOWN, "");
    this.fact("Sender stood still", time(channel.serialize), each(channel.serialize, channel.messages));
    this.fact("Receiver read for", time(channel.deserialize), each(channel.deserialize, channel.delivered));
    this.fact("Waited in between", time(channel.queue / Math.max(1, channel.delivered)), "on average");
    this.node.dataset.bytes = String(sum(channel.bytes));
  }

  private fact(label: string, quantity: Quantity, aside: string): void {
    let fact = this.facts.get(label);
    if (!fact) {
      fact = { value: new Value(), aside: el("span", { class: "small" }) };
      this.facts.set(label, fact);
      this.list.append(
        el("div", {}, el("dt", {}, label, fact.aside), el("dd", {}, fact.value.node)),
      );
    }
    fact.value.set(quantity);
    setText(fact.aside, aside);
  }
}

const quantityText = ({ text, unit }: Quantity): string => (unit ? `${text}\u2009${unit}` : text);

/** What copying costs a sender is told where a part of it arises, not on its every channel. */
function adviceOn(channel: Channel, all: Channel[], advice: Advice[]): Advice[] {
  const froms = new Set(channel.flows.map((flow) => flow.from));
  const tos = new Set(channel.flows.map((flow) => flow.to));
  const still = all
    .filter((one) => one.from.key === channel.from.key)
    .reduce((total, one) => total + one.serialize, 0);
  return advice.filter((one) => {
    if (one.state !== "firing" || !one.isolate) return false;
    const rule = one.rule ?? "";
    const isSender = OF_SENDER.has(rule) && froms.has(one.isolate);
    const isReceiver = OF_RECEIVER.has(rule) && tos.has(one.isolate);
    return isReceiver || (isSender && channel.serialize >= PART_OF_IT * still);
  });
}

function makeAdvice(): AdviceLine {
  const lead = el("bdi", { class: "lead", dir: "auto" });
  const words = el("bdi", { dir: "auto" });
  return { node: el("div", {}, el("p", {}, lead), el("p", {}, words)), lead, words };
}

function writeAdvice(line: AdviceLine, one: Advice): void {
  setText(line.lead, unbroken(cleanName(one.symptom)));
  setText(line.words, unbroken(cleanName(one.action)));
}
