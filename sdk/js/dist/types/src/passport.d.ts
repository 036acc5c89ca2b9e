import type { EventsByType, EventType } from "../types/events";
type Common = "type" | "id" | "at" | "userId" | "sessionId" | "deviceId" | "sentAt";
/** What an event of this type says; who, when and on which device is added, unless it is said here. */
export type Fields<T extends EventType> = Omit<EventsByType[T], Common> & Partial<Pick<EventsByType[T], Exclude<Common, "type" | "sentAt">>>;
/** `granted`: a device id is kept. `unknown`: it lasts as long as the page. `denied`: nothing is sent or kept. */
export type Consent = "granted" | "denied" | "unknown";
/** Why an event will not arrive: the server refused it (with its code), the queue was full, or consent was withdrawn. */
export type Drop = {
    id: string;
    code: string;
    message?: string;
};
export interface Options {
    /** A browser key. It may be read by anybody and may write little. */
    key: string;
    /** Where Coliseum is; the page's own origin when left out. */
    url?: string;
    /** A token by which your backend vouches for the user; asked for anew when it was refused. */
    userToken?: () => string | null | Promise<string | null>;
    /** What the user has said so far; a browser that sends Global Privacy Control is never taken for `granted`. */
    consent?: Consent;
    /** Told of every event that will not arrive. */
    onDrop?: (drop: Drop) => void;
    /** Milliseconds for which events are gathered. */
    flushAfterMs?: number;
    /** Events that wait at most; past it the oldest are dropped. */
    queueMax?: number;
}
/** Sends a page's events. One for a page; nothing that it does ever throws into the page. */
export declare class Passport {
    #private;
    constructor(options: Options);
    /** Send an event; returns its id, or null when the user has denied consent. Returns at once. */
    track<T extends EventType>(type: T, fields: Fields<T>): string | null;
    /**
     * What the user has said just now, on your banner; it is remembered by you, and said again at the next page. With the
     * version of the banner's text the server is told, once: where a tenant stores what people agreed to, nothing else counts.
     */
    consent(said: Consent, textVersion?: string): void;
    /** Send what waits, now; settles when nothing waits any more, or it has to be tried again later. */
    flush(): Promise<void>;
}
export {};
