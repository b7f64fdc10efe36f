/*
 * The points of the budget picture as a real table, newest first, for whoever reads rather than
 * looks.
 */
import { el } from "../parts/dom";
import { bytesText, clock, exactBytes } from "../data/format";
import { Group } from "./labels";
import { Band, Picture } from "../data/stack";

const ROWS = 30;

export function bandsTable(picture: Picture, groups: Group[], bands: Band[]): HTMLElement {
  const head = el(
    "tr",
    {},
    el("th", { scope: "col" }, "Time"),
    el("th", { scope: "col", class: "num" }, "Used"),
  );
  for (const group of groups) {
    head.append(el("th", { scope: "col", class: "num" }, el("bdi", { dir: "auto" }, group.name)));
  }
  const body = el("tbody");
  const step = Math.max(1, Math.ceil(picture.x.length / ROWS));
  for (let i = picture.x.length - 1; i >= 0; i -= step) {
    const t = picture.x[i] as number;
    const used = picture.used[i] ?? null;
    const row = el("tr", {}, el("th", { scope: "row" }, clock(t, true)), figure(used));
    for (const group of groups) row.append(figure(sumOf(picture, bands, group.bands, i)));
    body.append(row);
  }
  return el("table", {}, el("thead", {}, head), body);
}

function sumOf(picture: Picture, bands: Band[], group: Band[], i: number): number | null {
  let sum = 0;
  for (const band of group) {
    const at = bands.indexOf(band);
    const top = picture.tops[at]?.[i];
    if (top == null) return null;
    sum += top - (at > 0 ? (picture.tops[at - 1]?.[i] ?? 0) : 0);
  }
  return sum;
}

function figure(value: number | null): HTMLElement {
  return el("td", { class: "num", title: exactBytes(value) }, bytesText(value));
}
