/*
 * A channel's bytes as one bar, by how they went: cloned, transferred, shared; and the key to its
 * colours. The longest bar of a list is as long as there is room.
 */
import { Kinds, KINDS, sum } from "../data/channels";
import { el } from "../parts/dom";

const LEAST_PERCENT = 0.6; // what is there is seen

export class FlowBar {
  private readonly parts = KINDS.map((kind) => el("i", { "data-flow": kind }));
  readonly node = el("span", { class: "flowbar", "aria-hidden": "true" }, ...this.parts);

  show(kinds: Kinds, most: number): void {
    this.parts.forEach((part, at) => {
      const share = most > 0 ? (100 * (kinds[at] as number)) / most : 0;
      part.style.width = `${share > 0 ? Math.max(share, LEAST_PERCENT) : 0}%`;
    });
    this.node.classList.toggle("none", sum(kinds) === 0);
  }
}

export function kindKey(): HTMLElement {
  return el(
    "span",
    { class: "kindkey" },
    ...KINDS.map((kind) =>
      el("span", {}, el("i", { "data-flow": kind, "aria-hidden": "true" }), kind),
    ),
  );
}
