import type { Face } from "./jumbotron_scene";
export type Mode = "cube" | "flat";
/**
 * The cube that hangs over the stage, and turns from board to board; or one board at a time, where that is wanted.
 *
 * It has four sides, however many boards there are: what comes next is hung on the next side before it turns there. The
 * angle begins anew with each round, so that nothing grows however long it turns.
 */
export declare class Stage {
    #private;
    private readonly turned;
    readonly element: HTMLDivElement;
    constructor(turned: (face: Face | undefined) => void);
    get front(): Face | undefined;
    /** The boards that have something to show, in their order. */
    get shown(): Face[];
    /** Which boards there are; one of another set is never shown again. */
    hang(faces: readonly Face[]): void;
    be(mode: Mode, calm: boolean): void;
    /** Say which boards have something to show. */
    ready(faces: ReadonlySet<Face>): void;
    /** Turn to the next board, or the one before. */
    turn(step?: 1 | -1): void;
    stop(): void;
}
