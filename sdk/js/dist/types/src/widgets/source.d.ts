/** Public pages, asked for again and again at a bounded pace; whoever shows the same one shares the asking. */
/** `gone`: there is nothing public of that name. `offline`: nobody answers. `error`: the server answers that it cannot. */
export type SourceState = "loading" | "live" | "offline" | "error" | "gone";
export interface Shown {
    /** The page, as soon as there is one; the same object as long as nothing in it has changed. */
    page: unknown;
    state: SourceState;
}
type Listener = (shown: Shown) => void;
/** Be kept up with the JSON at an address, asked for once in `paceMs`. Returns what ends it. */
export declare const watch: (url: string, listener: Listener, paceMs?: number) => (() => void);
export {};
