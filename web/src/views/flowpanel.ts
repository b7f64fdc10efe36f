/*
 * The overview's flows: the channels between pools and isolates that carried most in the last
 * minute.
 */
import { Asked } from "../data/asked";
import { channelsOf } from "../data/channels";
import { el, panel, setHidden } from "../parts/dom";
import { Ends } from "../data/ends";
import { kindKey } from "../charts/flowbar";
import { FlowTable } from "./flowtable";
import { Flow } from "../data/lists";
import { FLOW_SECONDS } from "../data/questions";
import { Steady } from "../parts/steady";
import { Trouble } from "../parts/trouble";

const LINES = 5;


export class FlowPanel {
  private readonly table = new FlowTable({
    label: "flows-title",
    lines: LINES,
    hrefOf: (channel) => `#/flows?by=pool&channel=${encodeURIComponent(channel.key)}`,
  });
  private readonly nothing = el(
    "p",
    { class: "nothing" },
    "No messages between isolates in the last minute.",
  );
  private readonly trouble: Trouble;
  private readonly steady: Steady;
  private written = -1;
  readonly node: HTMLElement;

  constructor(
    private readonly asked: Asked<Flow[]>,
    private readonly ends: Ends,
  ) {
    this.trouble = new Trouble("The flows", asked);
    this.steady = new Steady(
      { isFilled: () => asked.version > 0 },
      this.trouble.node,
      this.table.node,
      this.nothing,
    );
    this.node = panel(
      { id: "flows-title", title: "Flows", kind: "flowpanel" },
      [
        el("span", { class: "remark" }, `last ${FLOW_SECONDS} s`),
        el("span", { class: "grow" }),
        kindKey(),
        el("a", { class: "link", href: "#/flows" }, "All flows"),
      ],
      this.steady.node,
    );
  }

  render(): void {
    this.asked.want();
    const isThere = this.trouble.render();
    this.steady.look();
    if (this.asked.version === this.written) return;
    this.written = this.asked.version;
    const channels = channelsOf(this.asked.value ?? [], (id) => this.ends.of(id, "pool"));
    this.table.show(channels, FLOW_SECONDS);
    setHidden(this.table.node, !channels.length);
    setHidden(this.nothing, !isThere || channels.length > 0);
  }
}
