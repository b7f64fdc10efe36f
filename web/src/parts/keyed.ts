/*
 * Elements kept by a key: what stays is rewritten in place, so that a selection, the focus and the
 * pointer keep what they are on; what is new is made, what is gone leaves. While `isHeld`, what
 * stays also keeps its place.
 */
export interface Line {
  readonly node: HTMLElement;
  /** It is no more. */
  gone?(): void;
}

export class Keyed<T, L extends Line> {
  isHeld = false;
  private readonly lines = new Map<string, L>();

  constructor(
    private readonly parent: HTMLElement,
    private readonly make: (item: T) => L,
    private readonly write: (line: L, item: T) => void,
    /** Children of the parent before the first of them. */
    private readonly first = 0,
  ) {}

  show(items: T[], keyOf: (item: T) => string): void {
    const before = [...this.parent.children];
    const keep = new Set(items.map(keyOf));
    for (const [key, line] of this.lines) {
      if (keep.has(key)) continue;
      line.node.remove();
      line.gone?.();
      this.lines.delete(key);
    }
    const nodes = items.map((item) => {
      const key = keyOf(item);
      const line = this.lines.get(key) ?? this.make(item);
      this.lines.set(key, line);
      this.write(line, item);
      return line.node;
    });
    if (!this.isHeld) this.takeOut(nodes.filter((node, at) => before[this.first + at] !== node));
    this.place(nodes);
  }

  /** What gets another place is put there anew: it is written there and does not slide. */
  private takeOut(moved: HTMLElement[]): void {
    for (const node of moved) if (!node.contains(document.activeElement)) node.remove();
  }

  private place(nodes: HTMLElement[]): void {
    const { parent } = this;
    let next: Element | null = parent.children[this.first] ?? null;
    for (const node of nodes) {
      if (node === next) next = next.nextElementSibling;
      else if (!this.isHeld || !node.isConnected) parent.insertBefore(node, next);
    }
  }

  /** Nothing changes places under a pointer or the focus. */
  holdUnder(element: HTMLElement): void {
    for (const type of ["pointerenter", "focusin"])
      element.addEventListener(type, () => (this.isHeld = true));
    for (const type of ["pointerleave", "focusout"])
      element.addEventListener(type, () => (this.isHeld = false));
  }
}
