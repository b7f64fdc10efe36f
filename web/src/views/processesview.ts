/*
 * Who reports and how well: every process with its memory, the health of its connection and what was
 * lost of it; and the collector itself, what it keeps, whom it tells, what it costs.
 */
import { Route } from "../data/address";
import { AttachPanel } from "./attach";
import { CollectorPanel } from "./collector";
import { Value, el, nameNode, panel, reveal, setAttribute, setHidden, setName, setText } from "../parts/dom";
import { exportButtons, saveCsv } from "../parts/export";
import { bytes, bytesText, count, exactBytes, span } from "../data/format";
import { OwnCost } from "./health";
import { shapeIcon } from "../parts/icons";
import { Shape } from "../data/judge";
import { Keyed } from "../parts/keyed";
import { MemoryPanel } from "./memory";
import { Figure, Process, known } from "../data/protocol";
import { Emitter, figureOf, listOf } from "../data/status";
import { Steady } from "../parts/steady";
import { Room, View } from "../parts/view";

const FIGURES: [keyof Process, string, string][] = [
  ["rss", "RSS", "resident memory, as the kernel counts it"],
  ["heap_total", "Heaps", "what its isolates' heaps have taken"],
  ["external", "External", "memory outside the heaps that objects hold"],
  ["shared", "Shared", "each store once"],
  ["queued_bytes", "In flight", "messages not read yet"],
  ["unattributed", "Unexplained", "RSS less all of these; below 0 where memory was never touched"],
];

interface Health {
  word: string;
  shape: Shape;
  tone: "ok" | "warning" | "critical" | "muted";
  why: string;
}

interface Line {
  node: HTMLElement;
  name: HTMLElement;
  pid: HTMLElement;
  state: HTMLElement;
  icon: HTMLElement;
  why: HTMLElement;
  word: string;
  isolates: HTMLElement;
  figures: Value[];
  lost: HTMLElement;
}

export class ProcessesView implements View {
  private readonly sentence = el("h1");
  private readonly evidence = el("p", { class: "evidence" });
  private readonly body = el("tbody");
  private readonly lines: Keyed<Process, Line>;
  private readonly remark = el("span", { class: "remark" });
  private readonly attach: AttachPanel;
  private readonly collector: CollectorPanel;
  private readonly memory: MemoryPanel;
  private steady!: Steady;
  private emitters = new Map<number, Emitter>();
  private table = el("table");
  /** Of the address, until it was found. */
  private named: string | null = null;
  readonly node: HTMLElement;

  constructor(
    private readonly room: Room,
    own: OwnCost,
  ) {
    this.attach = new AttachPanel(room.store);
    this.memory = new MemoryPanel(room.store);
    this.collector = new CollectorPanel(room.store, own);
    this.lines = new Keyed(this.body, makeLine, (line, process) => this.write(line, process));
    this.lines.holdUnder(this.body);
    this.node = this.layOut();
  }

  show({ id }: Route): void {
    this.named = id;
  }

  render(): void {
    const { store } = this.room;
    const emitters = listOf<Emitter>(store.status.emitters);
    this.emitters = new Map(emitters.map((emitter) => [emitter.pid ?? 0, emitter]));
    const processes = [...store.processes.values()].sort(
      (a, b) => ended(a) - ended(b) || (b.rss ?? 0) - (a.rss ?? 0) || a.pid - b.pid,
    );
    this.lines.show(processes, (process) => String(process.pid));
    setText(this.remark, count(processes.length));
    setHidden(this.table, !processes.length);
    if (this.named !== null && reveal(this.body, "data-pid", this.named)) this.named = null;
    this.tell(processes);
    this.steady.look();
    this.memory.render();
    this.attach.render();
    this.collector.render();
  }

  private tell(processes: Process[]): void {
    const living = processes.filter((process) => !ended(process));
    const troubled = living.filter((process) => this.healthOf(process).tone !== "ok");
    const rss = living.reduce((sum, process) => sum + (process.rss ?? 0), 0);
    const [first] = troubled;
    const are = !living.length
      ? "No process reports"
      : living.length === 1 ? "1 process reports" : `${count(living.length)} processes report`;
    setText(
      this.sentence,
      first
        ? `${count(troubled.length)} of ${count(living.length)} ${troubled.length === 1 ? "is" : "are"} not heard in full`
        : are,
    );
    const lost = figureOf(this.room.store.status.events_lost) ?? 0;
    const gone = processes.length - living.length;
    const words = [
      `${bytesText(rss)} resident together`,
      lost ? `${count(lost)} events were overwritten before they were read` : "no event was lost",
      gone ? `${count(gone)} ended lately` : "",
    ];
    setText(this.evidence, `${words.filter(Boolean).join(", ")}.`);
  }

