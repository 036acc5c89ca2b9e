/** How to come by a connection to `/api/live`. */
export interface LiveOptions {
  /** Where Coliseum is; the page's own origin when left out. */
  url?: string;
  /** For which tenant, of a member of several. */
  tenant?: string;
  /** A server key or an access token: for programs, never in a page. */
  key?: string;
  /** Brings a new ticket from the page's own backend, once for each connection. */
  ticket?: () => string | Promise<string>;
}

/** What a connection tells to whoever uses it. */
export interface Heard {
  /** It is open: say what is wanted. */
  opened(): void;
  message(message: unknown): void;
  /** It is gone; `refused`: for good, until `open` is called again. */
  lost(refused: boolean): void;
}

const PING_AFTER_MS = 20_000;
const SILENCE_MS_MAX = 30_000;
const RETRY_MS = 500;
const RETRY_MS_MAX = 30_000;
/** Closed for these reasons a connection would be closed again: what is wrong is the client, or where its page is. */
const HOPELESS = [1009, 4400, 4403, 4429];
const STOPPING = 1012;
const NOT_AUTHORISED = 4401;
/** A ticket can be too old by the time it arrives: another one is asked for, but not for ever. */
const TICKETS_MAX = 3;

/** One connection that mends itself: later each time, at once when the browser is online again. */
export class Connection {
  #options: LiveOptions;
  #heard: Heard;
  #socket: WebSocket | undefined;
  /** Counts what has been begun, so that what an attempt given up brings is nobody's. */
  #attempt = 0;
  #wanted = false;
  #refusals = 0;
  #failures = 0;
  #heardAt = 0;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #online = (): void => void (this.#retry !== undefined && this.#begin());

  constructor(options: LiveOptions, heard: Heard) {
    this.#options = options;
    this.#heard = heard;
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === 1;
  }

  /** Be connected, from now on. */
  open(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#refusals = this.#failures = 0;
    globalThis.addEventListener?.("online", this.#online);
    this.#begin();
  }

  /** Be connected no more. */
  close(): void {
    this.#wanted = false;
    globalThis.removeEventListener?.("online", this.#online);
    this.#drop();
  }

  /** Say something, if there is somebody to hear it. */
  send(message: object): void {
    if (this.isOpen) this.#socket!.send(JSON.stringify(message));
  }

  #begin(): void {
    this.#drop();
    void this.#connect(this.#attempt);
  }

  async #connect(attempt: number): Promise<void> {
    const { key, tenant, ticket, url } = this.#options;
    try {
      const secret = await ticket?.();
      if (attempt !== this.#attempt) return;
      const socket = (this.#socket = new WebSocket(address(url)));
      const mine = (act: () => void): void => void (this.#socket === socket && act());
      socket.onopen = () => mine(() => {
        this.send({ type: "auth", ...(key && { key }), ...(secret && { ticket: secret }), ...(tenant && { tenant }) });
        this.#heard.opened();
      });
      socket.onmessage = ({ data }) => mine(() => this.#take(JSON.parse(data as string)));
      socket.onclose = ({ code }) => mine(() => this.#lost(code));
      this.#heardAt = Date.now();
      this.#listen();
    } catch {
      if (attempt === this.#attempt) this.#lost(0); // no ticket, or no address that this page may open
    }
  }

  #take(message: { type: string }): void {
    this.#heardAt = Date.now();
    if (message.type === "ready") this.#failures = this.#refusals = 0;
    this.#heard.message(message);
  }

  /** A connection on which nothing is heard for too long is none, whatever the browser says of it. */
  #listen(): void {
    const silentMs = Date.now() - this.#heardAt;
    if (silentMs >= SILENCE_MS_MAX) {
      this.#lost(0);
      return;
    }
    if (silentMs >= PING_AFTER_MS) this.send({ type: "ping" });
    const nextMs = silentMs < PING_AFTER_MS ? PING_AFTER_MS : SILENCE_MS_MAX;
    this.#silence = setTimeout(() => this.#listen(), nextMs - silentMs);
  }

  #lost(code: number): void {
    this.#drop();
    if (code === NOT_AUTHORISED) this.#refusals++;
    if (HOPELESS.includes(code) || this.#refusals >= (this.#options.ticket ? TICKETS_MAX : 1)) {
      this.close();
      this.#heard.lost(true);
      return;
    }
    const most = code === STOPPING ? RETRY_MS : Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** this.#failures++);
    this.#retry = setTimeout(() => this.#begin(), most * (0.5 + Math.random() / 2));
    this.#heard.lost(false);
  }

  #drop(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#attempt++;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }
}

const address = (url?: string): string => {
  const at = new URL("/api/live", url ?? location.href);
  at.protocol = at.protocol === "https:" || at.protocol === "wss:" ? "wss:" : "ws:";
  return at.href;
};
