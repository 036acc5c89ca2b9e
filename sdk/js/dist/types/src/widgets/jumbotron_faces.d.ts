import type { Face, Scene, Speech } from "./jumbotron_scene";
/** How full the house is, as a theatre of four tiers that fills from side to side. */
export declare class House implements Face {
    #private;
    private readonly speech;
    readonly element: HTMLElement;
    constructor(speech: Speech);
    show(scene: Scene, calm: boolean): boolean;
}
/** A few numbers, as large as they can be. */
export declare class Counters implements Face {
    #private;
    private readonly speech;
    readonly element: HTMLElement;
    constructor(speech: Speech);
    show(scene: Scene, calm: boolean): boolean;
}
/** How to vote: the code to scan, and how long there is. */
export declare class Invite implements Face {
    #private;
    private readonly speech;
    readonly element: HTMLElement;
    constructor(speech: Speech);
    show(scene: Scene): boolean;
    tick(now: Date): void;
}
