/*
 * A view whose code is fetched when it is first looked at, or before that, once the page rests. Until
 * it is here its place stands empty; what cannot be fetched says so and offers a reload, because
 * not every browser asks again for a module that failed. Owned by main.ts, which sees no difference.
 */
import { Route } from "../data/address";
import { el, setHidden, setText } from "./dom";
import { Happening } from "../data/protocol";
import { Now, View } from "./view";

const PATIENCE_MS = 400;

/** What the page has to know of a view before it is there. */
export type Traits = Pick<View, "wants" | "isForNobody">;

export class Later<Code> implements View {
  private readonly words = el("h1");
  private readonly reload = el("button", { type: "button", class: "btn" }, "Reload");
  private readonly note = el("div", { class: "trouble", role: "status" }, this.words, this.reload);
  private view: View | null = null;
  private route: Route | null = null;
  private isFetching = false;
  /** A key that came before the view did. */
  private early: KeyboardEvent | null = null;
  readonly wants?: string;
  readonly isForNobody: boolean;
  readonly node = el("div", {}, this.note);

  constructor(
    /** "The flows", as a sentence begins with it. */
    private readonly what: string,
    private readonly fetch: () => Promise<Code>,
    private readonly make: (code: Code) => View,
    private readonly arrived: () => void,
    traits: Traits,
  ) {
    if (traits.wants !== undefined) this.wants = traits.wants;
    this.isForNobody = traits.isForNobody === true;
    this.note.hidden = true;
    this.reload.addEventListener("click", () => location.reload());
  }

  /** So that it is there when the collector is not. */
  ahead(): void {
    this.fetch().catch(() => undefined);
  }

  show(route: Route): void {
    this.route = route;
    if (this.view) this.view.show?.(route);
    else if (!this.isFetching) void this.bring();
  }

  hide(): void {
    this.route = null;
    this.view?.hide?.();
  }

  render(now: Now): void {
    this.view?.render(now);
  }

  repaint(): void {
    this.view?.repaint?.();
  }

  happened(event: Happening): void {
    this.view?.happened?.(event);
  }

  key(event: KeyboardEvent): boolean {
    if (!this.view) this.early = event;
    return this.view?.key?.(event) ?? false;
  }

  private async bring(): Promise<void> {
    this.isFetching = true;
    setHidden(this.reload, true);
    const late = setTimeout(() => this.tell(`${this.what} are on their way.`), PATIENCE_MS);
    try {
      this.view = this.make(await this.fetch());
      this.node.replaceChildren(this.view.node);
      if (this.route) this.view.show?.(this.route);
      if (this.route && this.early) this.view.key?.(this.early);
      this.early = null;
    } catch {
      this.tell(`${this.what} could not be loaded: the collector was not reached, or was updated.`);
      setHidden(this.reload, false);
    } finally {
      clearTimeout(late);
      this.isFetching = false;
      this.arrived();
    }
  }

  private tell(words: string): void {
    setText(this.words, words);
    setHidden(this.note, false);
  }
}
