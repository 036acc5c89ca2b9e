import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Device, Page, PEACE, Server } from "./browser_model";
import { chance } from "./chance";

beforeEach(() => void vi.useFakeTimers({ now: new Date("2026-06-01T12:00:00Z") }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const begun = (seed = 1) => {
  const luck = chance(seed);
  const server = new Server(luck);
  return { luck, server, device: new Device(server, luck) };
};

const ROOMY = { queueMax: 100_000 };
const passed = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("nothing is lost and nothing doubled", () => {
  test.each(Array.from({ length: 25 }, (_, seed) => seed))("whatever the network, the server and the user do (seed %i)", async (seed) => {
    const { luck, server, device } = begun(seed);
    device.beaconsLost = luck.random();
    const made = new Map<string, string>();
    const drops = new Map<string, string>();
    let pages = [new Page(device, ROOMY)];
    const settle = (page: Page) => page.drops.forEach(({ id, code }) => drops.set(id, code));
    for (let step = 0; step < 120; step++) {
      const page = luck.of(pages);
      switch (luck.below(10)) {
        case 0:
          server.trouble = luck.below(3) ? PEACE : {
            lostBefore: luck.random(), lostAfter: luck.random(), failing: luck.random(), limiting: luck.random(), slowMs: luck.below(5_000),
          };
          break;
        case 1:
          device.online = luck.below(3) > 0;
          if (device.online) for (const each of pages) each.tell("online");
          break;
        case 2: {
          settle(page);
          page.leave(luck.below(2) === 0);
          pages = pages.filter((each) => each !== page);
          if (!pages.length) pages = [new Page(device, ROOMY)];
          break;
        }
        case 3:
          if (pages.length < 3) pages.push(new Page(device, ROOMY));
          break;
        case 4:
          await passed(luck.below(30_000));
          break;
        default:
          for (let n = luck.below(luck.below(6) ? 4 : 150); n >= 0; n--) {
            const artist = luck.below(20) ? `artist-${step}` : "bad";
            made.set(page.track(artist)!, artist);
          }
          await passed(luck.below(1_500));
      }
    }
    server.trouble = PEACE;
    device.online = true;
    for (const page of pages) settle(page), page.leave(true);
    const last = new Page(device, ROOMY); // a visit later: what was kept is sent
    await passed(200_000);
    settle(last);
    const good = [...made].filter(([, artist]) => artist !== "bad").map(([id]) => id);
    expect([...server.log.keys()].sort()).toEqual(good.sort()); // each is there, under its one id, and no other is
    expect([...drops.values()].filter((code) => code !== "invalid_payload")).toEqual([]);
    expect(Object.keys(device.kept)).toEqual([]);
    for (const [sentAt, nowMs] of server.sentAts) expect(nowMs - Date.parse(sentAt)).toBeLessThanOrEqual(5_000);
  });

  test("the same event goes again with the same id, time and content", async () => {
    const { server, device } = begun();
    server.trouble = { ...PEACE, lostAfter: 1 };
    const page = new Page(device);
    const id = page.track("abba")!;
    await passed(10_000);
    server.trouble = PEACE;
    await passed(60_000);
    const kept = server.log.get(id)!;
    expect(kept.times).toBeGreaterThan(2);
    expect(kept.event.at).toBe("2026-06-01T12:00:00.000Z");
    expect(server.log.size).toBe(1);
  });

  test("a model in which ids are made anew at each try would be found out", async () => {
    const { server, device } = begun();
    server.trouble = { ...PEACE, lostAfter: 1 };
    new Page(device, { userToken: () => null }).track("abba");
    const { fetch } = globalThis;
    vi.stubGlobal("fetch", (url: string, init: RequestInit) =>
      fetch(url, { ...init, body: String(init.body).replace(/"id":"[^"]+"/g, () => `"id":"${Math.random()}"`) }));
    await passed(20_000);
    expect(server.log.size).toBeGreaterThan(1);
  });
});

test("events are gathered, and a hundred do not wait", async () => {
  const { server, device } = begun();
  const page = new Page(device, { flushAfterMs: 5_000 });
  for (let n = 0; n < 10; n++) page.track("abba");
  await passed(4_900);
  expect(server.requests).toBe(0);
  await passed(200);
  expect([server.requests, server.log.size]).toEqual([1, 10]);
  for (let n = 0; n < 100; n++) page.track("abba");
  await passed(0);
  expect([server.requests, server.log.size]).toEqual([2, 110]);
});

test("the server is not asked before Retry-After, and later each time without one", async () => {
  const { server, device } = begun();
  const page = new Page(device);
  const times: number[] = [];
  const stub = (status: number, headers: Record<string, string> = {}) =>
    vi.stubGlobal("fetch", () => (times.push(Date.now()), Promise.resolve(new Response("{}", { status, headers }))));
  stub(429, { "retry-after": "90" });
  page.track("abba");
  await passed(100_000);
  expect(times).toHaveLength(2);
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(90_000);
  stub(500);
  times.length = 0;
  await passed(600_000);
  const gaps = times.slice(1).map((time, place) => time - times[place]!);
  expect(gaps.at(-1)).toBeGreaterThan(29_000);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(60_000);
  expect(server.requests).toBe(0);
});

describe("consent", () => {
  test("refused, it means that nothing is sent or kept, and what waited is given up by name", async () => {
    const { server, device } = begun();
    const page = new Page(device, { consent: "granted" });
    const waiting = page.track("abba")!;
    page.passport.consent("denied");
    expect(page.track("abba")).toBeNull();
    page.tell("pagehide");
    await passed(100_000);
    expect([server.requests, server.log.size, Object.keys(device.kept)]).toEqual([0, 0, []]);
    expect(page.drops).toEqual([{ id: waiting, code: "no_consent" }]);
    const next = new Page(device, { consent: "denied" });
    expect(next.track("abba")).toBeNull();
    await passed(100_000);
    expect([server.requests, Object.keys(device.kept)]).toEqual([0, []]);
  });

  test("a yes and a no are told to the server when their text is named, each once, and a no is all that is sent after it", async () => {
    const { server, device } = begun();
    const page = new Page(device);
    page.passport.consent("granted", "v7");
    page.track("abba");
    await passed(5_000);
    const words = () =>
      [...server.log.values()].map(({ event }) => event).filter((event) => event.type === "privacy.consent_changed");
    const [yes] = words();
    expect(yes).toMatchObject({ purpose: "analytics", granted: true, textVersion: "v7", source: "banner" });
    expect([...server.log.values()][0]!.event).toEqual(yes);
    const waiting = page.track("loreen")!;
    page.passport.consent("denied", "v7");
    expect(Object.keys(device.kept)).toEqual([]);
    expect(page.track("abba")).toBeNull();
    await passed(5_000);
    const [, no] = words();
    expect(no).toMatchObject({ purpose: "analytics", granted: false, textVersion: "v7", deviceId: yes!.deviceId });
    expect([words().length, server.log.has(waiting), Object.keys(device.kept)]).toEqual([2, false, []]);
    expect(page.drops).toEqual([{ id: waiting, code: "no_consent" }]);
    page.passport.consent("unknown", "v7");
    page.tell("pagehide");
    await passed(100_000);
    expect(words().length).toBe(2);
  });

  test("a no is handed over as the page is left, and kept nowhere", async () => {
    const { server, device } = begun();
    const page = new Page(device, { consent: "granted" });
    page.track("abba");
    await passed(5_000);
    page.passport.consent("denied", "v7");
    page.leave(true);
    await passed(5_000);
    const told = [...server.log.values()].map(({ event }) => event.type);
    expect(told.filter((type) => type === "privacy.consent_changed")).toHaveLength(1);
    expect(Object.keys(device.kept)).toEqual([]);
  });

  test("unsaid, it keeps no device id; granted, one; and Global Privacy Control is never taken for it", async () => {
    const { server, device } = begun();
    const deviceOf = async (options: object) => {
      const page = new Page(device, options);
      const id = page.track("abba")!;
      await passed(5_000);
      page.leave(true);
      return server.log.get(id)!.event.deviceId;
    };
    expect(await deviceOf({})).not.toBe(await deviceOf({}));
    expect(Object.keys(device.kept)).toEqual([]);
    const known = await deviceOf({ consent: "granted" });
    expect(await deviceOf({ consent: "granted" })).toBe(known);
    device.privacyControl = true;
    expect(await deviceOf({ consent: "granted" })).not.toBe(known);
    expect(Object.keys(device.kept)).toEqual([]);
  });
});

test("a queue that is full gives up the oldest by name", async () => {
  const { device } = begun();
  device.online = false;
  const page = new Page(device, { queueMax: 5 });
  const made = Array.from({ length: 8 }, () => page.track("abba"));
  expect(page.drops).toEqual(made.slice(0, 3).map((id) => ({ id, code: "queue_full" })));
  device.online = true;
  page.tell("online");
  await passed(5_000);
  expect([...device.server.log.keys()]).toEqual(made.slice(3));
});
