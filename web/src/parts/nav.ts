/*
 * The ways between the views: links in the bar, on a phone a bar of tabs at the bottom with the rest
 * behind "More". Shows only views that there are.
 */
import { el, setAttribute, setHidden, setText } from "./dom";
import { count } from "../data/format";
import { NavIcon, navIcon } from "./icons";

export interface Place {
  /** As in the address. */
  view: string;
  label: string;
  /** After g. */
  key: string;
  icon: NavIcon;
}

const PLACES: Place[] = [
  { view: "", label: "Overview", key: "o", icon: "overview" },
  { view: "isolates", label: "Isolates", key: "i", icon: "isolates" },
  { view: "flows", label: "Flows", key: "f", icon: "flows" },
  { view: "stores", label: "Stores", key: "s", icon: "stores" },
  { view: "alerts", label: "Alerts", key: "a", icon: "alerts" },
  { view: "processes", label: "Processes", key: "p", icon: "processes" },
];
/** On a phone these are tabs, the others lie behind "More". */
const TABS = ["", "isolates", "flows", "alerts"];

export class Nav {
  readonly places: Place[];
  readonly links = el("nav", { class: "places", "aria-label": "Views" });
  readonly tabs = el("nav", { class: "tabs", "aria-label": "Views, at hand" });
  private readonly sheet = el("div", { class: "sheet", id: "more" });
  private readonly more = el(
    "button",
    { type: "button", "aria-expanded": "false", "aria-controls": "more" },
    navIcon("more"),
    "More",
  );
  private readonly counters: HTMLElement[] = [];

  /** `tools` stand behind "More" on a phone too. */
  constructor(views: Iterable<string>, tools: HTMLElement[]) {
    const known = new Set(views);
    this.places = PLACES.filter((place) => known.has(place.view));
    for (const place of this.places) {
      this.links.append(this.link(place, null));
      (TABS.includes(place.view) ? this.tabs : this.sheet).append(this.link(place, place.icon));
    }
    this.sheet.append(...tools);
    this.tabs.append(this.more, this.sheet);
    this.sheet.hidden = true;
    this.more.addEventListener("click", () => this.open(this.sheet.hidden));
    this.sheet.addEventListener("click", (event) => {
      if ((event.target as Element).closest("a, button")) this.open(false);
    });
    this.tabs.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.sheet.hidden) return;
      event.stopPropagation();
      this.open(false);
      this.more.focus();
    });
  }

  render(view: string, firing: number): void {
    for (const link of [...this.links.children, ...this.tabs.querySelectorAll("a")]) {
      const isHere = link.getAttribute("data-view") === view;
      setAttribute(link, "aria-current", isHere ? "page" : null);
    }
    for (const counter of this.counters) {
      setHidden(counter, firing === 0);
      setText(counter, count(firing));
    }
  }

  private open(isOpen: boolean): void {
    setHidden(this.sheet, !isOpen);
    setAttribute(this.more, "aria-expanded", String(isOpen));
  }

  private link(place: Place, icon: NavIcon | null): HTMLElement {
    const link = el(
      "a",
      { href: `#/${place.view}`, "data-view": place.view },
      icon && navIcon(icon),
      place.label,
    );
    if (place.view !== "alerts") return link;
    const counter = el("span", { class: "counter" });
    counter.hidden = true;
    this.counters.push(counter);
    link.append(counter);
    return link;
  }
}
