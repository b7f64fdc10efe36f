/*
 * The page: makes the store, the past and the views, shows the one the address names, and draws once
 * an animation frame when something was heard. Nothing is drawn while the page is hidden; on return
 * one frame catches up.
 */
import { Address } from "./data/address";
import { Alerts } from "./views/alerts";
import { Connection } from "./parts/connection";
import { el, setHidden, setText } from "./parts/dom";
import { emptyPanel } from "./views/empty";
import { Events } from "./parts/events";
import { Health, OwnCost } from "./views/health";
import { countStates } from "./data/judge";
import { Keys } from "./parts/keys";
import { Later, Traits } from "./parts/later";
import { Nav } from "./parts/nav";
import { Overview } from "./views/overview";
import { Past, pressing } from "./data/past";
import { Pins } from "./parts/pins";
import { Budget, Frame, Happening, Tick } from "./data/protocol";
import { Lists } from "./data/questions";
import { Store } from "./data/store";
import { Stream } from "./data/stream";
import { startTheme } from "./parts/theme";
import { TopBar } from "./parts/topbar";
import { Updated } from "./parts/updated";
import { Verdict } from "./views/verdict";
import { Room, View } from "./parts/view";
import { TimeWindow } from "./data/window";

type Views = typeof import("./views/views");

const STREAM = "/api/v1/stream?isolates=";
const LARGEST = "top:100";
const AHEAD_MS = 2000;

class Page {
  private readonly store = new Store();
  private readonly address = new Address();
  private readonly past = new Past(this.store, () => this.request());
  private readonly time = new TimeWindow(this.address, () => this.request());
  private readonly speaker = el("p", { class: "unseen", role: "status", "aria-live": "polite" });
  private readonly connection = new Connection(this.time, () => this.store.t);
  private readonly bar = new TopBar(this.store, this.time, this.connection.chip, (budget) =>
    this.address.set({ budget }),
  );
  private readonly say = (words: string): void => setText(this.speaker, words);
  private readonly pins = new Pins(this.address, this.store, this.say);
  private readonly room: Room = {
    store: this.store,
    lists: new Lists(this.store, () => this.request()),
    past: this.past,
    time: this.time,
    address: this.address,
    pins: this.pins,
    say: this.say,
    request: () => this.request(),
  };
  private readonly verdict = new Verdict(this.store, this.room.say);
  private readonly alerts = new Alerts(this.room);
  private readonly events = new Events(this.store, this.address, (event) =>
    this.views[""]?.happened?.(event),
  );
  private readonly own = new OwnCost();
  private readonly health = new Health(this.store, this.own);
  private readonly updated = new Updated();
  private readonly empty = emptyPanel();
  private readonly stage = el("div", { class: "stage" });
  /** By their name in the address; with an asterisk those of one thing. */
  private readonly later = this.laterViews();
  private readonly views: Record<string, View> = {
    "": new Overview(this.room, this.verdict, this.alerts, this.events),
    ...this.later,
  };
  private readonly nav = new Nav(Object.keys(this.views), this.bar.tools());
  private view: View | null = null;
  private stream: Stream | null = null;
  private hasFrame = false;
  /** Somebody has selected text of the view: nothing of it is written until they let go. */
  private isTextHeld = false;
  private isWanted = false;

