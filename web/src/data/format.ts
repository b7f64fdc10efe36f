/*
 * Figures and names as people read them: three significant digits, binary units, a real minus, and
 * a dash for what is not known (never 0). Pure functions without the DOM, so that every view and
 * every test writes a figure the same way.
 */
import { Figure, known } from "./protocol";

/** A figure in two parts, because the unit is set smaller than the number. */
export interface Quantity {
  text: string;
  unit: string;
}

export const UNKNOWN: Quantity = { text: "—", unit: "" };
const THIN = "\u2009";
const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

function threeDigits(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

export function bytes(figure: Figure): Quantity {
  if (!known(figure)) return UNKNOWN;
  const sign = figure < 0 ? "−" : "";
  let value = Math.abs(figure);
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const text = unit === 0 ? String(Math.round(value)) : threeDigits(value);
  return { text: sign + text, unit: value === 0 ? "" : (BYTE_UNITS[unit] as string) };
}

/** The same with its sign always written: a change, not an amount. */
export function change(figure: Figure): Quantity {
  const quantity = bytes(figure);
  return known(figure) && figure > 0 ? { ...quantity, text: "+" + quantity.text } : quantity;
}

export function join(quantity: Quantity): string {
  return quantity.unit ? quantity.text + THIN + quantity.unit : quantity.text;
}

export const bytesText = (figure: Figure): string => join(bytes(figure));

export function exactBytes(figure: Figure): string {
  return known(figure) ? `${figure.toLocaleString("en")} bytes` : "";
}

export function percent(part: Figure, whole: Figure): Quantity {
  if (!known(part) || !known(whole) || whole <= 0) return UNKNOWN;
  return { text: String(Math.round((100 * part) / whole)), unit: "%" };
}

export function count(figure: Figure): string {
  return known(figure) ? figure.toLocaleString("en") : "—";
}

/** How long something took or is old: exact enough to compare, short enough for a table. */
export function seconds(figure: Figure): Quantity {
  if (!known(figure)) return UNKNOWN;
  const value = Math.abs(figure);
  if (value === 0) return { text: "0", unit: "" };
  if (value < 0.001) return { text: threeDigits(value * 1e6), unit: "µs" };
  if (value < 0.9995) return { text: threeDigits(value * 1e3), unit: "ms" };
  return value < 120 ? { text: threeDigits(value), unit: "s" } : { text: span(value), unit: "" };
}

/** A span in words: "34 s", "14 min", "6 h 10 min", "3 days". */
export function span(value: number): string {
  const s = Math.max(0, Math.floor(value));
  if (s < 120) return `${s} s`;
  const minutes = Math.floor(s / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.floor(hours / 24)} days`;
}

/** Time until a limit, rounded to what can be known of the future. */
export function timeToLimit(figure: Figure): string {
  if (!known(figure) || figure < 0) return "—";
  if (figure < 60) return "< 1 min";
  if (figure < 5400) return `~${Math.round(figure / 60)} min`;
  if (figure < 36 * 3600) return `~${Math.round(figure / 3600)} h`;
  const days = Math.round(figure / 86400);
  return days > 7 ? "> 7 days" : `~${days} days`;
}

const two = (value: number): string => String(value).padStart(2, "0");

export function clock(t: number, withSeconds: boolean): string {
  const date = new Date(t * 1000);
  const text = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return withSeconds ? `${text}:${two(date.getSeconds())}` : text;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** 21 Nov */
export function day(t: number): string {
  const date = new Date(t * 1000);
  return `${date.getDate()} ${MONTHS[date.getMonth()] ?? ""}`;
}

export function utc(t: number): string {
  return new Date(t * 1000)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, " UTC");
}

/** A sentence whose figures keep their units when it is wrapped. */
export function unbroken(sentence: string): string {
  return sentence.replace(
    /(\d) (?=(?:[KMGT]iB|B|%|min|h|s|ms|days?|jobs?)(?![A-Za-z]))/g,
    "$1\u00a0",
  );
}

/** First sentence and the rest; a point inside a number or a name does not end a sentence. */
export function splitSentence(text: string): [string, string] {
  const end = /[.!?](?=\s+\S)|\.$/.exec(text);
  if (!end) return [text, ""];
  return [text.slice(0, end.index), text.slice(end.index + 1).trim()];
}

const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const NAME_MAX = 40;

/** A name from an emitter: control and direction characters as their code. */
export function cleanName(name: unknown): string {
  return String(name ?? "").replace(UNSEEN, (c) => {
    const code = (c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `<U+${code}>`;
  });
}

/** Cut in the middle, where names differ least. */
export function shortName(name: string): string {
  const signs = Array.from(name);
  if (signs.length <= NAME_MAX) return name;
  return `${signs.slice(0, 22).join("")}…${signs.slice(-17).join("")}`;
}
