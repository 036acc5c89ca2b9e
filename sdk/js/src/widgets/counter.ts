import { made, Widget } from "./base";

/** What a public board counts in all, as `GET /api/public/{slug}/boards/{name}/total` answers. */
export interface PublicTotal {
  title: string;
  metric: string;
  unit: string;
  currency: string | null;
  window: string;
  windowStart: string | null;
  windowEnd: string | null;
  total: number;
  position: number[];
}

const ROLL_MS = 900;

/**
 * `<coliseum-counter tenant="demo" board="finals">`: how much a public board has counted in all, rolling up as it is
 * counted. More attributes: `heading` (instead of the board's title; empty for none), `compact="yes"` (1.2M).
 */
export class CounterWidget extends Widget<PublicTotal> {
  static override readonly attributes = [...Widget.attributes, "heading", "compact"];
  protected override readonly styles = COUNTER_STYLE;
  #parts: { title: HTMLElement; figure: HTMLElement; moving: HTMLElement; unit: HTMLElement } | undefined;
  #shown: number | undefined;
  #address: string | undefined;
  #frameId = 0;

  protected override address(): string | undefined {
    return this.publicBoard({ window: this.getAttribute("window") }, "/total");
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    cancelAnimationFrame(this.#frameId);
    this.#shown = undefined;
  }

  protected override draw(page: PublicTotal): void {
    const parts = (this.#parts ??= this.#made());
    const heading = this.getAttribute("heading") ?? page.title;
    parts.title.textContent = heading;
    parts.title.hidden = !heading;
    const unit = page.currency === null ? page.unit : "";
    parts.unit.textContent = [unit, this.text(page.window)].filter(Boolean).join(" · ");
    parts.figure.textContent = this.#written(page.total, page);
    const from = this.#address === this.address() ? this.#shown : undefined;
    this.#address = this.address();
    this.#shown = page.total;
    cancelAnimationFrame(this.#frameId);
    if (from === undefined || from === page.total || this.calm) parts.moving.textContent = this.#written(page.total, page);
    else this.#roll(from, page);
  }

  #made() {
    const title = made("span", "title");
    title.dir = "auto";
    const head = made("p", "head");
    head.append(made("span", "dot"), title);
    // Read out is the number as it stands; what rolls is for the eye.
    const figure = made("span", "unseen");
    const moving = made("span", "moving");
    moving.setAttribute("aria-hidden", "true");
    const value = made("p", "value");
    value.part.add("value");
    value.append(figure, moving);
    const unit = made("p", "unit");
    this.body.append(head, value, unit);
    return { title, figure, moving, unit };
  }

  #written(value: number, page: PublicTotal): string {
    return this.number(value, page.currency, this.getAttribute("compact") === "yes");
  }

  #roll(from: number, page: PublicTotal): void {
    const began = performance.now();
    const step = (now: number): void => {
      const part = Math.min(1, (now - began) / ROLL_MS);
      const value = part === 1 ? page.total : Math.round(from + (page.total - from) * (1 - (1 - part) ** 3));
      this.#parts!.moving.textContent = this.#written(value, page);
      if (part < 1) this.#frameId = requestAnimationFrame(step);
    };
    this.#frameId = requestAnimationFrame(step);
  }
}

const COUNTER_STYLE = `
.body { padding: 1rem 1.25rem 1.1rem; }
p { margin: 0; }
.head { display: flex; align-items: center; gap: .6rem; color: var(--_soft); font-size: .875rem; font-weight: 600; }
.title { overflow-wrap: anywhere; }
.value {
  position: relative; margin-block: .15rem; font-size: clamp(2rem, 16cqi, 4.5rem); font-weight: 750; letter-spacing: -.03em;
  line-height: 1.1; white-space: nowrap;
}
.unit { color: var(--_soft); font-size: .8125rem; }
`;
