import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocket as RealSocket } from "ws";
import { Live, type BoardPage, type LiveState, type Refused } from "../src/live";
import { chance } from "./chance";
import { LiveServer } from "./live_server";

const until = (condition: () => unknown, what = String(condition)): Promise<void> =>
  vi.waitFor(() => { if (!condition()) throw new Error(what); }, { timeout: 10_000, interval: 5 });

describe("against a server", () => {
  let server: LiveServer;
  let live: Live;

  beforeEach(() => vi.stubGlobal("WebSocket", RealSocket));
  afterEach(async () => {
    live.close();
    await server.stop();
    vi.unstubAllGlobals();
  });

  test.each([1, 2, 3, 4, 5])("after any diffs and cuts the page is the server's, order included (seed %i)", async (seed) => {
    const luck = chance(seed);
    server = await LiveServer.start(luck);
    live = new Live({ url: server.url });
    const pages: BoardPage[] = [];
    live.board({ metric: "votes" }, (page) => pages.push(page));
    for (let round = 0; round < 6; round++) {
      await until(() => live.state === "live");
      for (let n = 0; n < 60; n++) {
        const before = structuredClone(pages.at(-1));
        const shown = pages.at(-1);
        server.change();
        if (luck.below(4) === 0) await new Promise((done) => setImmediate(done));
        expect(shown).toEqual(before); // a page that was given stays as it was given
      }
      server.settle();
      await until(() => pages.at(-1)?.position[0] === server.now.page.position[0]);
      expect(pages.at(-1)).toEqual(server.now.page);
      expect(Object.keys(pages.at(-1)!).sort()).toEqual(Object.keys(server.now.page).sort());
      if (luck.below(3) === 0) server.forget();
      server.cut(luck.of([undefined, 1012, 1011, 4408]));
      server.change();
      await until(() => live.state !== "live");
    }
    await until(() => live.state === "live");
    expect(pages.at(-1)).toEqual(server.now.page);
    expect(server.snapshots + server.resumed).toBe(server.connections);
    expect(server.resumed).toBeGreaterThan(0);
  });

  test("those who ask for the same share one subscription, and who comes later is shown the page too", async () => {
    server = await LiveServer.start(chance(9));
    server.change();
    live = new Live({ url: server.url, tenant: "arena" });
    const seen: string[] = [];
    const stop = live.board({ metric: "votes", limit: "10" }, () => seen.push("first"));
    await until(() => seen.length === 1);
    const stopSecond = live.board({ limit: "10", metric: "votes" }, () => seen.push("second"));
    await until(() => seen.length === 2);
    expect(server.heard.map((said) => said.type)).toEqual(["auth", "subscribe"]);
    expect(server.heard[0]).toEqual({ type: "auth", tenant: "arena" });
    stop();
    server.change();
    server.settle();
    await until(() => seen.length === 3);
    expect(seen).toEqual(["first", "second", "second"]);
    stopSecond();
    await until(() => server.heard.length === 3);
    expect(server.heard[2]).toMatchObject({ type: "unsubscribe" });
  });

  test("a page that nobody sees gives the connection up, and goes on where it was", async () => {
    server = await LiveServer.start(chance(3));
    server.change();
    live = new Live({ url: server.url });
    const states: LiveState[] = [];
    live.onState((state) => states.push(state));
    let page: BoardPage | undefined;
    live.board("finals", (fresh) => (page = fresh));
    await until(() => live.state === "live");
    live.pause();
    server.change();
    live.resume();
    await until(() => page?.position[0] === 2);
    expect(server.resumed).toBe(1);
    expect(states).toEqual(["connecting", "live", "stale", "live"]);
  });
});

/** A connection of which the test is the server. */
class Wire {
  static all: Wire[] = [];
  static get last(): Wire { return Wire.all.at(-1)!; }
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) { Wire.all.push(this); }
  open(): void { this.readyState = 1; this.onopen?.(); }
  send(text: string): void { this.sent.push(JSON.parse(text) as Record<string, unknown>); }
  say(message: object): void { this.onmessage?.({ data: JSON.stringify(message) }); }
  close(code = 1005): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.({ code });
  }
  snapshot(id: string, position: number, rows: object[] = []): void {
    this.say({ type: "snapshot", id, resumed: false, position: [position], state: `s${position}`, page: { rows, position: [position] } });
  }
}

