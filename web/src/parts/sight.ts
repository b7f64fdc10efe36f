/*
 * Whether an element is in sight or close to it, so that what nobody sees is not written each second:
 * only now and then, for who reads it without looking. One observer for all; the owner ends what it
 * began.
 */
const FAR_MS = 5000;

const sights = new WeakMap<Element, Sight>();
const watcher = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) sights.get(target)?.turn(isIntersecting);
  },
  { rootMargin: "120px" },
);

export class Sight {
  private isNear = true;
  private writtenAt = -Infinity;

  constructor(
    private readonly node: Element,
    /** It is in sight again, and what it says may be old. */
    private readonly came: () => void,
  ) {
    sights.set(node, this);
    watcher.observe(node);
  }

  /** Asked before it is written; what is answered with true is written now. */
  isDue(): boolean {
    const now = performance.now();
    if (!this.isNear && now - this.writtenAt < FAR_MS) return false;
    this.writtenAt = now;
    return true;
  }

  turn(isNear: boolean): void {
    const isBack = isNear && !this.isNear;
    this.isNear = isNear;
    if (isBack) this.came();
  }

  end(): void {
    watcher.unobserve(this.node);
  }
}
