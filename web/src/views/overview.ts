/*
 * The first view: the sentence and the numbers, the budget picture, what to do, isolates,
 * flows, shared stores, what was recycled, events. What somebody reads in ten seconds.
 */
import { Alerts } from "./alerts";
import { el } from "../parts/dom";
import { Ends } from "../data/ends";
import { Events } from "../parts/events";
import { FlowPanel } from "./flowpanel";
import { Hero } from "./hero";
import { Isolates } from "./isolates";
import { nameById } from "../data/judge";
import { Marks } from "../charts/marks";
import { Numbers } from "./numbers";
import { Mark } from "../charts/paint";
import { Happening } from "../data/protocol";
import { Recycled, recycledPanel } from "./recycled";
import { figureOf } from "../data/status";
import { Stores, storesPanel } from "./stores";
import { Verdict } from "./verdict";
import { Now, Room, View } from "../parts/view";

const RECYCLES = 5;

export class Overview implements View {
  private readonly marks = new Marks();
  private readonly numbers = new Numbers();
  private readonly hero: Hero;
  private readonly isolates: Isolates;
  private readonly stores: Stores;
  private readonly flows: FlowPanel;
  private readonly recycled: Recycled;
  readonly node: HTMLElement;

  /** Verdict, alerts and events are heard of while other views are shown, so the page owns them. */
  constructor(
    private readonly room: Room,
    private readonly verdict: Verdict,
    private readonly alerts: Alerts,
    private readonly events: Events,
  ) {
    const { store, lists, address } = room;
    const marks = (): Mark[] =>
      this.marks.list(store.alerts.values(), figureOf(store.status.started_at), (id) =>
        nameById(store, id),
      );
    this.hero = new Hero(room, marks, {
      moment: (t) => address.set({ at: t === null ? null : t.toFixed(1) }),
      isolate: (id) => room.pins.toggle(id),
    });
    this.isolates = new Isolates(room);
    this.stores = storesPanel(store, lists.stores);
    this.flows = new FlowPanel(lists.flows, new Ends(store));
    this.recycled = recycledPanel(lists.recycles, store, RECYCLES, "recycled-title");
    this.node = el(
      "div",
      { class: "view" },
      el("div", { class: "head" }, verdict.node, this.numbers.node),
      el(
        "div",
        { class: "room" },
        this.hero.node,
        el("div", { class: "main" }, this.isolates.node, this.flows.node, events.node),
        el("div", { class: "side" }, alerts.node, this.stores.node, this.recycled.node),
      ),
    );
  }

  render({ budget, counts, isKnown }: Now): void {
    let total = 0;
    for (const process of this.room.store.processes.values()) total += process.isolates ?? 0;
    const trace = budget ? this.room.past.budgets.get(budget.name) : undefined;
    this.numbers.render(budget, trace, counts);
    this.hero.render(budget, isKnown);
    this.isolates.render(counts, total);
    this.alerts.render();
    this.events.render();
    this.flows.render();
    this.stores.render();
    this.recycled.render();
  }

  key(event: KeyboardEvent): boolean {
    if (event.key === "j" || event.key === "k") return this.isolates.step(event.key === "j" ? 1 : -1);
    const id = event.key === "p" ? this.isolates.pointedAt() : null;
    if (id !== null) this.room.pins.toggle(id);
    return id !== null;
  }

  repaint(): void {
    this.hero.repaint();
    this.verdict.repaint();
  }

  /** Rare, each once. */
  happened(event: Happening): void {
    this.marks.add(event, nameById(this.room.store, String(event.isolate ?? "")));
  }
}
