import { type LiveState, type Refused } from "./live";
import type { Asked, BoardPage, MetricsPage } from "./pages";
import { type Fields, Passport, type Options } from "./passport";
import { type ReadOptions, Reads } from "./reads";
import type { EventType } from "../types/events";
/** What to send with (`key` and its kin), what to read with (`tenant`, `token`, `public`), and how to watch (`ticket`). */
export interface ColiseumOptions extends Partial<Options>, ReadOptions {
    /** Brings a ticket of your backend for live boards; without one the cookie is used. */
    ticket?: () => string | Promise<string>;
}
type Kinds = {
    board: BoardPage;
    metrics: MetricsPage;
};
/** A page that is watched, as far as it is known. */
export interface Watched<Page> {
    page: Page | undefined;
    state: LiveState;
    problem: Refused | undefined;
}
export declare const UNKNOWN: Watched<never>;
/**
 * One Coliseum for a whole application: make it once, beside the components. Nothing is opened before it is used, and
 * nothing at all where there is no page, so it may be made on a server that renders.
 */
export declare class Coliseum extends Reads {
    #private;
    constructor(options?: ColiseumOptions);
    /** What sends events; undefined without a key, and where there is no page. */
    get passport(): Passport | undefined;
    /** Send an event; returns its id, or null when it is not sent: no consent, no key, or no page. */
    readonly logEvent: <T extends EventType>(type: T, fields: Fields<T>) => string | null;
    /** The same once for each `name` as long as the page lives, however often a component is mounted. */
    readonly logOnce: <T extends EventType>(name: string, type: T, fields: Fields<T>) => string | null;
    /** Keep `show` up with a board or metric and with its state. Returns what ends it. */
    watch<Kind extends keyof Kinds>(kind: Kind, asked: Asked | string, show: (watched: Watched<Kinds[Kind]>) => void): () => void;
}
export {};
