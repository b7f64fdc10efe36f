/*
 * Every store: what it takes once, who holds it, since when. Shared ones alone, or the buffers of
 * single isolates too. Largest first; a part of a holder's name finds its stores.
 */
import { Choice } from "../parts/choice";
import { el, panel, setAttribute, setHidden, setName, setText } from "../parts/dom";
import { exportButtons, saveCsv } from "../parts/export";
import { bytesText, cleanName, count } from "../data/format";
import { nameById } from "../data/judge";
import { Keyed } from "../parts/keyed";
import { SharedStore } from "../data/protocol";
import { StoreLine } from "./storeline";
import { Trouble } from "../parts/trouble";
import { Room, View } from "../parts/view";

const LINES = 200;

interface Line {
  node: HTMLElement;
  cells: StoreLine;
  id: HTMLElement;
  bar: HTMLElement;
  holders: HTMLElement;
  refs: HTMLElement;
  maker: HTMLElement;
  process: HTMLElement;
}

export class StoresView implements View {
  private readonly sentence = el("h1");
  private readonly evidence = el("p", { class: "evidence" });
  private readonly body = el("tbody");
  private readonly lines: Keyed<SharedStore, Line>;
  private readonly nothing = el("p", { class: "nothing" });
  private readonly more = el("p", { class: "foot" });
  private readonly remark = el("span", { class: "remark" });
  private readonly trouble: Trouble;
  private readonly choice: Choice;
  private readonly find = el("input", {
    type: "search",
    class: "field",
    "aria-label": "Held by",
    placeholder: "Held by",
  });
  private most = 0;
  private found: SharedStore[] = [];
  readonly node: HTMLElement;

  constructor(private readonly room: Room) {
    const { address, lists } = room;
    this.trouble = new Trouble("Stores", lists.stores);
    this.choice = new Choice(address, "which", "Which", [
      ["shared", "Shared"],
      ["all", "All buffers"],
    ]);
    this.find.addEventListener("input", () => address.set({ q: this.find.value }, false));
    this.lines = new Keyed(this.body, makeLine, (line, store) => this.write(line, store));
    this.lines.holdUnder(this.body);
    this.node = this.layOut();
  }

  show(): void {
    const asked = this.room.address.get("q") ?? "";
    if (this.find.value !== asked) this.find.value = asked;
  }

