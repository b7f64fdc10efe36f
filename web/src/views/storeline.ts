/*
 * The cells of one store: who holds it, its size, its age. Used by the overview and by the view of
 * all stores. Rewritten in place.
 */
import { isolateAddress } from "../data/address";
import { Value, el, setAttribute, setText } from "../parts/dom";
import { bytes, cleanName, clock, shortName, span } from "../data/format";
import { hasEnded, nameById, stateOf } from "../data/judge";
import { SharedStore, known } from "../data/protocol";
import { Store } from "../data/store";

export class StoreLine {
  readonly holders = el("td", { class: "c-pins" });
  private readonly bytes = new Value();
  readonly size = el("td", { class: "num" }, this.bytes.node);
  readonly age = el("td", { class: "num" });
  private written = "";

  constructor(readonly node: HTMLElement) {}

  show(store: Store, shared: SharedStore): void {
    this.bytes.setBytes(shared.bytes, bytes(shared.bytes), "not known");
    const born = shared.created_at;
    setText(this.age, known(born) ? span(store.t - born) : "—");
    setAttribute(this.age, "title", known(born) ? `since ${clock(born, true)}` : null);
    const pins = (shared.pins ?? []).map((id) => holderOf(store, id));
    const words = JSON.stringify(pins);
    if (words === this.written) return;
    this.written = words;
    this.holders.replaceChildren(...holderNodes(pins));
    this.holders.title = pins.map(({ name }) => name).join(", ");
  }
}

interface Holder {
  id: string;
  name: string;
  /** What would surprise: it does nothing any more, and still holds it. */
  state: string;
}

function holderOf(store: Store, id: string): Holder {
  const isolate = store.isolates[store.indexOf.get(id) ?? -1];
  const state = isolate && (hasEnded(isolate) || isolate.stale) ? stateOf(isolate).word : "";
  return { id, name: cleanName(nameById(store, id)), state };
}

function holderNodes(pins: Holder[]): (Node | string)[] {
  if (!pins.length) return [el("span", { class: "faint" }, "nobody now")];
  return pins.flatMap(({ id, name, state }, at) => {
    const link = el("a", { href: isolateAddress(id) });
    link.append(el("bdi", { dir: "auto" }, shortName(name)));
    const nodes = state ? [link, ` (${state})`] : [link];
    return at ? [", ", ...nodes] : nodes;
  });
}
