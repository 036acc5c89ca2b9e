import { Live, type LiveState, type Refused } from "./live";
import type { Asked, BoardPage, MetricsPage } from "./pages";
import { type Fields, Passport, type Options } from "./passport";
import { type ReadOptions, Reads } from "./reads";
import { watch } from "./widgets/source";
import type { EventType } from "../types/events";

/** What to send with (`key` and its kin), what to read with (`tenant`, `token`, `public`), and how to watch (`ticket`). */
export interface ColiseumOptions extends Partial<Options>, ReadOptions {
  /** Brings a ticket of your backend for live boards; without one the cookie is used. */
  ticket?: () => string | Promise<string>;
}

type Kinds = { board: BoardPage; metrics: MetricsPage };

/** A page that is watched, as far as it is known. */
export interface Watched<Page> {
  page: Page | undefined;
  state: LiveState;
  problem: Refused | undefined;
}

export const UNKNOWN: Watched<never> = { page: undefined, state: "connecting", problem: undefined };
const ONCE_MAX = 10_000;

/**
 * One Coliseum for a whole application: make it once, beside the components. Nothing is opened before it is used, and
 * nothing at all where there is no page, so it may be made on a server that renders.
 */
export class Coliseum extends Reads {
  #options: ColiseumOptions;
  #passport: Passport | undefined;
  #live: Live | undefined;
  #once = new Map<string, string | null>();

  constructor(options: ColiseumOptions = {}) {
    super(options);
    this.#options = options;
  }

  /** What sends events; undefined without a key, and where there is no page. */
  get passport(): Passport | undefined {
    const { key } = this.#options;
    if (!this.#passport && key && typeof document !== "undefined") {
      this.#passport = new Passport({ ...this.#options, key });
    }
    return this.#passport;
  }

  /** Send an event; returns its id, or null when it is not sent: no consent, no key, or no page. */
  readonly logEvent = <T extends EventType>(type: T, fields: Fields<T>): string | null =>
    this.passport?.track(type, fields) ?? null;

  /** The same once for each `name` as long as the page lives, however often a component is mounted. */
  readonly logOnce = <T extends EventType>(name: string, type: T, fields: Fields<T>): string | null => {
    let id = this.#once.get(name);
    if (id === undefined || id === null) {
      id = this.logEvent(type, fields);
      this.#once.set(name, id);
      if (this.#once.size > ONCE_MAX) this.#once.delete(this.#once.keys().next().value!);
    }
    return id;
  };

  /** Keep `show` up with a board or metric and with its state. Returns what ends it. */
  watch<Kind extends keyof Kinds>(
    kind: Kind,
    asked: Asked | string,
    show: (watched: Watched<Kinds[Kind]>) => void,
  ): () => void {
    let now: Watched<Kinds[Kind]> = UNKNOWN;
    const say = (change: Partial<Watched<Kinds[Kind]>>): void => show((now = { ...now, ...change }));
    if (this.#options.public) return this.#watchPublic(kind, asked, say);
    const live = (this.#live ??= new Live(this.#options as ConstructorParameters<typeof Live>[0]));
    const refused = (problem: Refused): void => say({ problem });
    const take = (page: unknown): void => say({ page: page as Kinds[Kind], problem: undefined });
    const ends = [
      live.onState((state) => say({ state })),
      kind === "board" ? live.board(asked, take, refused) : live.metrics(asked as Asked, take, refused),
    ];
    return () => ends.forEach((end) => end());
  }

  #watchPublic<Page>(kind: string, asked: Asked | string, say: (change: Partial<Watched<Page>>) => void): () => void {
    if (kind !== "board") {
      say({ problem: { code: "not_found", message: "metrics over time are not public" } });
      return () => undefined;
    }
    const states = { loading: "connecting", live: "live", offline: "stale", error: "stale", gone: "refused" } as const;
    return watch(this.address(this.boardPath(asked)), ({ page, state }) => {
      const problem = state === "gone" ? { code: "not_found", message: "there is no public board of this name" } : undefined;
      say({ page: page as Page | undefined, state: states[state], problem });
    });
  }
}
