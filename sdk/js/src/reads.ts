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
export class Problem extends Error {
  override readonly name = "Problem";
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field?: string,
  ) {
    super(message);
  }
}

/** A whole board (what is counted, or a declared board's name) as a file, or a person's account: what they spent, earned and got back. */
export type Report =
  | { kind: "leaderboard"; format: "csv" | "ndjson" | "parquet"; board: Asked | string }
  | { kind: "statement"; format: "json"; userId: string; currency?: string };

/** Reads boards, metrics and reports by the API; see docs/API.md. */
export class Reads {
  constructor(readonly options: ReadOptions = {}) {}

  /** A page of a board: what is counted, or a declared board's name. */
  async fetchLeaderboard(asked: Asked | string, signal?: AbortSignal): Promise<BoardPage> {
    return (await this.#get(this.boardPath(asked), signal)).json() as Promise<BoardPage>;
  }

  /** A metric over time. */
  async fetchMetrics(asked: Asked, signal?: AbortSignal): Promise<MetricsPage> {
    if (this.options.public) throw new Problem(404, "not_found", "metrics over time are not public");
    return (await this.#get("/api/metrics?" + query(asked), signal)).json() as Promise<MetricsPage>;
  }

  /** A report as a file, made by the server now. */
  async generateReport(report: Report, signal?: AbortSignal): Promise<Blob> {
    if (this.options.public) throw new Problem(404, "not_found", "reports are not public");
    const path =
      report.kind === "leaderboard"
        ? "/api/leaderboards/export?" + query({ ...named(report.board), format: report.format })
        : "/api/treasury/statement?" + query({ userId: report.userId, ...(report.currency && { currency: report.currency }) });
    return (await this.#get(path, signal)).blob();
  }

  /** Path and query of a board. */
  boardPath(asked: Asked | string): string {
    const given = named(asked);
    if (!this.options.public) return "/api/leaderboards?" + query(given);
    const { board, ...rest } = given;
    if (!board || !this.options.tenant) throw new Problem(400, "invalid_query", "a public board needs tenant and board", "board");
    return `/api/public/${encodeURIComponent(this.options.tenant)}/boards/${encodeURIComponent(board)}?` + query(rest);
  }

  /** The whole address of a path. */
  address(path: string): string {
    return (this.options.url ?? "").replace(/\/+$/, "") + path;
  }

  async #get(path: string, signal?: AbortSignal): Promise<Response> {
    const { token, tenant } = this.options;
    const headers: Record<string, string> = {};
    if (!this.options.public) {
      if (token) headers.authorization = "Bearer " + (await token());
      if (tenant) headers["coliseum-tenant"] = tenant;
    }
    const answer = await fetch(this.address(path), {
      headers,
      credentials: token || this.options.public ? "omit" : "same-origin",
      ...(signal && { signal }),
    });
    if (answer.ok) return answer;
    const told = (await answer.json().catch(() => ({}))) as { code?: string; detail?: string; field?: string };
    throw new Problem(answer.status, told.code ?? "failed", told.detail ?? `the server answered ${answer.status}`, told.field);
  }
}

const named = (asked: Asked | string): Asked => (typeof asked === "string" ? { board: asked } : asked);
const query = (asked: Asked): string => new URLSearchParams(asked).toString();
