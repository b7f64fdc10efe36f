/*
 * What a view is to the page. One is shown at a time; only it is rendered. A view is made once, when
 * it is first looked at (later.ts), and is handed the room it lives in. To add one: a file with its
 * class, a line in the table of main.ts, a name in nav.ts.
 */
import { Address, Route } from "../data/address";
import { Counts } from "../data/judge";
import { Past } from "../data/past";
import { Pins } from "./pins";
import { Budget, Happening } from "../data/protocol";
import { Lists } from "../data/questions";
import { Store } from "../data/store";
import { TimeWindow } from "../data/window";

/** What all views share. */
export interface Room {
  store: Store;
  lists: Lists;
  past: Past;
  time: TimeWindow;
  address: Address;
  pins: Pins;
  /** Says it in the page's live region. */
  say(words: string): void;
  /** Asks for one more drawing, at the next animation frame. */
  request(): void;
}

/** The moment that is drawn. */
export interface Now {
  budget: Budget | null;
  counts: Counts;
  /** The connection stands, so the newest figures are of now. */
  isKnown: boolean;
}

export interface View {
  readonly node: HTMLElement;
  /** Which isolates the stream has to tell of while this view is shown; else the largest 100. */
  readonly wants?: string;
  /** It has something to show also where nothing reports. */
  readonly isForNobody?: boolean;
  /** It comes into sight, or its address has changed. */
  show?(route: Route): void;
  hide?(): void;
  render(now: Now): void;
  /** Colours were changed: what was painted is painted again. */
  repaint?(): void;
  happened?(event: Happening): void;
  /** True if the key was for this view. */
  key?(event: KeyboardEvent): boolean;
}
