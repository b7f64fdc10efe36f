/*
 * Which stretch of time the pictures show. Live, it ends now; paused, it stands still while the
 * data goes on; zoomed, it is what was dragged. The chosen range is kept in the address bar; until
 * one is chosen it is the smallest that holds what is known.
 */
export const RANGES = [
  { name: "1m", seconds: 60 },
  { name: "5m", seconds: 300 },
  { name: "15m", seconds: 900 },
  { name: "1h", seconds: 3600 },
  { name: "6h", seconds: 21600 },
  { name: "1d", seconds: 86400 },
  { name: "7d", seconds: 604800 },
  { name: "30d", seconds: 2592000 },
] as const;

const FUTURE_SHARE = 0.2;
const FUTURE_SHARE_NARROW = 0.15;
const AUTO_MAX_SECONDS = 900;

export interface Span {
  from: number;
  to: number;
}

export class TimeWindow {
  private chosen: number | null = null;
  private frozenAt: number | null = null;
  private readonly zooms: Span[] = [];

  constructor(private readonly changed: () => void) {
    this.readAddress();
    addEventListener("hashchange", () => {
      this.readAddress();
      this.changed();
    });
  }

  choose(name: string): void {
    this.goLive();
    location.hash = `#/?range=${name}`;
  }

  /** The pictures are to be drawn again though no time has passed. */
  touch(): void {
    this.changed();
  }

  isLive(): boolean {
    return this.frozenAt === null && this.zooms.length === 0;
  }

  pausedAt(): number | null {
    return this.frozenAt;
  }

  togglePause(t: number): void {
    if (this.isLive()) this.frozenAt = t;
    else this.goLive();
    this.changed();
  }

  zoom(span: Span, t: number): void {
    this.frozenAt ??= t;
    this.zooms.push(span);
    this.changed();
  }

  unzoom(): void {
    this.zooms.pop();
    if (!this.zooms.length) this.frozenAt = null;
    this.changed();
  }

  goLive(): void {
    this.zooms.length = 0;
    this.frozenAt = null;
  }

  rangeName(t: number, oldest: number): string {
    const seconds = this.seconds(t, oldest);
    return RANGES.find((range) => range.seconds === seconds)?.name ?? "";
  }

  /** `t` is the daemon's clock, `oldest` the first sample there is. */
  span(t: number, oldest: number, hasFuture: boolean, narrow: boolean): Span & { now: number } {
    const now = this.frozenAt ?? t;
    const zoomed = this.zooms[this.zooms.length - 1];
    if (zoomed) return { ...zoomed, now };
    const range = this.seconds(now, oldest);
    const share = hasFuture ? (narrow ? FUTURE_SHARE_NARROW : FUTURE_SHARE) : 0;
    return { from: now - range, to: now + (range * share) / (1 - share), now };
  }

  private seconds(t: number, oldest: number): number {
    if (this.chosen !== null) return this.chosen;
    const known = Math.min(t - oldest, AUTO_MAX_SECONDS);
    return (RANGES.find((range) => range.seconds >= known) ?? RANGES[2]).seconds;
  }

  private readAddress(): void {
    const query = new URLSearchParams(location.hash.split("?")[1] ?? "");
    const range = RANGES.find((r) => r.name === query.get("range"));
    this.chosen = range ? range.seconds : null;
  }
}
