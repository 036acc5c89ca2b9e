export type Texts = Record<string, string>;
/** Let widgets speak a language, or say something otherwise: `addTexts("de", { rank: "Platz", … })`. */
export declare const addTexts: (language: string, texts: Texts) => void;
/** The text of that name: in the language, without its region, or in English; `{n}` is filled in. */
export declare const textOf: (language: string, name: string, values?: Texts) => string;
/** A score as people of that language write it; money comes in the minor units of its currency. */
export declare const numberOf: (language: string, value: number, currency: string | null, compact?: boolean) => string;
/** The language as given, if it is one that numbers can be written in. */
export declare const languageOf: (...wanted: (string | null | undefined)[]) => string;
