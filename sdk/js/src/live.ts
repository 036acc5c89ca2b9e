import { Connection, type LiveOptions } from "./connection";
import { after, type Diff, type Kind, type Known, type Snapshot } from "./diff";
import type { Asked, BoardPage, BreakingPage, MetricsPage, TrendingPage } from "./pages";

export type { LiveOptions } from "./connection";
export type {
  Asked, BoardPage, BoardRow, BreakingPage, BreakingRow, MetricsPage, Point, TrendingPage, TrendingRow,
} from "./pages";

/**
 * `connecting`: nothing has come yet. `live`: what is shown is kept up. `stale`: it was true; a connection is being
 * looked for, or the server cannot read for now. `refused`: the server will not; only `resume()` tries again.
 */
export type LiveState = "connecting" | "live" | "stale" | "refused";

/** Why something cannot be watched: a code of docs/ERRORS.md, and what it says. */
export interface Refused {
  code: string;
  message: string;
  field?: string;
}

interface Watcher {
  show: (page: never) => void;
  refused: ((why: Refused) => void) | undefined;
}

interface Watched {
  key: string;
  id: string;
  kind: Kind;
  asked: Asked | string;
  watchers: Set<Watcher>;
  known: Known | undefined;
  again: ReturnType<typeof setTimeout> | undefined;
}

type Message = Snapshot | Diff | { type: "ready" | "pong" | "heartbeat" } | ({ type: "error"; id?: string } & Refused);

const AGAIN_MS = 5_000;
/** So long a connection is kept with nothing to watch: what a page puts away it often takes out again. */
const IDLE_MS = 1_000;
const WATCHED_MAX = 64;

/** Keeps pages of boards, trends and metrics at the present, over one connection that mends itself. See docs/LIVE.md. */
export class Live {
  #connection: Connection;
  #state: LiveState = "connecting";
  #listeners = new Set<(state: LiveState) => void>();
  #watched = new Map<string, Watched>();
  /** What is watched and not known as it is now. */
  #pending = new Set<Watched>();
  #paused = false;
  #numbers = 0;

