/*
 * Nothing reports yet: the commands that change it, instead of empty axes.
 */
import { el } from "../parts/dom";

export function emptyPanel(): HTMLElement {
  return el(
    "section",
    { class: "panel empty", "aria-labelledby": "empty-title" },
    el("h1", { id: "empty-title" }, "Nothing is reporting yet"),
    el("p", {}, "Start a program with Isoscope watching, or attach to one that runs."),
    el(
      "pre",
      { class: "code", tabindex: "0" },
      "isorun app.js\nnode --require @isoscope/agent app.js\nisoctl attach PID",
    ),
    el(
      "p",
      {},
      "It appears here within a second. A running Node.js can be attached ",
      el("a", { class: "inline", href: "#/processes" }, "from here"),
      " too.",
    ),
  );
}
