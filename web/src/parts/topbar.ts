/*
 * The bar: name, which budget is shown, the ways to the views, the time range, how live the page is,
 * a link to what is shown, the theme. On a phone, what has no room in it stands behind "More".
 */
import { el, setAttribute, setHidden, setText } from "./dom";
import { cleanName, shortName } from "../data/format";
import { markIcon, navIcon, themeIcon } from "./icons";
import { Budget } from "../data/protocol";
import { Store } from "../data/store";
import { RANGES, TimeWindow } from "../data/window";

const COPIED_MS = 2000;

export class TopBar {
  private readonly select = el("select", { class: "scope", "aria-label": "Budget" });
  private readonly ranges = el("div", { class: "seg", role: "group", "aria-label": "Time range" });
  private names = "";
  readonly theme = el(
    "button",
    { type: "button", class: "icon", "aria-label": "Light or dark", title: "Light or dark" },
    themeIcon(),
  );
  readonly link = el(
    "button",
    { type: "button", class: "icon", "aria-label": "Copy link", title: "Copy link" },
    navIcon("link"),
  );
  private readonly copied = el("span", { class: "copied", hidden: "" });
  readonly node: HTMLElement;

  constructor(
    private readonly store: Store,
    private readonly time: TimeWindow,
    live: HTMLElement,
    /** A budget by its name; until then it is the one that presses most. */
    choose: (budget: string) => void,
  ) {
    for (const { name } of RANGES) {
      const button = el("button", { type: "button", "data-range": name }, name);
      button.addEventListener("click", () => this.time.choose(name));
      this.ranges.append(button);
    }
    this.select.addEventListener("change", () => choose(this.select.value));
    const brand = el("a", { class: "brand", href: "#/" }, markIcon(), "Isoscope");
    this.node = el(
      "header",
      { class: "top" },
      brand,
      this.select,
      el("span", { class: "grow" }),
      this.ranges,
      live,
      this.copied,
      this.link,
      this.theme,
    );
  }

  /** The ways to the views stand behind the budget. */
  place(links: HTMLElement): void {
    this.select.after(links);
  }

  /** The same for where the bar has no room: the ranges and the link. */
  tools(): HTMLElement[] {
    const ranges = el("select", { class: "scope", "aria-label": "Time range" });
    for (const { name } of RANGES) ranges.append(el("option", { value: name }, name));
    ranges.addEventListener("change", () => this.time.choose(ranges.value));
    this.rangeChoice = ranges;
    const link = el("button", { type: "button", class: "tool" }, navIcon("link"), "Copy link");
    link.addEventListener("click", () => this.link.click());
    return [link, el("label", { class: "tool" }, "Range", ranges)];
  }
  private rangeChoice: HTMLSelectElement | null = null;

  /** `copy` answers whether it could. */
  copyLink(copy: () => Promise<boolean>): void {
    this.link.addEventListener("click", () => {
      void copy().then((could) => {
        setText(this.copied, could ? "Copied" : "Copy it from the address bar");
        setHidden(this.copied, false);
        setTimeout(() => setHidden(this.copied, true), COPIED_MS);
      });
    });
  }

  render(budget: Budget | null, range: string): void {
    this.fill();
    setHidden(this.select, !budget);
    if (budget && this.select.value !== budget.name) this.select.value = budget.name;
    this.select.disabled = this.store.budgets.size < 2;
    for (const button of this.ranges.children) {
      setAttribute(button, "aria-pressed", String(button.getAttribute("data-range") === range));
    }
    if (this.rangeChoice && this.rangeChoice.value !== range) this.rangeChoice.value = range;
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
