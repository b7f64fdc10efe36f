/*
 * The connection to the daemon. One EventSource; when it fails it is closed and opened again after
 * a growing wait, because a fresh frame is worth more than the browser's own retry and the page
 * can say when the next attempt is; so it is when what came cannot be read. States: connecting, live, late (nothing for over three
 * seconds), lost.
 */
import { Alert, Frame, Happening, Tick } from "./protocol";

export type Connection = "connecting" | "live" | "late" | "lost";

const LATE_MS = 3000;
const LOST_MS = 10000;
const WAIT_MS = [1000, 2000, 3000, 5000];

export interface Listener {
  frame(frame: Frame): void;
  /** False asks for a new frame. */
  tick(tick: Tick): boolean;
  alert(alert: Alert): void;
  happening(happening: Happening): void;
  connection(): void;
}

export class Stream {
  state: Connection = "connecting";
  /** performance.now() of the last word from the daemon, and of the next attempt. */
  heardAt = performance.now();
  nextAt = 0;
  /** Why the daemon turns this page away, where it does; empty when it is just not there. */
  refusal = "";
  private source: EventSource | null = null;
  private failures = 0;

  constructor(
    private url: string,
    private readonly listener: Listener,
  ) {
    setInterval(() => this.watch(), 250);
    this.open();
  }

  /** Opens at once, whatever was waited for. */
  open(): void {
    this.source?.close();
    this.nextAt = 0;
    const source = new EventSource(this.url);
    this.source = source;
    source.addEventListener("error", () => this.fail());
    this.on<Frame>(source, "frame", (frame) => this.listener.frame(frame));
    this.on<Tick>(source, "tick", (tick) => {
      if (!this.listener.tick(tick)) this.open();
    });
    this.on<Alert>(source, "alert", (alert) => this.listener.alert(alert));
    this.on<Happening>(source, "event", (event) => this.listener.happening(event));
  }

  /** To another address, if it is another. */
  turn(url: string): void {
    if (url === this.url) return;
    this.url = url;
    this.open();
  }

  ageSeconds(): number {
    return (performance.now() - this.heardAt) / 1000;
  }

  private on<T>(source: EventSource, type: string, handle: (value: T) => void): void {
    source.addEventListener(type, (message) => {
      if (source !== this.source) return;
      this.heardAt = performance.now();
      try {
        handle(JSON.parse((message as MessageEvent<string>).data) as T);
      } catch {
        this.refusal = "The collector sends what this page cannot read.";
        return this.fail();
      }
      this.failures = 0;
      this.refusal = "";
      this.become("live");
    });
  }

  private fail(): void {
    this.source?.close();
    this.source = null;
    const wait = WAIT_MS[Math.min(this.failures++, WAIT_MS.length - 1)] as number;
    this.nextAt = performance.now() + wait;
    this.become("lost");
    if (this.failures === 1) void this.askWhy();
  }

  /** An EventSource tells nothing of the answer it did not like. */
  private async askWhy(): Promise<void> {
    try {
      const { status } = await fetch(this.url, { method: "HEAD" });
      if (this.state !== "lost") return;
      if (status === 401) this.refusal = "The collector wants its token. Reload to give it.";
      else if (status === 403) this.refusal = "The collector does not answer pages from here.";
      else if (status === 429 || status === 503) this.refusal = "The collector is too busy for this page.";
      this.listener.connection();
    } catch {
      // not there: the banner says so
    }
  }

  private watch(): void {
    const now = performance.now();
    if (this.nextAt && now >= this.nextAt) return this.open();
    const silent = now - this.heardAt;
    if (this.state === "live" && silent > LATE_MS) this.become("late");
    if (this.source && this.state !== "lost" && silent > LOST_MS) this.fail();
  }

  private become(state: Connection): void {
    if (this.state === state) return;
    this.state = state;
    this.listener.connection();
  }
}
