/*
 * All isolates: how many rise and when the first is full, the fleet as a picture when there are too
 * many to read, and the table of them all.
 */
import { Route } from "../data/address";
import { Value, el, setAttribute, setHidden, setText } from "../parts/dom";
import { Fleet } from "../charts/fleet";
import { bytesText, cleanName, count, shortName, timeToLimit } from "../data/format";
import { shapeIcon } from "../parts/icons";
import { Counts, Shape, hasEnded, isRising, nameOf, secondsToLimit, stateOf } from "../data/judge";
import { IsolateList } from "./listing";
import { Pools } from "./pools";
import { Budget, Isolate, known } from "../data/protocol";
import { Now, Room, View } from "../parts/view";

const FLEET_FROM = 61;
const NAMED = 3;

export class ListView implements View {
  readonly wants = "all";
  private readonly chipIcon = el("span", { class: "shape" });
  private readonly chipWord = document.createTextNode("");
  private readonly chip = el("span", { class: "chip" }, this.chipIcon, this.chipWord);
  private readonly sentence = el("h1", { dir: "auto", tabindex: "-1" }, "Isolates");
  private readonly evidence = el("p", { class: "evidence", dir: "auto" });
  private readonly numbers = ["Rising", "Warming", "Flat", "Stale"].map((label) => ({
    label,
    value: new Value("v"),
  }));
  private readonly fleet: Fleet;
  private readonly pools: Pools;
  private readonly list: IsolateList;
  private readonly fleetRow: HTMLElement;
  private shape: Shape | "" = "";
  readonly node: HTMLElement;

  constructor(private readonly room: Room) {
    this.fleet = new Fleet(room);
    this.pools = new Pools(room.store);
    this.list = new IsolateList(room.store, room.past, room.address, room.pins);
    this.fleetRow = el("div", { class: "fleetrow" }, this.fleet.node, this.pools.node);
    this.fleetRow.hidden = true;
    const stats = el("dl", { class: "stats" });
    for (const { label, value } of this.numbers)
      stats.append(el("div", { class: "stat" }, el("dt", {}, label), el("dd", {}, value.node)));
    this.node = el(
      "div",
      { class: "view" },
      el(
        "div",
        { class: "head" },
        el(
          "div",
          { class: "verdict" },
          el("div", { class: "kick" }, this.chip),
          this.sentence,
          this.evidence,
        ),
        stats,
      ),
      el("div", { class: "stack" }, this.fleetRow, this.list.node),
    );
  }

  show(_route: Route): void {
    this.room.request();
  }

  render({ budget, counts, isKnown }: Now): void {
    this.tell(budget, counts, isKnown);
    const isFleet = counts.living >= FLEET_FROM;
    setHidden(this.fleetRow, !isFleet);
    if (isFleet) {
      this.fleet.render(budget, isKnown);
      this.pools.render();
    }
    this.list.render(counts.living + counts.ended);
  }

  repaint(): void {
    this.fleet.repaint();
    this.list.repaint();
  }

  key(event: KeyboardEvent): boolean {
    if (event.key === "/") this.list.tools.focus();
    else if (event.key === "j" || event.key === "k") this.list.focus();
    else if (event.key === "p") {
      const id = this.list.activeId();
      if (id !== null) this.room.pins.toggle(id);
    } else return false;
    return true;
  }

  private tell(budget: Budget | null, counts: Counts, isKnown: boolean): void {
    const { store } = this.room;
    const tally = new Map<string, number>();
    const rising: Isolate[] = [];
    store.isolates.forEach((isolate, index) => {
      if (store.gone[index] || hasEnded(isolate)) return;
      const { word } = stateOf(isolate);
      tally.set(word, (tally.get(word) ?? 0) + 1);
      if (isRising(isolate)) rising.push(isolate);
    });
    this.wear(!isKnown ? "dashed" : rising.length ? "up" : "ring", isKnown, rising.length > 0);
    setText(this.sentence, headline(rising, counts.living));
    setText(this.evidence, [names(rising), safety(budget)].filter(Boolean).join(" "));
    for (const { label, value } of this.numbers) {
      const number = tally.get(label.toLowerCase()) ?? 0;
      value.set({ text: count(number), unit: "" });
      value.node.classList.toggle("rises", label === "Rising" && number > 0);
    }
  }

  private wear(shape: Shape, isKnown: boolean, rises: boolean): void {
    const word = !isKnown ? "Unknown" : rises ? "Warning" : "Steady";
    if (this.chipWord.data !== word) this.chipWord.data = word;
    setAttribute(this.chip, "data-tone", !isKnown ? "muted" : rises ? "warning" : "ok");
    if (this.shape === shape) return;
    this.shape = shape;
    this.chipIcon.replaceChildren(shapeIcon(shape));
  }
}

function headline(rising: Isolate[], living: number): string {
  if (!living) return "All isolates have ended";
  if (!rising.length) {
    return living === 1 ? "The one isolate does not rise" : `None of ${count(living)} isolates is rising`;
  }
  const verb = rising.length === 1 ? "is" : "are";
  const soonest = Math.min(...rising.map((isolate) => secondsToLimit(isolate) ?? Infinity));
  const when = timeToLimit(soonest)
    .replace("~", "about ")
    .replace("< 1 min", "less than a minute")
    .replace("> ", "more than ");
  const who = rising.length === 1 ? "it" : "the first";
  const end = Number.isFinite(soonest) ? `, ${who} is full in ${when}` : "";
  return `${count(rising.length)} of ${count(living)} isolates ${verb} rising${end}`;
}

function names(rising: Isolate[]): string {
  if (!rising.length) return "";
  const soonest = [...rising].sort(
    (a, b) => (secondsToLimit(a) ?? Infinity) - (secondsToLimit(b) ?? Infinity),
  );
  const told = soonest.slice(0, NAMED).map((isolate) => shortName(cleanName(nameOf(isolate))));
  const more = rising.length - told.length;
  return `${told.join(", ")}${more > 0 ? ` and ${count(more)} more` : ""}.`;
}

function safety(budget: Budget | null): string {
  if (!budget || !known(budget.used) || !known(budget.limit)) return "";
  const room = budget.limit - (budget.headroom ?? 0) - budget.used;
  const where = room >= 0 ? "below" : "over";
  return `${cleanName(budget.name)}: ${bytesText(budget.used)} of ${bytesText(budget.limit)} used, ${bytesText(Math.abs(room))} ${where} the head-room line.`;
}
