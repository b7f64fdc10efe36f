/*
 * Where memory was allocated that is still held: a sampled profile as bars, callers on top of what
 * they call, as wide as what was kept. Taken on request, because watching allocations costs a little.
 */
import { Address } from "../data/address";
import { actionFile, isolatePath } from "../data/api";
import { DeedButton, PROFILE_SECONDS } from "../parts/deed";
import { Choice } from "../parts/choice";
import { el, panel, setHidden, setText } from "../parts/dom";
import { exportButtons, saveCsv } from "../parts/export";
import { bytesText, cleanName, percent, shortName } from "../data/format";
import { Frame, framesOf, tellsAllocated } from "../data/heapfiles";
import { Action } from "../data/protocol";

const ROW = 25;
const DEPTH_MAX = 24;
const LEAST_SHARE = 0.004; // about three pixels

export class Icicle {
  private readonly remark = el("span", { class: "remark" });
  private readonly bars = el("ul", { class: "icicle", "aria-label": "Allocation sites, callers first" });
  private readonly nothing = el("p", { class: "nothing" });
  private readonly button: DeedButton;
  private readonly files: HTMLElement;
  /** Growth, or all that was allocated, gone or not. */
  private readonly choice: Choice;
  private readonly choices: HTMLElement;
  private profile: unknown = null;
  private drawn = "";
  private root: Frame | null = null;
  private id = "";
  readonly node: HTMLElement;

  constructor(private readonly address: Address) {
    this.choice = new Choice(address, "profile", "What the bars show", [["held", "Still held"], ["all", "All allocated"]]);
    this.choices = el("div", { class: "choices" }, this.choice.node);
    this.button = new DeedButton(
      {
        does: "profile",
        verb: `Profile ${PROFILE_SECONDS} s`,
        cost: "it goes on, a little slower",
        progress: `sampling for ${PROFILE_SECONDS} s`,
        query: { seconds: String(PROFILE_SECONDS), interval: "16384" },
        file: "heapprofile",
      },
      () => isolatePath(this.id),
      (result) => void this.load(result.id),
    );
    this.files = exportButtons("the profile", null, () => this.saveCsv());
    this.node = panel(
      { id: "icicle-title", title: "Where it is allocated" },
      [this.remark, el("span", { class: "grow" }), this.files],
      this.choices,
      this.bars,
      this.nothing,
      el("div", { class: "panelfoot" }, this.button.node),
    );
    this.show();
  }

  turn(id: string): void {
    this.id = id;
    this.button.reset();
    this.profile = null;
    this.show();
  }

  /** `gc` stands for what asks the isolate itself: where that is refused, this is too. */
  render(gc: Action | undefined): void {
    const why = gc ? gc.why_not : "it is not known any more";
    setHidden(this.button.node, Boolean(why));
    this.button.update(null, false);
    if (this.profile && this.drawn !== this.chosen()) this.show();
    if (this.root) return;
    setText(
      this.nothing,
      why
        ? `A profile cannot be taken: ${cleanName(why)}.`
        : "No profile yet. One says which lines allocate what stays.",
    );
  }

  private async load(action: number): Promise<void> {
    const { id } = this;
    const profile: unknown = await actionFile(action).catch(() => null);
    if (id !== this.id) return;
    this.profile = profile;
    this.show();
  }

  private chosen(): string {
    return this.address.get("profile") === "all" && tellsAllocated(this.profile) ? "all" : "held";
  }

  private show(): void {
    this.drawn = this.chosen();
    this.choice.render({ profile: this.drawn });
    const root = framesOf(this.profile, this.drawn === "all" ? "allocatedSize" : "selfSize");
    this.root = root && root.bytes > 0 ? root : null;
    setHidden(this.bars, !this.root);
    setHidden(this.files, !this.root);
    setHidden(this.choices, !this.root || !tellsAllocated(this.profile));
    setHidden(this.nothing, Boolean(this.root));
    setText(this.remark, root ? `${bytesText(root.bytes)} allocated in ${PROFILE_SECONDS} s${this.drawn === "all" ? ", gone or not" : " and still held"}` : "");
    if (root && !root.bytes) setText(this.nothing, "Nothing that was allocated meanwhile is still held.");
    if (!this.root) return;
    const whole = this.root.bytes;
    const bars: HTMLElement[] = [];
    const depth = this.lay(this.root, 0, 0, whole, bars);
    this.bars.replaceChildren(...bars);
    this.bars.style.height = `${(depth + 1) * ROW}px`;
  }

  private lay(frame: Frame, depth: number, left: number, whole: number, bars: HTMLElement[]): number {
    bars.push(this.bar(frame, depth, left, whole));
    if (depth + 1 >= DEPTH_MAX) return depth;
    let at = left;
    let deepest = depth;
    let rest = 0;
    let many = 0;
    for (const child of frame.children) {
      if (child.bytes / whole < LEAST_SHARE) {
        rest += child.bytes;
        many++;
        continue;
      }
      deepest = Math.max(deepest, this.lay(child, depth + 1, at, whole, bars));
      at += child.bytes;
    }
    if (rest / whole >= LEAST_SHARE) {
      bars.push(this.bar({ name: `${many} more`, site: "", bytes: rest, children: [] }, depth + 1, at, whole));
      deepest = Math.max(deepest, depth + 1);
    }
    return deepest;
  }

  private bar(frame: Frame, depth: number, left: number, whole: number): HTMLElement {
    const share = percent(frame.bytes, whole).text;
    const name = depth ? shortName(cleanName(frame.name)) : (this.drawn === "all" ? "(all that was allocated)" : "(all that is still held)");
    const words = `${name} ${shortName(cleanName(frame.site))} ${share} %`.replace("  ", " ");
    const node = el("li", { title: `${words}, ${bytesText(frame.bytes)}` }, el("bdi", { dir: "auto" }, words));
    node.style.left = `${(100 * left) / whole}%`;
    node.style.width = `${(100 * frame.bytes) / whole}%`;
    node.style.top = `${depth * ROW}px`;
    node.style.setProperty("--share", depth ? `${Math.round(10 + (34 * frame.bytes) / whole)}%` : "0%");
    return node;
  }

  private saveCsv(): void {
    const rows: (string | number)[][] = [];
    const walk = (frame: Frame, path: string): void => {
      const here = `${path}${path && " > "}${frame.name}${frame.site && ` ${frame.site}`}`;
      rows.push([here, frame.bytes]);
      for (const child of frame.children) walk(child, here);
    };
    if (this.root) walk(this.root, "");
    saveCsv(`allocations of ${this.id}`, ["path", "bytes"], rows);
  }
}
