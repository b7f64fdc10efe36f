/*
 * What the daemon sends, as types: the frame, the tick and the objects in them. Names are those on
 * the wire. Every figure an emitter cannot know is null, and a field may be missing in a patch, so
 * a reader always asks `known()` before it counts with one.
 */
export type Figure = number | null | undefined;

export interface Heap {
  used?: Figure;
  total?: Figure;
  limit?: Figure;
  peak?: Figure;
  live?: Figure;
  baseline?: Figure;
  fragmentation?: Figure;
}

export type DriftState = "warming" | "flat" | "outside_band" | "rising" | "recovered";

export interface Drift {
  job?: string | null;
  state?: DriftState | null;
  bytes_per_job?: Figure;
  ratio?: Figure;
  confidence?: Figure;
  jobs_to_limit?: Figure;
  seconds_to_limit?: Figure;
  since?: Figure;
  onset_job?: Figure;
  detected_job?: Figure;
  band?: Figure;
  /** Of the line through the rise, at its onset. */
  intercept?: Figure;
}

export interface Isolate {
  id: string;
  process?: number;
  thread?: number;
  name?: string | null;
  pool?: string | null;
  kind?: string;
  state?: string;
  started_at?: Figure;
  updated_at?: Figure;
  ended_at?: Figure;
  stale?: boolean;
  heap?: Heap | null;
  external?: Figure;
  array_buffers?: Figure;
  shared?: Figure;
  jobs?: Figure;
  gc?: { count?: Figure; seconds?: Figure; last_pause?: Figure } | null;
  drift?: Drift | null;
  messages?: {
    sent?: Figure;
    received?: Figure;
    queued?: Figure;
    queued_bytes?: Figure;
    oldest_queued_seconds?: Figure;
  } | null;
  clone?: { count?: Figure; bytes?: Figure; seconds?: Figure } | null;
  transfer?: { count?: Figure; bytes?: Figure } | null;
  event_loop_utilization?: Figure;
  exit_code?: Figure;
  rss_attributed?: Figure;
  malloced?: Figure;
  actions?: Action[] | null;
}

/** As the kernel counts it, told by a probe; null where none watches. */
export interface KernelMemory {
  rss?: Figure;
  anon?: Figure;
  file?: Figure;
  shmem?: Figure;
  rss_peak?: Figure;
  swapped?: Figure;
  page_tables?: Figure;
  minor_faults?: Figure;
  major_faults?: Figure;
}

export interface Process {
  pid: number;
  name?: string | null;
  state?: string;
  rss?: Figure;
  isolates?: Figure;
  unattributed?: Figure;
  kind?: string;
  started_at?: Figure;
  heap_total?: Figure;
  external?: Figure;
  shared?: Figure;
  queued_bytes?: Figure;
  /** Records overwritten before they were read. */
  lost?: Figure;
  /** By isoprobe; and what its probe cannot know. */
  probed?: boolean;
  missing?: string | null;
  memory?: KernelMemory | null;
}

export type PartKind = "heap" | "external" | "shared" | "in_flight" | "unattributed" | "others";

export interface Part {
  kind: PartKind;
  isolate?: string | null;
  bytes: Figure;
}

export interface Budget {
  name: string;
  scope?: string;
  limit?: Figure;
  headroom?: Figure;
  used?: Figure;
  committed?: Figure;
  projected_seconds?: Figure;
  parts?: Part[] | null;
  unattributed?: Figure;
  state?: "ok" | "warning" | "over";
  partial?: boolean;
}

export interface Action {
  do: string;
  pause_seconds?: Figure;
  bytes?: Figure;
  frees_bytes?: Figure;
  why_not?: string | null;
}

export interface Alert {
  id: string;
  rule?: string;
  severity?: string;
  state?: "pending" | "firing" | "resolved";
  since?: Figure;
  isolate?: string | null;
  process?: number | null;
  summary?: string | null;
  value?: Figure;
  threshold?: Figure;
  culprit?: string | null;
  resolved_at?: Figure;
  /** Why nobody is told: the number of a silence, or whose else it is. */
  silence?: string | null;
  /** Who was told that it fires. */
  notified?: string[];
  actions?: Action[] | null;
}

export interface Verdict {
  state?: string;
  text?: string | null;
  evidence?: string | null;
}

export interface Happening {
  /** Null where it only tells that others were left out. */
  seq: number | null;
  t: number;
  type: string;
  isolate?: string | null;
  [field: string]: unknown;
}

export interface SharedStore {
  id: string | number;
  bytes?: Figure;
  process?: number;
  shared?: boolean;
  created_at?: Figure;
  /** Whoever allocated it, also when it has let go since. */
  made_by?: string | null;
  /** Isolates that can reach it. */
  pins?: string[];
  /** Its objects in them, and messages on their way that carry it. */
  refs?: Figure;
}

export interface Status {
  version?: string;
  [field: string]: unknown;
}

export interface Frame {
  t: number;
  tick: number;
  verdict?: Verdict | null;
  status?: Status | null;
  processes?: Process[];
  isolates?: Isolate[];
  budgets?: Budget[];
  alerts?: Alert[];
}

/** The fast figures, each a column over `index`; what else changed is in `patch`. */
export interface Tick {
  t: number;
  tick: number;
  index?: number[];
  used?: Figure[];
  total?: Figure[];
  live?: Figure[];
  external?: Figure[];
  shared?: Figure[];
  queued_bytes?: Figure[];
  patch?: Record<string, unknown> | null;
}

export function known(figure: Figure): figure is number {
  return typeof figure === "number" && Number.isFinite(figure);
}
