import type { BoardPage, BoardRow, PublicRow } from "../pages";
import { made, Widget } from "./base";
import { LEADERBOARD_STYLE } from "./leaderboard_style";
import { pictureOf } from "./picture";
import { type Shown, watch } from "./source";

/** A public board as `GET /api/public/{slug}/boards/{name}` answers. */
export type PublicBoard = Omit<BoardPage, "rows"> & { title?: string; rows: PublicRow[] };

interface Row {
  element: HTMLTableRowElement;
  picture: string | null;
  name: string;
}

const MOVE = { duration: 600, easing: "cubic-bezier(.2, .8, .2, 1)" };
const SIGNS = { new: "●", up: "▲", down: "▼", same: "" };
const SPOKEN_EVERY_MS = 30_000;

/**
 * `<coliseum-leaderboard tenant="demo" board="finals" limit="10">`: a public board that moves as it is counted.
 * More attributes: `heading` (instead of the board's title; empty for none), `pictures="no"`.
 */
export class LeaderboardWidget extends Widget<PublicBoard> {
  static override readonly attributes = [...Widget.attributes, "heading", "pictures"];
  protected override readonly styles = LEADERBOARD_STYLE;
  #rows = new Map<string, Row>();
  #table: { title: HTMLElement; when: HTMLElement; unit: HTMLElement; body: HTMLTableSectionElement } | undefined;
  #spoken: HTMLElement | undefined;
  #spokenAt = 0;
  #address: string | undefined;
  /** Ranks as they stood when the widget began to show them: what has moved since, where no window was before. */
  #begun = new Map<string, number>();

  protected override address(): string | undefined {
    return this.publicBoard({
      window: this.getAttribute("window"), limit: String(this.whole("limit", 10, 1, 100)), movement: "true",
    });
  }

  protected override follow(url: string, told: (shown: Shown) => void): () => void {
    return watch(url, told, undefined, url.replace("?", "/events?"));
  }

  protected override isEmpty(page: PublicBoard): boolean {
    return !page.rows.length;
  }

  protected override draw(page: PublicBoard): void {
    const { title, when, unit, body } = (this.#table ??= this.#frame());
    if (this.#address !== this.address()) this.#forget();
    const heading = this.getAttribute("heading") ?? page.title ?? "";
    title.textContent = heading;
    title.hidden = !heading;
    when.textContent = this.text(page.window);
    unit.textContent = page.currency?.toUpperCase() ?? page.unit;
    const before = this.#places();
    if (!this.#begun.size) for (const row of page.rows) this.#begun.set(row.id, row.rank);
    const leader = Math.max(1, page.rows[0]?.score ?? 1);
    body.replaceChildren(...page.rows.map((row) => this.#row(row, page, leader)));
    const shown = new Set(page.rows.map((row) => row.id));
    for (const id of this.#rows.keys()) if (!shown.has(id)) this.#rows.delete(id);
    if (!this.calm) this.#move(before);
    this.#speak(page);
  }

  /** What does not change while rows do. */
  #frame() {
    const title = made("span", "title");
    title.dir = "auto";
    const when = made("span", "when");
    const head = made("div", "head");
    head.append(made("span", "dot"), title, when);
    const table = made("table");
    const caption = made("caption");
    caption.append(head);
    const columns = made("tr");
    const unit = made("th", "score");
    const moved = made("th", "moved");
    moved.append(made("span", "unseen", this.text("movement")));
    for (const each of [made("th", "rank", this.text("rank")), moved, made("th", "", this.text("name")), unit]) {
      each.scope = "col";
      columns.append(each);
    }
    const thead = made("thead");
    thead.append(columns);
    const body = made("tbody");
    table.append(caption, thead, body);
    this.#spoken = made("p", "unseen");
    this.#spoken.setAttribute("aria-live", "polite");
    this.body.append(table, this.#spoken);
    return { title, when, unit, body };
  }

  #forget(): void {
    this.#rows.clear();
    this.#begun.clear();
    this.#address = this.address();
    this.#spokenAt = Date.now();
  }

  #row(row: PublicRow, page: PublicBoard, leader: number): HTMLTableRowElement {
    const known = this.#rows.get(row.id);
    const element = known?.element ?? this.#made();
    const [rank, movement, who, score] = element.children as unknown as HTMLElement[];
    rank!.textContent = this.number(row.rank);
    this.#arrow(movement!, row);
    if (!known || known.picture !== row.picture || known.name !== row.name) this.#who(who!, row);
    const bar = who!.querySelector("meter") ?? made("meter");
    bar.max = leader;
    bar.value = Math.max(0, row.score);
    score!.textContent = this.number(row.score, page.currency);
    this.#rows.set(row.id, { element, picture: row.picture, name: row.name });
    return element;
  }

  #made(): HTMLTableRowElement {
    const element = made("tr");
    element.part.add("row");
    const who = made("th", "who");
    who.scope = "row";
    element.append(made("td", "rank"), made("td", "moved"), who, made("td", "score"));
    return element;
  }

  #who(cell: HTMLElement, row: PublicRow): void {
    const name = made("span", "name");
    name.append(made("bdi", "", row.name)); // its own direction, at the row's own side
    const bar = made("meter");
    bar.setAttribute("aria-hidden", "true");
    const text = made("span", "text");
    text.append(name, bar);
    const line = made("span", "line");
    if (this.getAttribute("pictures") !== "no") line.append(pictureOf(row.name, row.picture));
    line.append(text);
    cell.replaceChildren(line);
  }

  #arrow(cell: HTMLElement, row: BoardRow): void {
    const [kind, by] = this.#moved(row);
    const amount = by ? this.number(Math.abs(by)) : "";
    cell.className = `moved ${kind}`;
    const shown = made("span", "", SIGNS[kind] + amount);
    shown.setAttribute("aria-hidden", "true");
    cell.replaceChildren(shown, made("span", "unseen", this.text(kind, { n: amount })));
  }

  #moved(row: BoardRow): [keyof typeof SIGNS, number] {
    if (row.status === "NEW" || row.status === "RE-ENTRY") return ["new", 0];
    const by = row.status ? (row.movement ?? 0) : (this.#begun.get(row.id) ?? row.rank) - row.rank;
    return [by > 0 ? "up" : by < 0 ? "down" : "same", by];
  }

  #places(): Map<string, number> {
    return new Map([...this.#rows].map(([id, { element }]) => [id, element.getBoundingClientRect().top]));
  }

  /** Rows glide from where they were; who is new fades in. */
  #move(before: Map<string, number>): void {
    if (!before.size) return;
    for (const [id, { element }] of this.#rows) {
      const was = before.get(id);
      const by = was === undefined ? 0 : was - element.getBoundingClientRect().top;
      if (was === undefined) element.animate({ opacity: [0, 1] }, MOVE);
      else if (by) element.animate({ transform: [`translateY(${by}px)`, "none"] }, MOVE);
    }
  }

  /** For screen readers now and then one sentence, not every change. */
  #speak(page: PublicBoard): void {
    const first = page.rows[0];
    if (!first || Date.now() - this.#spokenAt < SPOKEN_EVERY_MS) return;
    this.#spokenAt = Date.now();
    this.#spoken!.textContent = this.text("leads", { name: first.name, score: this.number(first.score, page.currency) });
  }
}
