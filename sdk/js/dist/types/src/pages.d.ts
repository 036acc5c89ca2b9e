/** What the API answers with: see docs/API.md. */
/** A row of a board. `toNext`: what is missing to the next better score; null at the top. */
export interface BoardRow {
    rank: number;
    id: string;
    /** Null of a person who was forgotten. */
    name: string | null;
    picture: string | null;
    score: number;
    percentile: number;
    toNext: number | null;
    /** On the whole board, when the board is that of some members alone. */
    overallRank?: number;
    /** The rank one window earlier; with `movement` asked for, as are the four below. */
    previousRank?: number | null;
    movement?: number | null;
    peak?: number | null;
    periods?: number | null;
    status?: string | null;
    /** Only there for a person who was forgotten: `id` is then nobody's, and nothing can be asked about it. */
    forgotten?: true;
}
/** A row of a public board, which is never one of people: who is on it has a name. */
export type PublicRow = BoardRow & {
    name: string;
};
/** Rows of a board and where it stands: the window, and the next offset of each partition of the log. */
export interface BoardPage {
    metric: string;
    unit: string;
    currency: string | null;
    entity: string;
    window: string;
    windowStart: string | null;
    windowEnd: string | null;
    filters: Record<string, string>;
    ranking: string;
    members: number;
    position: number[];
    source: string;
    rows: BoardRow[];
    nextCursor: string | null;
}
/** What boards that compare hours have in common. */
interface OfHours {
    metric: string;
    unit: string;
    currency: string | null;
    entity: string;
    windowStart: string;
    windowEnd: string;
    filters: Record<string, string>;
    members: number;
    position: number[];
}
/** `score`: how many units of now the decayed sum is; `weighted`: the exact sum. */
export interface TrendingRow {
    rank: number;
    id: string;
    name: string;
    picture: string | null;
    score: number;
    weighted: string;
}
/** Who is trending. */
export interface TrendingPage extends OfHours {
    halfLifeHours: number;
    unitWeight: string;
    rows: TrendingRow[];
}
/** What was counted lately, what used to be counted in as many hours, and how often that fits. */
export interface BreakingRow {
    rank: number;
    id: string;
    name: string;
    picture: string | null;
    recent: number;
    baseline: number;
    baselineTotal: number;
    ratio: number;
    newcomer: boolean;
}
/** Who is breaking: far above their own 28 days before. */
export interface BreakingPage extends OfHours {
    hours: number;
    minSupport: number;
    minBaseline: number;
    baselineStart: string;
    rows: BreakingRow[];
}
/** The value of one bucket, by where it begins. */
export interface Point {
    start: string;
    value: number;
}
/** A metric over time. */
export interface MetricsPage {
    metric: string;
    unit: string;
    currency: string | null;
    entity: string;
    id: string | null;
    grain: string;
    timeZone: string;
    from: string;
    to: string;
    points: Point[];
    total: number;
    previous: {
        from: string;
        to: string;
        total: number;
    };
    position: number[];
}
/** Parameters of a request, as texts: those of `GET /api/leaderboards` or `GET /api/metrics`. */
export type Asked = Record<string, string>;
export {};
