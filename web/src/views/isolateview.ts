/*
 * One isolate: what it does and when that ends, what can be done about it, its heap over time and by
 * job, where memory is allocated and what it is, what happened, and the facts. It is read from the
 * stream where the stream tells of it, else asked for each second; one that is over shows its past.
 */
import { Route } from "../data/address";
import { eventsOf, failureWords, isolateById } from "../data/api";
import { Census } from "./census";
import { Deeds } from "../parts/deed";
import { el, nameNode, setAttribute, setHidden, setName, setSentence, setText } from "../parts/dom";
import { Facts } from "./facts";
import { clock, cleanName, count, span as spanWords, unbroken } from "../data/format";
import { Gauges } from "../charts/gauges";
import { HeapChart } from "../charts/heapchart";
import { Icicle } from "../charts/icicle";
import { shapeIcon } from "../parts/icons";
import { JobChart } from "../charts/jobchart";
import { Shape, hasEnded, nameOf, stateOf } from "../data/judge";
import { evidenceOf, recycledWords, sentenceOf, siblingsOf, successorOf } from "../data/judgement";
import { IsolateEvents } from "./isolateevents";
import { Happening, Isolate, known } from "../data/protocol";
import { Now, Room, View } from "../parts/view";

const ASK_MS = 1000;
const EVENTS_ASKED = 4000;
const COLLECTIONS_KEPT = 4000;

export class IsolateView implements View {
  private readonly crumbs = el("nav", { class: "crumbs", "aria-label": "Where this is" });
  private readonly chipIcon = el("span", { class: "shape" });
  private readonly chipWord = document.createTextNode("");
  private readonly chip = el("span", { class: "chip" }, this.chipIcon, this.chipWord);
  private readonly since = el("span", { class: "since" });
  private readonly sentence = el("h1", { dir: "auto" }, "");
  private readonly evidence = el("p", { class: "evidence", dir: "auto" });
  private readonly successor = el("p", { class: "evidence" });
  private readonly pin = el("button", { type: "button", class: "toggle", title: "Also drawn in every other chart" }, "Pin");
  private readonly kick = el("div", { class: "kick" }, this.chip, this.since, this.pin);
  private readonly deeds = new Deeds();
  private readonly heap: HeapChart;
  private readonly jobs: JobChart;
  private readonly gauges: Gauges;
  private readonly icicle: Icicle;
  private readonly census: Census;
  private readonly events: IsolateEvents;
  private readonly facts: Facts;
  private readonly page: HTMLElement;
  private id = "";
  private asked: Isolate | null = null;
  private failure = "";
  private askedAt = -Infinity;
  private cursor: number | null = null;
  private isAskingEvents = false;
  private eventsAt = -Infinity;
  private collections: Happening[] = [];
  private recycle: Happening | null = null;
  private shape: Shape | "" = "";
  private crumbsFor = "";
  readonly node: HTMLElement;

  constructor(private readonly room: Room) {
    this.heap = new HeapChart(room);
    this.jobs = new JobChart(room);
    this.gauges = new Gauges(room);
    const { heap, jobs, gauges } = this;
    heap.pointed = (t) => [jobs, gauges].forEach((chart) => chart.point(t));
    jobs.pointed = (t) => [heap, gauges].forEach((chart) => chart.point(t));
    this.icicle = new Icicle(room.address);
    this.census = new Census(() => room.store.t);
    this.events = new IsolateEvents(room.store, room.address);
    this.facts = new Facts(room.store);
    this.pin.addEventListener("click", () => room.pins.toggle(this.id));
    this.page = el(
      "div",
      { class: "room one" },
      el("div", { class: "wide" }, this.heap.node),
      el("div", { class: "narrow" }, this.jobs.node),
      this.gauges.node,
      el("div", { class: "wide" }, this.icicle.node),
      el("div", { class: "narrow" }, this.census.node),
      el("div", { class: "wide" }, this.events.node),
      el("div", { class: "narrow" }, this.facts.node),
    );
    this.node = el(
      "div",
      { class: "view" },
      this.crumbs,
      el(
        "div",
        { class: "head" },
        el(
          "div",
          { class: "verdict" },
          this.kick,
          this.sentence,
          this.evidence,
          this.successor,
        ),
        this.deeds.node,
      ),
      this.page,
    );
  }

  show({ id }: Route): void {
    if (id === null || id === this.id) return;
    this.id = id;
    this.asked = null;
    this.failure = "";
    this.askedAt = this.eventsAt = -Infinity;
    this.cursor = null;
    this.collections = [];
    this.recycle = null;
    this.crumbsFor = "";
    for (const part of [this.deeds, this.heap, this.jobs, this.gauges, this.icicle, this.census, this.events])
      part.turn(id);
  }

  key(event: KeyboardEvent): boolean {
    if (event.key !== "p") return false;
    this.room.pins.toggle(this.id);
    return true;
  }

