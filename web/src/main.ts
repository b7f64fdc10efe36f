/*
 * The page: makes the store, the past and the views, lays them out, and draws once an animation
 * frame when something was heard. Nothing is drawn while the page is hidden; on return one frame
 * catches up.
 */
import { Alerts } from "./alerts";
import { Connection } from "./connection";
import { el, setHidden, setText } from "./dom";
import { emptyPanel } from "./empty";
import { Events } from "./events";
import { Health } from "./health";
import { Hero } from "./hero";
import { Isolates } from "./isolates";
import { Counts, countStates, nameOf } from "./judge";
import { Marks } from "./marks";
import { Numbers } from "./numbers";
import { Past, pressing } from "./past";
import { Budget, Frame, Happening, Tick } from "./protocol";
import { Store } from "./store";
import { Stores } from "./stores";
import { Stream } from "./stream";
import { startTheme } from "./theme";
import { TopBar } from "./topbar";
import { Verdict } from "./verdict";
import { TimeWindow } from "./window";

const STREAM = "/api/v1/stream?isolates=top:100";

class Page {
  private readonly store = new Store();
  private readonly past = new Past(this.store, () => this.request());
  private readonly time = new TimeWindow(() => this.request());
  private readonly marks = new Marks();
  private readonly speaker = el("p", { class: "unseen", role: "status", "aria-live": "polite" });
  private readonly connection = new Connection(this.time, () => this.store.t);
  private readonly bar = new TopBar(this.store, this.time, this.connection.chip, () =>
    this.request(),
  );
  private readonly verdict = new Verdict(this.store, (words) => this.say(words));
  private readonly numbers = new Numbers();
  private readonly hero = new Hero(this.store, this.past, this.time, () => this.markList());
  private readonly isolates = new Isolates(this.store, this.past);
  private readonly alerts = new Alerts(this.store, (words) => this.say(words));
  private readonly events = new Events(this.store, (event) =>
    this.marks.add(event, this.nameOf(String(event.isolate ?? ""))),
  );
  private readonly stores = new Stores(this.store);
  private readonly health = new Health(this.store);
  private readonly empty = emptyPanel();
  private readonly room = el("div", { class: "room" });
  private stream: Stream | null = null;
  private hasFrame = false;
  private isWanted = false;

  start(root: HTMLElement): void {
    startTheme(this.bar.theme, () => this.repaint());
    this.room.append(
      this.hero.node,
      el("div", { class: "main" }, this.isolates.node, this.events.node),
      el("div", { class: "side" }, this.alerts.node, this.stores.node),
    );
    root.before(this.bar.node);
    root.append(
      this.connection.banner,
      el("div", { class: "head" }, this.verdict.node, this.numbers.node),
      this.empty,
      this.room,
      this.health.node,
      this.speaker,
    );
    setHidden(this.empty, true);
    this.listenToKeys();
    document.addEventListener("visibilitychange", () => this.request());
    this.stream = new Stream(STREAM, {
      frame: (frame) => this.onFrame(frame),
      tick: (tick) => this.onTick(tick),
      alert: (alert) => this.alerts.announce(alert),
      happening: (event) => this.onEvent(event),
      connection: () => this.request(),
    });
    this.connection.watch(this.stream);
    setInterval(() => {
      if (this.stream?.state !== "live") this.request();
    }, 1000);
  }

  private onFrame(frame: Frame): void {
    this.store.applyFrame(frame);
    this.past.sample();
    this.request();
    void this.catchUp();
    this.hasFrame = true;
  }

  private onTick(tick: Tick): boolean {
    if (!this.hasFrame || !this.store.applyTick(tick)) return false;
    this.past.sample();
    this.request();
    return true;
  }

  private onEvent(event: Happening): void {
    this.events.add(event);
    this.request();
  }

  /** What was before this page, or while it was cut off. The live view does not wait for it. */
  private async catchUp(): Promise<void> {
    try {
      await this.events.ask();
      await this.past.load();
    } catch {
      // without a past the picture begins now, which its axis shows
    }
  }

  private request(): void {
    if (this.isWanted || document.hidden) return;
    this.isWanted = true;
    requestAnimationFrame(() => {
      this.isWanted = false;
      this.render();
    });
  }

  private render(): void {
    const { stream, store } = this;
    if (!stream) return;
    this.connection.render(stream, store.t);
    if (!this.hasFrame) return;
    const isKnown = stream.state === "live" || stream.state === "late";
    const counts = countStates(store);
    const budget = this.budget();
    this.verdict.render(isKnown, store.t);
    this.numbers.render(budget, budget ? this.past.budgets.get(budget.name) : undefined, counts);
    const isEmpty = counts.living + counts.ended === 0;
    setHidden(this.empty, !isEmpty);
    setHidden(this.room, isEmpty);
    this.bar.render(budget, this.time.rangeName(store.t, this.past.oldest(budget)));
    if (!isEmpty) this.renderRoom(budget, counts, isKnown);
    this.health.render(counts, stream.ageSeconds());
    document.body.classList.toggle("is-frozen", !isKnown);
  }

  private renderRoom(budget: Budget | null, counts: Counts, isKnown: boolean): void {
    let total = 0;
    for (const process of this.store.processes.values()) total += process.isolates ?? 0;
    this.hero.render(budget, isKnown);
    this.isolates.render(counts, total);
    this.alerts.render();
    this.events.render();
    this.stores.render();
  }

  private budget(): Budget | null {
    return this.store.budgets.get(this.bar.chosen ?? "") ?? pressing(this.store);
  }

  private markList() {
    return this.marks.list(this.store.alerts.values(), (id) => this.nameOf(id));
  }

  private nameOf(id: string): string {
    const isolate = this.store.isolates[this.store.indexOf.get(id) ?? -1];
    return isolate ? nameOf(isolate) : id;
  }

  private repaint(): void {
    this.hero.repaint();
    this.verdict.repaint();
    this.request();
  }

  private say(words: string): void {
    setText(this.speaker, words);
  }

  private listenToKeys(): void {
    document.addEventListener("keydown", (event) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (target.closest("input, select, textarea, [contenteditable]")) return;
      if (event.key === "Escape") this.time.unzoom();
      else if (event.key === " " && !target.closest("button, a, .code, .plottable")) {
        event.preventDefault();
        this.time.togglePause(this.store.t);
      }
    });
  }
}

new Page().start(document.getElementById("main") as HTMLElement);
