/*
 * A block that gets higher and lower by itself, and yet moves nothing of what somebody looks at below
 * it: its height stands until somebody acts (a click, a key, another size), or while nothing
 * below it is in sight, or nobody sees the page. What does not fit meanwhile lies under its lower edge, where
 * a button says so. The views own theirs. Invariant: the height is free until its content was there for a
 * while, for what a program has comes one by one when it starts.
 */
import { el, setHidden } from "./dom";

const INPUT_MS = 450; // what moves that soon after an act was asked for
const GAP = 16; // between panels
const FILLING_MS = 10_000;

const all = new Set<Steady>();
const blocks = new WeakMap<Element, Steady>();
let actedAt = -Infinity;

export class Steady {
  private readonly inner: HTMLElement;
  private readonly more = el("button", { type: "button", class: "below" }, "More below");
  readonly node: HTMLElement;
  private natural = 0;
  /** 0 while it is free. */
  private held = 0;
  private hasContent = false;

  constructor(
    private readonly of: {
      /** Whether what belongs in it has come, be it nothing. */
      isFilled: () => boolean;
      /** How long more may follow, if not FILLING_MS. */
      fillingMs?: number;
    },
    ...children: HTMLElement[]
  ) {
    this.inner = el("div", { class: "steadyin" }, ...children);
    this.node = el(
      "div",
      { class: "steady is-filling" },
      el("div", { class: "steadyclip" }, this.inner),
      this.more,
    );
    this.more.hidden = true;
    all.add(this);
    blocks.set(this.inner, this);
    heights.observe(this.inner);
  }

  /** It is no more. */
  end(): void {
    all.delete(this);
    heights.unobserve(this.inner);
  }

  /** At each drawing: the first answer may have come without a change of height. */
  look(): void {
    if (!this.held && this.natural) this.settle(false);
  }

  measured(height: number): void {
    this.natural = height;
    if (height) this.settle(performance.now() - actedAt < INPUT_MS);
    else if (!this.node.offsetParent) this.free(); // not shown: it comes back as high as it is then
  }

  settle(isAsked: boolean): void {
    if (this.natural === this.held || !this.natural) return setHidden(this.more, true);
    if (this.isFilling()) return this.free();
    if (isAsked || !this.held || document.hidden || this.isUnseen()) return this.hold();
    setHidden(this.more, this.natural < this.held);
  }

  private isFilling(): boolean {
    const { isFilled, fillingMs = FILLING_MS } = this.of;
    if (!isFilled()) return true;
    if (!this.hasContent) {
      this.hasContent = true;
      setTimeout(() => this.filled(), fillingMs);
    }
    return this.node.classList.contains("is-filling");
  }

  private filled(): void {
    this.node.classList.remove("is-filling");
    this.settle(false);
  }

  private hold(): void {
    this.held = this.natural;
    this.node.style.height = `${this.held}px`;
    setHidden(this.more, true);
  }

  private free(): void {
    this.held = 0;
    this.node.style.height = "";
    setHidden(this.more, true);
  }

  /** All that would move lies outside the window, before and after. */
  private isUnseen(): boolean {
    const { bottom } = (this.node.closest(".panel") ?? this.node).getBoundingClientRect();
    const lost = Math.max(0, this.held - this.natural);
    return bottom < 0 || bottom - lost + GAP >= innerHeight;
  }
}

const heights = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) blocks.get(target)?.measured(contentRect.height);
});

/** Nobody looks at it, or somebody has just acted: it may be laid out otherwise. */
export function isMovable(node: HTMLElement): boolean {
  return !node.isConnected || performance.now() - actedAt < INPUT_MS;
}

let isWanted = false;
function settleAll(isAsked: boolean): void {
  if (isAsked) actedAt = performance.now();
  if (isWanted && !isAsked) return;
  isWanted = true;
  requestAnimationFrame(() => {
    isWanted = false;
    const isRecent = performance.now() - actedAt < INPUT_MS;
    for (const one of all) one.settle(isRecent);
  });
}

for (const type of ["pointerdown", "click", "keydown"])
  document.addEventListener(type, () => settleAll(true), { capture: true, passive: true });
addEventListener("resize", () => settleAll(true), { passive: true });
addEventListener("scroll", () => settleAll(false), { passive: true });
