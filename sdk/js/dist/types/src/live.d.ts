import { type LiveOptions } from "./connection";
import type { Asked, BoardPage, BreakingPage, MetricsPage, TrendingPage } from "./pages";
export type { LiveOptions } from "./connection";
export type { Asked, BoardPage, BoardRow, BreakingPage, BreakingRow, MetricsPage, Point, TrendingPage, TrendingRow, } from "./pages";
/**
 * `connecting`: nothing has come yet. `live`: what is shown is kept up. `stale`: it was true; a connection is being
 * looked for, or the server cannot read for now. `refused`: the server will not; only `resume()` tries again.
 */
export type LiveState = "connecting" | "live" | "stale" | "refused";
/** Why something cannot be watched: a code of docs/ERRORS.md, and what it says. */
export interface Refused {
    code: string;
    message: string;
    field?: string;
}
/** Keeps pages of boards, trends and metrics at the present, over one connection that mends itself. See docs/LIVE.md. */
export declare class Live {
    #private;
    constructor(options?: LiveOptions);
    get state(): LiveState;
    /** Keep `show` up with a board: what is counted, or a declared board's name. Returns what ends it. */
    board(asked: Asked | string, show: (page: BoardPage) => void, refused?: (why: Refused) => void): () => void;
    /** Keep `show` up with a metric over time. Returns what ends it. */
    metrics(asked: Asked, show: (page: MetricsPage) => void, refused?: (why: Refused) => void): () => void;
    /** Keep `show` up with who is trending: the parameters of `GET /api/trending`. Returns what ends it. */
    trending(asked: Asked | string, show: (page: TrendingPage) => void, refused?: (why: Refused) => void): () => void;
    /** Keep `show` up with who is breaking: the parameters of `GET /api/breaking`. Returns what ends it. */
    breaking(asked: Asked | string, show: (page: BreakingPage) => void, refused?: (why: Refused) => void): () => void;
    /** Be told the state, now and whenever it changes. Returns what ends it. */
    onState(listener: (state: LiveState) => void): () => void;
    /** Give the connection up, and keep what is known: for a page that nobody sees. */
    pause(): void;
    /** Go on after `pause()`, or try once more after a refusal. */
    resume(): void;
    /** End everything. */
    close(): void;
}