  start(root: HTMLElement): void {
    startTheme(this.bar.theme, () => this.repaint());
    document.body.classList.add("is-waiting");
    this.bar.place(this.nav.links);
    root.before(this.bar.node);
    root.after(this.nav.tabs);
    root.append(
      this.connection.banner,
      this.updated.node,
      this.pins.node,
      this.empty,
      this.stage,
      this.health.node,
      this.speaker,
    );
    setHidden(this.empty, true);
    this.addKeys();
    this.pins.listenToTouch();
    this.bar.copyLink(() => this.copyLink());
    this.address.listen(() => this.change());
    this.change();
    document.addEventListener("visibilitychange", () => this.request());
    document.addEventListener("selectionchange", () => {
      const selection = getSelection();
      const isSelected = selection?.isCollapsed === false;
      this.isTextHeld = isSelected && this.stage.contains(selection?.anchorNode ?? null);
      this.time.hold(isSelected && this.hasFrame ? this.store.t : null);
    });
    this.stream = new Stream(this.streamAddress(), {
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

  /** All but the overview, which is what most people look at. */
  private laterViews() {
    const { room } = this;
    const later = (what: string, make: (views: Views) => View, traits: Traits = {}): Later<Views> =>
      new Later(what, () => import("./views/views"), make, room.request, traits);
    return {
      isolates: later("The isolates", (views) => new views.ListView(room), { wants: "all" }),
      flows: later("The flows", (views) => new views.FlowsView(room)),
      stores: later("The stores", (views) => new views.StoresView(room)),
      alerts: later("The alerts", (views) => new views.AlertsView(room)),
      processes: later("The processes", (views) => new views.ProcessesView(room, this.own), {
        isForNobody: true,
      }),
      "isolates/*": later("Its charts", (views) => new views.IsolateView(room)),
    };
  }

  private streamAddress(): string {
    return STREAM + (this.view?.wants ?? LARGEST);
  }

  /** The address says something else: another view, or another thing in it. */
  private change(): void {
    const { route } = this.address;
    const named = route.id !== null ? this.views[`${route.view}/*`] : undefined;
    const view = named ?? this.views[route.view] ?? (this.views[""] as View);
    if (view !== this.view) {
      this.view?.hide?.();
      this.view = view;
      this.stage.replaceChildren(view.node);
      if (this.hasFrame) scrollTo(0, 0);
      this.stream?.turn(this.streamAddress());
    }
    view.show?.(route);
    this.request();
  }

  private onFrame(frame: Frame): void {
    this.store.applyFrame(frame);
    this.updated.look(this.store.status);
    this.connection.look(this.store.status);
    this.room.lists.expire();
    this.past.sample();
    this.request();
    void this.catchUp();
    if (!this.hasFrame) setTimeout(() => this.later.flows.ahead(), AHEAD_MS);
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
    if (this.view !== this.views[""]) this.view?.happened?.(event);
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
    const { stream, store, view } = this;
    if (!stream || !view) return;
    this.connection.render(stream, store.t);
    const firing = [...store.alerts.values()].filter((alert) => alert.state === "firing").length;
    this.nav.render(this.address.route.view, firing);
    if (!this.hasFrame) return;
    const isKnown = stream.state === "live" || stream.state === "late";
    store.isHeard = isKnown;
    const counts = countStates(store);
    const budget = this.budget();
    this.verdict.render(isKnown, store.t);
    const isEmpty = counts.living + counts.ended === 0;
    const isShown = !isEmpty || view.isForNobody === true;
    setHidden(this.empty, isShown);
    setHidden(this.stage, !isShown);
    this.pins.render();
    this.bar.render(budget, this.time.rangeName(store.t, this.past.oldest(budget)));
    if (isShown && !this.isTextHeld) view.render({ budget, counts, isKnown });
    this.health.render(counts, stream.ageSeconds());
    document.body.classList.toggle("is-frozen", !isKnown);
    document.body.classList.remove("is-waiting");
  }

  private budget(): Budget | null {
    return this.store.budgets.get(this.address.get("budget") ?? "") ?? pressing(this.store);
  }

  private repaint(): void {
    for (const view of Object.values(this.views)) view.repaint?.();
    this.request();
  }

  /** A live range becomes the minutes that are shown now. */
  private async copyLink(): Promise<boolean> {
    const frozen = this.time.frozen(this.store.t, this.past.oldest(this.budget()));
    try {
      await navigator.clipboard.writeText(this.address.link({ ...frozen, range: null }));
    } catch {
      return false; // the browser does not let a page without TLS write there
    }
    this.room.say("Link copied");
    return true;
  }

  private addKeys(): void {
    const keys = new Keys((event) => this.view?.key?.(event) ?? false);
    const oldest = (): number => this.past.oldest(this.budget());
    for (const place of this.nav.places) {
      const run = (): void => this.address.go(`#/${place.view}`);
      keys.add({ keys: `g ${place.key}`, does: place.label, run });
    }
    const add = (key: string, does: string, run: (event: KeyboardEvent) => void): void =>
      keys.add({ keys: key, does, run });
    add(" ", "Pause the picture, or go live", () => this.time.togglePause(this.store.t));
    add("Escape", "One zoom back", () => this.time.unzoom());
    add("[", "A shorter range", () => this.time.step(-1, this.store.t, oldest()));
    add("]", "A longer range", () => this.time.step(1, this.store.t, oldest()));
    add("+", "Zoom in", () => this.time.scale(0.5, this.store.t, oldest()));
    add("-", "Zoom out", () => this.time.scale(2, this.store.t, oldest()));
    add("/", "Find", (event) => {
      this.address.go("#/isolates");
      this.view?.key?.(event);
    });
    keys.tell("j k", "Rows up and down");
    keys.tell("Enter", "Open the row");
    keys.tell("p", "Pin or unpin the row, or this isolate");
    add("t", "Light or dark", () => this.bar.theme.click());
    add("c", "Copy a link to what is shown", () => this.bar.link.click());
  }
}

new Page().start(document.getElementById("main") as HTMLElement);
