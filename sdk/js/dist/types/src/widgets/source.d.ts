/** Public pages: pushed where there is a stream, otherwise asked for at a bounded pace; equal ones are shared. */
/** `gone`: there is nothing public of that name. `offline`: nobody answers. `error`: the server answers that it cannot. */
export type SourceState = "loading" | "live" | "offline" | "error" | "gone";
export interface Shown {
    /** The page, as soon as there is one; the same object as long as nothing in it has changed. */
    page: unknown;
    state: SourceState;
}
type Listener = (shown: Shown) => void;
/**
 * Be kept up with the JSON at an address: asked for once in `paceMs`, or, as long as it comes from there, by the stream
 * at `pushed`. Returns what ends it.
 */
export declare const watch: (url: string, listener: Listener, paceMs?: number, pushed?: string) => (() => void);
export {};
