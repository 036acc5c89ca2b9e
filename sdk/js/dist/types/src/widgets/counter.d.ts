import { Widget } from "./base";
/** What a public board counts in all, as `GET /api/public/{slug}/boards/{name}/total` answers. */
export interface PublicTotal {
    title: string;
    metric: string;
    unit: string;
    currency: string | null;
    window: string;
    windowStart: string | null;
    windowEnd: string | null;
    total: number;
    position: number[];
}
/**
 * `<coliseum-counter tenant="demo" board="finals">`: how much a public board has counted in all, rolling up as it is
 * counted. More attributes: `heading` (instead of the board's title; empty for none), `compact="yes"` (1.2M).
 */
export declare class CounterWidget extends Widget<PublicTotal> {
    #private;
    static readonly attributes: string[];
    protected readonly styles = "\n.body { padding: 1rem 1.25rem 1.1rem; }\np { margin: 0; }\n.head { display: flex; align-items: center; gap: .6rem; color: var(--_soft); font-size: .875rem; font-weight: 600; }\n.title { overflow-wrap: anywhere; }\n.value {\n  position: relative; margin-block: .15rem; font-size: clamp(2rem, 16cqi, 4.5rem); font-weight: 750; letter-spacing: -.03em;\n  line-height: 1.1; white-space: nowrap;\n}\n.unit { color: var(--_soft); font-size: .8125rem; }\n";
    protected address(): string | undefined;
    disconnectedCallback(): void;
    protected draw(page: PublicTotal): void;
}
