import { BASE_STYLE } from "./style";
import { languageOf, numberOf, type Texts, textOf } from "./text";
import { type Shown, watch } from "./source";

/** What a widget shows: `empty` is a page with nothing in it; `unset`: it has not been said of what. */
export type WidgetState = "unset" | "loading" | "empty" | "live" | "offline" | "error" | "gone";

/** Where the script of the widgets came from is where the numbers come from, unless `server` says otherwise. */
const HOME = ((): string => {
  const script = (globalThis.document?.currentScript as HTMLScriptElement | null)?.src;
  const here = script || (import.meta.url as string | undefined) || "";
  return /^https?:/.test(here) ? new URL(here).origin : "";
})();

// Importing a widget where there is no page, to render one on a server, must not fail.
const Element = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * What all widgets share: a shadow root whose styles are constructed (no inline style, so any Content-Security-Policy
 * will do), public data at a bounded pace and without cookies or storage (so a sandboxed frame will do), language,
 * theme, and the states that a page can be in.
 *
 * Attributes: `server`, `tenant`, `board`, `window`, `limit`, `lang`, `theme` (light, dark; otherwise the viewer's).
 * Events: `coliseum-page` (detail: the page), `coliseum-state` (detail: the state).
 */
export abstract class Widget<Page> extends Element {
  static readonly attributes = ["server", "tenant", "board", "window", "limit", "lang", "theme"];
  static get observedAttributes(): readonly string[] {
    return this.attributes;
  }

  /** A widget's own styles, beside what all have. */
  protected abstract readonly styles: string;

  /** Path and query of what it shows; undefined as long as something is not said. */
  protected abstract address(): string | undefined;

  /** Where Coliseum is: where it says, or where the script came from; empty for the page's own origin. */
  protected get server(): string {
    return (this.getAttribute("server") ?? HOME).replace(/\/+$/, "");
  }

  /** Be kept up with what is at an address: by asking for it, where a widget knows nothing better. */
  protected follow(url: string, told: (shown: Shown) => void): () => void {
    return watch(url, told);
  }

  /** Draw a page into `body`; called again whenever it, or an attribute, has changed. */
  protected abstract draw(page: Page): void;

  protected isEmpty(_page: Page): boolean {
    return false;
  }

  /** The element to draw into. */
  protected body!: HTMLElement;
  #frame!: HTMLElement;
  #note: HTMLElement | undefined;
  #stop: (() => void) | undefined;
  #url: string | undefined;
  #page: Page | undefined;
  #state: WidgetState = "unset";
  #dark: MediaQueryList | undefined;
  #themed = (): void => {
    const wanted = this.getAttribute("theme");
    const dark = wanted === "dark" || (wanted !== "light" && !!this.#dark?.matches);
    this.#frame.dataset.theme = dark ? "dark" : "light";
  };

  get state(): WidgetState {
    return this.#state;
  }

  connectedCallback(): void {
    if (!this.shadowRoot) this.#build();
    this.#dark = matchMedia("(prefers-color-scheme: dark)");
    this.#dark.addEventListener("change", this.#themed);
    this.#changed();
  }

  disconnectedCallback(): void {
    this.#dark?.removeEventListener("change", this.#themed);
    this.#stop?.();
    this.#stop = this.#url = undefined;
  }

  attributeChangedCallback(): void {
    if (this.isConnected && this.shadowRoot) this.#changed();
  }

  /** The language of its texts and numbers: its own, that of the page around it, or the viewer's. */
  protected get language(): string {
    const around = this.closest<HTMLElement>("[lang]")?.lang;
    return languageOf(this.getAttribute("lang"), around, navigator.language);
  }

  protected text(name: string, values?: Texts): string {
    return textOf(this.language, name, values);
  }

  protected number(value: number, currency: string | null = null, compact = false): string {
    return numberOf(this.language, value, currency, compact);
  }

  /** An attribute as a whole number in a range. */
  protected whole(name: string, otherwise: number, least: number, most: number): number {
    const value = Number.parseInt(this.getAttribute(name) ?? "", 10);
    return Number.isNaN(value) ? otherwise : Math.min(most, Math.max(least, value));
  }

  /** Whether the viewer wants nothing to move. */
  protected get calm(): boolean {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  /** The address of one of the tenant's public boards, or of what is below it; undefined while one is not named. */
  protected publicBoard(query: Record<string, string | null>, below = ""): string | undefined {
    const [tenant, board] = [this.getAttribute("tenant"), this.getAttribute("board")];
    if (!tenant || !board) return undefined;
    const given = Object.entries(query).filter((pair): pair is [string, string] => !!pair[1]);
    const path = `/api/public/${encodeURIComponent(tenant)}/boards/${encodeURIComponent(board)}${below}`;
    return given.length ? `${path}?${new URLSearchParams(given).toString()}` : path;
  }

  #build(): void {
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet(BASE_STYLE), sheet(this.styles)];
    const widget = made("div", "widget");
    widget.part.add("widget");
    this.#frame = widget;
    this.body = made("div", "body");
    this.#note = made("p", "note");
    this.#note.setAttribute("role", "status");
    widget.append(this.body, this.#note);
    root.append(widget);
  }

  #changed(): void {
    this.#themed();
    const path = this.address();
    const url = path === undefined ? undefined : this.server + path;
    if (url === this.#url) {
      if (url === undefined) this.#show("unset");
      else if (this.#page !== undefined) this.#drawn(this.#page);
      return;
    }
    this.#stop?.();
    this.#url = url;
    this.#page = undefined;
    this.#show(url === undefined ? "unset" : "loading");
    this.#stop = url === undefined ? undefined : this.follow(url, (shown) => this.#told(shown));
  }

  #told({ page, state }: Shown): void {
    const fresh = page !== this.#page;
    this.#page = page as Page | undefined;
    if (this.#page === undefined) {
      this.#show(state);
      return;
    }
    if (fresh) this.#drawn(this.#page);
    this.#show(state === "live" && this.isEmpty(this.#page) ? "empty" : state);
    if (fresh) this.#dispatch("coliseum-page", this.#page);
  }

  #drawn(page: Page): void {
    this.draw(page);
  }

  #show(state: WidgetState): void {
    const shows = this.#page !== undefined && state !== "empty";
    this.body.hidden = !shows;
    this.#frame.setAttribute("aria-busy", String(state === "loading"));
    this.#note!.textContent = state === "live" ? "" : this.text(state);
    this.#note!.hidden = state === "live";
    for (const dot of this.shadowRoot!.querySelectorAll<HTMLElement>(".dot")) dot.dataset.state = state;
    if (state === this.#state) return;
    this.#state = state;
    this.#frame.dataset.state = state;
    this.#dispatch("coliseum-state", state);
  }

  #dispatch(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

const sheets = new Map<string, CSSStyleSheet>();

const sheet = (text: string): CSSStyleSheet => {
  let made = sheets.get(text);
  if (!made) {
    made = new CSSStyleSheet();
    made.replaceSync(text);
    sheets.set(text, made);
  }
  return made;
};

/** An element with a class and a text; texts are never read as markup. */
export const made = <Tag extends keyof HTMLElementTagNameMap>(tag: Tag, name = "", text = ""): HTMLElementTagNameMap[Tag] => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
};

/** Make a widget known under its name, once, whatever else on the page has brought it along. */
export const define = (name: string, widget: CustomElementConstructor): void => {
  if (globalThis.customElements && !customElements.get(name)) customElements.define(name, widget);
};
