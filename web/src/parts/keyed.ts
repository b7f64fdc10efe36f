/*
 * Elements kept by a key: what stays is rewritten in place, so that a selection, the focus and the
 * pointer keep what they are on; what is new is made, what is gone leaves. While `isHeld`, what
 * stays also keeps its place.
 */
export interface Line {
  readonly node: HTMLElement;
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
    const keep = new Set(items.map(keyOf));
    for (const [key, line] of this.lines) {
      if (keep.has(key)) continue;
      line.node.remove();
      this.lines.delete(key);
    }
    let before: Element | null = this.parent.children[this.first] ?? null;
    for (const item of items) {
      const key = keyOf(item);
      let line = this.lines.get(key);
      if (!line) {
        line = this.make(item);
        this.lines.set(key, line);
      }
      this.write(line, item);
      if (line.node === before) before = before.nextElementSibling;
      else if (!this.isHeld || !line.node.isConnected) this.parent.insertBefore(line.node, before);
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
