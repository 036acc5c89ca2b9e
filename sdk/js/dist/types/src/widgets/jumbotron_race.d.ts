import type { Face, Runner, Scene, Speech } from "./jumbotron_scene";
/** Who is ahead: lanes that change places, bars that grow. As many lanes as there may be are made once, and never more. */
export declare class Race implements Face {
    #private;
    private readonly of;
    readonly element: HTMLElement;
    constructor(speech: Speech, title: string, lanes: number, of: (scene: Scene) => readonly Runner[] | undefined, withTotal: boolean);
    show(scene: Scene, calm: boolean): boolean;
}
