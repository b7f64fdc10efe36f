/*
 * One of a few, as a row of buttons; what is chosen stands in the address under its name.
 */
import { Address } from "../data/address";
import { el, setAttribute } from "./dom";

export class Choice {
  readonly node: HTMLElement;

  constructor(
    address: Address,
    private readonly name: string,
    label: string,
    options: [string, string][],
  ) {
    this.node = el("div", { class: "seg", role: "group", "aria-label": label });
    for (const [value, words] of options) {
      const button = el("button", { type: "button", "data-value": value }, words);
      button.addEventListener("click", () => address.set({ [name]: value }));
      this.node.append(button);
    }
  }

  /** What is in force, by name. */
  render(values: Record<string, string>): void {
    for (const button of this.node.children) {
      const isPressed = button.getAttribute("data-value") === values[this.name];
      setAttribute(button, "aria-pressed", String(isPressed));
    }
  }
}
