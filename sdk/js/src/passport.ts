import type { EventsByType, EventType } from "../types/events";
import { uuid7 } from "./ids";
import { names, read, remove, write } from "./storage";

type Common = "type" | "id" | "at" | "userId" | "sessionId" | "deviceId" | "sentAt";

/** What an event of this type says; who, when and on which device is added, unless it is said here. */
export type Fields<T extends EventType> = Omit<EventsByType[T], Common> &
  Partial<Pick<EventsByType[T], Exclude<Common, "type" | "sentAt">>>;

/** `granted`: a device id is kept. `unknown`: it lasts as long as the page. `denied`: nothing is sent or kept. */
export type Consent = "granted" | "denied" | "unknown";

/** Why an event will not arrive: the server refused it (with its code), the queue was full, or consent was withdrawn. */
export type Drop = { id: string; code: string; message?: string };

export interface Options {
  /** A browser key. It may be read by anybody and may write little. */
  key: string;
  /** Where Coliseum is; the page's own origin when left out. */
  url?: string;
  /** A token by which your backend vouches for the user; asked for anew when it was refused. */
  userToken?: () => string | null | Promise<string | null>;
  /** What the user has said so far; a browser that sends Global Privacy Control is never taken for `granted`. */
  consent?: Consent;
  /** Told of every event that will not arrive. */
  onDrop?: (drop: Drop) => void;
  /** Milliseconds for which events are gathered. */
  flushAfterMs?: number;
  /** Events that wait at most; past it the oldest are dropped. */
  queueMax?: number;
}

interface Queued {
  id: string;
  [field: string]: unknown;
}

const BATCH_MAX = 100;
/** A request that outlives its page may have 64 KiB. */
const BYTES_MAX = 60_000;
const RETRY_MS_MAX = 60_000;

/** Sends a page's events. One for a page; nothing that it does ever throws into the page. */
export class Passport {
  #options: Options;
  #consent: Consent;
  #queue: Queued[] = [];
  #slot = "queue." + uuid7();
  #device = uuid7();
  #token: string | null | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #flushing: Promise<void> | undefined;
  #failures = 0;

