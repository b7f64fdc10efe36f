/*
 * The few helpers every view uses to make and change elements. All text goes in as text nodes; a
 * node is written only if what it says has changed, so a still page costs nothing and a selection
 * survives.
 */
import { cleanName, exactBytes, Quantity, shortName, UNKNOWN } from "../data/format";
import { Figure } from "../data/protocol";

type Child = Node | string | null;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const name of Object.keys(attributes))
    element.setAttribute(name, attributes[name] as string);
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

/** A panel with its title and what stands beside that. */
export function panel(
  { id, title, kind = "" }: { id: string; title: string; kind?: string },
  head: Child[],
  ...children: Child[]
): HTMLElement {
  return el(
    "section",
    { class: kind ? `panel ${kind}` : "panel", "aria-labelledby": id },
    el("header", {}, el("h2", { id }, title), ...head),
    ...children,
  );
}

export function svg(
  tag: string,
  attributes: Record<string, string>,
  ...children: Node[]
): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const name of Object.keys(attributes))
    element.setAttribute(name, attributes[name] as string);
  element.append(...children);
  return element;
}

export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** A sentence that may become a line longer: what stands below it is then written anew. */
export function setSentence(node: HTMLElement, text: string, ...below: HTMLElement[]): void {
  const before = node.textContent ?? "";
  if (before === text) return;
  node.textContent = text;
  if (Math.abs(before.length - text.length) > 8) node.after(...below);
}

export function setAttribute(element: Element, name: string, value: string | null): void {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

export function setHidden(element: HTMLElement, hidden: boolean): void {
  if (element.hidden !== hidden) element.hidden = hidden;
}

/** Something an address names comes into sight, once it is there; true then. */
export function reveal(root: HTMLElement, attribute: string, value: string): boolean {
  for (const node of root.querySelectorAll(".is-named")) node.classList.remove("is-named");
  const node = root.querySelector(`[${attribute}="${CSS.escape(value)}"]`);
  node?.classList.add("is-named");
  node?.scrollIntoView({ block: "center" });
  return node !== null;
}

/** A name from an emitter: isolated in direction, cut if long, the whole of it on hover. */
export function nameNode(name: string): HTMLElement {
  const node = el("bdi", { class: "nm", dir: "auto" });
  setName(node, name);
  return node;
}

export function setName(node: HTMLElement, name: string): void {
  const clean = cleanName(name);
  const short = shortName(clean);
  setText(node, short);
  setAttribute(node, "title", short === clean ? null : clean);
}

/** A number with its unit set smaller. Unknown is a dash that can say why. */
export class Value {
  readonly node: HTMLElement;
  private readonly number = document.createTextNode("");
  private readonly unit = el("span", { class: "u" });
  private shown: Figure;

  constructor(className = "q") {
    this.node = el("span", { class: className }, el("span", { class: "n" }, this.number), this.unit);
    this.set(UNKNOWN);
  }

  set(quantity: Quantity, title = ""): void {
    if (this.number.data !== quantity.text) this.number.data = quantity.text;
    setText(this.unit, quantity.unit);
    this.node.classList.toggle("faint", quantity.unit === "" && /^(0|—)$/.test(quantity.text));
    setAttribute(this.node, "title", title || null);
  }

  /** Bytes: exact on hover. */
  setBytes(figure: Figure, quantity: Quantity, whyUnknown: string): void {
    if (this.shown === figure && figure !== null) return;
    this.shown = figure;
    this.set(quantity, exactBytes(figure) || whyUnknown);
  }
}
