/*
 * A list that is asked for again and again while somebody looks at it, and never while the
 * connection is lost: what was known stays, with the trouble beside it. One question at a time.
 */
import { ApiError } from "./api";
import { Store } from "./store";

export class Asked<T> {
  value: T | null = null;
  trouble: Error | null = null;
  /** performance.now() of the last answer. */
  answeredAt = -Infinity;
  /** Counts answers, so that a view writes only what is new. */
  version = 0;
  private askedAt = -Infinity;
  private isWaiting = false;

  constructor(
    private readonly store: Store,
    private readonly question: () => Promise<T>,
    private readonly everyMs: number,
    private readonly changed: () => void,
  ) {}

  /** Called by a view each time it is drawn. */
  want(): void {
    const now = performance.now();
    const since = this.trouble ? 3 * this.everyMs : this.everyMs;
    if (this.store.isHeard && now - this.askedAt >= since) void this.again();
  }

  /** At once: what is asked for is another now, or somebody changed it. */
  async again(): Promise<void> {
    if (this.isWaiting) {
      this.askedAt = -Infinity;
      return;
    }
    this.isWaiting = true;
    this.askedAt = performance.now();
    try {
      this.value = await this.question();
      this.trouble = null;
    } catch (error) {
      this.trouble = error instanceof Error ? error : new Error(String(error));
    }
    this.isWaiting = false;
    this.version++;
    this.answeredAt = performance.now();
    this.changed();
  }

  /** The next look at it asks. */
  expire(): void {
    this.askedAt = -Infinity;
  }

  /** An older daemon has never heard of it. */
  get isUnknownHere(): boolean {
    return this.trouble instanceof ApiError && this.trouble.status === 404;
  }
}
