/*
 * The sentence. Its words are the daemon's; the page adds the chip, since when it says so, and
 * puts it in the past when the connection is lost. Title and tab icon carry the same state.
 */
import { el, setAttribute, setSentence, setText } from "../parts/dom";
import { cleanName, clock, span, timeToLimit, unbroken } from "../data/format";
import { favicon, shapeIcon } from "../parts/icons";
import { Shape, secondsToLimit } from "../data/judge";
import { Store } from "../data/store";
import { palette } from "../parts/theme";

interface Look {
  word: string;
  shape: Shape;
  tone: "ok" | "warning" | "critical" | "accent" | "muted";
}

const LOOKS: Record<string, Look> = {
  safe: { word: "Safe", shape: "ring", tone: "ok" },
  advice: { word: "Advice", shape: "diamond", tone: "accent" },
  stale: { word: "Stale", shape: "hatch", tone: "warning" },
  rising: { word: "Warning", shape: "up", tone: "warning" },
  over: { word: "Over", shape: "up", tone: "critical" },
};
const UNKNOWN_LOOK: Look = { word: "Unknown", shape: "dashed", tone: "muted" };

export class Verdict {
  private readonly icon = el("span", { class: "shape" });
  private readonly word = document.createTextNode("");
  private readonly chip = el("span", { class: "chip" }, this.icon, this.word);
  private readonly since = el("span", { class: "since" });
  private readonly kick = el("div", { class: "kick" }, this.chip, this.since);
  private readonly sentence = el("h1", { dir: "auto" }, "Connecting to the collector");
  private readonly evidence = el("p", { class: "evidence", dir: "auto" });
  private readonly tabIcon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  private state = "";
  private stateSince = 0;
  private shape = "";
  readonly node = el(
    "div",
    { class: "verdict" },
    this.kick,
    this.sentence,
    this.evidence,
  );

  constructor(
    private readonly store: Store,
    private readonly say: (words: string) => void,
  ) {
    this.wear(UNKNOWN_LOOK);
  }

  render(isKnown: boolean, heardAt: number): void {
    const { state = "", text, evidence } = this.store.verdict;
    if (state !== this.state) {
      if (this.state) {
        this.say(cleanName(text ?? ""));
        this.stateSince = this.store.t;
      }
      this.state = state;
    }
    const look = LOOKS[state] ?? UNKNOWN_LOOK;
    this.wear(isKnown ? look : UNKNOWN_LOOK);
    this.node.classList.toggle("frozen", !isKnown);
    setSentence(this.sentence, unbroken(stripPoint(cleanName(text ?? "Nothing is known yet"))), this.evidence);
    setText(this.evidence, unbroken(cleanName(evidence ?? "")));
    setText(
      this.since,
      isKnown
        ? this.sinceWords()
        : `last known at ${clock(heardAt, true)}: ${look.word.toLowerCase()}`,
    );
    const sign = look.shape === "up" && isKnown ? "▲ " : "";
    const told = sign ? this.soonest() || look.word : look.word;
    document.title = isKnown ? `${sign}${told} · Isoscope` : "Unknown · Isoscope";
  }

  /** When the first isolate meets its limit, where that can be told. */
  private soonest(): string {
    let least = Infinity;
    for (const isolate of this.store.isolates)
      least = Math.min(least, secondsToLimit(isolate) ?? Infinity);
    return Number.isFinite(least) ? timeToLimit(least) : "";
  }

  /** Known only if the state changed while the page watched. */
  private sinceWords(): string {
    if (!this.stateSince) return "";
    return `since ${clock(this.stateSince, false)}, ${span(this.store.t - this.stateSince)}`;
  }

  /** Colours were changed. */
  repaint(): void {
    this.shape = "";
  }

  private wear(look: Look): void {
    if (this.word.data !== look.word) {
      this.word.data = look.word;
      this.kick.replaceChildren(this.chip, this.since); // what stands behind it is written anew
    }
    setAttribute(this.chip, "data-tone", look.tone);
    if (this.shape === look.word) return;
    this.shape = look.word;
    this.icon.replaceChildren(shapeIcon(look.shape));
    const colour = {
      ok: palette().ok,
      warning: palette().warning,
      critical: palette().critical,
      accent: palette().heap,
      muted: palette().control,
    }[look.tone];
    if (this.tabIcon) this.tabIcon.href = favicon(look.shape, colour);
  }
}

const stripPoint = (text: string): string => text.replace(/\.$/, "");
