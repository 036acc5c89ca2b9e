import { made } from "./base";
import { Roller } from "./jumbotron_roll";
import type { Face, Runner, Scene, Speech } from "./jumbotron_scene";

interface Lane {
  element: HTMLElement;
  rank: HTMLElement;
  name: HTMLElement;
  bar: HTMLElement;
  score: HTMLElement;
  spark: HTMLElement;
  id: string | undefined;
  value: number;
  sparkedAt: number;
}

const SPARK_EVERY_MS = 450;
const SPARK = [{ opacity: 0.85 }, { opacity: 0 }];

/** Who is ahead: lanes that change places, bars that grow. As many lanes as there may be are made once, and never more. */
export class Race implements Face {
  readonly element = made("section", "face race");
  #lanes: Lane[];
  #list = made("ol", "lanes");
  #none: HTMLElement;
  #total = made("span", "figure");
  #roller: Roller;

  constructor(
    speech: Speech,
    title: string,
    lanes: number,
    private readonly of: (scene: Scene) => readonly Runner[] | undefined,
    withTotal: boolean,
  ) {
    this.#roller = new Roller((value) => speech.number(value));
    const head = made("header", "head");
    const heading = made("h2", "", title);
    heading.dir = "auto";
    head.append(heading);
    if (withTotal) {
      const total = made("p", "total");
      total.append(this.#total, made("span", "unit", speech.text("votes")));
      head.append(total);
    }
    this.#none = made("p", "none", speech.text("noVotes"));
    this.#lanes = Array.from({ length: lanes }, () => lane());
    this.#list.append(...this.#lanes.map((each) => each.element));
    this.element.append(head, this.#list, this.#none);
  }

  show(scene: Scene, calm: boolean): boolean {
    const rows = this.of(scene);
    if (!rows) return false;
    const shown = rows.slice(0, this.#lanes.length);
    this.#none.hidden = shown.length > 0;
    this.#roller.roll(this.#total, rows.reduce((sum, row) => sum + row.score, 0), calm);
    this.#list.style.setProperty("--lanes", String(Math.max(4, shown.length)));
    const most = Math.max(1, ...shown.map((row) => row.score));
    const free = this.#assigned(shown);
    shown.forEach((row, place) => this.#run(row, place, most, free.get(row.id)!, calm));
    return true;
  }

  /** Whoever has a lane keeps it; newcomers get those of who has left. */
  #assigned(rows: readonly Runner[]): Map<string, Lane> {
    const wanted = new Set(rows.map((row) => row.id));
    const lanes = new Map<string, Lane>();
    const free: Lane[] = [];
    for (const each of this.#lanes) {
      if (each.id !== undefined && wanted.has(each.id) && !lanes.has(each.id)) lanes.set(each.id, each);
      else free.push(each);
    }
    for (const row of rows) if (!lanes.has(row.id)) lanes.set(row.id, free.pop()!);
    for (const each of free) {
      each.id = undefined;
      each.element.hidden = true;
    }
    return lanes;
  }

  #run(row: Runner, place: number, most: number, at: Lane, calm: boolean): void {
    const fresh = at.id !== row.id;
    const before = fresh ? row.score : at.value;
    at.id = row.id;
    at.value = row.score;
    at.element.hidden = false;
    at.element.classList.toggle("first", row.rank === 1 && row.score > 0);
    written(at.rank, String(row.rank));
    written(at.name, row.name);
    at.element.style.setProperty("--place", String(place));
    at.bar.style.setProperty("--part", (Math.max(0, row.score) / most).toFixed(4));
    this.#roller.roll(at.score, row.score, calm || fresh);
    const now = performance.now();
    if (!calm && row.score > before && !document.hidden && now - at.sparkedAt > SPARK_EVERY_MS) {
      at.sparkedAt = now;
      at.spark.animate(SPARK, { duration: 600, easing: "ease-out" });
    }
  }
}

const lane = (): Lane => {
  const element = made("li", "lane");
  const [rank, name, score] = [made("span", "rank"), made("span", "name"), made("span", "figure")];
  const [track, bar, spark] = [made("span", "track"), made("span", "bar"), made("span", "spark")];
  name.dir = "auto";
  track.setAttribute("aria-hidden", "true");
  track.append(bar, spark);
  element.append(rank, name, score, track);
  element.hidden = true;
  return { element, rank, name, bar, score, spark, id: undefined, value: 0, sparkedAt: -SPARK_EVERY_MS };
};

const written = (element: HTMLElement, text: string): void => {
  if (element.textContent !== text) element.textContent = text;
};
