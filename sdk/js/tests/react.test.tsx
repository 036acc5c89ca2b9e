// @vitest-environment jsdom
import { act, cleanup, render, renderHook, screen, waitFor } from "@testing-library/react";
import { StrictMode, useEffect, useState, type ReactNode } from "react";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket as RealSocket } from "ws";
import { Coliseum, ColiseumProvider, Problem, useColiseum, useLeaderboard, usePassport, type BoardPage } from "../src/react";
import { chance } from "./chance";
import { LiveServer } from "./live_server";

interface Asked {
  url: string;
  headers: Record<string, string>;
  body: { events: { id: string; type: string }[] } | undefined;
}

let asked: Asked[] = [];
let answers: (asked: Asked) => Response;
let servers: LiveServer[] = [];

beforeEach(() => {
  asked = [];
  answers = ({ body }) => json({ ok: true, results: (body?.events ?? []).map(({ id }) => ({ id, status: "accepted" })) });
  vi.stubGlobal("WebSocket", RealSocket);
  vi.stubGlobal("fetch", (url: string, init: RequestInit = {}) => {
    const one = { url, headers: init.headers as Record<string, string>, body: init.body ? JSON.parse(String(init.body)) : undefined };
    asked.push(one);
    return Promise.resolve(answers(one));
  });
  localStorage.clear();
});
afterEach(async () => {
  cleanup();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  vi.unstubAllGlobals();
});

const json = (body: object, status = 200): Response => new Response(JSON.stringify(body), { status });
const inside = (client: Coliseum) => ({ children }: { children: ReactNode }) => (
  <StrictMode><ColiseumProvider client={client}>{children}</ColiseumProvider></StrictMode>
);
const sent = () => asked.flatMap(({ body }) => body?.events ?? []);

test("an effect that React runs twice logs once, and a click logs each time", async () => {
  const client = new Coliseum({ key: "cs_browser_x", url: "https://coliseum.example", flushAfterMs: 1 });
  const Event = ({ id }: { id: string }) => {
    const { logEvent, logOnce } = usePassport();
    useEffect(() => void logOnce(`view ${id}`, "concierto.event_viewed", { eventId: id }), [logOnce, id]);
    return <button onClick={() => logEvent("concierto.event_interested", { eventId: id })}>interested</button>;
  };
  const { unmount } = render(<Event id="final" />, { wrapper: inside(client) });
  act(() => screen.getByText("interested").click());
  act(() => screen.getByText("interested").click());
  unmount();
  render(<Event id="final" />, { wrapper: inside(client) });
  await waitFor(() => expect(sent()).toHaveLength(3));
  await client.passport!.flush();
  expect(sent().map(({ type }) => type).sort()).toEqual([
    "concierto.event_interested", "concierto.event_interested", "concierto.event_viewed",
  ]);
  expect(new Set(sent().map(({ id }) => id)).size).toBe(3);
});

test("the functions are the same in every render", () => {
  const client = new Coliseum();
  const { result, rerender } = renderHook(() => ({ ...usePassport(), ...useColiseum() }), { wrapper: inside(client) });
  const before = result.current;
  rerender();
  expect(result.current).toEqual(before);
  for (const [name, value] of Object.entries(before)) expect((result.current as Record<string, unknown>)[name]).toBe(value);
});

test("on a server that renders nothing is opened, sent or kept", () => {
  const client = new Coliseum({ key: "cs_browser_x" });
  const Board = () => {
    const { page, state } = useLeaderboard("finals");
    const { logOnce } = usePassport();
    useState(() => logOnce("x", "concierto.event_viewed", { eventId: "final" }));
    return <p>{state} {page?.members ?? "unknown"}</p>;
  };
  const { document: there } = globalThis;
  vi.stubGlobal("document", undefined);
  try {
    expect(renderToString(<ColiseumProvider client={client}><Board /></ColiseumProvider>)).toContain("connecting");
  } finally {
    vi.stubGlobal("document", there);
  }
  expect([asked.length, localStorage.length]).toEqual([0, 0]);
});

