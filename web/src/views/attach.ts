/*
 * Watching Node.js processes from outside: who is watched by isoprobe, who could be, and a field for
 * any other. What cannot be done is no button: one line says why, and what to start. Owned by the
 * view of processes.
 */
import { DeedButton } from "../parts/deed";
import { el, nameNode, panel, setHidden, setName, setText } from "../parts/dom";
import { cleanName } from "../data/format";
import { Keyed } from "../parts/keyed";
import { Steady } from "../parts/steady";
import { Process } from "../data/protocol";
import { figureOf, listOf } from "../data/status";
import { Store } from "../data/store";

const ATTACH = {
  does: "attach",
  verb: "Attach",
  cost: "each call that is watched takes 1 to 1.5 µs longer, nothing else changes",
  progress: "attaching",
  result: "attached",
};
const DETACH = {
  does: "detach",
  verb: "Detach",
  cost: "",
  progress: "detaching",
  result: "detached",
};

const SHOWN = 40;

/** In place of a state: it runs, more is not known of it. */
const STRANGE = "strange";

interface Line {
  node: HTMLElement;
  name: HTMLElement;
  words: HTMLElement;
  missing: HTMLElement;
  attach: DeedButton;
  detach: DeedButton;
}

export class AttachPanel {
  private readonly remark = el("span", { class: "remark" });
  private readonly list = el("div", { class: "probed" });
  private readonly lines: Keyed<Process, Line>;
  private readonly why = el("p");
  private readonly start = el("pre", { class: "code", tabindex: "0" }, "isoprobe --serve");
  private readonly cannot = el("div", { class: "nothing" }, this.why, this.start);
  private readonly field = el("input", {
    type: "text",
    inputmode: "numeric",
    class: "field",
    maxlength: "10",
    autocomplete: "off",
    id: "attach-pid",
    placeholder: "4711",
  });
  private readonly wrong = el("span", { class: "cost", role: "status" });
  private readonly button = new DeedButton(ATTACH, () => `processes/${this.pid()}`).inline();
  private readonly form = el(
    "form",
    { class: "attachform" },
    el("label", { for: "attach-pid" }, "Pid of a running Node.js"),
    this.field,
    this.button.node,
    this.wrong,
  );
  private readonly more = el("p", { class: "foot" });
  private readonly steady: Steady;
  private canAct = false;
  readonly node: HTMLElement;

  constructor(private readonly store: Store) {
    this.lines = new Keyed(
      this.list,
      (process) => makeLine(process.pid),
      (line, process) => this.write(line, process),
    );
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.check(event);
      if (this.pid() > 0) this.button.click();
    });
    this.button.node.addEventListener("click", (event) => this.check(event), { capture: true });
    this.field.addEventListener("input", () => setText(this.wrong, ""));
    this.steady = new Steady({ isFilled: () => store.t > 0 }, this.list, this.more);
    this.node = panel(
      { id: "attach-title", title: "Node.js from outside", kind: "attach" },
      [this.remark],
      this.steady.node,
      this.cannot,
      this.form,
    );
  }

  render(): void {
    const { status, processes } = this.store;
    const prober = figureOf(status.prober);
    this.canAct = status.allow_actions === true && prober !== 0; // an older one says it when asked
    const known = [...processes.values()].filter((one) => one.kind === "v8" && isLiving(one));
    const nodes = [...known, ...this.strangers(known)];
    this.lines.show(nodes.slice(0, SHOWN), (process) => String(process.pid));
    setHidden(this.list, !nodes.length);
    setHidden(this.more, nodes.length <= SHOWN);
    setText(this.more, `and ${nodes.length - SHOWN} more: ask for one by its pid`);
    this.steady.look();
    setHidden(this.form, !this.canAct);
    setHidden(this.cannot, this.canAct);
    const isAllowed = status.allow_actions === true;
    setHidden(this.start, !isAllowed);
    setText(
      this.why,
      isAllowed
        ? "No isoprobe waits for orders. Start one as root, where the programs run:"
        : "Nothing can be attached from here: http.allow_actions is false in the collector’s configuration.",
    );
    const probed = nodes.filter((one) => one.probed).length;
    const who = !prober ? "" : `, isoprobe ${prober} takes orders`;
    setText(this.remark, `${probed} of ${nodes.length} watched by probes${who}`);
  }

  /** Those that nobody watches, as isoprobe finds them. */
  private strangers(known: Process[]): Process[] {
    const pids = new Set(known.map((one) => one.pid));
    const all = listOf<Pick<Process, "pid" | "name">>(this.store.status.candidates);
    return all.filter((one) => !pids.has(one.pid)).map((one) => ({ ...one, state: STRANGE }));
  }

  private pid(): number {
    const text = this.field.value.trim();
    return /^\d{1,10}$/.test(text) ? Number(text) : 0;
  }

  /** The button does nothing while the field names no process. */
  private check(event: Event): void {
    if (this.pid() > 0) return setText(this.wrong, "");
    event.stopPropagation();
    setText(this.wrong, "A pid is a number: pgrep -a node lists them.");
    this.field.focus();
  }

  private write(line: Line, process: Process): void {
    setName(line.name, process.name || String(process.pid));
    const words = process.probed
      ? "watched by isoprobe"
      : process.state === STRANGE ? "nobody watches it" : "its agent reports, no probe watches it";
    setText(line.words, `pid ${process.pid}, ${words}`);
    const missing = process.probed ? cleanName(process.missing) : "";
    setText(line.missing, missing && `Not known: ${missing}`);
    setHidden(line.missing, !missing);
    setHidden(line.attach.node, !this.canAct || process.probed === true);
    setHidden(line.detach.node, !this.canAct || process.probed !== true);
    line.attach.update(null, false);
    line.detach.update(null, false);
  }
}

const isLiving = (process: Process): boolean =>
  !["exited", "died", "oom"].includes(process.state ?? "");

function makeLine(pid: number): Line {
  const thing = (): string => `processes/${pid}`;
  const name = nameNode("");
  const words = el("span", { class: "small" });
  const missing = el("p", { class: "small" });
  const attach = new DeedButton(ATTACH, thing).inline();
  const detach = new DeedButton(DETACH, thing).inline();
  const node = el(
    "div",
    { class: "probe", "data-pid": String(pid) },
    el("div", {}, name, " ", words, missing),
    attach.node,
    detach.node,
  );
  return { node, name, words, missing, attach, detach };
}