  render({ budget, isKnown }: Now): void {
    const { store, time, past } = this.room;
    const isolate = this.isolate();
    if (!store.indexOf.has(this.id) && performance.now() - this.askedAt > ASK_MS) void this.ask();
    if (isKnown && performance.now() - this.eventsAt > ASK_MS * 0.9) void this.askEvents();
    const began = isolate?.started_at ?? past.oldest(budget);
    const span = time.span(store.t, Math.max(began, past.oldest(budget)), false, true);
    const shown = { from: span.from, to: Math.min(span.to, Math.max(span.now, span.from + 1)) };
    this.tell(isolate, isKnown);
    this.deeds.render(isolate);
    setAttribute(this.pin, "aria-pressed", String(this.room.pins.of(this.id) !== undefined));
    this.heap.mark(this.collections);
    this.heap.render(isolate, shown, spanWords(shown.to - shown.from));
    this.jobs.render(isolate, shown);
    this.gauges.render(isolate, shown);
    const gc = isolate?.actions?.find((action) => action.do === "gc");
    this.icicle.render(gc);
    this.census.render(gc);
    this.events.render();
    this.facts.render(isolate);
  }

  repaint(): void {
    this.heap.repaint();
    this.jobs.repaint();
    this.shape = "";
  }

  private isolate(): Isolate | null {
    const { store } = this.room;
    return store.isolates[store.indexOf.get(this.id) ?? -1] ?? this.asked;
  }

  private async ask(): Promise<void> {
    const { id } = this;
    this.askedAt = performance.now();
    try {
      const isolate = await isolateById(id);
      if (id === this.id) this.asked = isolate;
      this.failure = "";
    } catch (error) {
      if (id === this.id) this.failure = failureWords(error);
    }
    this.room.request();
  }

  /** Everything of this isolate alone, from where the last answer ended. */
  private async askEvents(): Promise<void> {
    if (this.isAskingEvents) return;
    this.isAskingEvents = true;
    this.eventsAt = performance.now();
    const { id } = this;
    try {
      const page = await eventsOf(id, this.cursor, EVENTS_ASKED);
      if (id !== this.id) return;
      this.cursor = page.next;
      this.events.add(page.events);
      this.recycle = page.events.find((event) => event.type === "recycle") ?? this.recycle;
      this.collections.push(...page.events.filter((event) => event.type === "gc"));
      this.collections.splice(0, Math.max(0, this.collections.length - COLLECTIONS_KEPT));
    } catch {
      // what was told before stays; the next second asks again
    } finally {
      this.isAskingEvents = false;
      this.room.request();
    }
  }

  private tell(isolate: Isolate | null, isKnown: boolean): void {
    const name = isolate ? nameOf(isolate) : this.id;
    this.tellWhere(isolate, name);
    this.tellState(isolate, isKnown);
    this.node.classList.toggle("frozen", !isKnown || !isolate);
    const { store } = this.room;
    const alert = [...store.alerts.values()].find(
      (one) => one.isolate === this.id && one.state === "firing" && one.rule === "drift",
    );
    const words = unbroken(cleanName(sentenceOf(isolate, this.id, alert, this.failure)));
    setSentence(this.sentence, words, this.evidence, this.successor);
    const evidence = [
      evidenceOf(isolate, alert),
      recycledWords(this.recycle),
      isolate && !hasEnded(isolate) ? siblingsOf(store, isolate) : "",
    ];
    setText(this.evidence, unbroken(cleanName(evidence.filter(Boolean).join(" "))));
    this.tellSuccessor(isolate);
  }

  private tellWhere(isolate: Isolate | null, name: string): void {
    const pool = isolate?.pool ?? "";
    const key = `${pool} ${name}`;
    if (key === this.crumbsFor) return;
    this.crumbsFor = key;
    const here = nameNode(name);
    setName(here, name);
    const parts: (Node | string)[] = [el("a", { href: "#/isolates" }, "Isolates"), "/"];
    if (pool && pool !== name) {
      const link = el("a", { href: `#/isolates?q=${encodeURIComponent(pool)}` });
      const words = nameNode(pool);
      link.append(words, " pool");
      parts.push(link, "/");
    }
    this.crumbs.replaceChildren(...parts, here);
  }

  private tellState(isolate: Isolate | null, isKnown: boolean): void {
    const state = isolate ? stateOf(isolate) : null;
    const word = state && isKnown ? state.word : "unknown";
    const title = word.charAt(0).toUpperCase() + word.slice(1);
    if (this.chipWord.data !== title) {
      this.chipWord.data = title;
      this.kick.replaceChildren(this.chip, this.since, this.pin);
    }
    const tone = !state || !isKnown ? "muted" : state.tone === "rising" ? "warning" : state.tone;
    setAttribute(this.chip, "data-tone", tone);
    const shape = state && isKnown ? state.shape : "dashed";
    if (shape !== this.shape) {
      this.shape = shape;
      this.chipIcon.replaceChildren(shapeIcon(shape));
    }
    const words: string[] = [];
    const since = isolate && hasEnded(isolate) ? isolate.ended_at : isolate?.drift?.since;
    if (known(since) && since > 0)
      words.push(`since ${clock(since, this.room.store.t - since < 900)}, ${spanWords(this.room.store.t - since)}`);
    if (known(isolate?.jobs)) words.push(`${count(isolate.jobs)} jobs`);
    setText(this.since, words.join(", "));
  }

  private tellSuccessor(isolate: Isolate | null): void {
    const next = isolate ? successorOf(this.room.store, isolate) : null;
    setHidden(this.successor, !next);
    if (!next || this.successor.dataset.of === next.id) return;
    this.successor.dataset.of = next.id;
    const name = nameNode("");
    setName(name, nameOf(next));
    const link = el("a", { class: "link", href: `#/isolates/${encodeURIComponent(next.id)}` }, name);
    this.successor.replaceChildren("Its place was taken by ", link, ".");
  }
}
