/*
 * What happened to one isolate, newest first. Everything of it is here, so like things in a row stand
 * as one line; the everyday ones can be left out.
 */
import { Value, el, setAttribute, setHidden, setText } from "./dom";
import { exportButtons, saveCsv } from "./export";
import { clock, count, utc } from "./format";
import { tell } from "./happening";
import { nameById } from "./judge";
import { Happening } from "./protocol";
import { Store } from "./store";

const KEPT = 4000;
const LINES = 14;
const EVERYDAY = new Set(["clone", "deliver", "transfer", "detach", "gc"]);

export class IsolateEvents {
  private readonly body = el("tbody");
  private readonly nothing = el("p", { class: "nothing" }, "Nothing is kept of what happened to it.");
  private readonly toggle = el("button", { type: "button", class: "toggle", "aria-pressed": "false" }, "All");
  private events: Happening[] = [];
  private showsAll = false;
  private isHeld = false;
  private isStale = true;
  private id = "";
  readonly node: HTMLElement;

  constructor(private readonly store: Store) {
    const head = el(
      "tr",
      {},
      el("th", { scope: "col", class: "c-time" }, "Time"),
      el("th", { scope: "col", class: "c-what" }, "What"),
      el("th", { scope: "col", class: "num c-size" }, "Size"),
    );
    this.node = el(
      "section",
      { class: "panel", "aria-labelledby": "its-events" },
      el(
        "header",
        {},
        el("h2", { id: "its-events" }, "Events"),
        el("span", { class: "remark" }, "newest first"),
        el("span", { class: "grow" }),
        exportButtons("the events", null, () => this.saveCsv()),
        this.toggle,
      ),
      el("table", { class: "events", "aria-labelledby": "its-events" }, el("thead", {}, head), this.body),
      this.nothing,
    );
    this.toggle.addEventListener("click", () => {
      this.showsAll = !this.showsAll;
      setAttribute(this.toggle, "aria-pressed", String(this.showsAll));
      this.isStale = true;
      this.render();
    });
    this.body.addEventListener("pointerenter", () => {
      this.isHeld = true;
    });
    this.body.addEventListener("pointerleave", () => {
      this.isHeld = false;
    });
  }

  turn(id: string): void {
    this.id = id;
    this.events = [];
    this.isStale = true;
  }

  add(events: Happening[]): void {
    if (!events.length) return;
    this.events.push(...events);
    if (this.events.length > KEPT) this.events = this.events.slice(-KEPT);
    this.isStale = true;
  }

  render(): void {
    if (!this.isStale || this.isHeld) return;
    this.isStale = false;
    const lines: { event: Happening; times: number }[] = [];
    for (let i = this.events.length - 1; i >= 0; i--) {
      const event = this.events[i] as Happening;
      if (!this.showsAll && EVERYDAY.has(event.type)) continue;
      const last = lines[lines.length - 1];
      if (last && last.event.type === event.type && event.type !== "job") last.times++;
      else if (lines.length === LINES) break;
      else lines.push({ event, times: 1 });
    }
    this.body.replaceChildren(...lines.map(({ event, times }) => this.line(event, times)));
    setHidden(this.nothing, lines.length > 0);
  }

  private line(event: Happening, times: number): HTMLElement {
    const telling = tell(event, (id) => nameById(this.store, String(id ?? "")));
    const what = el("span", { class: telling.tone });
    setText(what, times > 1 ? `${telling.what} × ${count(times)}` : telling.what);
    const size = new Value();
    size.set(telling.size);
    return el(
      "tr",
      {},
      el("td", { class: "c-time" }, el("time", { title: utc(event.t) }, clock(event.t, true))),
      el("td", { class: "c-what" }, what, el("bdi", { class: "detail", dir: "auto" }, telling.detail)),
      el("td", { class: "num" }, size.node),
    );
  }

  private saveCsv(): void {
    saveCsv(
      `events of ${this.id}`,
      ["time", "type", "event"],
      this.events.map((event) => [event.t, event.type, JSON.stringify(event)]),
    );
  }
}
