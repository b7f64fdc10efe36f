/*
 * Every list the page asks for apart from the stream, each in one place, so that two views that show
 * it share an answer. How often is how fast it can change; nothing is asked that nobody looks at.
 */
import { Asked } from "./asked";
import {
  Advice,
  Flow,
  Silence,
  advice,
  alerts,
  flows,
  recycles,
  silences,
  stores,
} from "./lists";
import { Alert, Happening, SharedStore } from "./protocol";
import { Store } from "./store";

export const FLOW_SECONDS = 60;

export class Lists {
  readonly flows: Asked<Flow[]>;
  readonly stores: Asked<SharedStore[]>;
  readonly advice: Asked<Advice[]>;
  readonly silences: Asked<Silence[]>;
  readonly recycles: Asked<Happening[]>;
  readonly resolved: Asked<Alert[]>;

  constructor(store: Store, changed: () => void) {
    const asked = <T>(question: () => Promise<T>, everyMs: number): Asked<T> =>
      new Asked(store, question, everyMs, changed);
    this.flows = asked(() => flows(FLOW_SECONDS), 2000);
    this.stores = asked(stores, 4000);
    this.advice = asked(advice, 3000);
    this.silences = asked(silences, 5000);
    this.recycles = asked(recycles, 5000);
    this.resolved = asked(() => alerts("resolved"), 5000);
  }
  /** What was known is of before a gap, or of another daemon: whoever looks at it asks anew. */
  expire(): void {
    for (const asked of Object.values(this) as Asked<unknown>[]) asked.expire();
  }
}
