/*
 * Which stretch of time the pictures show. Live, it ends now; paused, it stands still while the
 * data goes on; zoomed, it is what was dragged. Range and zoom are kept in the address bar; until
 * a range is chosen it is the smallest that holds what is known.
 */
import { Address } from "./address";

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

const ZOOM_MIN_SECONDS = 1;

export class TimeWindow {
  private chosen: number | null = null;
  private frozenAt: number | null = null;
  private heldAt: number | null = null;
  private zooms: Span[] = [];

  constructor(
    private readonly address: Address,
    private readonly changed: () => void,
  ) {
    this.readAddress();
    address.listen(() => {
      this.readAddress();
      this.changed();
    });
  }

  choose(name: string): void {
    this.frozenAt = null;
    this.address.set({ range: name, from: null, to: null });
    this.changed();
  }

  /** The next longer (+1) or shorter (-1) range. */
  step(by: number, t: number, oldest: number): void {
    const at = RANGES.findIndex((range) => range.seconds === this.seconds(t, oldest));
    const next = RANGES[Math.min(RANGES.length - 1, Math.max(0, at + by))];
    if (next) this.choose(next.name);
  }

  /** The picture stands, as it is, while somebody holds the pointer on it or has selected text; null ends that. */
  hold(t: number | null): void {
    if (this.heldAt === null && t === null) return;
    this.heldAt = t === null ? null : (this.heldAt ?? t);
    this.changed();
  }

  isLive(): boolean {
    return this.frozenAt === null && this.zooms.length === 0;
  }

  pausedAt(): number | null {
    return this.stillAt() ?? this.zoomed()?.to ?? null;
  }

  togglePause(t: number): void {
    if (this.isLive() && this.heldAt === null) this.frozenAt = t;
    else this.goLive();
    this.changed();
  }

  zoom(span: Span, t: number): void {
    const middle = (span.from + span.to) / 2;
    const half = Math.max(ZOOM_MIN_SECONDS, span.to - span.from) / 2;
    this.frozenAt ??= t;
    this.zooms.push({ from: round(middle - half), to: round(middle + half) });
    this.writeZoom();
  }

  /** Zooms around the middle of what is shown: `factor` below 1 shows less. */
  scale(factor: number, t: number, oldest: number): void {
    const shown = this.span(t, oldest, false, false);
    const middle = (shown.from + shown.to) / 2;
    const half = ((shown.to - shown.from) / 2) * factor;
    this.zoom({ from: middle - half, to: Math.min(middle + half, t) }, t);
  }

  /** Moves by this share of what is shown. */
  pan(share: number, t: number, oldest: number): void {
    const shown = this.span(t, oldest, false, false);
    const by = share * (shown.to - shown.from);
    if (this.zooms.length) this.zooms.pop();
    this.zoom({ from: shown.from + by, to: shown.to + by }, t);
  }

  /** One step back. */
  unzoom(): void {
    this.zooms.pop();
    if (!this.zooms.length) this.frozenAt = null;
    this.writeZoom();
  }

  goLive(): void {
    this.zooms = [];
    this.frozenAt = this.heldAt = null;
    this.writeZoom();
  }

  /** What a copied link has to say, so that it shows the same minutes later. */
  frozen(t: number, oldest: number): Record<string, string> {
    const { from, to } = this.span(t, oldest, false, false);
    return { from: from.toFixed(1), to: to.toFixed(1) };
  }

  rangeName(t: number, oldest: number): string {
    const seconds = this.seconds(t, oldest);
    return RANGES.find((range) => range.seconds === seconds)?.name ?? "";
  }

  /** `t` is the daemon's clock, `oldest` the first sample there is. */
  span(t: number, oldest: number, hasFuture: boolean, narrow: boolean): Span & { now: number } {
    const now = this.stillAt() ?? t;
    const zoomed = this.zoomed();
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

  private stillAt(): number | null {
    return this.frozenAt ?? this.heldAt;
  }

  private zoomed(): Span | undefined {
    return this.zooms[this.zooms.length - 1];
  }

  private writeZoom(): void {
    const zoomed = this.zoomed();
    this.address.set({
      from: zoomed ? String(zoomed.from) : null,
      to: zoomed ? String(zoomed.to) : null,
    });
    this.changed();
  }

  /** Back and forward lead here too: the steps up to the one the address names stay. */
  private readAddress(): void {
    const range = RANGES.find((r) => r.name === this.address.get("range"));
    this.chosen = range ? range.seconds : null;
    const from = Number(this.address.get("from") ?? NaN);
    const to = Number(this.address.get("to") ?? NaN);
    if (!(to > from)) {
      if (this.zooms.length) this.frozenAt = null;
      this.zooms = [];
      return;
    }
    const known = this.zooms.findIndex((zoom) => zoom.from === from && zoom.to === to);
    this.zooms = known >= 0 ? this.zooms.slice(0, known + 1) : [{ from, to }];
  }
}

const round = (t: number): number => Math.round(t * 10) / 10;
