import { after, type Diff, type Known, type Snapshot } from "../diff";

/** What a pushed page tells to whoever shows it. */
export interface Heard {
  page(page: unknown): void;
  /** Nothing is pushed any more, or for now: ask. */
  lost(): void;
}

const RETRY_MS = 5_000;
const RETRY_MS_MAX = 120_000;
/** Something comes every 15 s, if only a sign of life. */
const SILENCE_MS_MAX = 40_000;

/**
 * A public page as the server pushes it, over one answer that does not end. Without cookies, storage or referrer, as
 * everything that a widget asks. While it cannot be opened, whoever shows the page asks for it now and then.
 */
export class Push {
  #open: AbortController | undefined;
  #known: Known | undefined;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly url: string, private readonly heard: Heard) {}

  /** Whether pages are coming. */
  get isLive(): boolean {
    return this.#known !== undefined;
  }

  open(): void {
    clearTimeout(this.#timer);
    if (!this.#open) void this.#run((this.#open = new AbortController()));
  }

  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#open?.abort();
    this.#open = this.#known = undefined;
  }

  async #run(mine: AbortController): Promise<void> {
    try {
      const answer = await fetch(this.url, {
        credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store", signal: mine.signal,
      });
      if (answer.ok && answer.body) await this.#read(answer.body, mine);
    } catch {
      // Whatever it was, it is over.
    }
    if (mine !== this.#open) return;
    const was = this.isLive;
    this.close();
    this.#failures = was ? 0 : this.#failures + 1;
    const pauseMs = Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** this.#failures);
    this.#timer = setTimeout(() => this.open(), pauseMs * (0.5 + Math.random()));
    if (was) this.heard.lost();
  }

  async #read(body: ReadableStream<Uint8Array>, mine: AbortController): Promise<void> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      clearTimeout(this.#silence);
      this.#silence = setTimeout(() => mine.abort(), SILENCE_MS_MAX);
      const { done, value } = await reader.read();
      if (done || mine !== this.#open) return;
      const events = (text + decoder.decode(value, { stream: true })).split("\n\n");
      text = events.pop()!;
      for (const event of events) if (!this.#take(event)) return mine.abort();
    }
  }

  /** Take one event; false when nothing that follows can be understood, or it says that it is over. */
  #take(event: string): boolean {
    const data = event.split("\n").find((line) => line.startsWith("data: "));
    if (data === undefined) return true;
    const message = JSON.parse(data.slice(6)) as Snapshot | Diff | { type: "error"; code?: string };
    if (message.type !== "snapshot" && message.type !== "diff") return message.code === "overloaded";
    this.#known = after("board", this.#known, message);
    if (this.#known) this.heard.page(this.#known.page);
    return this.#known !== undefined;
  }
}
