/*
 * A chart's mechanics around uPlot, the same for all charts: it is made anew when its series or the
 * colours change, sized with its host, has one cursor the keyboard moves too, and knows the gestures:
 * drag zooms, Shift-drag moves, Ctrl and the wheel zoom, double click goes back. What is drawn is the
 * owner's.
 */
import uPlot from "uplot";
import { el } from "../parts/dom";
import { Paint } from "./paint";
import { Palette, palette } from "../parts/theme";

export interface PlotOwner {
  label: string;
  isTime: boolean;
  series(colours: Palette): uPlot.Series[];
  bands?(colours: Palette): uPlot.Band[];
  xTicks(from: number, to: number, px: number): number[];
  xLabels(ticks: number[]): string[];
  yTicks(max: number): number[];
  yLabels(ticks: number[]): string[];
  /** Under and over the series. */
  under?(paint: Paint): void;
  over?(paint: Paint): void;
  hover?(x: number | null, y: number): void;
  /** A press without a drag, at these values; in the lane under the axis or above it. */
  click?(x: number, y: number, isLane: boolean): void;
  zoom?(from: number, to: number): void;
  unzoom?(): void;
  /** The pointer is held down on it, or no more. */
  hold?(isHeld: boolean): void;
  /** By this share of what is shown. */
  pan?(share: number): void;
}

export interface PlotView {
  data: uPlot.AlignedData;
  from: number;
  to: number;
  max: number;
}

const NARROW = 560;
const MIN_DRAG = 8;
const WHEEL_FACTOR = 1.25;
const AXIS_HEIGHT = 24;

export class Plot {
  readonly host: HTMLElement;
  private plot: uPlot | null = null;
  private view: PlotView | null = null;
  private width = 0;
  private height = 0;
  private cursor = -1;
  private builtFor = "";

  constructor(
    private readonly owner: PlotOwner,
    private readonly lane = 0,
  ) {
    this.host = el("div", { class: "plot", role: "img", tabindex: "0", "aria-label": owner.label });
    new ResizeObserver(() => this.resize()).observe(this.host);
    this.host.addEventListener("keydown", (event) => this.onKey(event));
    this.host.addEventListener("blur", () => this.moveTo(-1));
    if (owner.click) this.listenToClicks();
    this.host.addEventListener("mousedown", () => {
      owner.hold?.(true);
      addEventListener("mouseup", () => owner.hold?.(false), { once: true });
    });
  }

  /** Where there is no room for words beside signs. Known from the last resize: asking the document
   * while it is being written would lay it out once more. */
  isNarrow(): boolean {
    return this.width < NARROW;
  }

  /** In pixels of the page. */
  plotWidth(): number {
    return Math.max(1, this.plot ? this.plot.bbox.width / devicePixelRatio : this.width - 60);
  }

  plotHeight(): number {
    return this.plot ? this.plot.bbox.height / devicePixelRatio : this.height;
  }

  /** Where the plot ends, in pixels from the top of the host. */
  plotBottom(): number {
    const box = this.plot?.bbox;
    return box ? (box.top + box.height) / devicePixelRatio : this.height;
  }

  /** Where a value stands, in pixels from the top of the host; for labels beside the plot. */
  yOf(value: number): number {
    return this.plot ? this.plot.valToPos(value, "y") + this.plot.bbox.top / devicePixelRatio : 0;
  }

  canvas(): HTMLCanvasElement | null {
    return this.plot?.ctx.canvas ?? null;
  }

  /** `series` says which series there are: with others the plot is made anew. */
  show(view: PlotView, series = ""): void {
    this.view = view;
    const signature = `${series} ${this.isNarrow()}`;
    if (signature !== this.builtFor) this.drop();
    this.builtFor = signature;
    this.apply();
  }

  private apply(): void {
    if (!this.plot) this.build();
    const { plot, view } = this;
    if (!plot || !view) return;
    plot.batch(() => {
      plot.setData(view.data, false);
      plot.setScale("x", { min: view.from, max: Math.max(view.to, view.from + 1e-6) });
      plot.setScale("y", { min: 0, max: view.max });
    });
  }

  /** Colours were changed: everything that was read from them is read again. */
  repaint(): void {
    this.drop();
    this.apply();
  }

  private drop(): void {
    this.plot?.destroy();
    this.plot = null; // made for other series: it must not be given these
  }

  /** While another view is shown it has no size, and keeps the one it had for its return. */
  private resize(): void {
    if (!this.host.clientWidth) return;
    this.width = this.host.clientWidth;
    this.height = this.host.clientHeight;
    if (this.plot) this.plot.setSize({ width: this.width, height: this.height });
    else this.apply();
  }

