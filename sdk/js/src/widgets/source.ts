import { Push } from "./push";

/** Public pages: pushed where there is a stream, otherwise asked for at a bounded pace; equal ones are shared. */

/** `gone`: there is nothing public of that name. `offline`: nobody answers. `error`: the server answers that it cannot. */
export type SourceState = "loading" | "live" | "offline" | "error" | "gone";

export interface Shown {
  /** The page, as soon as there is one; the same object as long as nothing in it has changed. */
  page: unknown;
  state: SourceState;
}

type Listener = (shown: Shown) => void;

/** As long as the server lets an answer be kept: asking more often would bring nothing new. */
const PACE_MS = 5_000;
const GONE_PACE_MS = 60_000;
const RETRY_MS_MAX = 60_000;
const ANSWER_MS_MAX = 15_000;
/** Two servers behind one address may have counted differently far: an older page is not shown, but not for ever. */
const OLDER_MAX = 3;

const sources = new Map<string, Source>();

/**
 * Be kept up with the JSON at an address: asked for once in `paceMs`, or, as long as it comes from there, by the stream
 * at `pushed`. Returns what ends it.
 */
export const watch = (url: string, listener: Listener, paceMs = PACE_MS, pushed?: string): (() => void) => {
  let source = sources.get(url);
  if (!source) sources.set(url, (source = new Source(url, paceMs, pushed)));
  const one = source;
  one.listeners.add(listener);
  if (one.listeners.size === 1) one.start();
  else listener(one.shown);
  return () => {
    one.listeners.delete(listener);
    if (one.listeners.size) return;
    one.stop();
    sources.delete(url);
  };
};

class Source {
  readonly listeners = new Set<Listener>();
  shown: Shown = { page: undefined, state: "loading" };
  #text = "";
  #older = 0;
  #failures = 0;
  /** What the server has asked for: chance may make it longer, never shorter. */
  #leastMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | undefined;
  #push: Push | undefined;
  #again = (): void => {
    if (document.visibilityState === "hidden") {
      this.#push?.close(); // nobody looks: nothing is asked for, and no place is taken
      return;
    }
    void this.#ask();
    this.#push?.open();
  };
  /** What is cut off may be heard of much later: what the browser knows is told at once. */
  #offline = (): void => {
    this.#push?.close();
    this.#asked();
  };
  #asked = (): void => {
    if (document.visibilityState !== "hidden" && !this.#push?.isLive) void this.#ask();
  };

  constructor(private readonly url: string, private readonly paceMs: number, pushed?: string) {
    if (pushed === undefined) return;
    this.#push = new Push(pushed, {
      page: (page) => {
        clearTimeout(this.#timer);
        this.#asking?.abort();
        this.#asking = undefined;
        this.#known("", page);
      },
      lost: () => this.#asked(),
    });
  }

  start(): void {
    document.addEventListener("visibilitychange", this.#again);
    addEventListener("online", this.#again);
    addEventListener("offline", this.#offline);
    void this.#ask();
    if (document.visibilityState !== "hidden") this.#push?.open();
  }

  stop(): void {
    document.removeEventListener("visibilitychange", this.#again);
    removeEventListener("online", this.#again);
    removeEventListener("offline", this.#offline);
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#push?.close();
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const timeout = setTimeout(() => asking.abort(), ANSWER_MS_MAX);
    let nextMs: number;
    this.#leastMs = 0;
    try {
      // The browser keeps the answer and its ETag: what has not changed is not sent again.
      const answer = await fetch(this.url, { credentials: "omit", referrerPolicy: "no-referrer", signal: asking.signal });
      const text = await answer.text();
      if (asking !== this.#asking) return;
      nextMs = answer.ok ? this.#take(text) : this.#refused(answer);
    } catch {
      if (asking !== this.#asking || !this.listeners.size) return;
      nextMs = this.#failed("offline", 0);
    } finally {
      clearTimeout(timeout);
    }
    this.#timer = setTimeout(this.#asked, Math.max(this.#leastMs, nextMs * (0.9 + Math.random() / 5)));
  }

  #take(text: string): number {
    this.#known(text, text === this.#text ? this.shown.page : (JSON.parse(text) as unknown));
    return this.paceMs;
  }

  /** A page has come; `text`: by which it is known again. */
  #known(text: string, page: unknown): void {
    this.#failures = 0;
    if (behind(page, this.shown.page) && ++this.#older <= OLDER_MAX) return;
    this.#older = 0;
    this.#text = text;
    this.#say({ page, state: "live" });
  }

  #refused(answer: Response): number {
    const afterMs = Number(answer.headers.get("retry-after")) * 1_000 || 0;
    if (answer.status === 429 || answer.status >= 500) return this.#failed("error", afterMs);
    this.#say({ page: undefined, state: "gone" });
    return GONE_PACE_MS;
  }

  #failed(state: SourceState, afterMs: number): number {
    this.#say({ page: this.shown.page, state });
    this.#leastMs = afterMs;
    return Math.max(afterMs, Math.min(RETRY_MS_MAX, this.paceMs * 2 ** this.#failures++));
  }

  #say(shown: Shown): void {
    if (shown.page === this.shown.page && shown.state === this.shown.state) return;
    this.shown = shown;
    for (const listener of [...this.listeners]) listener(shown);
  }
}

const behind = (page: unknown, than: unknown): boolean => {
  const [mine, theirs] = [page, than].map((each) => (each as { position?: number[] } | undefined)?.position ?? []);
  return mine!.some((offset, partition) => offset < (theirs![partition] ?? 0));
};
