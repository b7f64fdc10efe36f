/*
 * Channels as a table of senders against receivers: the darker a field, the more its channel
 * carries, by powers of two. Fields are links to their channel.
 */
import { Channel, End, KINDS, Kinds, Measure, sum, weigh } from "../data/channels";
import { el, nameNode, setAttribute, setName, setText } from "../parts/dom";
import { bytesText, cleanName, count, join, seconds } from "../data/format";
import { Keyed } from "../parts/keyed";

const ENDS_MAX = 30;
const SHADE_MAX = 38; // percent of the colour, so that text on it stays readable
const STEPS = 12; // powers of two below the largest that are told apart

interface RowLine {
  node: HTMLElement;
  name: HTMLElement;
  cells: Keyed<End, CellLine>;
}

interface CellLine {
  node: HTMLElement;
  link: HTMLElement | null;
}

export class Matrix {
  private readonly heads = el("tr");
  private readonly body = el("tbody");
  private readonly caption = el("caption", { class: "unseen" });
  private readonly columns: Keyed<End, { node: HTMLElement; name: HTMLElement }>;
  private readonly rows: Keyed<End, RowLine>;
  private byKey = new Map<string, Channel>();
  private froms: End[] = [];
  private tos: End[] = [];
  private measure: Measure = "bytes";
  private most = 0;
  private chosen = "";
  readonly node: HTMLElement;

  constructor(private readonly hrefOf: (channel: Channel) => string) {
    const columns = el("thead", {}, this.heads);
    this.heads.append(el("td", { class: "corner" }, "from \\ to"));
    const table = el("table", { class: "matrix" }, this.caption, columns, this.body);
    this.node = el("div", { class: "scroll", tabindex: "0", role: "group" }, table);
    this.node.setAttribute("aria-label", "Senders against receivers");
    this.columns = new Keyed(this.heads, makeHead, (line, end) => setName(line.name, end.name), 1);
    this.rows = new Keyed(
      this.body,
      (end) => this.makeRow(end),
      (line, end) => this.writeRow(line, end),
    );
  }

  show(channels: Channel[], ends: End[], measure: Measure, chosen: string): void {
    this.byKey = new Map(channels.map((channel) => [channel.key, channel]));
    this.measure = measure;
    this.chosen = chosen;
    this.most = Math.max(0, ...channels.map((channel) => sum(weigh(channel, measure))));
    const shown = ends.slice(0, ENDS_MAX);
    const senders = new Set(channels.map((channel) => channel.from.key));
    const receivers = new Set(channels.map((channel) => channel.to.key));
    this.froms = shown.filter((end) => senders.has(end.key));
    this.tos = shown.filter((end) => receivers.has(end.key));
    setText(this.caption, `What each sender, a row, sends to each receiver, a column`);
    this.columns.show(this.tos, (end) => end.key);
    this.rows.show(this.froms, (end) => end.key);
  }

  private makeRow(end: End): RowLine {
    const name = nameNode(end.name);
    const node = el("tr", {}, el("th", { scope: "row" }, name));
    const cells = new Keyed<End, CellLine>(
      node,
      () => ({ node: el("td"), link: null }),
      (cell, to) => this.writeCell(cell, end.key, to),
      1,
    );
    return { node, name, cells };
  }

  private writeRow(line: RowLine, end: End): void {
    setName(line.name, end.name);
    line.cells.show(this.tos, (to) => to.key);
  }

  private writeCell(cell: CellLine, from: string, to: End): void {
    const channel = this.byKey.get(`${from}>${to.key}`);
    const weight = channel ? sum(weigh(channel, this.measure)) : 0;
    cell.node.style.setProperty("--shade", `${this.shade(weight)}%`);
    if (!channel) {
      cell.link?.remove();
      cell.link = null;
      return;
    }
    if (!cell.link) {
      cell.link = el("a");
      cell.node.append(cell.link);
    }
    setText(cell.link, amountText(weight, this.measure));
    setAttribute(cell.link, "href", this.hrefOf(channel));
    setAttribute(cell.node, "data-channel", channel.key);
    setAttribute(cell.node, "data-most", mostOf(weigh(channel, this.measure)));
    setAttribute(cell.link, "aria-current", channel.key === this.chosen ? "true" : null);
    const names = `${cleanName(channel.from.name)} → ${cleanName(channel.to.name)}`;
    setAttribute(cell.link, "title", names);
  }

  private shade(weight: number): number {
    if (!weight || !this.most) return 0;
    const steps = STEPS + Math.log2(weight / this.most);
    return Math.round((SHADE_MAX * Math.max(0.5, steps)) / STEPS);
  }
}

function mostOf(kinds: Kinds): string {
  return KINDS[kinds.indexOf(Math.max(...kinds))] as string;
}

function makeHead(end: End): { node: HTMLElement; name: HTMLElement } {
  const name = nameNode(end.name);
  return { node: el("th", { scope: "col" }, name), name };
}

export function amountText(weight: number, measure: Measure): string {
  if (measure === "bytes") return bytesText(weight);
  return measure === "messages" ? count(weight) : join(seconds(weight));
}