  render(): void {
    const { stores } = this.room.lists;
    stores.want();
    const isThere = this.trouble.render();
    const which = this.room.address.get("which") === "all" ? "all" : "shared";
    this.choice.render({ which });
    const all = [...(stores.value ?? [])].sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0));
    this.tell(all.filter((store) => store.shared));
    const found = this.filter(all.filter((store) => which === "all" || store.shared));
    const shown = found.slice(0, LINES);
    this.most = Math.max(0, ...shown.map((store) => store.bytes ?? 0));
    this.found = found;
    this.lines.show(shown, (store) => `${store.process}:${store.id}`);
    const total = found.reduce((sum, store) => sum + (store.bytes ?? 0), 0);
    setText(this.remark, found.length ? `${count(found.length)}, ${bytesText(total)} together` : "");
    setHidden(this.body.parentElement as HTMLElement, !shown.length);
    setHidden(this.nothing, !isThere || shown.length > 0);
    setText(this.nothing, nothingWords(this.find.value, which));
    setHidden(this.more, found.length <= shown.length);
    setText(this.more, `and ${count(found.length - shown.length)} smaller ones`);
  }

  /** What sharing saves: each holder would report the whole of it. */
  private tell(shared: SharedStore[]): void {
    const once = shared.reduce((sum, store) => sum + (store.bytes ?? 0), 0);
    const each = shared.reduce((sum, store) => sum + (store.bytes ?? 0) * (store.pins?.length ?? 0), 0);
    const [largest] = shared;
    if (!largest) {
      setText(this.sentence, "No isolates share memory");
      setText(this.evidence, "");
      return;
    }
    const stores = shared.length === 1 ? "1 shared store" : `${count(shared.length)} shared stores`;
    setText(this.sentence, `${stores}, ${bytesText(once)} counted once`);
    const unheld = shared.filter((store) => !store.pins?.length);
    const free = unheld.length
      ? ` ${count(unheld.length)} of them are held by nobody now and leave when the last message with them is read.`
      : "";
    setText(
      this.evidence,
      each > once
        ? `Their holders, asked one by one, would report ${bytesText(each)}.${free}`
        : `No store has two holders now.${free}`,
    );
  }

  private filter(stores: SharedStore[]): SharedStore[] {
    const wanted = this.find.value.trim().toLowerCase();
    if (!wanted) return stores;
    return stores.filter((store) =>
      (store.pins ?? []).some((id) =>
        `${nameById(this.room.store, id)} ${id}`.toLowerCase().includes(wanted),
      ),
    );
  }

  private write(line: Line, store: SharedStore): void {
    line.cells.show(this.room.store, store);
    setText(line.id, `#${store.id}`);
    const share = this.most ? (100 * (store.bytes ?? 0)) / this.most : 0;
    line.bar.style.width = `${share}%`;
    setAttribute(line.bar, "data-shared", store.shared ? "" : null);
    const holders = store.pins?.length ?? 0;
    setText(line.holders, count(holders));
    setText(line.refs, count(store.refs));
    setAttribute(line.refs, "title", "objects of its holders, and messages on their way that carry it");
    const maker = store.made_by ?? "";
    setName(line.maker, maker ? nameById(this.room.store, maker) : "—");
    const name = this.room.store.processes.get(String(store.process))?.name;
    setText(line.process, cleanName(name ?? store.process));
    setAttribute(line.process, "title", `pid ${store.process}`);
  }

  key(event: KeyboardEvent): boolean {
    if (event.key !== "/") return false;
    this.find.focus();
    return true;
  }

  private saveCsv(): void {
    const rows = this.found.map((one) => [
      String(one.id),
      one.process ?? null,
      one.bytes ?? null,
      one.shared ? "shared" : "",
      (one.pins ?? []).join(" "),
    ]);
    saveCsv("stores", ["id", "process", "bytes", "shared", "held_by"], rows);
  }

  private layOut(): HTMLElement {
    const head = el("tr");
    for (const [text, className] of [
      ["Store", "c-id"],
      ["Size", "num c-size"],
      ["", "c-sizebar"],
      ["Holders", "num c-count"],
      ["References", "num c-refs"],
      ["Held by", "c-pins"],
      ["Made by", "c-maker"],
      ["Process", "c-process"],
      ["Age", "num c-age"],
    ] as const)
      head.append(el(text ? "th" : "td", text ? { scope: "col", class: className } : { class: className }, text));
    const table = el(
      "table",
      { class: "allstores", "aria-labelledby": "allstores-title" },
      el("thead", {}, head),
      this.body,
    );
    return el(
      "div",
      { class: "view" },
      el("div", { class: "head" }, el("div", { class: "verdict" }, this.sentence, this.evidence)),
      panel(
        { id: "allstores-title", title: "Stores" },
        [
          this.remark,
          el("span", { class: "grow" }),
          exportButtons("the stores", null, () => this.saveCsv()),
        ],
        el("div", { class: "choices" }, this.choice.node, this.find),
        this.trouble.node,
        el("div", { class: "scroll" }, table),
        this.nothing,
        this.more,
      ),
    );
  }
}

function makeLine(): Line {
  const cells = new StoreLine(el("tr"));
  const id = el("th", { scope: "row", class: "c-id" });
  const bar = el("i");
  const holders = el("td", { class: "num c-count" });
  const refs = el("td", { class: "num c-refs" });
  const maker = el("bdi", { dir: "auto" });
  const process = el("td", { class: "c-process" });
  cells.node.append(
    id,
    cells.size,
    el("td", { class: "c-sizebar" }, el("span", { class: "sizebar", "aria-hidden": "true" }, bar)),
    holders,
    refs,
    cells.holders,
    el("td", { class: "c-maker" }, maker),
    process,
    cells.age,
  );
  return { node: cells.node, cells, id, bar, holders, refs, maker, process };
}

function nothingWords(wanted: string, which: string): string {
  if (wanted.trim()) return `No store is held by “${cleanName(wanted.trim())}”.`;
  return which === "all"
    ? "There are no array buffers."
    : "A SharedArrayBuffer that is posted to a worker appears here, once for all who see it.";
}
