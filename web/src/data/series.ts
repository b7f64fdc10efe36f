/*
 * One metric of one thing over the span that is shown, as the daemon's history tells it. When the span
 * only moves on, what is new is asked for and what has left is forgotten; another resolution or place
 * is asked for anew. The points are the daemon's, so what is drawn equals the API.
 */
import { HistoryPoint, history } from "./api";

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600];
const OVERLAP = 3; // steps: the newest are still being filled

export class Series {
  points: HistoryPoint[] = [];
  step = 1;
  private from = NaN;
  private to = NaN;
  private isAsking = false;
  /** Why there is nothing: the daemon's words. */
  failure: string | null = null;

  constructor(
    private readonly of: string,
    private readonly metric: string,
    private readonly changed: () => void,
  ) {}

  /** The span has to be known, a point a pixel. */
  want(from: number, to: number, px: number): void {
    if (this.isAsking) return;
    const fine = (to - from) / Math.max(1, px);
    const step = STEPS.find((one) => one >= fine) ?? fine;
    const isSame = step === this.step && from >= this.from - step && from <= this.to;
    if (isSame && to <= this.to + step * 0.9) return;
    const start = isSame ? Math.max(from, this.to - OVERLAP * step) : from;
    void this.ask(isSame, start, from, to, step);
  }

  private async ask(isMore: boolean, start: number, from: number, to: number, step: number) {
    this.isAsking = true;
    try {
      const fresh = await history(this.of, this.metric, start, to, step);
      const first = fresh[0]?.[0] ?? to;
      const kept = isMore ? this.points.filter(([t]) => t < first && t >= from - step) : [];
      this.points = [...kept, ...fresh];
      this.failure = null;
      [this.from, this.to, this.step] = [from, to, step];
    } catch (error) {
      this.failure = error instanceof Error ? error.message : "the daemon was not reached";
      [this.from, this.to, this.step] = [from, to, step];
    } finally {
      this.isAsking = false;
      this.changed();
    }
  }
}

export interface Hole {
  from: number;
  to: number;
}

/** Where points are further apart than two steps, something is not known. */
export function holesOf(points: HistoryPoint[], step: number): Hole[] {
  const holes: Hole[] = [];
  for (let i = 1; i < points.length; i++) {
    const before = (points[i - 1] as HistoryPoint)[0];
    const after = (points[i] as HistoryPoint)[0];
    if (after - before > Math.max(5, 2.5 * step)) holes.push({ from: before + step, to: after });
  }
  return holes;
}