  constructor(options: Options) {
    this.#options = options;
    const privacyControl = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true;
    this.#consent = privacyControl && options.consent === "granted" ? "unknown" : (options.consent ?? "unknown");
    this.#settle();
    addEventListener("pagehide", () => this.#leave());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.#leave());
    addEventListener("online", () => this.#soon(0));
  }

  /** Send an event; returns its id, or null when the user has denied consent. Returns at once. */
  track<T extends EventType>(type: T, fields: Fields<T>): string | null {
    if (this.#consent === "denied") return null;
    const event: Queued = { at: new Date().toISOString(), deviceId: this.#device, ...fields, type, id: fields.id || uuid7() };
    this.#add(event);
    this.#soon(this.#queue.length < BATCH_MAX ? (this.#options.flushAfterMs ?? 1_000) : 0);
    return event.id;
  }

  /**
   * What the user has said just now, on your banner; it is remembered by you, and said again at the next page. With the
   * version of the banner's text the server is told, once: where a tenant stores what people agreed to, nothing else counts.
   */
  consent(said: Consent, textVersion?: string): void {
    const before = this.#device;
    this.#consent = said;
    this.#settle();
    if (!textVersion || said === "unknown") return;
    const granted = said === "granted";
    const word = { purpose: "analytics", granted, textVersion, source: "banner", deviceId: granted ? this.#device : before };
    this.#add({ at: new Date().toISOString(), ...word, type: "privacy.consent_changed", id: uuid7() });
    this.#soon(0);
  }

  /** Send what waits, now; settles when nothing waits any more, or it has to be tried again later. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing ??= this.#empty().finally(() => (this.#flushing = undefined));
    return this.#flushing;
  }

  #add(event: Queued): void {
    this.#queue.push(event);
    while (this.#queue.length > (this.#options.queueMax ?? 1_000)) this.#drop(this.#queue.shift()!, "queue_full");
    this.#keep();
  }

  async #empty(): Promise<void> {
    try {
      while (this.#queue.length && (await this.#send(this.#batch(BATCH_MAX)))) this.#failures = 0;
    } catch {
      this.#later(); // offline, or the server is away: the same events are sent again
    }
  }

  /** Put consent into effect: what may be kept on the device, and what must go. */
  #settle(): void {
    if (this.#consent === "denied") {
      for (const event of this.#queue.splice(0)) this.#drop(event, "no_consent");
      for (const name of names("")) remove(name);
      this.#device = uuid7();
      return;
    }
    if (this.#consent === "granted") {
      this.#device = read("device") ?? this.#device;
      write("device", this.#device);
    } else {
      remove("device");
    }
    for (const slot of names("queue.")) {
      // From a page before this one, or from another tab, which sends them too: an id counts once.
      if (slot !== this.#slot) {
        try {
          this.#queue.unshift(...(JSON.parse(read(slot)!) as Queued[]));
        } catch {
          // not ours, or cut off
        }
        remove(slot);
      }
    }
    this.#keep();
    if (this.#queue.length) this.#soon(0);
  }

  #batch(most: number): Queued[] {
    let bytes = 0;
    const fits = this.#queue.slice(0, most).findIndex((event) => (bytes += JSON.stringify(event).length * 3) > BYTES_MAX * 3);
    return this.#queue.slice(0, fits < 0 ? most : Math.max(1, fits));
  }

  /** True when the server has answered for each of these. */
  async #send(events: Queued[]): Promise<boolean> {
    if (this.#token === undefined && this.#options.userToken) this.#token = await this.#options.userToken();
    const answer = await fetch(this.#address("batch"), {
      method: "POST",
      keepalive: true,
      credentials: "omit",
      headers: {
        authorization: "Bearer " + this.#options.key,
        "content-type": "application/json",
        ...(this.#token ? { "coliseum-user": this.#token } : {}),
      },
      body: JSON.stringify({ sentAt: new Date().toISOString(), events }),
    });
    if (answer.status === 429 || answer.status >= 500) {
      this.#later(Number(answer.headers.get("retry-after")) * 1_000);
      return false;
    }
    const told = (await answer.json()) as { code?: string; detail?: string; results?: { id: string; status: string; code: string; message: string }[] };
    if (told.code === "invalid_token" && this.#token) {
      this.#token = undefined;
      this.#later();
      return false;
    }
    const sent = new Set(events.map((event) => event.id));
    this.#queue = this.#queue.filter((event) => !sent.has(event.id));
    this.#keep();
    if (told.results) {
      for (const each of told.results) if (each.status === "refused") this.#drop(each, each.code, each.message);
    } else if (!answer.ok) {
      for (const event of events) this.#drop(event, told.code ?? "refused", told.detail);
    }
    return true;
  }

  /** The page may be gone in a moment: hand over what waits. It stays in the queue, because nobody says that it came. */
  #leave(): void {
    const events = this.#batch(BATCH_MAX);
    if (!events.length) return;
    const body = { key: this.#options.key, userToken: this.#token ?? undefined, sentAt: new Date().toISOString(), events };
    navigator.sendBeacon?.(this.#address("beacon"), new Blob([JSON.stringify(body)], { type: "text/plain" }));
  }

  #address(to: string): string {
    return (this.#options.url ?? "") + "/api/passport/" + to;
  }

  /** After a no the queue holds nothing but the no itself, which is not kept on the device either. */
  #keep(): void {
    if (this.#queue.length && this.#consent !== "denied") write(this.#slot, JSON.stringify(this.#queue));
    else remove(this.#slot);
  }

  #drop(event: { id: string }, code: string, message?: string): void {
    try {
      this.#options.onDrop?.({ id: event.id, code, ...(message ? { message } : {}) });
    } catch {
      // what the page does with it is the page's own matter
    }
  }

  #soon(ms: number): void {
    if (this.#timer !== undefined && ms > 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), ms);
  }

  /** Try again: after what the server says, and otherwise twice as late as the last time, with jitter. */
  #later(afterMs = 0): void {
    const backoff = Math.min(RETRY_MS_MAX, 1_000 * 2 ** this.#failures++) * (0.5 + Math.random() / 2);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), Math.max(afterMs || 0, backoff));
  }
}
