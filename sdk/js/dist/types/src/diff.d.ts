import type { BoardPage, BreakingPage, MetricsPage, TrendingPage } from "./pages";
export type Page = BoardPage | MetricsPage | TrendingPage | BreakingPage;
export type Kind = "board" | "metrics" | "trending" | "breaking";
/** What is known of a page: itself, and what says to the server that it is known. */
export interface Known {
    page: Page;
    position: number[];
    state: string;
}
export interface Snapshot {
    type: "snapshot";
    id: string;
    position: number[];
    state: string;
    page: Page;
}
export interface Diff {
    type: "diff";
    id: string;
    from: number[];
    position: number[];
    state: string;
    set: Record<string, unknown>;
    gone: string[];
    rows: [number, Record<string, unknown>][];
}
/**
 * What is known after a message; undefined when a diff does not follow on what was known before.
 * Nothing is changed in place: rows that stay are the same objects in the new page.
 */
export declare const after: (kind: Kind, known: Known | undefined, message: Snapshot | Diff) => Known | undefined;
