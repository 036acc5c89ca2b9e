/** How to come by a connection to `/api/live`. */
export interface LiveOptions {
    /** Where Coliseum is; the page's own origin when left out. */
    url?: string;
    /** For which tenant, of a member of several. */
    tenant?: string;
    /** A server key or an access token: for programs, never in a page. */
    key?: string;
    /** Brings a new ticket from the page's own backend, once for each connection. */
    ticket?: () => string | Promise<string>;
}
/** What a connection tells to whoever uses it. */
export interface Heard {
    /** It is open: say what is wanted. */
    opened(): void;
    message(message: unknown): void;
    /** It is gone; `refused`: for good, until `open` is called again. */
    lost(refused: boolean): void;
}
/** One connection that mends itself: later each time, at once when the browser is online again. */
export declare class Connection {
    #private;
    constructor(options: LiveOptions, heard: Heard);
    get isOpen(): boolean;
    /** Be connected, from now on. */
    open(): void;
    /** Be connected no more. */
    close(): void;
    /** Say something, if there is somebody to hear it. */
    send(message: object): void;
}
