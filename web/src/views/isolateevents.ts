/*
 * What happened to one isolate. Everything of it is here, so the last minutes can be read job by job;
 * the everyday happenings are left out unless they are asked for.
 */
import { Address } from "../data/address";
import { EventLines } from "../parts/eventlines";
import { exportButtons, saveCsv } from "../parts/export";
import { Happening } from "../data/protocol";
import { Store } from "../data/store";

const KEPT = 4000;
const EVERYDAY = new Set(["clone", "deliver", "transfer", "detach", "gc"]);

export class IsolateEvents {
  private readonly lines: EventLines;
  private all: Happening[] = [];
  private rare: Happening[] = [];
  private id = "";
  readonly node: HTMLElement;

  constructor(store: Store, address: Address) {
    this.lines = new EventLines(store, address, {
      id: "its-events",
      lines: 14,
      nothing: "Nothing is kept of what happened to it.",
      hasWho: false,
      single: "job",
      exports: exportButtons("the events", null, () => this.saveCsv()),
    });
    this.node = this.lines.node;
  }

  turn(id: string): void {
    this.id = id;
    this.all = [];
    this.rare = [];
  }

  add(events: Happening[]): void {
    if (!events.length) return;
    this.all = [...this.all, ...events].slice(-KEPT);
    this.rare = this.all.filter((event) => !EVERYDAY.has(event.type));
  }

  render(): void {
    this.lines.render(this.rare, this.all);
  }

  private saveCsv(): void {
    saveCsv(
      `events of ${this.id}`,
      ["time", "type", "event"],
      this.all.map((event) => [event.t, event.type, JSON.stringify(event)]),
    );
  }
}
