/*
 * The view of all flows: a sentence, the picture (isolates up to a dozen of them, above that
 * pools; ribbons up to a dozen receivers, above that a matrix), every channel as a line, and the one that is chosen in detail. What is
 * chosen stands in the address.
 */
import { Asked } from "../data/asked";
import { ChannelPanel } from "./channel";
import { Channel, Measure, channelsOf, endsOf, sum } from "../data/channels";
import { Choice } from "../parts/choice";
import { el, panel, setHidden, setText } from "../parts/dom";
import { Ends, Grouping } from "../data/ends";
import { kindKey } from "../charts/flowbar";
import { FlowTable } from "./flowtable";
import { canvasOf, exportButtons, saveCsv, savePng } from "../parts/export";
import { bytesText, cleanName, clock, count, day, join, seconds, shortName } from "../data/format";
import { Flow, flows } from "../data/lists";
import { Matrix, amountText } from "../charts/matrix";
import { FLOW_SECONDS } from "../data/questions";
import { Sankey } from "../charts/sankey";
import { Steady } from "../parts/steady";
import { Trouble } from "../parts/trouble";
import { Room, View } from "../parts/view";

const LINES = 40;
const SANKEY_ENDS = 12;
const ASK_MS = 2000;
const WINDOWS: [string, string][] = [
  ["10", "10 s"],
  ["60", "1 min"],
  ["300", "5 min"],
];

export class FlowsView implements View {
  private readonly asked: Asked<Flow[]>;
  private readonly ends: Ends;
  private readonly sentence = el("h1");
  private readonly evidence = el("p", { class: "evidence" });
  private readonly trouble: Trouble;
  private readonly sankey = new Sankey();
  private readonly matrix: Matrix;
  private readonly readout = el("p", { class: "flowreadout" });
  private readonly pictureBox = el("div", { class: "flowpicture" });
  private readonly table: FlowTable;
  private readonly detail = new ChannelPanel();
  private readonly nothing = el("p", { class: "nothing" });
  private readonly remark = el("span", { class: "remark" });
  private readonly png = exportButtons("the flows", () => this.savePng(), null);
  private readonly steadyPicture: Steady;
  private readonly steadyTable: Steady;
  private readonly left: HTMLElement;
  private readonly right: HTMLElement;
  private readonly choices: Choice[];
  private channels: Channel[] = [];
  private hovered = "";
  private order = "";
  private written = "";
  readonly node: HTMLElement;

  constructor(private readonly room: Room) {
    const { store, address } = room;
    this.ends = new Ends(store);
    this.asked = new Asked(store, () => flows(this.window()), ASK_MS, () => room.request());
    this.trouble = new Trouble("The flows", this.asked);
    this.matrix = new Matrix((channel) => this.hrefOf(channel));
    this.table = new FlowTable({
      label: "channels-title",
      lines: LINES,
      hrefOf: (channel) => this.hrefOf(channel),
    });
    this.choices = [
      new Choice(address, "by", "Ends", [["pool", "Pools"], ["isolate", "Isolates"]]),
      new Choice(address, "show", "Picture", [["ribbons", "Ribbons"], ["matrix", "Matrix"]]),
      new Choice(address, "of", "Measure", [["bytes", "Bytes"], ["messages", "Messages"], ["time", "Time"]]),
      new Choice(address, "window", "Window", WINDOWS),
    ];
    const isFilled = (): boolean => this.asked.version > 0;
    this.steadyPicture = new Steady({ isFilled }, this.pictureBox);
    this.steadyTable = new Steady({ isFilled }, this.table.node);
    this.left = this.picturePanel();
    this.right = panel(
      { id: "channels-title", title: "Channels" },
      [
        this.remark,
        el("span", { class: "grow" }),
        kindKey(),
        exportButtons("the channels", null, () => this.saveCsv()),
      ],
      this.steadyTable.node,
    );
    this.node = el(
      "div",
      { class: "view flowsview" },
      el("div", { class: "head" }, el("div", { class: "verdict" }, this.sentence, this.evidence)),
      this.trouble.node,
      this.nothing,
      el(
        "div",
        { class: "room" },
        el("div", { class: "main" }, this.left, this.right),
        el("div", { class: "side" }, this.detail.node),
      ),
    );
  }