  private build(): void {
    if (!this.width || !this.view) return;
    const colours = palette();
    const font = `11px ${getComputedStyle(this.host).fontFamily}`;
    const narrow = this.isNarrow();
    const paint = (plot: uPlot): Paint => ({ plot, colours, font, narrow: this.isNarrow(), ratio: devicePixelRatio });
    this.plot = new uPlot(
      {
        width: this.width,
        height: this.height,
        padding: [20, 12, this.lane, 0],
        legend: { show: false },
        cursor: {
          y: false,
          points: { show: false },
          drag: { x: this.owner.zoom !== undefined, y: false, setScale: false },
        },
        scales: { x: { time: this.owner.isTime, auto: false }, y: { auto: false } },
        series: [{}, ...this.owner.series(colours)],
        bands: this.owner.bands?.(colours) ?? [],
        axes: this.axes(colours, font, narrow),
        hooks: {
          drawAxes: [(plot) => within(plot, () => this.owner.under?.(paint(plot)))],
          draw: [(plot) => within(plot, () => this.owner.over?.(paint(plot)))],
          setCursor: [(plot) => this.report(plot)],
          setSelect: [(plot) => this.select(plot)],
        },
      },
      this.view.data,
      this.host,
    );
    this.listen(this.plot.over);
  }

  private axes(colours: Palette, font: string, narrow: boolean): uPlot.Axis[] {
    const common = { stroke: colours["text-3"], font, ticks: { show: false } };
    return [
      {
        ...common,
        size: AXIS_HEIGHT,
        gap: 6,
        grid: { show: false },
        splits: (plot, _axis, min, max) =>
          this.owner.xTicks(min, max, plot.bbox.width / devicePixelRatio),
        values: (_plot, ticks) => this.owner.xLabels(ticks),
      },
      {
        ...common,
        size: narrow ? 56 : 60,
        gap: 8,
        grid: { stroke: colours.grid, width: 1 },
        splits: (_plot, _axis, _min, max) => this.owner.yTicks(max),
        values: (_plot, ticks) => this.owner.yLabels(ticks),
      },
    ];
  }

  private listen(over: HTMLElement): void {
    over.addEventListener("dblclick", () => this.owner.unzoom?.());
    over.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey || !this.owner.zoom || !this.view) return;
        event.preventDefault();
        const { from, to } = this.view;
        const at = from + (event.offsetX / this.plotWidth()) * (to - from);
        const factor = event.deltaY > 0 ? WHEEL_FACTOR : 1 / WHEEL_FACTOR;
        this.owner.zoom(at - (at - from) * factor, at + (to - at) * factor);
      },
      { passive: false },
    );
    over.parentElement?.addEventListener(
      "mousedown",
      (event) => {
        if (!event.shiftKey || !this.owner.pan) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        const start = event.clientX;
        addEventListener(
          "mouseup",
          (end) => this.owner.pan?.((start - end.clientX) / this.plotWidth()),
          { once: true },
        );
      },
      { capture: true },
    );
  }

  private listenToClicks(): void {
    let start = NaN;
    this.host.addEventListener("mousedown", (event) => (start = event.clientX), { capture: true });
    this.host.addEventListener("click", (event) => {
      const { plot } = this;
      if (!plot || !(Math.abs(event.clientX - start) < MIN_DRAG) || event.shiftKey) return;
      const box = plot.over.getBoundingClientRect();
      const top = event.clientY - box.top;
      const x = plot.posToVal(event.clientX - box.left, "x");
      this.owner.click?.(x, plot.posToVal(top, "y"), top > box.height + AXIS_HEIGHT / 2);
    });
  }

  private report(plot: uPlot): void {
    const { left, top } = plot.cursor;
    if (left === undefined || top === undefined || left < 0) this.owner.hover?.(null, 0);
    else this.owner.hover?.(plot.posToVal(left, "x"), plot.posToVal(top, "y"));
  }

  private select(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < MIN_DRAG) return;
    this.owner.zoom?.(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  }

  /** Left and right move the cursor by a point, Home and End to the ends. */
  private onKey(event: KeyboardEvent): void {
    const xs = this.view?.data[0] ?? [];
    const last = xs.length - 1;
    const at = this.cursor < 0 ? last : this.cursor;
    const places: Record<string, number> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: 0,
      End: last,
    };
    const place = places[event.key];
    if (place === undefined || last < 0) return;
    event.preventDefault();
    this.moveTo(Math.min(last, Math.max(0, place)));
  }

  private moveTo(at: number): void {
    this.cursor = at;
    this.setCursor(this.view?.data[0][at] ?? null, true);
  }

  /** Another chart is pointed at: the cursor stands at the same thing here, and nobody is told. */
  point(x: number | null): void {
    this.setCursor(x, false);
  }

  private setCursor(x: number | null, isTold: boolean): void {
    const left = x === null || !this.plot ? -10 : this.plot.valToPos(x, "x");
    this.plot?.setCursor({ left, top: left < 0 ? -10 : 1 }, isTold);
  }
}

/** Leaves the context as it was. */
function within(plot: uPlot, paint: () => void): void {
  plot.ctx.save();
  paint();
  plot.ctx.restore();
}
