/** React hooks. `<ColiseumProvider client={coliseum}>` around the application, with one `new Coliseum(…)` beside it. */
import { createContext, createElement, type ReactNode, useContext, useMemo, useSyncExternalStore } from "react";
import { type Coliseum, UNKNOWN, type Watched } from "./client";
import type { Asked, BoardPage, MetricsPage } from "./pages";
import type { Consent } from "./passport";

export { Coliseum, type ColiseumOptions, type Watched } from "./client";
export type { Asked, BoardPage, BoardRow, MetricsPage, Point } from "./pages";
export { Problem, type Report } from "./reads";

const Context = createContext<Coliseum | undefined>(undefined);

export const ColiseumProvider = ({ client, children }: { client: Coliseum; children?: ReactNode }) =>
  createElement(Context.Provider, { value: client }, children);

const useClient = (): Coliseum => {
  const client = useContext(Context);
  if (!client) throw new Error("there is no <ColiseumProvider client={…}> around this component");
  return client;
};

/** Send events: `const { logEvent } = usePassport()`. The functions are the same in every render. */
export const usePassport = () => {
  const client = useClient();
  return useMemo(
    () => ({
      /** Send an event; returns its id, or null when it is not sent. Never throws. */
      logEvent: client.logEvent,
      /** The same once for each name: for effects, which React may run twice. */
      logOnce: client.logOnce,
      /** What the user has said on your banner. */
      consent: (said: Consent, textVersion?: string): void => client.passport?.consent(said, textVersion),
      /** Send what waits, now. */
      flush: (): Promise<void> => client.passport?.flush() ?? Promise.resolve(),
    }),
    [client],
  );
};

/** Read numbers: once by `fetchLeaderboard`, as a file by `generateReport`, again and again by `subscribe`. */
export const useColiseum = () => {
  const client = useClient();
  return useMemo(
    () => ({
      fetchLeaderboard: client.fetchLeaderboard.bind(client),
      fetchMetrics: client.fetchMetrics.bind(client),
      generateReport: client.generateReport.bind(client),
      /** Keep `show` up with a board, outside of rendering. Returns what ends it. */
      subscribe: (asked: Asked | string, show: (watched: Watched<BoardPage>) => void) => client.watch("board", asked, show),
    }),
    [client],
  );
};

/** A board as it is now, and again whenever it has changed: `const { page, state } = useLeaderboard("finals")`. */
export const useLeaderboard = (asked: Asked | string): Watched<BoardPage> => useWatched("board", asked);

/** A metric over time as it is now, and again whenever it has changed. */
export const useMetrics = (asked: Asked): Watched<MetricsPage> => useWatched("metrics", asked);

const unknown = () => UNKNOWN;

function useWatched(kind: "board", asked: Asked | string): Watched<BoardPage>;
function useWatched(kind: "metrics", asked: Asked): Watched<MetricsPage>;
function useWatched(kind: "board" | "metrics", asked: Asked | string): Watched<BoardPage | MetricsPage> {
  const client = useClient();
  // What is asked for is mostly written anew in every render: it is another one only when it says something else.
  const said = JSON.stringify(asked);
  const store = useMemo(() => {
    const same = JSON.parse(said) as Asked;
    let now: Watched<BoardPage | MetricsPage> = UNKNOWN;
    const subscribe = (changed: () => void): (() => void) =>
      client.watch(kind, same, (watched) => {
        now = watched;
        changed();
      });
    return { subscribe, now: () => now };
  }, [client, kind, said]);
  return useSyncExternalStore(store.subscribe, store.now, unknown);
}