  show(): void {
    void this.asked.again();
  }

  render(): void {
    this.asked.want();
    this.room.lists.advice.want();
    const isThere = this.trouble.render();
    const shape = this.shape();
    const words = JSON.stringify([this.asked.version, shape, this.chosenKey(), this.width(), this.hovered, this.room.lists.advice.version]);
    if (words === this.written) return;
    this.written = words;
    this.channels = channelsOf(this.asked.value ?? [], (id) => this.ends.of(id, shape.by));
    const isEmpty = this.channels.length === 0;
    setHidden(this.left, isEmpty);
    setHidden(this.right, isEmpty);
    setHidden(this.detail.node, isEmpty);
    setHidden(this.nothing, !isThere || !isEmpty);
    setText(this.nothing, `No messages between isolates in the last ${this.windowWords()}. They appear here within two seconds of the first.`);
    this.tell();
    if (isEmpty) return;
    this.draw(shape);
    this.steadyPicture.look();
    this.steadyTable.look();
  }

  private draw({ by, show, of }: Shape): void {
    const chosen = this.chosen();
    const order = `${by} ${of}`;
    if (order !== this.order) this.sankey.forget();
    this.order = order;
    const isMatrix = show === "matrix";
    for (const choice of this.choices) choice.render({ by, show, of, window: String(this.window()) });
    setHidden(this.matrix.node, !isMatrix);
    setHidden(this.png, isMatrix);
    this.sankey.node.toggleAttribute("hidden", isMatrix);
    if (isMatrix) this.matrix.show(this.channels, endsOf(this.channels, of), of, chosen?.key ?? "");
    else this.sankey.show(this.channels, of, this.width(), chosen?.key ?? "");
    this.point(of);
    this.table.show(this.channels, this.window(), chosen?.key);
    setText(this.remark, `${count(this.channels.length)}, last ${this.windowWords()}`);
    this.detail.show(chosen, this.channels, this.room.lists.advice.value ?? []);
  }

  /** The line above the picture: what is under the pointer, else what is chosen. */
  private point(of: Measure): void {
    const channel = this.channels.find((one) => one.key === this.hovered) ?? this.chosen();
    if (!channel) return;
    const [cloned, transferred, shared] = channel.bytes;
    const parts = [
      cloned ? `${bytesText(cloned)} cloned` : "",
      transferred ? `${bytesText(transferred)} transferred` : "",
      shared ? `${bytesText(shared)} shared` : "",
      `${count(channel.messages)} messages`,
      of === "time" ? amountText(channel.serialize, of) : "",
    ].filter(Boolean);
    setText(this.readout, `${nameOf(channel)}: ${parts.join(", ")}`);
    for (const group of this.sankey.node.querySelectorAll(".ribbon"))
      group.classList.toggle("pointed", group.getAttribute("data-channel") === this.hovered);
  }

  /** The sentence: who carries most, what copying costs and where. */
  private tell(): void {
    const [most] = this.channels;
    if (!most) {
      setText(this.sentence, "Nothing flows between isolates");
      setText(this.evidence, "");
      return;
    }
    const bytes = this.channels.reduce((total, one) => total + sum(one.bytes), 0);
    const still = this.channels.reduce((total, one) => total + one.serialize, 0);
    const slowest = this.channels.reduce((a, b) => (b.serialize > a.serialize ? b : a));
    setText(this.sentence, `${nameOf(most)} carries most, ${bytesText(sum(most.bytes))} in ${this.windowWords()}`);
    const share = still ? Math.round((100 * slowest.serialize) / still) : 0;
    const cost = still
      ? `Senders stood still ${join(seconds(still))} for copying, ${share}\u2009% of it for ${nameOf(slowest)}.`
      : "No sender stood still for copying.";
    setText(this.evidence, `${bytesText(bytes)} over ${count(this.channels.length)} channels. ${cost}`);
  }

