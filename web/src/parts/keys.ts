/*
 * The keyboard: one table of what each key does, and the list of them behind "?". Single keys never
 * act inside a field, and can be switched off (the choice is kept), because somebody who speaks to
 * their machine types by accident.
 */
import { el } from "./dom";

export interface Key {
  keys: string;
  does: string;
  run(event: KeyboardEvent): void;
}

const KEPT_AS = "isoscope.keys";
const CHORD_MS = 1500;
const PRESSED_BY_SPACE = "button, a, summary, .code, .plottable";

export class Keys {
  private readonly table = new Map<string, Key>();
  private readonly list = el("dl", { class: "keylist" });
  private readonly single = el("input", { type: "checkbox", id: "single-keys" });
  private readonly dialog = el("dialog", { class: "keys", "aria-labelledby": "keys-title" });
  private chordAt = -Infinity;

  /** `inView` is asked first: the view that is shown has keys of its own. */
  constructor(private readonly inView: (event: KeyboardEvent) => boolean) {
    const close = el("button", { type: "button", class: "btn" }, "Close");
    close.addEventListener("click", () => this.dialog.close());
    this.single.checked = read() !== "off";
    this.single.addEventListener("change", () => write(this.single.checked ? "on" : "off"));
    this.dialog.append(
      el("h2", { id: "keys-title" }, "Keys"),
      this.list,
      el("label", { for: "single-keys" }, this.single, "Keys work without a modifier"),
      close,
    );
    document.body.append(this.dialog);
    document.addEventListener("keydown", (event) => this.onKey(event));
    this.add({ keys: "?", does: "This list", run: () => this.dialog.showModal() });
  }

  /** Two letters with a blank between are pressed one after the other. */
  add(key: Key): void {
    this.table.set(key.keys, key);
    this.tell(key.keys === " " ? "Space" : key.keys, key.does);
  }

  /** Into the list alone: a view answers to it. */
  tell(keys: string, does: string): void {
    const words = el("dt");
    for (const one of keys.split(" ")) words.append(el("kbd", {}, one));
    this.list.append(words, el("dd", {}, does));
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || this.dialog.open) return;
    const target = event.target as HTMLElement;
    if (target.closest("input, select, textarea, [contenteditable]")) return;
    const isLetter = event.key.length === 1 && event.key !== " ";
    if (isLetter && !this.single.checked && event.key !== "?") return;
    const isChord = performance.now() - this.chordAt < CHORD_MS;
    this.chordAt = !isChord && event.key === "g" ? performance.now() : -Infinity;
    if (!isChord && this.inView(event)) return event.preventDefault();
    const key = this.table.get(isChord ? `g ${event.key}` : event.key);
    if (!key || (event.key === " " && target.closest(PRESSED_BY_SPACE))) return;
    event.preventDefault();
    key.run(event);
  }
}

function read(): string | null {
  try {
    return localStorage.getItem(KEPT_AS);
  } catch {
    return null; // storage switched off: keys are on
  }
}

function write(value: string): void {
  try {
    localStorage.setItem(KEPT_AS, value);
  } catch {
    // nothing to keep it in: it holds until the page is left
  }
}
