/** Numbers that roll to where they are going. One loop of frames for all of them, which ends when all have arrived. */
export declare class Roller {
    #private;
    private readonly written;
    constructor(written: (value: number) => string);
    /** Let an element's number roll to a value; `calm`: be there at once. */
    roll(element: HTMLElement, to: number, calm: boolean): void;
    stop(): void;
}
