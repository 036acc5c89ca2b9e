/** React hooks. `<ColiseumProvider client={coliseum}>` around the application, with one `new Coliseum(…)` beside it. */
import { type ReactNode } from "react";
import { type Coliseum, type Watched } from "./client";
import type { Asked, BoardPage, MetricsPage } from "./pages";
import type { Consent } from "./passport";
export { Coliseum, type ColiseumOptions, type Watched } from "./client";
export type { Asked, BoardPage, BoardRow, MetricsPage, Point } from "./pages";
export { Problem, type Report } from "./reads";
export declare const ColiseumProvider: ({ client, children }: {
    client: Coliseum;
    children?: ReactNode;
}) => import("react").FunctionComponentElement<import("react").ProviderProps<Coliseum | undefined>>;
/** Send events: `const { logEvent } = usePassport()`. The functions are the same in every render. */
export declare const usePassport: () => {
    /** Send an event; returns its id, or null when it is not sent. Never throws. */
    logEvent: <T extends import(".").EventType>(type: T, fields: import("./passport").Fields<T>) => string | null;
    /** The same once for each name: for effects, which React may run twice. */
    logOnce: <T extends import(".").EventType>(name: string, type: T, fields: import("./passport").Fields<T>) => string | null;
    /** What the user has said on your banner. */
    consent: (said: Consent, textVersion?: string) => void;
    /** Send what waits, now. */
    flush: () => Promise<void>;
};
/** Read numbers: once by `fetchLeaderboard`, as a file by `generateReport`, again and again by `subscribe`. */
export declare const useColiseum: () => {
    fetchLeaderboard: (asked: Asked | string, signal?: AbortSignal) => Promise<BoardPage>;
    fetchMetrics: (asked: Asked, signal?: AbortSignal) => Promise<MetricsPage>;
    generateReport: (report: import("./reads").Report, signal?: AbortSignal) => Promise<Blob>;
    /** Keep `show` up with a board, outside of rendering. Returns what ends it. */
    subscribe: (asked: Asked | string, show: (watched: Watched<BoardPage>) => void) => () => void;
};
/** A board as it is now, and again whenever it has changed: `const { page, state } = useLeaderboard("finals")`. */
export declare const useLeaderboard: (asked: Asked | string) => Watched<BoardPage>;
/** A metric over time as it is now, and again whenever it has changed. */
export declare const useMetrics: (asked: Asked) => Watched<MetricsPage>;
