/*
 * The bar: name, which budget is shown, the time range, how live the page is, the theme.
 */
import { el, setAttribute, setHidden } from "./dom";
import { cleanName, shortName } from "./format";
import { markIcon, themeIcon } from "./icons";
import { Budget } from "./protocol";
import { Store } from "./store";
import { RANGES, TimeWindow } from "./window";

export class TopBar {
  private readonly select = el("select", { class: "scope", "aria-label": "Budget" });
  private readonly ranges = el("div", { class: "seg", role: "group", "aria-label": "Time range" });
  private names = "";
  /** Null until somebody chooses: then the one that presses most. */
  chosen: string | null = null;
  readonly theme = el(
    "button",
    { type: "button", class: "icon", "aria-label": "Light or dark", title: "Light or dark" },
    themeIcon(),
  );
  readonly node: HTMLElement;

  constructor(
    private readonly store: Store,
    private readonly time: TimeWindow,
    live: HTMLElement,
    changed: () => void,
  ) {
    for (const { name } of RANGES) {
      const button = el("button", { type: "button", "data-range": name }, name);
      button.addEventListener("click", () => this.time.choose(name));
      this.ranges.append(button);
    }
    this.select.addEventListener("change", () => {
      this.chosen = this.select.value;
      changed();
    });
    const brand = el("a", { class: "brand", href: "#/" }, markIcon(), "Isoscope");
    this.node = el(
      "header",
      { class: "top" },
      brand,
      this.select,
      el("span", { class: "grow" }),
      this.ranges,
      live,
      this.theme,
    );
  }

  render(budget: Budget | null, range: string): void {
    this.fill();
    setHidden(this.select, !budget);
    if (budget && this.select.value !== budget.name) this.select.value = budget.name;
    this.select.disabled = this.store.budgets.size < 2;
    for (const button of this.ranges.children) {
      setAttribute(button, "aria-pressed", String(button.getAttribute("data-range") === range));
    }
  }

  private fill(): void {
    const names = [...this.store.budgets.keys()];
    const signature = JSON.stringify(names);
    if (signature === this.names) return;
    this.names = signature;
    this.select.replaceChildren(
      ...names.map((name) => el("option", { value: name }, shortName(cleanName(name)))),
    );
  }
}
