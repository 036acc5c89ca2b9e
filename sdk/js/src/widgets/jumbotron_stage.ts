import { made } from "./base";
import type { Face } from "./jumbotron_scene";

const SIDES = 4;
const QUARTER = 90;
const TURN_MS = 1_700;
/** Halfway through a turn the cube is further away by so much of the screen's width, and leans a little. */
const PULL_BACK = 48;
const LEAN = 4;

export type Mode = "cube" | "flat";

/**
 * The cube that hangs over the stage, and turns from board to board; or one board at a time, where that is wanted.
 *
 * It has four sides, however many boards there are: what comes next is hung on the next side before it turns there. The
 * angle begins anew with each round, so that nothing grows however long it turns.
 */
export class Stage {
  readonly element = made("div", "view");
  #cube = made("div", "cube");
  #sides: HTMLElement[];
  #shades: HTMLElement[];
  #faces: Face[] = [];
  #ready = new Set<Face>();
  #front: Face | undefined;
  #side = 0;
  #turned = false;
  #mode: Mode = "cube";
  #calm = false;
  #turning: Animation[] = [];

  constructor(private readonly turned: (face: Face | undefined) => void) {
    this.#sides = Array.from({ length: SIDES }, (_, side) => made("div", `side side-${side}`));
    this.#shades = this.#sides.map((side) => {
      const shade = made("div", "shade");
      side.append(shade);
      return shade;
    });
    this.#cube.append(made("div", "lid top"), made("div", "lid bottom"), ...this.#sides);
    this.element.append(made("div", "cables"), this.#cube);
  }

  get front(): Face | undefined {
    return this.#front;
  }

  /** The boards that have something to show, in their order. */
  get shown(): Face[] {
    return this.#faces.filter((face) => this.#ready.has(face));
  }

  /** Which boards there are; one of another set is never shown again. */
  hang(faces: readonly Face[]): void {
    this.#settle();
    for (const { element } of this.#faces) element.remove();
    this.#faces = [...faces];
    this.#ready.clear();
    this.#front = undefined;
    this.#turned = false;
  }

  be(mode: Mode, calm: boolean): void {
    if (mode === this.#mode && calm === this.#calm && this.element.dataset.mode) return;
    this.#settle();
    this.#mode = mode;
    this.#calm = calm;
    this.element.dataset.mode = mode;
    this.element.dataset.calm = String(calm);
  }

  /** Say which boards have something to show. */
  ready(faces: ReadonlySet<Face>): void {
    this.#ready = new Set(faces);
    const first = this.shown[0];
    // Boards come to their numbers one by one: until something has turned, the first of them is in front.
    if (!this.#front || !this.#ready.has(this.#front) || (!this.#turned && this.#front !== first)) this.#place(first);
  }

  /** Turn to the next board, or the one before. */
  turn(step: 1 | -1 = 1): void {
    const shown = this.shown;
    if (shown.length < 2 || !this.#front) return;
    this.#settle();
    const next = shown[(shown.indexOf(this.#front) + step + shown.length) % shown.length]!;
    const [from, to] = [this.#side, (this.#side + step + SIDES) % SIDES];
    this.#mount(next, to);
    this.#front = next;
    this.#side = to;
    this.#turned = true;
    this.#mark();
    if (this.#mode === "cube" && !this.#calm && !document.hidden) this.#swing(from, to, step);
    this.turned(next);
  }

  stop(): void {
    this.#settle();
  }

  #place(face: Face | undefined): void {
    this.#settle();
    this.#front = face;
    if (face) this.#mount(face, this.#side);
    this.#mark();
    this.turned(face);
  }

  #mount(face: Face, side: number): void {
    const at = this.#sides[side]!;
    for (const other of this.#faces) if (other !== face && other.element.parentElement === at) other.element.remove();
    if (face.element.parentElement !== at) at.prepend(face.element);
  }

  #mark(): void {
    this.#sides.forEach((side, number) => side.classList.toggle("front", number === this.#side));
    this.#cube.style.setProperty("--angle", `${-QUARTER * this.#side}deg`);
  }

  #swing(from: number, to: number, step: number): void {
    const [begin, middle] = [-QUARTER * from, -QUARTER * (from + step / 2)];
    const end = begin - QUARTER * step;
    const at = (angle: number, back: number, tilt: number): string =>
      `translateZ(calc(var(--wide) / -2 - ${back}cqw)) rotateX(${tilt}deg) rotateY(${angle}deg)`;
    const timing = { duration: TURN_MS, easing: "linear" };
    this.#turning = [
      this.#cube.animate([
        { transform: at(begin, 0, 0), easing: "cubic-bezier(.5, 0, .6, .6)" },
        { transform: at(middle, PULL_BACK, LEAN), easing: "cubic-bezier(.4, .4, .3, 1)" },
        { transform: at(end, 0, 0) },
      ], timing),
      this.#shades[from]!.animate([{ opacity: 0 }, { opacity: 0.8 }], timing),
      this.#shades[to]!.animate([{ opacity: 0.8 }, { opacity: 0 }], timing),
    ];
    this.element.dataset.turning = "true";
    const mine = this.#turning[0]!;
    mine.onfinish = () => mine === this.#turning[0] && this.#settle();
  }

  #settle(): void {
    for (const each of this.#turning) {
      each.onfinish = null;
      each.cancel();
    }
    this.#turning = [];
    delete this.element.dataset.turning;
  }
}
