/*
 * The address bar says everything that is shown: `#/VIEW/ID?range=15m&sort=live`. It is the one place
 * such things are kept; views read them and set them here. Links inside the page carry the stretch of
 * time along, so one looks at the same minutes of another thing. Back and forward work.
 */
export interface Route {
  view: string;
  id: string | null;
  query: URLSearchParams;
}

/** What stays when one goes elsewhere. */
const CARRIED = ["range", "from", "to", "pin", "budget"];

export function parseAddress(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [view = "", id] = path.split("/", 2);
  return { view, id: id ? decode(id) : null, query: new URLSearchParams(query) };
}

export function formatAddress({ view, id, query }: Route): string {
  const path = id === null ? view : `${view}/${encodeURIComponent(id)}`;
  const rest = query.toString();
  return `#/${path}${rest ? `?${rest}` : ""}`;
}

export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone percent sign: an address that somebody typed
  }
}

export class Address {
  route = parseAddress(location.hash);
  private readonly listeners: (() => void)[] = [];

  constructor() {
    addEventListener("popstate", () => this.read());
    document.addEventListener("click", (event) => this.follow(event));
  }

  /** Called whenever the address says something else than before. */
  listen(listener: () => void): void {
    this.listeners.push(listener);
  }

  get(name: string): string | null {
    return this.route.query.get(name);
  }

  /** Changes what is asked for in this view; null takes it out. A step for Back unless told not. */
  set(values: Record<string, string | null>, isStep = true): void {
    const query = new URLSearchParams(this.route.query);
    for (const [name, value] of Object.entries(values)) {
      if (value === null || value === "") query.delete(name);
      else query.set(name, value);
    }
    this.write({ ...this.route, query }, isStep);
  }

  go(hash: string): void {
    const route = parseAddress(hash);
    for (const name of CARRIED) {
      const value = this.get(name);
      if (value !== null && !route.query.has(name)) route.query.set(name, value);
    }
    this.write(route, true);
  }

  /** The whole address of what is shown, with these changes. */
  link(values: Record<string, string | null> = {}): string {
    const query = new URLSearchParams(this.route.query);
    for (const [name, value] of Object.entries(values)) {
      if (value === null) query.delete(name);
      else query.set(name, value);
    }
    return location.href.replace(/#.*$/, "") + formatAddress({ ...this.route, query });
  }

  private write(route: Route, isStep: boolean): void {
    const hash = formatAddress(route);
    if (hash === formatAddress(this.route)) return;
    if (isStep) history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
    this.read();
  }

  private read(): void {
    this.route = parseAddress(location.hash);
    for (const listener of this.listeners) listener();
  }

  private follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey)
      return;
    const link = (event.target as Element).closest('a[href^="#/"]');
    if (!link) return;
    event.preventDefault();
    this.go(link.getAttribute("href") as string);
  }
}

export const isolateAddress = (id: string): string =>
  formatAddress({ view: "isolates", id, query: new URLSearchParams() });
