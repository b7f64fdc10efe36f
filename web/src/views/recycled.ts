/*
 * What recycling brought: each worker that was replaced, what was foretold and what it freed.
 * Newest first. The overview shows the last few, the alerts view all that are remembered.
 */
import { Asked } from "../data/asked";
import { Value, el, nameNode, setAttribute } from "../parts/dom";
import { bytes, bytesText, cleanName, clock, count, exactBytes, utc } from "../data/format";
import { nameById } from "../data/judge";
import { Line } from "../parts/keyed";
import { Figure, Happening } from "../data/protocol";
import { ShortList } from "../parts/shortlist";
import { figureOf } from "../data/status";
import { Store } from "../data/store";

export type Recycled = ShortList<Happening[], Happening, Line>;

export function recycledPanel(
  asked: Asked<Happening[]>,
  store: Store,
  lines: number,
  id: string,
): Recycled {
  return new ShortList(asked, {
    id,
    lines,
    title: "Recycled",
    what: "Recycles",
    className: "recycled",
    heads: [
      ["Isolate", ""],
      ["At", "c-at"],
      ["Predicted", "num"],
      ["Freed", "num"],
    ],
    nothing: "Nothing was recycled since the collector started.",
    pick: (all) => [...all].reverse(),
    keyOf: (one) => String(one.seq),
    make: (one) => ({ node: line(store, one) }),
    write: () => undefined,
    remark: (all) => {
      const freed = all.reduce((total, one) => total + (figureOf(one.reclaimed) ?? 0), 0);
      return all.length ? `${count(all.length)} times, freed ${bytesText(freed)}` : "";
    },
    rest: "before",
  });
}

function line(store: Store, one: Happening): HTMLElement {
  const amount = (value: Figure, why: string): HTMLElement => {
    const text = new Value();
    text.set(bytes(value), exactBytes(value) || why);
    return el("td", { class: "num" }, text.node);
  };
  const who = nameNode(nameById(store, String(one.isolate ?? "")));
  const why = cleanName(one.reason);
  if (why) setAttribute(who, "title", `${who.textContent ?? ""}, ${why}`);
  return el(
    "tr",
    { "data-seq": String(one.seq) },
    el("th", { scope: "row" }, who),
    el("td", { class: "c-at", title: utc(one.t) }, clock(one.t, false)),
    amount(figureOf(one.predicted), "no figure was foretold"),
    amount(figureOf(one.reclaimed), "not measured"),
  );
}
