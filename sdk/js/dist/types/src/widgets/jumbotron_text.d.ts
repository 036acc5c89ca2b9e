import type { Texts } from "./text";
/** What a Jumbotron says. Other languages are added in the page: `addTexts("de", { voteNow: "Jetzt abstimmen", … })`. */
export declare const JUMBOTRON_TEXTS: Texts;
