/** A device with its pages, and a server that is as unreliable as the network to it; all by a fake clock. */
import { vi } from "vitest";
import { Passport, type Drop, type Options } from "../src/index";
import type { Chance } from "./chance";

interface Sent {
  id: string;
  type: string;
  at: string;
  [field: string]: unknown;
}

/** Everything that is wrong with the world at a time, as shares of one. */
export interface Trouble {
  lostBefore: number;
  lostAfter: number;
  failing: number;
  limiting: number;
  slowMs: number;
}

export const PEACE: Trouble = { lostBefore: 0, lostAfter: 0, failing: 0, limiting: 0, slowMs: 0 };

/** What a server keeps, and how it answers: an id counts once, and events whose artist is `bad` are refused. */
export class Server {
  readonly log = new Map<string, { event: Sent; times: number }>();
  readonly sentAts: [string, number][] = [];
  requests = 0;
  trouble: Trouble = PEACE;

  constructor(private readonly luck: Chance) {}

  take(events: Sent[], sentAt: string): object {
    this.sentAts.push([sentAt, Date.now()]);
    const results = events.map((event) => {
      if (event.artistId === "bad") return { id: event.id, status: "refused", code: "invalid_payload", message: "no" };
      const known = this.log.get(event.id);
      if (known && JSON.stringify(known.event) !== JSON.stringify(event)) return { id: event.id, status: "refused", code: "id_reused" };
      this.log.set(event.id, { event, times: (known?.times ?? 0) + 1 });
      return { id: event.id, status: known ? "duplicate" : "accepted" };
    });
    return { ok: true, results };
  }

  async fetch(body: string): Promise<Response> {
    const { luck, trouble } = this;
    this.requests++;
    const { events, sentAt } = JSON.parse(body) as { events: Sent[]; sentAt: string };
    if (trouble.slowMs) await new Promise((done) => setTimeout(done, luck.below(trouble.slowMs)));
    if (luck.random() < trouble.lostBefore) throw new TypeError("Failed to fetch");
    if (luck.random() < trouble.limiting) return answer(429, { code: "rate_limited" }, { "retry-after": String(1 + luck.below(5)) });
    if (luck.random() < trouble.failing) return answer(luck.of([500, 502, 503]), { code: "overloaded" });
    const told = this.take(events, sentAt);
    if (luck.random() < trouble.lostAfter) throw new TypeError("Failed to fetch");
    if (luck.random() < trouble.failing) return answer(503, { code: "overloaded" });
    return answer(201, told);
  }
}

const answer = (status: number, body: object, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers });

/** `localStorage`, whose keys can be listed as a browser's can. */
export const storage = (): Record<string, string> => {
  const methods = {
    getItem(this: Record<string, string>, key: string) { return Object.keys(this).includes(key) ? this[key]! : null; },
    setItem(this: Record<string, string>, key: string, text: string) { this[key] = text; },
    removeItem(this: Record<string, string>, key: string) { delete this[key]; },
  };
  return Object.create(methods) as Record<string, string>;
};

/** A page of the device; when it is gone nothing of it goes on, whatever was on its way. */
export class Page {
  readonly drops: Drop[] = [];
  readonly passport: Passport;
  alive = true;
  #listeners = new Map<string, (() => void)[]>();

  constructor(private readonly device: Device, options: Partial<Options> = {}) {
    const listen = (name: string, act: () => void) => void this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), act]);
    vi.stubGlobal("addEventListener", listen);
    device.document.addEventListener = listen;
    device.pages.add(this);
    this.passport = device.as(this, () => new Passport({ key: "cs_browser_x", onDrop: (drop) => this.drops.push(drop), ...options }));
  }

  track(artistId: string): string | null {
    return this.device.as(this, () => this.passport.track("coliseum.vote_cast", { artistId, eventId: "final", weight: 1, channel: "web" }));
  }

  tell(name: string): void {
    for (const act of this.#listeners.get(name) ?? []) this.device.as(this, act);
  }

  /** Leave it, as people do: it has a moment for a last word, unless it is killed. */
  leave(killed: boolean): void {
    if (!killed) this.tell("pagehide");
    this.alive = false;
    this.device.pages.delete(this);
  }
}

/** One browser: what it keeps, whether it is online, and which pages are open. */
export class Device {
  readonly pages = new Set<Page>();
  readonly kept = storage();
  readonly document: { visibilityState: string; addEventListener: unknown } = { visibilityState: "visible", addEventListener: undefined };
  online = true;
  privacyControl = false;
  beaconsLost = 0;
  #current: Page | undefined;

  constructor(readonly server: Server, private readonly luck: Chance) {
    vi.stubGlobal("localStorage", this.kept);
    vi.stubGlobal("document", this.document);
    const device = this;
    vi.stubGlobal("navigator", {
      get globalPrivacyControl() { return device.privacyControl; },
      sendBeacon: (_: string, body: Blob) => this.#beacon(body),
    });
    vi.stubGlobal("fetch", (_: string, init: RequestInit) => this.#fetch(String(init.body)));
    const timer = globalThis.setTimeout;
    vi.stubGlobal("setTimeout", (act: () => void, ms?: number) => {
      const page = this.#current;
      return timer(() => void (!page ? act() : page.alive && this.as(page, act)), ms);
    });
  }

  /** Run something as a page's script. */
  as<T>(page: Page, act: () => T): T {
    const before = this.#current;
    this.#current = page;
    try {
      return act();
    } finally {
      this.#current = before;
    }
  }

  async #fetch(body: string): Promise<Response> {
    const page = this.#current;
    const never = new Promise<Response>(() => undefined);
    if (!this.online) throw new TypeError("Failed to fetch");
    this.#current = undefined; // what the server waits for is no page's
    const asked = this.server.fetch(body);
    this.#current = page;
    try {
      const told = await asked;
      if (page && !page.alive) return await never;
      return told;
    } catch (error) {
      if (page && !page.alive) return await never;
      throw error;
    }
  }

  #beacon(body: Blob): boolean {
    if (!this.online || this.luck.random() < this.beaconsLost) return true; // the browser takes it, and nobody hears it
    void body.text().then((text) => {
      const { events, sentAt } = JSON.parse(text) as { events: Sent[]; sentAt: string };
      this.server.take(events, sentAt);
    });
    return true;
  }
}
