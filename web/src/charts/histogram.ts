/*
 * How large the messages of a channel are: upward how many fall in each power of two, downward how
 * many bytes they are together. So the few that cost most stand out from the many that do not.
 */
import { svg } from "../parts/dom";
import { bytesText, count } from "../data/format";

const HEIGHT = 128;
const LABELS = 16;
const MIDDLE = (HEIGHT - LABELS) / 2;
const BINS_MIN = 8;
const INSIDE_BIN = 1.5; // messages of a bin from 1 MiB to 2 are about 1.5 MiB

interface Bin {
  size: number;
  messages: number;
  bytes: number;
}

export class Histogram {
  readonly node = svg("svg", { class: "histogram", role: "img", height: String(HEIGHT) });
  private written = "";

  show(sizes: Map<number, number>, width: number): void {
    const bins = binsOf(sizes);
    const words = JSON.stringify([bins, width]);
    if (words === this.written || !width) return;
    this.written = words;
    const mostMessages = Math.max(1, ...bins.map((bin) => bin.messages));
    const mostBytes = Math.max(1, ...bins.map((bin) => bin.bytes));
    const step = width / bins.length;
    this.node.setAttribute("width", String(width));
    this.node.setAttribute("aria-label", sentence(bins));
    this.node.replaceChildren(
      svg("path", { d: `M0 ${MIDDLE + 0.5}H${width}`, class: "axis" }),
      ...bins.flatMap((bin, at) => [
        ...bar(bin, at, step, (MIDDLE - 4) * (bin.messages / mostMessages), -1),
        ...bar(bin, at, step, (MIDDLE - 4) * (bin.bytes / mostBytes), 1),
        ...label(bins, at, step),
      ]),
    );
  }
}

/** Without gaps, and some room around what there is. */
function binsOf(sizes: Map<number, number>): Bin[] {
  const used = [...sizes.keys()].filter((size) => (sizes.get(size) ?? 0) > 0);
  if (!used.length) return [];
  let low = Math.log2(Math.max(1, Math.min(...used)));
  let high = Math.log2(Math.max(1, Math.max(...used)));
  while (high - low + 1 < BINS_MIN) {
    high++;
    if (low > 0 && high - low + 1 < BINS_MIN) low--;
  }
  const bins: Bin[] = [];
  for (let power = Math.floor(low); power <= high; power++) {
    const size = 2 ** power;
    const messages = sizes.get(size) ?? 0;
    bins.push({ size, messages, bytes: messages * size * INSIDE_BIN });
  }
  return bins;
}

function bar(bin: Bin, at: number, step: number, height: number, way: 1 | -1): Node[] {
  if (!bin.messages) return [];
  const tall = Math.max(1, height);
  const title = svg("title", {});
  title.textContent =
    `${bytesText(bin.size)} to ${bytesText(2 * bin.size)}: ${count(bin.messages)} messages, ` +
    `about ${bytesText(bin.bytes)}`;
  const box = {
    x: (at * step + 1).toFixed(1),
    y: (way < 0 ? MIDDLE - tall : MIDDLE + 1).toFixed(1),
    width: Math.max(1, step - 2).toFixed(1),
    height: tall.toFixed(1),
    class: way < 0 ? "messages" : "weight",
  };
  return [svg("rect", box, title)];
}

/** As many as there is room for. */
function label(bins: Bin[], at: number, step: number): Node[] {
  const every = Math.max(1, Math.ceil(56 / step));
  if (at % every !== 0 || (at + 0.8 * every) * step > step * bins.length) return [];
  const text = svg("text", { x: (at * step + 1).toFixed(1), y: String(HEIGHT - 3) });
  text.textContent = bytesText((bins[at] as Bin).size);
  return [text];
}

function sentence(bins: Bin[]): string {
  const messages = bins.reduce((sum, bin) => sum + bin.messages, 0);
  const bytes = bins.reduce((sum, bin) => sum + bin.bytes, 0);
  if (!messages) return "No messages";
  const often = bins.reduce((a, b) => (b.messages > a.messages ? b : a));
  const heavy = bins.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  const range = (bin: Bin): string => `${bytesText(bin.size)} to ${bytesText(2 * bin.size)}`;
  const share = (part: number, whole: number): string => `${Math.round((100 * part) / whole)} %`;
  if (often === heavy)
    return `${share(often.messages, messages)} of the messages are ${range(often)}, with ${share(heavy.bytes, bytes)} of the bytes.`;
  return (
    `${share(often.messages, messages)} of the messages are ${range(often)}; ` +
    `${share(heavy.bytes, bytes)} of the bytes are in messages of ${range(heavy)}.`
  );
}
export { sentence as sizesInWords, binsOf };