  private healthOf(process: Process): Health {
    if (process.state === "died" || process.state === "oom")
      return { word: "died", shape: "cross", tone: "critical", why: "it ended without a word" };
    if (process.state === "exited")
      return { word: "exited", shape: "cross", tone: "muted", why: "" };
    const emitter = this.emitters.get(process.pid);
    if (emitter?.stale)
      return { word: "stale", shape: "hatch", tone: "warning", why: "lives, but was not heard" };
    if (emitter && emitter.connected === false)
      return { word: "not connected", shape: "diamond", tone: "warning", why: "its segment is read on" };
    if ((figureOf(emitter?.lost) ?? 0) > 0)
      return { word: "connected", shape: "ring", tone: "ok", why: "faster than it was read" };
    return { word: "connected", shape: "ring", tone: "ok", why: "" };
  }

  private write(line: Line, process: Process): void {
    const health = this.healthOf(process);
    setName(line.name, process.name || String(process.pid));
    const kind = process.kind ? `${process.kind}, ` : "";
    const age = known(process.started_at) ? `, ${span(this.room.store.t - process.started_at)}` : "";
    setText(line.pid, `${kind}pid ${process.pid}${age}`);
    setAttribute(line.node, "data-pid", String(process.pid));
    setAttribute(line.node, "data-tone", health.tone);
    if (line.word !== health.word) {
      line.word = health.word;
      line.icon.replaceChildren(shapeIcon(health.shape));
      setText(line.state, health.word);
    }
    setText(line.why, health.why);
    setText(line.isolates, count(process.isolates));
    FIGURES.forEach(([field], at) => {
      const figure = process[field] as Figure;
      (line.figures[at] as Value).set(bytes(figure), exactBytes(figure) || "not known");
    });
    const lost = figureOf(process.lost) ?? figureOf(this.emitters.get(process.pid)?.lost);
    setText(line.lost, count(lost));
    line.lost.classList.toggle("warn", (lost ?? 0) > 0);
  }

  private saveCsv(): void {
    const heads = ["pid", "name", "state", "isolates", ...FIGURES.map(([field]) => field), "lost"];
    const rows = [...this.room.store.processes.values()].map((one) => [
      one.pid,
      one.name ?? "",
      one.state ?? "",
      one.isolates ?? null,
      ...FIGURES.map(([field]) => (one[field] as Figure) ?? null),
      one.lost ?? null,
    ]);
    saveCsv("processes", heads, rows);
  }

  private layOut(): HTMLElement {
    const head = el(
      "tr",
      {},
      el("th", { scope: "col", class: "c-name" }, "Process"),
      el("th", { scope: "col", class: "c-health" }, "Connection"),
      el("th", { scope: "col", class: "num c-count" }, "Isolates"),
      ...FIGURES.map(([, label, title]) => el("th", { scope: "col", class: "num c-fig", title }, label)),
      el("th", { scope: "col", class: "num c-lost", title: "records overwritten before they were read" }, "Events lost"),
    );
    this.table = el(
      "table",
      { class: "processes", "aria-labelledby": "processes-title" },
      el("thead", {}, head),
      this.body,
    );
    this.steady = new Steady(
      { isFilled: () => this.room.store.t > 0 },
      el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Processes" }, this.table),
    );
    return el(
      "div",
      { class: "view processesview" },
      el("div", { class: "head" }, el("div", { class: "verdict" }, this.sentence, this.evidence)),
      panel(
        { id: "processes-title", title: "Processes" },
        [
          this.remark,
          el("span", { class: "grow" }),
          exportButtons("the processes", null, () => this.saveCsv()),
        ],
        this.steady.node,
      ),
      this.memory.node,
      this.attach.node,
      this.collector.node,
    );
  }
}

const ended = (process: Process): number =>
  ["exited", "died", "oom"].includes(process.state ?? "") ? 1 : 0;

function makeLine(): Line {
  const name = nameNode("");
  const pid = el("span", { class: "small" });
  const icon = el("span", { class: "shape" });
  const state = el("span");
  const why = el("span", { class: "small" });
  const isolates = el("td", { class: "num c-count" });
  const figures = FIGURES.map(() => new Value());
  const lost = el("td", { class: "num c-lost" });
  const node = el(
    "tr",
    {},
    el("th", { scope: "row", class: "c-name" }, name, pid),
    el("td", { class: "c-health" }, el("span", { class: "st" }, icon, state), why),
    isolates,
    ...figures.map((value) => el("td", { class: "num c-fig" }, value.node)),
    lost,
  );
  return { node, name, pid, state, icon, why, word: "", isolates, figures, lost };
}