describe("over a wire", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    Wire.all = [];
    vi.stubGlobal("WebSocket", Wire);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const begun = async (more: object = {}) => {
    const live = new Live({ url: "https://coliseum.example", ...more });
    const pages: BoardPage[] = [];
    const refused: Refused[] = [];
    live.board({ metric: "votes" }, (page) => pages.push(page), (why) => refused.push(why));
    await vi.advanceTimersByTimeAsync(0);
    return { live, pages, refused };
  };

  test("a silent connection is asked, and then given up", async () => {
    const { live } = await begun();
    const first = Wire.last;
    expect(first.url).toBe("wss://coliseum.example/api/live");
    first.open();
    first.say({ type: "ready" });
    first.snapshot("1", 5);
    expect(live.state).toBe("live");
    await vi.advanceTimersByTimeAsync(19_000);
    first.say({ type: "heartbeat" });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(first.sent.at(-1)).toEqual({ type: "ping" });
    first.say({ type: "pong" });
    await vi.advanceTimersByTimeAsync(29_000);
    expect(Wire.all).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([first.readyState, live.state, Wire.all.length]).toEqual([3, "stale", 2]);
    Wire.last.open();
    expect(Wire.last.sent[1]).toMatchObject({ type: "subscribe", position: [5], state: "s5" });
  });

  test("a server that is away is tried later each time, and at once when the browser is online again", async () => {
    const listeners = new Map<string, () => void>();
    vi.stubGlobal("addEventListener", (name: string, act: () => void) => listeners.set(name, act));
    vi.stubGlobal("removeEventListener", (name: string) => listeners.delete(name));
    const { live } = await begun();
    for (let n = 0; n < 12; n++) {
      Wire.last.close(1006);
      const most = Math.min(30_000, 500 * 2 ** n);
      await vi.advanceTimersByTimeAsync(most / 2 - 1);
      expect(Wire.all).toHaveLength(n + 1);
      await vi.advanceTimersByTimeAsync(most / 2 + 1);
      expect(Wire.all).toHaveLength(n + 2);
    }
    Wire.last.close(1006);
    listeners.get("online")!();
    await vi.advanceTimersByTimeAsync(0);
    expect(Wire.all).toHaveLength(14);
    live.close();
    await vi.advanceTimersByTimeAsync(100_000);
    expect([Wire.all.length, listeners.size]).toEqual([14, 0]);
  });

  test.each([4400, 4401, 4403, 4429, 1009])("what is closed with %i is not tried again by itself", async (code) => {
    const { live } = await begun();
    Wire.last.open();
    Wire.last.close(code);
    expect(live.state).toBe("refused");
    live.board("another", () => undefined);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(Wire.all).toHaveLength(1);
    live.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect([Wire.all.length, live.state]).toEqual([2, "connecting"]);
  });

  test("each connection has a ticket of its own, and tickets that are refused are not asked for for ever", async () => {
    let made = 0;
    const { live } = await begun({ ticket: () => Promise.resolve(`ct_${++made}`) });
    for (let n = 1; n <= 3; n++) {
      Wire.last.open();
      expect(Wire.last.sent[0]).toEqual({ type: "auth", ticket: `ct_${n}` });
      Wire.last.close(4401);
      await vi.advanceTimersByTimeAsync(5_000);
    }
    expect([made, live.state]).toEqual([3, "refused"]);
  });

  test("a ticket that cannot be had is asked for later", async () => {
    let made = 0;
    await begun({ ticket: () => (++made < 3 ? Promise.reject(new Error("away")) : "ct_at_last") });
    expect(Wire.all).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(3_000);
    Wire.last.open();
    expect(Wire.last.sent[0]).toEqual({ type: "auth", ticket: "ct_at_last" });
  });

  test("a diff that does not follow on what is known is answered by asking anew", async () => {
    const { live, pages } = await begun();
    Wire.last.open();
    Wire.last.snapshot("1", 5);
    Wire.last.say({ type: "diff", id: "1", from: [6], position: [7], state: "s7", set: {}, gone: [], rows: [] });
    expect(Wire.last.sent.slice(2)).toEqual([
      { type: "unsubscribe", id: "1" }, { type: "subscribe", id: "2", board: { metric: "votes" } },
    ]);
    Wire.last.snapshot("1", 7); // was on its way
    expect(pages).toHaveLength(1);
    Wire.last.snapshot("2", 8);
    expect([pages.length, live.state]).toEqual([2, "live"]);
  });

  test("what the server cannot read for now goes stale, and is asked for again when nothing follows", async () => {
    const { live, pages, refused } = await begun();
    Wire.last.open();
    Wire.last.say({ type: "error", id: "1", code: "overloaded", message: "too many" });
    expect(live.state).toBe("connecting");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(Wire.last.sent.at(-1)).toMatchObject({ type: "subscribe", id: "2" });
    Wire.last.snapshot("2", 5);
    expect(live.state).toBe("live");
    Wire.last.say({ type: "error", id: "2", code: "overloaded", message: "for now" });
    expect(live.state).toBe("stale");
    Wire.last.say({ type: "diff", id: "2", from: [5], position: [6], state: "s6", set: { position: [6] }, gone: [], rows: [] });
    expect([live.state, pages.length, refused]).toEqual(["live", 2, []]);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(Wire.last.sent.at(-1)).toMatchObject({ type: "subscribe", id: "2" });
  });

  test("what cannot be watched is told to who asked for it, and the rest goes on", async () => {
    const { live, refused } = await begun();
    const others: object[] = [];
    live.metrics({ metric: "plays" }, (page) => others.push(page));
    Wire.last.open();
    Wire.last.say({ type: "error", id: "1", code: "invalid_query", message: "no such metric", field: "metric" });
    expect(refused).toEqual([{ code: "invalid_query", message: "no such metric", field: "metric" }]);
    Wire.last.say({ type: "snapshot", id: "2", position: [1], state: "s1", page: { points: [], position: [1] } });
    expect([live.state, others.length]).toEqual(["live", 1]);
    for (let n = 0; n < 63; n++) live.board(`board-${n}`, () => undefined);
    live.board("one-too-many", () => undefined, (why) => refused.push(why));
    expect(refused.at(-1)?.code).toBe("overloaded");
  });

  test("a mistake in what a page does with it is the page's own", async () => {
    const { live } = await begun();
    const pages: object[] = [];
    live.board({ metric: "plays" }, () => { throw new Error("the page's own"); });
    live.board({ metric: "plays" }, (page) => pages.push(page));
    Wire.last.open();
    Wire.last.snapshot("2", 1);
    expect(pages).toHaveLength(1);
    expect(() => vi.runOnlyPendingTimers()).toThrow("the page's own");
  });
});
