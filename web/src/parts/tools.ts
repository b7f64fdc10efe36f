/*
 * What narrows the table of isolates: a field for words, a chip for each state there is, how they are
 * grouped. All of it stands in the address; here it is only shown and changed.
 */
import { Address } from "../data/address";
import { el, setAttribute, setText } from "./dom";
import { count } from "../data/format";
import { shapeIcon } from "./icons";
import { STATES } from "../data/judge";
import { Asked, Sort } from "../data/order";

const SORT_WORDS: Record<Sort, [string, string]> = {
  state: ["needs attention first", "needs attention last"],
  name: ["by name", "by name, backwards"],
  used: ["largest first", "smallest first"],
  live: ["most live first", "least live first"],
  job: ["fastest growing first", "slowest growing first"],
  to: ["soonest full first", "latest full first"],
  external: ["most external first", "least external first"],
  shared: ["most shared first", "least shared first"],
  queue: ["longest queue first", "shortest queue first"],
};
const GROUPS = [
  ["", "nothing"],
  ["pool", "pool"],
  ["process", "process"],
] as const;

export class Tools {
  private readonly field = el("input", {
    type: "search",
    class: "find",
    placeholder: "Name, pool, pid or state",
    "aria-label": "Find isolates",
    spellcheck: "false",
    autocomplete: "off",
  });
  private readonly chips = el("div", { class: "chips", role: "group", "aria-label": "States" });
  private readonly made = new Map<string, { node: HTMLElement; number: HTMLElement }>();
  private readonly group = el("select", { class: "scope" });
  readonly node: HTMLElement;

  constructor(private readonly address: Address) {
    for (const [value, text] of GROUPS) this.group.append(el("option", { value }, text));
    this.node = el(
      "div",
      { class: "toolbar" },
      el("span", { class: "finder" }, this.field, el("kbd", { "aria-hidden": "true" }, "/")),
      this.chips,
      el("span", { class: "grow" }),
      el("label", { class: "by" }, "Group by", this.group),
    );
    this.field.addEventListener("input", () => this.address.set({ q: this.field.value }, false));
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      if (this.field.value) this.address.set({ q: null }, false);
      else this.field.blur();
      event.stopPropagation();
      event.preventDefault();
    });
    this.group.addEventListener("change", () => this.address.set({ group: this.group.value }));
  }

  focus(): void {
    this.field.focus();
    this.field.select();
  }

  sortWords(asked: Asked): string {
    return SORT_WORDS[asked.sort][asked.reversed ? 1 : 0];
  }

  render(asked: Asked, states: Map<string, number>): void {
    if (this.field.value !== asked.words) this.field.value = asked.words;
    if (this.group.value !== asked.group) this.group.value = asked.group;
    for (const { word, shape, tone } of STATES) {
      const number = states.get(word) ?? 0;
      const isChosen = asked.states.has(word);
      const known = this.made.get(word);
      if (!known && !number && !isChosen) continue;
      const chip = known ?? this.make(word, shape, tone);
      setText(chip.number, count(number));
      setAttribute(chip.node, "aria-pressed", String(isChosen));
    }
  }

  private make(word: string, shape: Parameters<typeof shapeIcon>[0], tone: string) {
    const number = el("span", { class: "remark" });
    const node = el(
      "button",
      { type: "button", class: "statechip", "data-tone": tone },
      el("span", { class: "shape" }, shapeIcon(shape)),
      word,
      number,
    );
    node.addEventListener("click", () => this.toggle(word));
    this.made.set(word, { node, number });
    for (const state of STATES) {
      const chip = this.made.get(state.word);
      if (chip) this.chips.append(chip.node);
    }
    return { node, number };
  }

  private toggle(word: string): void {
    const states = new Set((this.address.get("state") ?? "").split(",").filter(Boolean));
    if (!states.delete(word)) states.add(word);
    this.address.set({ state: [...states].join(",") });
  }
}
