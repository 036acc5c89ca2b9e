import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watch } from "../src/widgets/source";

let asked: number[] = [];
let answer: () => Response | Promise<Response>;
let page: { visibilityState: string; listeners: Map<string, Set<() => void>> };
const shown: [string, unknown][] = [];
const ends: (() => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  asked = [];
  shown.length = 0;
  const listeners = new Map<string, Set<() => void>>();
  page = { visibilityState: "visible", listeners };
  const add = (name: string, act: () => void) => void listeners.set(name, (listeners.get(name) ?? new Set()).add(act));
  const remove = (name: string, act: () => void) => void listeners.get(name)?.delete(act);
  vi.stubGlobal("document", { get visibilityState() { return page.visibilityState; }, addEventListener: add, removeEventListener: remove });
  vi.stubGlobal("addEventListener", add);
  vi.stubGlobal("removeEventListener", remove);
  vi.stubGlobal("fetch", () => (asked.push(Date.now()), Promise.resolve().then(answer)));
});
afterEach(() => {
  for (const end of ends.splice(0)) end();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const passed = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const json = (body: object, status = 200, headers: Record<string, string> = {}) => () => new Response(JSON.stringify(body), { status, headers });
const begun = (url = "https://coliseum.example/a") => {
  const end = watch(url, ({ page, state }) => shown.push([state, page]));
  ends.push(end);
  return end;
};
const tell = (name: string) => page.listeners.get(name)?.forEach((act) => act());

test("a page is asked for every five seconds or so, and told only when it is another one", async () => {
  answer = json({ rows: [1] });
  begun();
  await passed(60_000);
  expect(asked.length).toBeGreaterThanOrEqual(11);
  expect(asked.length).toBeLessThanOrEqual(14);
  expect(shown).toEqual([["live", { rows: [1] }]]);
  answer = json({ rows: [2] });
  await passed(6_000);
  expect(shown.at(-1)).toEqual(["live", { rows: [2] }]);
});

test("whoever shows the same page shares the asking, and when nobody does it ends", async () => {
  answer = json({ rows: [1] });
  const first = begun();
  await passed(0);
  const second = begun();
  expect([asked.length, shown.length]).toEqual([1, 2]);
  first();
  await passed(6_000);
  expect(asked.length).toBe(2);
  second();
  await passed(60_000);
  expect(asked.length).toBe(2);
  expect([...page.listeners.values()].every((some) => !some.size)).toBe(true);
});

test("a server that cannot is asked later each time, not before Retry-After, and what is shown stays", async () => {
  answer = json({ rows: [1] });
  begun();
  await passed(0);
  answer = json({}, 503);
  await passed(400_000);
  const gaps = asked.slice(1).map((time, place) => time - asked[place]!);
  expect(gaps.at(-1)).toBeGreaterThan(53_000);
  expect(gaps.at(-1)).toBeLessThan(67_000);
  expect(shown).toEqual([["live", { rows: [1] }], ["error", { rows: [1] }]]);
  asked.length = 0;
  answer = json({}, 429, { "retry-after": "300" });
  await passed(67_000);
  expect(asked.length).toBe(1);
  await passed(asked[0]! + 299_000 - Date.now());
  expect(asked.length).toBe(1);
  answer = () => Promise.reject(new TypeError("Failed to fetch"));
  await passed(90_000);
  expect(shown.at(-1)).toEqual(["offline", { rows: [1] }]);
  answer = json({ rows: [3] });
  tell("online");
  await passed(0);
  expect(shown.at(-1)).toEqual(["live", { rows: [3] }]);
});

test("what is not public any more is shown no more, and comes back when it is", async () => {
  answer = json({ rows: [1] });
  begun();
  await passed(0);
  answer = json({ code: "not_found" }, 404);
  await passed(6_000);
  expect(shown.at(-1)).toEqual(["gone", undefined]);
  answer = json({ rows: [2] });
  await passed(70_000);
  expect(shown.at(-1)).toEqual(["live", { rows: [2] }]);
});

test("a page that nobody sees asks for nothing, and at once when it is seen again", async () => {
  answer = json({ rows: [1] });
  begun();
  await passed(0);
  page.visibilityState = "hidden";
  await passed(600_000);
  expect(asked.length).toBe(1);
  page.visibilityState = "visible";
  tell("visibilitychange");
  await passed(0);
  expect(asked.length).toBe(2);
});

test("an older page is not shown after a newer one, but not for ever", async () => {
  answer = json({ position: [9, 5], total: 9 });
  begun();
  await passed(0);
  answer = json({ position: [8, 6], total: 8 });
  await passed(12_000);
  expect(shown).toHaveLength(1);
  await passed(12_000);
  expect(shown.at(-1)).toEqual(["live", { position: [8, 6], total: 8 }]);
});

test("an answer that never comes is given up", async () => {
  answer = () => new Promise<Response>(() => undefined);
  vi.stubGlobal("fetch", (_: string, { signal }: RequestInit) => new Promise((_, no) => signal!.addEventListener("abort", () => no(new Error("aborted")))));
  begun();
  await passed(16_000);
  expect(shown).toEqual([["offline", undefined]]);
});
