/** What a Jumbotron shows, whichever way it comes by it. */
export interface Runner {
    rank: number;
    id: string;
    name: string;
    picture: string | null;
    score: number;
}
export interface Counter {
    /** A metric's name; its text is the label. */
    metric: string;
    value: number;
}
export interface Crowd {
    arrived: number;
    capacity: number | null;
    perMinute: number | null;
}
export interface Invitation {
    state: "soon" | "open" | "closed";
    opensAt: string;
    closesAt: string;
    /** Where one votes, and a picture of it as a QR code. */
    page: string;
    code: string;
}
/** Absent parts have no board: nothing is known of them. */
export interface Scene {
    title: string;
    place: string;
    race?: readonly Runner[] | undefined;
    crowd?: Crowd | undefined;
    counters?: readonly Counter[] | undefined;
    invitation?: Invitation | undefined;
    /** Rows of other boards, by the board's name. */
    boards?: Readonly<Record<string, readonly Runner[]>> | undefined;
}
/** Writes numbers and texts as the viewer reads them. */
export interface Speech {
    number(value: number): string;
    percent(part: number): string;
    text(name: string, values?: Record<string, string>): string;
    clock(at: Date): string;
}
/** One board of the Jumbotron. `show` says whether there is anything to see. */
export interface Face {
    readonly element: HTMLElement;
    show(scene: Scene, calm: boolean): boolean;
    /** Once a second, for what depends on the time. */
    tick?(now: Date): void;
}
