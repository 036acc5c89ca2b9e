import { type Texts } from "./text";
import { type Shown } from "./source";
/** What a widget shows: `empty` is a page with nothing in it; `unset`: it has not been said of what. */
export type WidgetState = "unset" | "loading" | "empty" | "live" | "offline" | "error" | "gone";
declare const Element: {
    new (): HTMLElement;
    prototype: HTMLElement;
};
/**
 * What all widgets share: a shadow root whose styles are constructed (no inline style, so any Content-Security-Policy
 * will do), public data at a bounded pace and without cookies or storage (so a sandboxed frame will do), language,
 * theme, and the states that a page can be in.
 *
 * Attributes: `server`, `tenant`, `board`, `window`, `limit`, `lang`, `theme` (light, dark; otherwise the viewer's).
 * Events: `coliseum-page` (detail: the page), `coliseum-state` (detail: the state).
 */
export declare abstract class Widget<Page> extends Element {
    #private;
    static readonly attributes: string[];
    static get observedAttributes(): readonly string[];
    /** A widget's own styles, beside what all have. */
    protected abstract readonly styles: string;
    /** Path and query of what it shows; undefined as long as something is not said. */
    protected abstract address(): string | undefined;
    /** Where Coliseum is: where it says, or where the script came from; empty for the page's own origin. */
    protected get server(): string;
    /** Be kept up with what is at an address: by asking for it, where a widget knows nothing better. */
    protected follow(url: string, told: (shown: Shown) => void): () => void;
    /** Draw a page into `body`; called again whenever it, or an attribute, has changed. */
    protected abstract draw(page: Page): void;
    protected isEmpty(_page: Page): boolean;
    /** The element to draw into. */
    protected body: HTMLElement;
    get state(): WidgetState;
    connectedCallback(): void;
    disconnectedCallback(): void;
    attributeChangedCallback(): void;
    /** The language of its texts and numbers: its own, that of the page around it, or the viewer's. */
    protected get language(): string;
    protected text(name: string, values?: Texts): string;
    protected number(value: number, currency?: string | null, compact?: boolean): string;
    /** An attribute as a whole number in a range. */
    protected whole(name: string, otherwise: number, least: number, most: number): number;
    /** Whether the viewer wants nothing to move. */
    protected get calm(): boolean;
    /** The address of one of the tenant's public boards, or of what is below it; undefined while one is not named. */
    protected publicBoard(query: Record<string, string | null>, below?: string): string | undefined;
}
/** An element with a class and a text; texts are never read as markup. */
export declare const made: <Tag extends keyof HTMLElementTagNameMap>(tag: Tag, name?: string, text?: string) => HTMLElementTagNameMap[Tag];
/** Make a widget known under its name, once, whatever else on the page has brought it along. */
export declare const define: (name: string, widget: CustomElementConstructor) => void;
export {};
