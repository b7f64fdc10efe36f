/*
 * Which end of a channel an isolate is: itself, or the pool it works in when there are several of
 * that pool in its process. Read from the store when asked, so names are those of now.
 */
import { End } from "./channels";
import { nameOf } from "./judge";
import { NOBODY } from "./lists";
import { Isolate } from "./protocol";
import { Store } from "./store";

export type Grouping = "isolate" | "pool";

export class Ends {
  private readonly sizes = new Map<string, number>();
  private counted = -1;

  constructor(private readonly store: Store) {}

  of(id: string, grouping: Grouping): End {
    const isolate = this.store.isolates[this.store.indexOf.get(id) ?? -1];
    if (!isolate) return this.unknown(id, grouping);
    const pool = isolate.pool ?? "";
    const key = `${isolate.process}:${pool}`;
    if (grouping === "pool" && pool && this.sizeOf(key) > 1) {
      return { key, name: `${pool} pool`, isPool: true, isMain: false };
    }
    const isMain = isolate.thread === 0;
    return { key: id, name: this.nameOf(isolate, isMain), isPool: false, isMain };
  }

  /** Ended so long ago, or so early, that nobody knows its name; together they are one pool. */
  private unknown(id: string, grouping: Grouping): End {
    if (id === NOBODY) return { key: id, name: "nobody yet", isPool: false, isMain: false };
    const [, process = "", thread = ""] = /^(.*)\.(\d+)$/.exec(id) ?? [];
    const name = this.store.processes.get(process)?.name;
    if (grouping === "isolate" || !name)
      return { key: id, name: id, isPool: false, isMain: thread === "0" };
    return { key: `${process}:`, name: `ended, ${name}`, isPool: true, isMain: false };
  }

  /** Every process has a main isolate; where there are several it takes its process to tell. */
  private nameOf(isolate: Isolate, isMain: boolean): string {
    const process = this.store.processes.get(String(isolate.process))?.name;
    const isPlain = isMain && process && this.store.processes.size > 1;
    return isPlain ? `${process} ${nameOf(isolate)}` : nameOf(isolate);
  }

  private sizeOf(key: string): number {
    if (this.counted !== this.store.membership) this.count();
    return this.sizes.get(key) ?? 0;
  }

  private count(): void {
    this.counted = this.store.membership;
    this.sizes.clear();
    this.store.isolates.forEach((isolate, index) => {
      if (this.store.gone[index] || !isolate.pool) return;
      const key = `${isolate.process}:${isolate.pool}`;
      this.sizes.set(key, (this.sizes.get(key) ?? 0) + 1);
    });
  }
}
