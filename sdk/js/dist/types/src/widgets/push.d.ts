/** What a pushed page tells to whoever shows it. */
export interface Heard {
    page(page: unknown): void;
    /** Nothing is pushed any more, or for now: ask. */
    lost(): void;
}
/**
 * A public page as the server pushes it, over one answer that does not end. Without cookies, storage or referrer, as
 * everything that a widget asks. While it cannot be opened, whoever shows the page asks for it now and then.
 */
export declare class Push {
    #private;
    private readonly url;
    private readonly heard;
    constructor(url: string, heard: Heard);
    /** Whether pages are coming. */
    get isLive(): boolean;
    open(): void;
    close(): void;
}
