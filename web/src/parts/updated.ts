/*
 * The daemon is another than the one this page came with: said once, never acted upon by itself,
 * because somebody may be reading.
 */
import { el, setHidden } from "./dom";
import { warningIcon } from "./icons";
import { Status } from "../data/protocol";

export class Updated {
  private readonly reload = el("button", { type: "button", class: "btn" }, "Reload");
  readonly node = el(
    "div",
    { class: "banner", role: "status" },
    warningIcon(),
    el("span", {}, el("b", {}, "Isoscope was updated."), " This page is of the version before."),
    el("span", { class: "grow" }),
    this.reload,
  );
  private first = "";

  constructor() {
    this.node.hidden = true;
    this.reload.addEventListener("click", () => location.reload());
  }

  look(status: Status): void {
    const { version } = status;
    if (!version) return;
    this.first ||= version;
    setHidden(this.node, version === this.first);
  }
}
