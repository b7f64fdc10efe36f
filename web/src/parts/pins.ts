/*
 * Up to four isolates that somebody keeps an eye on: chips under the bar, and in every chart and table
 * a colour of their own. Which ones stands in the address, so a copied link shows them too.
 */
import { Address, decode, isolateAddress } from "../data/address";
import { el, nameNode, setAttribute, setHidden, setName } from "./dom";
import { cleanName } from "../data/format";
import { nameById } from "../data/judge";
import { Keyed } from "./keyed";
import { Store } from "../data/store";
import { Token } from "./theme";

const MOST = 4;
const PRESS_MS = 600;

export interface Pin {
  id: string;
  /** 1 to 4: its colour. */
  number: number;
  colour: Token;
}

interface Chip {
  node: HTMLElement;
  name: HTMLElement;
  end: HTMLElement;
}

export class Pins {
  private readonly chips: Keyed<Pin, Chip>;
  readonly node = el("div", { class: "pins", role: "group", "aria-label": "Pinned isolates" });

  constructor(
    private readonly address: Address,
    private readonly store: Store,
    private readonly say: (words: string) => void,
  ) {
    this.chips = new Keyed(
      this.node,
      (pin) => this.makeChip(pin),
      (chip, pin) => {
        const name = nameById(this.store, pin.id);
        setName(chip.name, name);
        setAttribute(chip.end, "aria-label", `Unpin ${cleanName(name)}`);
      },
    );
  }

  /** A long press on a row, where there is no key to press. */
  listenToTouch(): void {
    let timer = 0;
    document.addEventListener("pointerdown", (event) => {
      clearTimeout(timer);
      const id = (event.target as Element).closest<HTMLElement>("[data-id]")?.dataset.id;
      if (event.pointerType !== "touch" || id === undefined) return;
      timer = setTimeout(() => this.toggle(id), PRESS_MS);
    });
    for (const type of ["pointerup", "pointercancel", "scroll"])
      document.addEventListener(type, () => clearTimeout(timer), { capture: true, passive: true });
  }

  list(): Pin[] {
    const asked = this.address.get("pin") ?? "";
    if (asked !== this.readFrom) {
      this.readFrom = asked;
      this.pins = this.read();
    }
    return this.pins;
  }
  private readFrom = "";
  private pins: Pin[] = [];

  private read(): Pin[] {
    return this.ids().map((id, at) => ({ id, number: at + 1, colour: `pin-${at + 1}` as Token }));
  }

  of(id: string): Pin | undefined {
    return this.list().find((pin) => pin.id === id);
  }

  /** The fifth takes the place of the first. */
  toggle(id: string): void {
    const ids = this.ids();
    const isPinned = ids.includes(id);
    const left = isPinned ? ids.filter((one) => one !== id) : [...ids, id].slice(-MOST);
    this.address.set({ pin: left.map(encodeURIComponent).join(",") });
    const name = cleanName(nameById(this.store, id));
    this.say(isPinned ? `${name} is not pinned any more` : `${name} is pinned`);
  }

  render(): void {
    const pins = this.list();
    setHidden(this.node, !pins.length);
    this.chips.show(pins, (pin) => `${pin.number} ${pin.id}`);
  }

  private ids(): string[] {
    const words = (this.address.get("pin") ?? "").split(",").filter(Boolean);
    return [...new Set(words.map(decode))].slice(0, MOST);
  }

  private makeChip({ id, number }: Pin): Chip {
    const name = nameNode("");
    const end = el("button", { type: "button", class: "unpin" }, "✕");
    end.addEventListener("click", () => this.toggle(id));
    const link = el("a", { class: "open", href: isolateAddress(id) }, name);
    const node = el("span", { class: "pin", "data-pin": String(number) }, el("i"), link, end);
    return { node, name, end };
  }
}
