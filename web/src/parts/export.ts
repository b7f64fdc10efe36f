/*
 * What is shown as a file: the picture with its title, range and the chart's ground, and the points
 * with exact bytes and ISO times.
 */
import { csvOf } from "../data/csv";
import { el } from "./dom";
import { palette } from "./theme";

export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = el("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** What a file or a table has. */
export interface Sheet {
  heads: string[];
  rows: (string | number | null)[][];
}

export function saveSheet(name: string, { heads, rows }: Sheet): void {
  saveCsv(name, heads, rows);
}

export function saveCsv(name: string, heads: string[], rows: (string | number | null)[][]): void {
  save(new Blob([csvOf(heads, rows)], { type: "text/csv" }), `${fileName(name)}.csv`);
}

export function savePng(name: string, canvas: HTMLCanvasElement, title: string, range: string): void {
  const ratio = devicePixelRatio;
  const picture = el("canvas");
  const top = 40 * ratio;
  picture.width = canvas.width;
  picture.height = canvas.height + top;
  const c = picture.getContext("2d");
  if (!c) return;
  const colours = palette();
  const family = getComputedStyle(document.body).fontFamily;
  c.fillStyle = colours.panel;
  c.fillRect(0, 0, picture.width, picture.height);
  c.fillStyle = colours.text;
  c.font = `600 ${13 * ratio}px ${family}`;
  c.fillText(title, 14 * ratio, 25 * ratio);
  const left = 14 * ratio + c.measureText(title).width + 12 * ratio;
  c.fillStyle = colours["text-3"];
  c.font = `${12 * ratio}px ${family}`;
  c.fillText(range, left, 25 * ratio);
  c.drawImage(canvas, 0, top);
  picture.toBlob((blob) => {
    if (blob) save(blob, `${fileName(name)}.png`);
  });
}

/** A picture of shapes and words as a canvas: in the colours it has on the page. */
export function canvasOf(picture: SVGElement): HTMLCanvasElement {
  const canvas = el("canvas");
  const { width, height } = picture.getBoundingClientRect();
  canvas.width = Math.round(width * devicePixelRatio);
  canvas.height = Math.round(height * devicePixelRatio);
  const c = canvas.getContext("2d");
  if (!c) return canvas;
  c.scale(devicePixelRatio, devicePixelRatio);
  for (const node of picture.querySelectorAll("path, rect, text")) paintNode(c, node);
  return canvas;
}

function paintNode(c: CanvasRenderingContext2D, node: Element): void {
  const style = getComputedStyle(node);
  const at = (name: string): number => Number(node.getAttribute(name) ?? 0);
  c.fillStyle = style.fill;
  c.globalAlpha = Number(style.fillOpacity);
  if (node.tagName === "path") return c.fill(new Path2D(node.getAttribute("d") ?? ""));
  if (node.tagName === "rect") return c.fillRect(at("x"), at("y"), at("width"), at("height"));
  c.font = `${style.fontSize} ${style.fontFamily}`;
  c.textAlign = node.getAttribute("text-anchor") === "end" ? "right" : "left";
  c.textBaseline = "middle";
  c.fillText(node.textContent ?? "", at("x"), at("y"));
}

/** Letters, digits and a few signs: names come from programs. */
const fileName = (name: string): string => name.replace(/[^\w.-]+/g, "-").slice(0, 80) || "isoscope";

/** Small buttons for a panel's head. */
export function exportButtons(what: string, png: (() => void) | null, csv: (() => void) | null): HTMLElement {
  const button = (text: string, run: () => void): HTMLElement => {
    const node = el("button", { type: "button", class: "link", "aria-label": `${text} of ${what}` }, text);
    node.addEventListener("click", run);
    return node;
  };
  return el("span", { class: "exports" }, png && button("PNG", png), csv && button("CSV", csv));
}