  private picturePanel(): HTMLElement {
    this.pictureBox.append(this.sankey.node, this.matrix.node);
    const at = (event: Event): string =>
      (event.target as Element).closest("[data-channel]")?.getAttribute("data-channel") ?? "";
    this.pictureBox.addEventListener("pointerover", (event) => this.hover(at(event)));
    this.pictureBox.addEventListener("pointerleave", () => this.hover(""));
    this.sankey.node.addEventListener("click", (event) => {
      if (at(event)) this.room.address.set({ channel: at(event) });
    });
    return panel(
      { id: "picture-title", title: "Who sends to whom" },
      [el("span", { class: "grow" }), kindKey(), this.png],
      el("div", { class: "choices" }, ...this.choices.map((choice) => choice.node)),
      this.readout,
      this.steadyPicture.node,
    );
  }

  /** The ribbons; a matrix is a table. */
  private savePng(): void {
    const title = `Who sends to whom, ${this.shape().of}`;
    const to = this.room.store.t;
    const range = `${day(to)} ${clock(to - this.window(), true)} to ${clock(to, true)}`;
    savePng("flows", canvasOf(this.sankey.node), title, range);
  }

  private saveCsv(): void {
    const heads = ["from", "to", "cloned", "transferred", "shared", "messages", "sender_seconds", "receiver_seconds"];
    const rows = this.channels.map((one) => [
      one.from.name,
      one.to.name,
      ...one.bytes,
      one.messages,
      one.serialize,
      one.deserialize,
    ]);
    saveCsv("channels", heads, rows);
  }

  private hover(channel: string): void {
    if (channel === this.hovered) return;
    this.hovered = channel;
    this.room.request();
  }

  /** What the address asks for; what it leaves open follows from how much there is. */
  private shape(): Shape {
    const { address } = this.room;
    const all = this.asked.value ?? [];
    const talking = all.filter((flow) => flow.messages || flow.delivered);
    const ends = new Set(talking.flatMap((flow) => [flow.from, flow.to])).size;
    const by = (address.get("by") as Grouping | null) ?? (ends > SANKEY_ENDS ? "pool" : "isolate");
    const sides = new Set(talking.map((flow) => this.ends.of(flow.to, by).key)).size;
    const show = address.get("show") ?? (sides > SANKEY_ENDS ? "matrix" : "ribbons");
    const of = (address.get("of") as Measure | null) ?? "bytes";
    return { by: by === "pool" ? "pool" : "isolate", show, of: isMeasure(of) ? of : "bytes" };
  }

  private window(): number {
    const asked = Number(this.room.address.get("window"));
    return WINDOWS.some(([value]) => Number(value) === asked) ? asked : FLOW_SECONDS;
  }

  private windowWords(): string {
    return WINDOWS.find(([value]) => Number(value) === this.window())?.[1] ?? "";
  }

  private width(): number {
    return Math.max(240, this.pictureBox.clientWidth);
  }

  private chosenKey(): string {
    return this.room.address.get("channel") ?? "";
  }

  /** The one in the address; with none, the one that carries most. */
  private chosen(): Channel | undefined {
    return this.channels.find((one) => one.key === this.chosenKey()) ?? this.channels[0];
  }

  private hrefOf(channel: Channel): string {
    const { route } = this.room.address;
    const query = new URLSearchParams(route.query);
    query.set("channel", channel.key);
    return `#/flows?${query}`;
  }
}

interface Shape {
  by: Grouping;
  show: string;
  of: Measure;
}

const isMeasure = (text: string): text is Measure => ["bytes", "messages", "time"].includes(text);

const nameOf = ({ from, to }: Channel): string =>
  `${shortName(cleanName(from.name))} → ${shortName(cleanName(to.name))}`;
