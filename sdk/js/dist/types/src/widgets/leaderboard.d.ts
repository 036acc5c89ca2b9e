import type { BoardPage, PublicRow } from "../pages";
import { Widget } from "./base";
import { type Shown } from "./source";
/** A public board as `GET /api/public/{slug}/boards/{name}` answers. */
export type PublicBoard = Omit<BoardPage, "rows"> & {
    title?: string;
    rows: PublicRow[];
};
/**
 * `<coliseum-leaderboard tenant="demo" board="finals" limit="10">`: a public board that moves as it is counted.
 * More attributes: `heading` (instead of the board's title; empty for none), `pictures="no"`.
 */
export declare class LeaderboardWidget extends Widget<PublicBoard> {
    #private;
    static readonly attributes: string[];
    protected readonly styles = "\ntable { inline-size: 100%; border-collapse: collapse; }\ncaption { padding: 0; text-align: start; }\n.head { display: flex; align-items: center; gap: .6rem; padding: .9rem 1rem .7rem; }\n.title { font-weight: 650; font-size: 1.05rem; letter-spacing: -.01em; min-inline-size: 0; overflow-wrap: anywhere; }\n.when { margin-inline-start: auto; color: var(--_soft); font-size: .8125rem; white-space: nowrap; }\nthead th {\n  padding: 0 .5rem .4rem; color: var(--_soft); font-size: .6875rem; font-weight: 600; letter-spacing: .06em;\n  text-align: start; text-transform: uppercase; white-space: nowrap;\n}\ntbody tr { border-block-start: 1px solid var(--_line); background: var(--_paper); }\ntd, tbody th { padding: .55rem .5rem; font-weight: 400; text-align: start; vertical-align: middle; }\n.rank { inline-size: 3rem; padding-inline: 1rem .25rem; font-weight: 650; text-align: end; }\nthead .rank { overflow: hidden; text-overflow: clip; }\n.moved { inline-size: 2.75rem; font-size: .75rem; font-weight: 650; white-space: nowrap; color: var(--_soft); }\n.moved.up { color: var(--_up); }\n.moved.down { color: var(--_down); }\n.moved.new { color: var(--_accent); }\n.line { display: flex; align-items: center; gap: .75rem; min-inline-size: 0; }\n.text { flex: 1; min-inline-size: 0; }\n.name {\n  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; overflow-wrap: anywhere;\n  font-weight: 550;\n}\ntbody tr:first-child .name { font-weight: 700; }\nth.score, td.score { padding-inline: .5rem 1rem; font-weight: 600; text-align: end; white-space: nowrap; }\n.picture {\n  position: relative; display: grid; place-items: center; flex: none; inline-size: 2.25rem; block-size: 2.25rem;\n  border-radius: 28%; background: var(--_line); color: var(--_ink); font-size: .75rem; font-weight: 700; overflow: hidden;\n}\n.picture img { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; object-fit: cover; }\nmeter {\n  display: block; inline-size: 100%; block-size: 3px; margin-block-start: .3rem; border: 0; border-radius: 2px;\n  background: none; appearance: none;\n}\nmeter::-webkit-meter-inner-element { display: block; }\nmeter::-webkit-meter-bar { block-size: 3px; border: 0; border-radius: 2px; background: var(--_line); }\nmeter::-webkit-meter-optimum-value { border-radius: 2px; background: var(--_accent); transition: inline-size .6s; }\nmeter::-moz-meter-bar { border-radius: 2px; background: var(--_accent); }\n@container (max-width: 30rem) {\n  .moved { inline-size: 2.1rem; padding-inline: .15rem; }\n  .line { gap: .6rem; }\n  .picture { inline-size: 1.9rem; block-size: 1.9rem; }\n}\n@container (max-width: 22rem) {\n  .picture { display: none; }\n  .rank { inline-size: 2.25rem; padding-inline-start: .6rem; }\n  th.score, td.score { padding-inline-end: .6rem; }\n}\n@media (prefers-reduced-motion: reduce) { meter::-webkit-meter-optimum-value { transition: none; } }\n";
    protected address(): string | undefined;
    protected follow(url: string, told: (shown: Shown) => void): () => void;
    protected isEmpty(page: PublicBoard): boolean;
    protected draw(page: PublicBoard): void;
}
