/*
 * What of each process is resident, by kind, as the kernel counts it: memory of its own, pages of
 * files, memory it shares with other processes; and what is not: swapped out, and the faults that
 * bring it back. Told by isoprobe for the processes it watches; where none is, one line says so.
 */
import { Value, el, nameNode, panel, setAttribute, setHidden, setName, setText } from "../parts/dom";
import { exportButtons, saveCsv } from "../parts/export";
import { bytes, bytesText, count } from "../data/format";
import { Keyed } from "../parts/keyed";
import { Figure, KernelMemory, Process, known } from "../data/protocol";
import { Steady } from "../parts/steady";
import { Store } from "../data/store";

type Field = keyof KernelMemory;

/** Of the bar, each in the colour of its kind. */
const PARTS: [Field, string, string][] = [
  ["anon", "heap", "its own"],
  ["file", "external", "of files"],
  ["shmem", "shared", "shared with others"],
];
const FIGURES: [Field, string, string][] = [
  ["anon", "Own", "memory that is nowhere else: heaps, stacks, buffers"],
  ["file", "Files", "pages of its program and libraries; the kernel can drop them"],
  ["shmem", "Shared", "memory that other processes see too"],
  ["swapped", "Swapped", "its own memory that is not resident now"],
  ["page_tables", "Page tables", "what the kernel needs to find all that"],
  ["rss_peak", "Peak", "the most that was ever resident"],
];

interface Line {
  node: HTMLElement;
  name: HTMLElement;
  pid: HTMLElement;
  bar: HTMLElement;
  parts: HTMLElement[];
  figures: Value[];
  faults: HTMLElement;
}

export class MemoryPanel {
  private readonly body = el("tbody");
  private readonly lines: Keyed<Process, Line>;
  private readonly table: HTMLElement;
  private readonly nothing = el(
    "p",
    { class: "nothing" },
    "Not known: no isoprobe tells it. The processes it watches are listed here, with what the kernel counts of each.",
  );
  private readonly files: HTMLElement;
  private readonly steady: Steady;
  private told: Process[] = [];
  private most = 1;
  readonly node: HTMLElement;

  constructor(private readonly store: Store) {
    this.lines = new Keyed(this.body, makeLine, (line, process) => this.write(line, process));
    this.lines.holdUnder(this.body);
    const head = el(
      "tr",
      {},
      el("th", { scope: "col", class: "c-name" }, "Process"),
      el("td", { class: "c-sizebar" }),
      ...FIGURES.map(([, label, title]) => el("th", { scope: "col", class: "num c-fig", title }, label)),
      el("th", { scope: "col", class: "num c-faults", title: "page faults that had to read, since it began" }, "Read faults"),
    );
    const table = el("table", { class: "kernelmemory", "aria-labelledby": "memory-title" }, el("thead", {}, head), this.body);
    this.table = el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Resident memory by kind" }, table);
    this.files = exportButtons("the memory by kind", null, () => this.saveCsv());
    this.steady = new Steady({ isFilled: () => store.t > 0 }, this.table, this.nothing);
    this.node = panel(
      { id: "memory-title", title: "Resident memory by kind", kind: "attach" },
      [el("span", { class: "remark" }, "as the kernel counts it"), el("span", { class: "grow" }), this.files],
      this.steady.node,
    );
  }

  render(): void {
    this.told = [...this.store.processes.values()]
      .filter((process) => known(process.memory?.anon))
      .sort((a, b) => resident(b) - resident(a) || a.pid - b.pid);
    this.most = Math.max(1, ...this.told.map(resident));
    this.lines.show(this.told, (process) => String(process.pid));
    setHidden(this.table, !this.told.length);
    setHidden(this.files, !this.told.length);
    setHidden(this.nothing, this.told.length > 0);
    this.steady.look();
  }

  private write(line: Line, process: Process): void {
    const { memory } = process;
    setName(line.name, process.name || String(process.pid));
    setText(line.pid, `pid ${process.pid}`);
    setAttribute(line.node, "data-pid", String(process.pid));
    FIGURES.forEach(([field], at) => {
      const figure = memory?.[field];
      line.figures[at]?.setBytes(figure, bytes(figure), "not known");
    });
    setText(line.faults, count(memory?.major_faults));
    let left = 0;
    PARTS.forEach(([field], at) => {
      const width = (100 * (memory?.[field] ?? 0)) / this.most;
      const part = line.parts[at] as HTMLElement;
      part.style.clipPath = `inset(0 ${(100 - left - width).toFixed(1)}% 0 ${left.toFixed(1)}%)`;
      left += width;
    });
    const words = PARTS.map(([field, , name]) => `${bytesText(memory?.[field])} ${name}`);
    setAttribute(line.bar, "title", words.join(", "));
  }

  private saveCsv(): void {
    const fields: Field[] = [...FIGURES.map(([field]) => field), "minor_faults", "major_faults"];
    const rows = this.told.map((one) => [
      one.pid,
      one.name ?? "",
      ...fields.map((field) => (one.memory?.[field] as Figure) ?? null),
    ]);
    saveCsv("memory by kind", ["pid", "name", ...fields], rows);
  }
}

const resident = ({ memory }: Process): number =>
  (memory?.anon ?? 0) + (memory?.file ?? 0) + (memory?.shmem ?? 0);

function makeLine(): Line {
  const name = nameNode("");
  const pid = el("span", { class: "small" });
  const parts = PARTS.map(([, kind]) => el("i", { "data-kind": kind }));
  const bar = el("span", { class: "kindbar" }, ...parts);
  const figures = FIGURES.map(() => new Value());
  const faults = el("td", { class: "num c-faults" });
  const node = el(
    "tr",
    {},
    el("th", { scope: "row", class: "c-name" }, name, " ", pid),
    el("td", { class: "c-sizebar" }, bar),
    ...figures.map((value) => el("td", { class: "num c-fig" }, value.node)),
    faults,
  );
  return { node, name, pid, bar, parts, figures, faults };
}
