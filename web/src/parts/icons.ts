/*
 * State shapes and the few icons, made as SVG nodes. A shape says by its form what a colour would
 * say, so every state is told apart in grey too.
 */
import { svg } from "./dom";
import { Shape } from "../data/judge";

const box = (size: number, ...children: Node[]): SVGElement =>
  svg(
    "svg",
    { width: `${size}`, height: `${size}`, viewBox: `0 0 ${size} ${size}`, "aria-hidden": "true" },
    ...children,
  );
const path = (d: string, extra: Record<string, string> = {}): SVGElement =>
  svg("path", { d, ...extra });
const outline = { fill: "none", stroke: "currentColor", "stroke-width": "1.5" };

const SHAPES: Record<Shape, () => SVGElement> = {
  up: () => path("M5 .8 9.4 9H.6z", { fill: "currentColor" }),
  down: () =>
    path("M1 2.2h8L5 8.8z", { ...outline, "stroke-width": "1.4", "stroke-linejoin": "round" }),
  ring: () => svg("circle", { cx: "5", cy: "5", r: "3.6", ...outline }),
  dashed: () =>
    svg("circle", { cx: "5", cy: "5", r: "3.8", ...outline, "stroke-dasharray": "2 2" }),
  diamond: () => path("M5 .9 9.1 5 5 9.1.9 5z", { ...outline, "stroke-linejoin": "round" }),
  cross: () => path("M1.6 1.6l6.8 6.8M8.4 1.6 1.6 8.4", { ...outline, "stroke-width": "1.7" }),
  hatch: () => path("M.5 5 5 .5M.5 9.5l9-9M5 9.5 9.5 5", { ...outline, "stroke-width": "1.3" }),
};

export function shapeIcon(shape: Shape): SVGElement {
  return box(10, SHAPES[shape]());
}

export function themeIcon(): SVGElement {
  return box(
    14,
    svg("circle", { cx: "7", cy: "7", r: "5.2", ...outline }),
    path("M7 1.8a5.2 5.2 0 0 1 0 10.4z", { fill: "currentColor" }),
  );
}

const PLACES = {
  overview: "M1.5 12.5h11M2.5 10 6 5.5 8.5 8l3-5.5",
  isolates: "M2 3.5h10M2 7h10M2 10.5h10",
  flows: "M2 4.5h9L8.5 2M12 9.5H3L5.5 12",
  stores: "M2.5 3.5h9v3h-9zM2.5 7.5h9v3h-9z",
  alerts: "M3 10.5h8l-1-1.6V6.2a3 3 0 0 0-6 0v2.7zM6 12.5h2",
  processes: "M2 2.5h10v6H2zM5 11.5h4M7 8.5v3",
  more: "M2.5 7h.01M7 7h.01M11.5 7h.01",
  link: "M6 8.5a2.4 2.4 0 0 0 3.4 0l2-2A2.4 2.4 0 0 0 8 3.1l-.8.8M8 5.5a2.4 2.4 0 0 0-3.4 0l-2 2A2.4 2.4 0 0 0 6 10.9l.8-.8",
} as const;

export type NavIcon = keyof typeof PLACES;

export function navIcon(name: NavIcon): SVGElement {
  const extra = { ...outline, "stroke-linecap": "round", "stroke-linejoin": "round" };
  return box(14, path(PLACES[name], name === "more" ? { ...extra, "stroke-width": "2.2" } : extra));
}

export function markIcon(): SVGElement {
  const band = (y: string, height: string, className: string): SVGElement =>
    svg("rect", { x: "1", y, width: "16", height, rx: "1", class: className });
  return box(
    18,
    band("11", "5", "m-heap"),
    band("6.5", "3.5", "m-heap2"),
    path("M1 5.5 17 2v3.5z", { class: "m-rising" }),
  );
}

export function warningIcon(): SVGElement {
  return box(
    14,
    path("M7 1 13.2 12.5H.8z", { ...outline, "stroke-linejoin": "round" }),
    path("M7 5.2v3.2M7 9.7v1.2", outline),
  );
}

/** The tab's icon carries the state too: shape and colour in a data URL. */
export function favicon(shape: Shape, colour: string): string {
  const body = SHAPES[shape]();
  body.setAttribute("color", colour);
  const icon = svg("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: "0 0 10 10" }, body);
  return `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(icon))}`;
}
