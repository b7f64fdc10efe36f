/*
 * The signs in the lane under the budget picture: where an alert began, an isolate ran out of memory,
 * was recycled or written to a file, a limit changed, the collector was started. Newest kept, oldest
 * forgotten.
 */
import { bytesText, cleanName, shortName, splitSentence } from "../data/format";
import { Mark } from "./paint";
import { Alert, Figure, Happening, known } from "../data/protocol";

const KEPT = 100;

export class Marks {
  private readonly happenings: Mark[] = [];

  add(event: Happening, name: string): void {
    const short = shortName(cleanName(name));
    if (event.type === "oom")
      this.keep({
        t: event.t,
        shape: "cross",
        colour: "critical",
        label: `${short} out of memory`,
      });
    if (event.type === "snapshot")
      this.keep({ t: event.t, shape: "dot", colour: "text-2", label: `${short} snapshot` });
    if (event.type === "limit")
      this.keep({ t: event.t, shape: "dot", colour: "warning", label: "limit changed" });
    if (event.type === "recycle") {
      const freed = typeof event.reclaimed === "number" ? `, −${bytesText(event.reclaimed)}` : "";
      this.keep({ t: event.t, shape: "down", colour: "ok", label: `${short} recycled${freed}` });
    }
  }

  /** `began` is when the collector was started. */
  list(alerts: Iterable<Alert>, began: Figure, nameOf: (id: string) => string): Mark[] {
    const marks = [...this.happenings];
    if (known(began))
      marks.push({ t: began, shape: "dot", colour: "text-2", label: "collector started" });
    for (const alert of alerts) {
      if (!known(alert.since) || alert.state !== "firing") continue;
      const isRising = alert.rule === "drift" && alert.isolate;
      const label = isRising
        ? `${shortName(cleanName(nameOf(alert.isolate ?? "")))} rising`
        : shortName(splitSentence(cleanName(alert.summary ?? alert.rule ?? ""))[0]);
      marks.push({ t: alert.since, shape: "up", colour: isRising ? "rising" : "warning", label });
    }
    return marks.sort((a, b) => a.t - b.t);
  }

  private keep(mark: Mark): void {
    this.happenings.push(mark);
    this.happenings.sort((a, b) => a.t - b.t);
    if (this.happenings.length > KEPT) this.happenings.shift();
  }
}
