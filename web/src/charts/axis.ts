/*
 * The scales of the budget picture: zero is always the floor, ticks stand at binary steps with the
 * unit on the top one only, times are round. Pure.
 */
import { clock, day } from "../data/format";

const TICKS_MAX = 5;

/** Ticks from 0 to at most `max`, a power of two apart. */
export function byteTicks(max: number): number[] {
  let step = 2 ** Math.ceil(Math.log2(Math.max(1, max / TICKS_MAX)));
  if (max / step < 2) step /= 2;
  const ticks: number[] = [];
  for (let value = 0; value <= max; value += step) ticks.push(value);
  return ticks;
}

export function byteLabels(ticks: number[], limit: number | null): string[] {
  const top = ticks[ticks.length - 1] ?? 0;
  const power = Math.max(0, Math.floor(Math.log2(Math.max(1, top)) / 10));
  const unit = ["B", "KiB", "MiB", "GiB", "TiB"][Math.min(power, 4)] as string;
  const scale = 1024 ** Math.min(power, 4);
  const last = ticks.filter((tick) => limit === null || tick < limit * 0.94).pop();
  return ticks.map((tick) => {
    if (limit !== null && tick >= limit * 0.94 && tick > 0) return "";
    const text = String(Math.round((tick / scale) * 100) / 100);
    return tick === last && tick > 0 ? `${text} ${unit}` : text;
  });
}

const DAY = 86400;
const TIME_STEPS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, DAY, 2 * DAY];

export function timeTicks(from: number, to: number, px: number): number[] {
  const labels = Math.max(2, Math.min(8, Math.floor(px / 90)));
  const step = TIME_STEPS.find((s) => (to - from) / s <= labels) ?? 7 * DAY;
  const local = step > 3600 ? -60 * new Date(from * 1000).getTimezoneOffset() : 0;
  const ticks: number[] = [];
  for (let t = Math.ceil((from + local) / step) * step; t - local <= to; t += step)
    ticks.push(t - local);
  return ticks;
}

/** No label where it would touch that of now or be cut off at the end of the axis. */
export function timeLabels(ticks: number[], now: number, to: number, clearance: number): string[] {
  const step = ticks.length > 1 ? (ticks[1] as number) - (ticks[0] as number) : 60;
  const isCrowded = (t: number): boolean =>
    Math.abs(t - now) < clearance || t > to - 0.4 * clearance;
  const isDay = (t: number): boolean =>
    step >= DAY || (step > 3600 && clock(t, false) === "00:00");
  return ticks.map((t) => (isCrowded(t) ? "" : isDay(t) ? day(t) : clock(t, step < 60)));
}

/**
 * The top of the axis: the limit and a little more, or the peak that only shrinks with patience.
 */
export class Ceiling {
  private top = 0;
  private lowSince = 0;

  for(limit: number | null, peak: number, now: number): number {
    if (limit !== null) return Math.max(limit, peak) * 1.06;
    if (peak * 1.1 > this.top) this.top = peak * 1.1;
    if (peak >= 0.6 * this.top) this.lowSince = now;
    else if (now - this.lowSince > 30) this.top = peak * 1.1;
    return Math.max(this.top, 1024);
  }
}