test("a board is shown live, over one connection, and let go when nobody shows it", async () => {
  const server = await LiveServer.start(chance(5));
  servers.push(server);
  server.change();
  const client = new Coliseum({ url: server.url, tenant: "arena", ticket: () => "ct_x" });
  const seen: (BoardPage | undefined)[] = [];
  const Board = ({ of }: { of: object }) => {
    const { page, state } = useLeaderboard({ ...of } as Record<string, string>);
    seen.push(page);
    return <p>{state} {page?.rows.map((row) => row.name).join()}</p>;
  };
  const { unmount, rerender } = render(<><Board of={{ metric: "votes" }} /><Board of={{ metric: "votes" }} /></>, { wrapper: inside(client) });
  await waitFor(() => expect(screen.getAllByText(/^live ARTIST/)).toHaveLength(2));
  for (let n = 0; n < 20; n++) server.change();
  server.settle();
  await waitFor(() => expect(seen.at(-1)).toEqual(server.now.page));
  rerender(<Board of={{ metric: "votes" }} />);
  expect(server.heard.filter(({ type }) => type === "auth")).toEqual([{ type: "auth", ticket: "ct_x", tenant: "arena" }]);
  expect(server.connections).toBe(1);
  const renders = seen.length;
  unmount();
  server.change();
  server.settle();
  await waitFor(() => expect(server.heard.at(-1)!.type).toBe("unsubscribe"));
  expect(seen.length).toBe(renders);
});

test("a public board needs no log-in: it is asked for without a cookie or a token", async () => {
  const page = { title: "Finals", rows: [{ id: "abba", name: "ABBA", score: 7 }], position: [1] };
  answers = ({ url }) => (url.includes("finals") ? json(page) : json({ code: "not_found" }, 404));
  const client = new Coliseum({ url: "https://coliseum.example/", tenant: "demo", public: true, token: () => "secret" });
  const Board = ({ name }: { name: string }) => {
    const { page, state, problem } = useLeaderboard({ board: name, limit: "3" });
    return <p>{name}: {state} {page?.rows[0]?.name} {problem?.code}</p>;
  };
  render(<><Board name="finals" /><Board name="none" /></>, { wrapper: inside(client) });
  await screen.findByText("finals: live ABBA");
  await screen.findByText("none: refused not_found");
  expect(asked[0]).toMatchObject({ url: "https://coliseum.example/api/public/demo/boards/finals?limit=3", headers: undefined });
  const { result } = renderHook(() => useColiseum(), { wrapper: inside(client) });
  await expect(result.current.fetchLeaderboard("finals")).resolves.toEqual(page);
  await expect(result.current.generateReport({ kind: "statement", format: "json", userId: "u" })).rejects.toBeInstanceOf(Problem);
});

test("boards, metrics and reports are fetched with the person's token, and a refusal is a Problem with its code", async () => {
  const client = new Coliseum({ url: "https://coliseum.example", tenant: "demo", token: () => Promise.resolve("token") });
  const { result } = renderHook(() => useColiseum(), { wrapper: inside(client) });
  const { fetchLeaderboard, fetchMetrics, generateReport } = result.current;
  answers = ({ url }) => (url.includes("/export") ? new Response("rank,id\n1,abba\n") : json({ rows: [] }));
  await fetchLeaderboard({ metric: "votes", window: "day" });
  await fetchMetrics({ metric: "plays" });
  const file = await generateReport({ kind: "leaderboard", format: "csv", board: { metric: "votes" } });
  expect(await file.text()).toBe("rank,id\n1,abba\n");
  await generateReport({ kind: "leaderboard", format: "ndjson", board: "finals" });
  await generateReport({ kind: "leaderboard", format: "csv", board: { board: "finals", as_of: "120.87" } });
  await generateReport({ kind: "statement", format: "json", userId: "fan 1", currency: "eur" });
  expect(asked.map(({ url }) => url.slice("https://coliseum.example".length))).toEqual([
    "/api/leaderboards?metric=votes&window=day", "/api/metrics?metric=plays",
    "/api/leaderboards/export?metric=votes&format=csv", "/api/leaderboards/export?board=finals&format=ndjson",
    "/api/leaderboards/export?board=finals&as_of=120.87&format=csv", "/api/treasury/statement?userId=fan+1&currency=eur",
  ]);
  for (const { headers } of asked) expect(headers).toEqual({ authorization: "Bearer token", "coliseum-tenant": "demo" });
  answers = () => json({ code: "plan_limit", detail: "Free: the plan has no exports", field: "format" }, 402);
  await expect(generateReport({ kind: "leaderboard", format: "csv", board: {} })).rejects.toMatchObject({
    name: "Problem", status: 402, code: "plan_limit", field: "format", message: "Free: the plan has no exports",
  });
  answers = () => new Response("<html>", { status: 502 });
  await expect(fetchLeaderboard("finals")).rejects.toMatchObject({ status: 502, code: "failed" });
});

test("without a provider it is said what is missing", () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  expect(() => renderHook(() => usePassport())).toThrow("ColiseumProvider");
});
