/*
 * How old what you see is. The chip in the bar says live, paused, late or lost; when the
 * connection is lost a banner says since when, when it is tried again, and offers to try now.
 * After it came back one remark says so and leaves by itself.
 */
import { el, setAttribute, setHidden, setText } from "./dom";
import { clock, span } from "../data/format";
import { warningIcon } from "./icons";
import { Status } from "../data/protocol";
import { Stream } from "../data/stream";
import { TimeWindow } from "../data/window";

const REMARK_MS = 8000;

export class Connection {
  private readonly word = document.createTextNode("Connecting");
  private readonly age = el("span", { class: "age" });
  readonly chip = el(
    "button",
    { type: "button", class: "live", title: "Space pauses the picture" },
    el("i", { "aria-hidden": "true" }),
    this.word,
    this.age,
  );
  private readonly lead = el("b");
  private readonly rest = el("span");
  private readonly again = el("button", { type: "button", class: "btn" }, "Try now");
  readonly banner = el(
    "div",
    { class: "banner", role: "status" },
    warningIcon(),
    el("span", {}, this.lead, this.rest),
    el("span", { class: "grow" }),
    this.again,
  );
  private lostAt = 0;
  private backAt = -Infinity;
  private gap = "";
  private startedAt: unknown = null;
  private wasRestarted = false;

  constructor(
    private readonly time: TimeWindow,
    private readonly now: () => number,
  ) {
    this.banner.hidden = true;
    this.chip.addEventListener("click", () => this.time.togglePause(this.now()));
  }

  watch(stream: Stream): void {
    this.again.addEventListener("click", () => stream.open());
  }

  /** A new frame: is it of the daemon that was there before? */
  look(status: Status): void {
    this.wasRestarted = this.startedAt !== null && status.started_at !== this.startedAt;
    this.startedAt = status.started_at ?? null;
  }

  render(stream: Stream, t: number): void {
    const isLost = stream.state === "lost";
    if (isLost && !this.lostAt) this.lostAt = t || Date.now() / 1000;
    if (stream.state === "live" && this.lostAt) {
      this.gap = `${clock(this.lostAt, true)}–${clock(t, true)}`;
      this.lostAt = 0;
      this.backAt = performance.now();
    }
    const isBack = !isLost && performance.now() - this.backAt < REMARK_MS;
    setHidden(this.banner, !isLost && !isBack);
    setHidden(this.again, !isLost);
    this.banner.classList.toggle("back", isBack);
    if (isLost) this.sayLost(stream);
    else if (isBack) {
      setText(this.lead, "Connected again.");
      const why = this.wasRestarted ? "The collector was restarted. " : "";
      setText(this.rest, ` ${why}Nothing was heard ${this.gap}.`);
    }
    this.showChip(stream, t);
  }

  private sayLost(stream: Stream): void {
    const wait = Math.max(0, Math.ceil((stream.nextAt - performance.now()) / 1000));
    const lead = stream.refusal || `Connection lost at ${clock(this.lostAt, true)}.`;
    setText(this.lead, lead);
    const next = stream.nextAt ? `Trying again in ${wait} s.` : "Trying now.";
    setText(this.rest, ` Values are frozen, ${span(stream.ageSeconds())} old. ${next}`);
  }

  private showChip(stream: Stream, t: number): void {
    const paused = this.time.pausedAt();
    const state = stream.state === "live" && paused !== null ? "paused" : stream.state;
    setAttribute(this.chip, "data-state", state);
    const words = {
      live: "Live",
      paused: "Paused",
      late: "Late",
      lost: "Lost",
      connecting: "Connecting",
    };
    if (this.word.data !== words[state]) this.word.data = words[state];
    let age = t ? clock(t, true) : "";
    if (state === "late" || state === "lost") age = span(stream.ageSeconds());
    if (state === "paused" && paused !== null) age = `${span(t - paused)} behind`;
    setText(this.age, age);
    setAttribute(this.chip, "aria-pressed", String(state === "paused"));
  }
}
