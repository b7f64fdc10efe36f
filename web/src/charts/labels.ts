/*
 * The names beside the budget picture: one line a band or group of bands, at the height where the
 * band ends, pushed apart so that none covers another. They stand still while a band only
 * breathes: a line moves when its place is off by more than a row.
 */
import { el, setAttribute, setHidden, setName, Value } from "../parts/dom";
import { bytes } from "../data/format";
import { Band, BandKind } from "../data/stack";

const ROW = 22;
const SLACK = 16;

export interface Entry {
  id: string;
  kind: BandKind;
  /** Number of its pin. */
  pin: number | undefined;
  /** Not heard of: a value that is only remembered. */
  stale: boolean;
  name: string;
  bytes: number;
  /** Height of the band's middle in pixels. */
  y: number;
}

interface Line {
  node: HTMLElement;
  name: HTMLElement;
  value: Value;
  y: number;
}

const WORDS: Partial<Record<BandKind, string>> = {
  unattributed: "Unattributed",
  shared: "Shared, once",
  external: "External",
  in_flight: "In flight",
};

export interface Group {
  name: string;
  bands: Band[];
}

export interface Naming {
  nameOf: (isolate: string) => string;
  /** Whether its heap has a line of its own, though it is quiet. */
  isSingle: (isolate: string) => boolean;
  /** Whether a part of the budget is there now. */
  isThere: (key: string) => boolean;
}

/** What the bands are called; most of the quiet heaps are one line. */
export function groupsOf(bands: Band[], { nameOf, isSingle, isThere }: Naming): Group[] {
  const groups: Group[] = [];
  const isAlone = (band: Band): boolean =>
    band.kind === "rising" || (band.kind === "heap" && isSingle(band.isolate ?? ""));
  const quiet = bands.filter(
    (band) => (band.kind === "heap" || band.kind === "others") && !isAlone(band),
  );
  const heaps = quiet.reduce((n, band) => n + band.keys.filter(isThere).length, 0);
  const hasOthers = bands.some(isAlone);
  for (const band of bands) {
    if (isAlone(band)) groups.push({ name: nameOf(band.isolate ?? ""), bands: [band] });
    else if (band === quiet[0]) {
      const word = heaps === 1 ? "heap" : "heaps";
      groups.push({
        name: hasOthers ? `${heaps} other ${word}` : `${heaps} ${word}`,
        bands: quiet,
      });
    } else if (!quiet.includes(band)) {
      groups.push({ name: WORDS[band.kind] ?? band.kind, bands: [band] });
    }
  }
  return groups;
}

export class Labels {
  readonly node = el("ul", { class: "bands", "aria-label": "Parts of the budget now" });
  private readonly lines = new Map<string, Line>();

  show(entries: Entry[], height: number): void {
    const seen = new Set<string>();
    const places = spread(
      entries.map((entry) => entry.y),
      height,
    );
    entries.forEach((entry, at) => {
      seen.add(entry.id);
      const line = this.lineOf(entry.id);
      line.node.dataset.kind = entry.kind;
      setAttribute(line.node, "data-shape", entry.stale ? "hatch" : null);
      setAttribute(line.node, "data-pin", entry.pin ? String(entry.pin) : null);
      line.node.style.order = String(at);
      setName(line.name, entry.name);
      line.value.setBytes(entry.bytes, bytes(entry.bytes), "not known");
      const y = places[at] as number;
      if (Math.abs(y - line.y) > SLACK || entries.length !== this.lines.size) this.move(line, y);
    });
    for (const [id, line] of this.lines) {
      setHidden(line.node, !seen.has(id));
    }
    this.settle(entries, places);
  }

  /** If standing still made two lines touch, all take their true place. */
  private settle(entries: Entry[], places: number[]): void {
    const ys = entries.map((entry) => this.lineOf(entry.id).y);
    const touch = ys.some((y, i) => i > 0 && Math.abs(y - (ys[i - 1] as number)) < ROW - 1);
    if (touch) entries.forEach((entry, i) => this.move(this.lineOf(entry.id), places[i] as number));
  }

  private lineOf(id: string): Line {
    let line = this.lines.get(id);
    if (!line) {
      const name = el("bdi", { class: "bandname", dir: "auto" });
      const value = new Value();
      const node = el("li", {}, el("i", { "aria-hidden": "true" }), name, value.node);
      line = { node, name, value, y: -1000 };
      this.lines.set(id, line);
      this.node.append(node);
    }
    return line;
  }

  private move(line: Line, y: number): void {
    line.y = y;
    line.node.style.setProperty("--y", `${Math.round(y)}px`);
  }
}

/** Heights at least a row apart, in the order given (top first), inside the plot. */
function spread(wanted: number[], height: number): number[] {
  const places = [...wanted];
  for (let i = 1; i < places.length; i++) {
    places[i] = Math.max(places[i] as number, (places[i - 1] as number) + ROW);
  }
  let floor = height - ROW / 2;
  for (let i = places.length - 1; i >= 0; i--) {
    places[i] = Math.min(places[i] as number, floor);
    floor = (places[i] as number) - ROW;
  }
  return places;
}
