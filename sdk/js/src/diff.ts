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

const BOARD = ["rows", "id"] as const;
const SERIES = ["points", "start"] as const;

/**
 * What is known after a message; undefined when a diff does not follow on what was known before.
 * Nothing is changed in place: rows that stay are the same objects in the new page.
 */
export const after = (kind: Kind, known: Known | undefined, message: Snapshot | Diff): Known | undefined => {
  const { position, state } = message;
  if (message.type === "snapshot") return { page: message.page, position, state };
  if (!known || known.position.join() !== message.from.join()) return undefined;
  const [list, key] = kind === "metrics" ? SERIES : BOARD;
  const moved = new Set<unknown>([...message.gone, ...message.rows.map(([, row]) => row[key])]);
  const before = (known.page as unknown as Record<string, Record<string, unknown>[]>)[list]!;
  const rows = before.filter((row) => !moved.has(row[key]));
  for (const [place, row] of message.rows) rows.splice(place, 0, row);
  return { page: { ...known.page, ...message.set, [list]: rows } as Page, position, state };
};
