/*
 * Flows added up to channels: one sender, one receiver, where an end is an isolate or a pool of
 * them. Pure functions without the DOM.
 */
import { Flow } from "./lists";
import { Figure, known } from "./protocol";

export interface End {
  key: string;
  name: string;
  isPool: boolean;
  isMain: boolean;
}

/** What came as clone, by transfer, shared. */
export type Kinds = [number, number, number];
export const KINDS = ["cloned", "transferred", "shared"] as const;
export type Measure = "bytes" | "messages" | "time";

export interface Channel {
  key: string;
  from: End;
  to: End;
  bytes: Kinds;
  messages: number;
  /** Unread ones among them are under way or were thrown away. */
  delivered: number;
  /** The sender's time, the receiver's, and how long they waited in between, all together. */
  serialize: number;
  deserialize: number;
  queue: number;
  sizes: Map<number, number>;
  p50: Figure;
  p99: Figure;
  flows: Flow[];
}

const amount = (figure: Figure): number => (known(figure) ? figure : 0);
export const channelKey = (from: string, to: string): string => `${from}>${to}`;
export const sum = (kinds: Kinds): number => kinds[0] + kinds[1] + kinds[2];

/** Most bytes first. */
export function channelsOf(flows: Flow[], endOf: (isolate: string) => End): Channel[] {
  const channels = new Map<string, Channel>();
  for (const flow of flows) {
    if (!amount(flow.messages) && !amount(flow.delivered)) continue; // silent for a whole window
    const from = endOf(flow.from);
    const to = endOf(flow.to);
    const key = channelKey(from.key, to.key);
    let channel = channels.get(key);
    if (!channel) {
      channel = emptyChannel(key, from, to);
      channels.set(key, channel);
    }
    add(channel, flow);
  }
  for (const channel of channels.values()) settle(channel);
  return [...channels.values()].sort(
    (a, b) => sum(b.bytes) - sum(a.bytes) || b.messages - a.messages || (a.key < b.key ? -1 : 1),
  );
}

function emptyChannel(key: string, from: End, to: End): Channel {
  return {
    key,
    from,
    to,
    bytes: [0, 0, 0],
    messages: 0,
    delivered: 0,
    serialize: 0,
    deserialize: 0,
    queue: 0,
    sizes: new Map(),
    p50: null,
    p99: null,
    flows: [],
  };
}

function add(channel: Channel, flow: Flow): void {
  channel.bytes[0] += amount(flow.clone_bytes);
  channel.bytes[1] += amount(flow.transfer_bytes);
  channel.bytes[2] += amount(flow.share_bytes);
  channel.messages += amount(flow.messages);
  channel.delivered += amount(flow.delivered);
  channel.serialize += amount(flow.serialize_seconds);
  channel.deserialize += amount(flow.deserialize_seconds);
  channel.queue += amount(flow.queue_seconds);
  for (const [size, count] of flow.sizes ?? []) {
    channel.sizes.set(size, (channel.sizes.get(size) ?? 0) + count);
  }
  channel.flows.push(flow);
}

/** Of one flow the daemon knows them better than its bins do. */
function settle(channel: Channel): void {
  const only = channel.flows.length === 1 ? channel.flows[0] : undefined;
  channel.p50 = only ? only.p50_bytes : quantile(channel.sizes, 0.5);
  channel.p99 = only ? only.p99_bytes : quantile(channel.sizes, 0.99);
}

/** Evenly spread within its bin by ratio, since a bin reaches from a size to twice as much. */
export function quantile(sizes: Map<number, number>, share: number): Figure {
  const bins = [...sizes].sort((a, b) => a[0] - b[0]);
  const all = bins.reduce((total, bin) => total + bin[1], 0);
  let left = share * all;
  for (const [size, count] of bins) {
    if (left <= count && count > 0) return size * 2 ** (left / count);
    left -= count;
  }
  return null;
}

/** What a channel counts for under a measure, by kind. */
export function weigh(channel: Channel, measure: Measure): Kinds {
  if (measure === "bytes") return channel.bytes;
  return measure === "messages" ? [0, channel.messages, 0] : [channel.serialize, 0, 0];
}

/** The ends of these channels, those that carry most first. */
export function endsOf(channels: Channel[], measure: Measure): End[] {
  const ends = new Map<string, { end: End; weight: number }>();
  for (const channel of channels) {
    for (const end of [channel.from, channel.to]) {
      const entry = ends.get(end.key) ?? { end, weight: 0 };
      entry.weight += sum(weigh(channel, measure));
      ends.set(end.key, entry);
    }
  }
  return [...ends.values()].sort((a, b) => b.weight - a.weight).map((entry) => entry.end);
}
