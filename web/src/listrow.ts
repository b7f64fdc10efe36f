/*
 * One line of the long table of isolates: an isolate or the heading of a group. Recycled, so
 * everything is written from what it shows now; the sparkline is painted on the table's canvas.
 */
import { isolateAddress } from "./address";
import { Value, el, nameNode, setAttribute, setHidden, setName, setText } from "./dom";
import { bytes, bytesText, cleanName, count, exactBytes, timeToLimit } from "./format";
import { shapeIcon } from "./icons";
import { Shape, hasEnded, nameOf, secondsToLimit, stateOf } from "./judge";
import { Group } from "./order";
import { Figure, Isolate, known } from "./protocol";
import { WHY_DRIFT, WHY_ENDED, WHY_LIVE, perJob } from "./row";
import { Store } from "./store";

const WHY_SILENT = "not known to its emitter";
const cell = (className: string, ...nodes: (Node | string)[]): HTMLElement =>
  el("div", { class: className, role: "gridcell" }, ...nodes);

export class ListRow {
  private readonly name = nameNode("");
  private readonly link = el("a", { class: "open", tabindex: "-1" }, this.name);
  private readonly pool = el("bdi", { class: "jobname", dir: "auto" });
  private readonly icon = el("span", { class: "shape" });
  private readonly word = document.createTextNode("");
  private readonly fill = el("i");
  private readonly tick = el("b");
  private readonly used = new Value();
  private readonly limit = el("span", { class: "of" });
  private readonly values = {
    live: new Value(),
    perJob: new Value(),
    toLimit: new Value(),
    external: new Value(),
    shared: new Value(),
    queued: new Value(),
  };
  private readonly heading = el("div", { class: "c-group", role: "gridcell" });
  private readonly fold = el("button", { type: "button", class: "fold", tabindex: "-1" });
  private readonly groupName = nameNode("");
  private readonly groupWords = el("span", { class: "remark" });
  private readonly cells: HTMLElement[];
  private shape: Shape | "" = "";
  readonly node: HTMLElement;

  constructor(onFold: (row: ListRow) => void) {
    const { live, perJob: job, toLimit, external, shared, queued } = this.values;
    const state = el("span", { class: "st" }, this.icon, this.word);
    const bar = el("span", { class: "bar" }, this.fill, this.tick);
    this.cells = [
      cell("c-name", this.link, this.pool),
      cell("c-state", state),
      cell("c-bar", el("span", { class: "barw" }, bar, this.used.node, this.limit)),
      cell("c-spark"),
      cell("num c-live", live.node),
      cell("num c-job", job.node),
      cell("num c-to", toLimit.node),
      cell("num c-ext", external.node),
      cell("num c-shared", shared.node),
      cell("num c-queue", queued.node),
    ];
    this.fold.append(el("span", { class: "chevron", "aria-hidden": "true" }), this.groupName);
    this.fold.addEventListener("click", () => onFold(this));
    this.heading.append(this.fold, this.groupWords);
    this.node = el("div", { role: "row" }, this.heading, ...this.cells);
  }

  groupShown = "";

  showGroup(group: Group, isFolded: boolean): void {
    this.turn(true);
    this.groupShown = group.name;
    setName(this.groupName, group.name);
    const words = [`${count(group.count)} isolates`, `${bytesText(group.used)} used`];
    if (group.rising) words.push(`${count(group.rising)} rising`);
    setText(this.groupWords, words.join(", "));
    setAttribute(this.fold, "aria-expanded", String(!isFolded));
    setAttribute(this.node, "data-tone", group.rising ? "rising" : "group");
  }

  showIsolate(store: Store, index: number, isolate: Isolate): void {
    this.turn(false);
    setName(this.name, nameOf(isolate));
    const title = `${cleanName(nameOf(isolate))}, isolate ${cleanName(isolate.id)}`;
    setAttribute(this.name, "title", title);
    setAttribute(this.link, "href", isolateAddress(isolate.id));
    setName(this.pool, isolate.pool === nameOf(isolate) ? "" : (isolate.pool ?? ""));
    this.showState(isolate);
    this.showBar(store, index, isolate);
    const has = !hasEnded(isolate);
    const live = has ? store.figure("live", index) : null;
    const { values } = this;
    values.live.setBytes(live, bytes(live), has ? WHY_LIVE : WHY_ENDED);
    values.perJob.set(perJob(isolate), exactBytes(isolate.drift?.bytes_per_job) || WHY_DRIFT);
    const seconds = secondsToLimit(isolate);
    values.toLimit.set(
      { text: timeToLimit(seconds), unit: "" },
      known(seconds) ? "" : "no limit in sight",
    );
    for (const [column, value] of [
      ["external", values.external],
      ["shared", values.shared],
    ] as const) {
      const figure = store.figure(column, index);
      value.setBytes(figure, bytes(figure), WHY_SILENT);
    }
    const queued = isolate.messages?.queued;
    const waiting = exactBytes(store.figure("queued_bytes", index));
    values.queued.set({ text: count(queued), unit: "" }, waiting || WHY_SILENT);
  }

  private turn(isGroup: boolean): void {
    if (this.heading.hidden !== isGroup) return;
    setHidden(this.heading, !isGroup);
    for (const one of this.cells) setHidden(one, isGroup);
  }

  private showState(isolate: Isolate): void {
    const state = stateOf(isolate);
    if (this.word.data !== state.word) this.word.data = state.word;
    setAttribute(this.node, "data-tone", state.tone);
    setAttribute(this.node, "data-shape", state.shape);
    if (this.shape === state.shape) return;
    this.shape = state.shape;
    this.icon.replaceChildren(shapeIcon(state.shape));
  }

  private showBar(store: Store, index: number, isolate: Isolate): void {
    const used = store.figure("used", index);
    const live = hasEnded(isolate) ? null : store.figure("live", index);
    const limit = isolate.heap?.limit;
    this.used.setBytes(used, bytes(used), WHY_SILENT);
    setText(this.limit, known(limit) ? `of ${bytesText(limit)}` : "no limit");
    setAttribute(this.limit, "title", exactBytes(limit) || null);
    const share = (figure: Figure): string =>
      known(figure) && known(limit) && limit > 0
        ? `${Math.min(100, Math.round((1000 * figure) / limit) / 10)}%`
        : "0";
    if (this.fill.style.width !== share(used)) this.fill.style.width = share(used);
    if (this.tick.style.left !== share(live)) this.tick.style.left = share(live);
    setHidden(this.tick, !known(live) || !known(limit));
  }
}
