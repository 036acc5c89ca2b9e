import type { Asked, BoardPage, MetricsPage } from "./pages";
/** How to ask for numbers. Without `token` the browser's cookie is used, which pages of Coliseum's own origin have. */
export interface ReadOptions {
    /** Where Coliseum is, or your own backend that hands requests on; the page's own origin when left out. */
    url?: string;
    /** The tenant's short name; needed for public boards, and by members of several tenants. */
    tenant?: string;
    /** Brings an access token of the person who has logged in. Never a server key: anybody can read what a page knows. */
    token?: () => string | Promise<string>;
    /** Only what a tenant has declared public is asked for, of anybody, without a token. */
    public?: boolean;
}
/** A refusal: `code` is one of docs/ERRORS.md, `field` says which parameter was wrong. */
export declare class Problem extends Error {
    readonly status: number;
    readonly code: string;
    readonly field?: string | undefined;
    readonly name = "Problem";
    constructor(status: number, code: string, message: string, field?: string | undefined);
}
/** A whole board (what is counted, or a declared board's name) as a file, or a person's account: what they spent, earned and got back. */
export type Report = {
    kind: "leaderboard";
    format: "csv" | "ndjson" | "parquet";
    board: Asked | string;
} | {
    kind: "statement";
    format: "json";
    userId: string;
    currency?: string;
};
/** Reads boards, metrics and reports by the API; see docs/API.md. */
export declare class Reads {
    #private;
    readonly options: ReadOptions;
    constructor(options?: ReadOptions);
    /** A page of a board: what is counted, or a declared board's name. */
    fetchLeaderboard(asked: Asked | string, signal?: AbortSignal): Promise<BoardPage>;
    /** A metric over time. */
    fetchMetrics(asked: Asked, signal?: AbortSignal): Promise<MetricsPage>;
    /** A report as a file, made by the server now. */
    generateReport(report: Report, signal?: AbortSignal): Promise<Blob>;
    /** Path and query of a board. */
    boardPath(asked: Asked | string): string;
    /** The whole address of a path. */
    address(path: string): string;
}