  constructor(options: LiveOptions = {}) {
    this.#connection = new Connection(options, {
      opened: () => this.#watched.forEach((each) => this.#subscribe(each)),
      message: (message) => this.#hear(message as Message),
      lost: (refused) => this.#lost(refused),
    });
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Keep `show` up with a board: what is counted, or a declared board's name. Returns what ends it. */
  board(asked: Asked | string, show: (page: BoardPage) => void, refused?: (why: Refused) => void): () => void {
    return this.#add("board", asked, { show, refused });
  }

  /** Keep `show` up with a metric over time. Returns what ends it. */
  metrics(asked: Asked, show: (page: MetricsPage) => void, refused?: (why: Refused) => void): () => void {
    return this.#add("metrics", asked, { show, refused });
  }

  /** Keep `show` up with who is trending: the parameters of `GET /api/trending`. Returns what ends it. */
  trending(asked: Asked | string, show: (page: TrendingPage) => void, refused?: (why: Refused) => void): () => void {
    return this.#add("trending", asked, { show, refused });
  }

  /** Keep `show` up with who is breaking: the parameters of `GET /api/breaking`. Returns what ends it. */
  breaking(asked: Asked | string, show: (page: BreakingPage) => void, refused?: (why: Refused) => void): () => void {
    return this.#add("breaking", asked, { show, refused });
  }

  /** Be told the state, now and whenever it changes. Returns what ends it. */
  onState(listener: (state: LiveState) => void): () => void {
    this.#listeners.add(listener);
    guarded(() => listener(this.#state));
    return () => void this.#listeners.delete(listener);
  }

  /** Give the connection up, and keep what is known: for a page that nobody sees. */
  pause(): void {
    this.#paused = true;
    this.#connection.close();
    this.#lost(false);
  }

  /** Go on after `pause()`, or try once more after a refusal. */
  resume(): void {
    this.#paused = false;
    if (this.#state === "refused") this.#say("connecting");
    this.#open();
  }

  /** End everything. */
  close(): void {
    this.#listeners.clear();
    this.pause();
    this.#watched.clear();
  }

  #open(): void {
    if (!this.#paused && this.#state !== "refused" && this.#watched.size) this.#connection.open();
  }

  #add(kind: Kind, asked: Asked | string, watcher: Watcher): () => void {
    // Those who ask for the same are kept up by one subscription.
    const key = kind + JSON.stringify(typeof asked === "string" ? asked : Object.entries(asked).sort());
    let watched = this.#watched.get(key);
    if (!watched) {
      if (this.#watched.size >= WATCHED_MAX) {
        watcher.refused?.({ code: "overloaded", message: `one connection watches ${WATCHED_MAX} things at most` });
        return () => undefined;
      }
      watched = { key, id: "", kind, asked, watchers: new Set(), known: undefined, again: undefined };
      this.#watched.set(key, watched);
      if (this.#connection.isOpen) this.#subscribe(watched);
      else this.#open();
    }
    const one = watched;
    one.watchers.add(watcher);
    if (one.known) queueMicrotask(() => show(one, watcher));
    return () => {
      if (one.watchers.delete(watcher) && !one.watchers.size) this.#end(one);
    };
  }

  #end(watched: Watched): void {
    if (this.#watched.get(watched.key) !== watched) return;
    this.#watched.delete(watched.key);
    this.#unsubscribe(watched);
    if (this.#watched.size) this.#settled(watched);
    else setTimeout(() => this.#watched.size || this.#connection.close(), IDLE_MS);
  }

  #hear(message: Message): void {
    if (message.type === "snapshot" || message.type === "diff") this.#take(message);
    else if (message.type === "error" && message.id !== undefined) this.#refuse(this.#named(message.id), message);
  }

  #take(message: Snapshot | Diff): void {
    const watched = this.#named(message.id);
    if (!watched) return;
    watched.known = after(watched.kind, watched.known, message);
    if (!watched.known) {
      this.#anew(watched);
      return;
    }
    clearTimeout(watched.again);
    this.#settled(watched);
    for (const watcher of [...watched.watchers]) show(watched, watcher);
  }

  #refuse(watched: Watched | undefined, { code, message, field }: Refused): void {
    if (!watched) return;
    if (code === "overloaded") {
      // Either it goes on by itself, or the server has not taken it: who hears nothing more asks again.
      this.#pending.add(watched);
      if (this.#state === "live") this.#say("stale");
      clearTimeout(watched.again);
      watched.again = setTimeout(() => this.#anew(watched), AGAIN_MS * (1 + Math.random()));
      return;
    }
    this.#end(watched);
    for (const { refused } of [...watched.watchers]) {
      guarded(() => refused?.({ code, message, ...(field === undefined ? {} : { field }) }));
    }
  }

  #settled(watched: Watched): void {
    this.#pending.delete(watched);
    if (!this.#pending.size && this.#connection.isOpen) this.#say("live");
  }

  #lost(refused: boolean): void {
    for (const watched of this.#watched.values()) clearTimeout(watched.again);
    this.#pending.clear();
    if (refused) this.#say("refused");
    else if (this.#state === "live") this.#say("stale");
  }

  #anew(watched: Watched): void {
    this.#unsubscribe(watched);
    this.#subscribe(watched);
  }

  #subscribe(watched: Watched): void {
    // A new name each time: what is still on its way under the old one is nobody's.
    watched.id = String(++this.#numbers);
    this.#pending.add(watched);
    const { id, kind, asked, known } = watched;
    const seen = known && { position: known.position, state: known.state };
    this.#connection.send({ type: "subscribe", id, [kind]: asked, ...seen });
  }

  #unsubscribe(watched: Watched): void {
    clearTimeout(watched.again);
    this.#pending.delete(watched);
    this.#connection.send({ type: "unsubscribe", id: watched.id });
  }

  #named(id: string): Watched | undefined {
    for (const watched of this.#watched.values()) if (watched.id === id) return watched;
    return undefined;
  }

  #say(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) guarded(() => listener(state));
  }
}

const show = ({ watchers, known }: Watched, watcher: Watcher): void => {
  if (known && watchers.has(watcher)) guarded(() => watcher.show(known.page as never));
};

/** What a page does with what it is told is its own matter: a mistake there is reported, and ends nothing here. */
const guarded = (act: () => void): void => {
  try {
    act();
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
};
