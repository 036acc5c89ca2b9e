export declare const read: (name: string) => string | null;
/** False when it could not be kept: full, or not there. */
export declare const write: (name: string, text: string) => boolean;
export declare const remove: (name: string) => void;
/** The names below this one that are taken. */
export declare const names: (beginning: string) => string[];
