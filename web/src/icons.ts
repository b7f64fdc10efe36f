/*
 * State shapes and the few icons, made as SVG nodes. A shape says by its form what a colour would
 * say, so every state is told apart in grey too.
 */
import { svg } from "./dom";
import { Shape } from "./judge";

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
