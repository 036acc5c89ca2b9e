import { made } from "./base";
import { Roller } from "./jumbotron_roll";
import type { Counter, Face, Invitation, Scene, Speech } from "./jumbotron_scene";

const SVG = "http://www.w3.org/2000/svg";
/** Seats of a tier from the inside out, and where it begins and ends, in units of the picture. */
const TIERS = [
  [19, 31, 41], [27, 46, 57], [35, 62, 74], [43, 79, 92],
] as const;
const SEATS = TIERS.reduce((sum, [seats]) => sum + seats, 0);
const COUNTERS = 4;

/** How full the house is, as a theatre of four tiers that fills from side to side. */
export class House implements Face {
  readonly element = made("section", "face house");
  #seats: SVGElement[];
  #filled = 0;
  #arrived = made("span", "figure");
  #share = made("p", "share");
  #rate = made("p", "rate");
  #roller: Roller;

  constructor(private readonly speech: Speech) {
    this.#roller = new Roller((value) => speech.number(value));
    const head = made("header", "head");
    head.append(made("h2", "", speech.text("crowd")));
    const picture = document.createElementNS(SVG, "svg");
    picture.setAttribute("viewBox", "0 0 200 104");
    picture.setAttribute("aria-hidden", "true");
    this.#seats = seats();
    picture.append(...this.#seats);
    const told = made("div", "told");
    const big = made("p", "big");
    big.append(this.#arrived);
    told.append(big, this.#share, this.#rate);
    const theatre = made("div", "theatre");
    theatre.append(picture, told);
    this.element.append(head, theatre);
  }

  show(scene: Scene, calm: boolean): boolean {
    const crowd = scene.crowd;
    if (!crowd) return false;
    const { arrived, capacity, perMinute } = crowd;
    const part = capacity ? Math.min(1, Math.max(0, arrived / capacity)) : 0;
    this.#roller.roll(this.#arrived, arrived, calm);
    const share = capacity
      ? this.speech.text("ofCapacity", {
          capacity: this.speech.number(capacity), share: this.speech.percent(arrived / capacity),
        })
      : this.speech.text("inTheHouse");
    if (this.#share.textContent !== share) this.#share.textContent = share;
    this.#rate.hidden = perMinute === null;
    const rate = this.speech.text("perMinute", { n: this.speech.number(perMinute ?? 0) });
    if (this.#rate.textContent !== rate) this.#rate.textContent = rate;
    this.#fill(arrived > 0 && capacity ? Math.max(1, Math.round(part * SEATS)) : 0);
    return true;
  }

  #fill(filled: number): void {
    const [least, most] = [Math.min(filled, this.#filled), Math.max(filled, this.#filled)];
    for (let seat = least; seat < most; seat++) this.#seats[seat]!.classList.toggle("taken", seat < filled);
    this.#filled = filled;
  }
}

/** The seats from one side of the theatre to the other. */
const seats = (): SVGElement[] => {
  const placed: { angle: number; element: SVGElement }[] = [];
  for (const [count, inner, outer] of TIERS) {
    for (let seat = 0; seat < count; seat++) {
      const angle = Math.PI * (1 - (seat + 0.5) / count);
      const [x, y] = [Math.cos(angle), -Math.sin(angle)];
      const element = document.createElementNS(SVG, "path");
      const at = (radius: number): string => `${(100 + x * radius).toFixed(2)} ${(100 + y * radius).toFixed(2)}`;
      element.setAttribute("d", `M${at(inner)}L${at(outer)}`);
      placed.push({ angle, element });
    }
  }
  return placed.sort((one, other) => other.angle - one.angle).map(({ element }) => element);
};

/** A few numbers, as large as they can be. */
export class Counters implements Face {
  readonly element = made("section", "face counters");
  #tiles: { element: HTMLElement; figure: HTMLElement; label: HTMLElement }[];
  #roller: Roller;

  constructor(private readonly speech: Speech) {
    this.#roller = new Roller((value) => speech.number(value));
    const head = made("header", "head");
    head.append(made("h2", "", speech.text("counters")));
    const tiles = made("div", "tiles");
    this.#tiles = Array.from({ length: COUNTERS }, () => {
      const [element, figure, label] = [made("p", "tile"), made("span", "figure"), made("span", "unit")];
      element.append(figure, label);
      return { element, figure, label };
    });
    tiles.append(...this.#tiles.map(({ element }) => element));
    this.element.append(head, tiles);
  }

  show(scene: Scene, calm: boolean): boolean {
    const counters = scene.counters ?? [];
    this.#tiles.forEach(({ element, figure, label }, place) => {
      const counter: Counter | undefined = counters[place];
      element.hidden = !counter;
      if (!counter) return;
      const text = this.speech.text(counter.metric);
      if (label.textContent !== text) label.textContent = text;
      this.#roller.roll(figure, counter.value, calm);
    });
    return counters.length > 0;
  }
}

/** How to vote: the code to scan, and how long there is. */
export class Invite implements Face {
  readonly element = made("section", "face invite");
  #code = made("img", "code");
  #address = made("p", "address");
  #when = made("p", "when");
  #heading: HTMLElement;
  #invitation: Invitation | undefined;

  constructor(private readonly speech: Speech) {
    this.#heading = made("h2", "", speech.text("invite"));
    const frame = made("div", "paper");
    frame.append(this.#code);
    const told = made("div", "how");
    told.append(this.#heading, made("p", "scan", speech.text("scan")), this.#address, this.#when);
    this.element.append(frame, told);
  }

  show(scene: Scene): boolean {
    const invitation = (this.#invitation = scene.invitation);
    if (!invitation) return false;
    if (this.#code.getAttribute("src") !== invitation.code) {
      this.#code.src = invitation.code;
      this.#address.textContent = invitation.page.replace(/^https?:\/\//, "");
      this.#code.alt = invitation.page;
    }
    this.tick(new Date());
    return true;
  }

  tick(now: Date): void {
    if (!this.#invitation) return;
    const { opensAt, closesAt } = this.#invitation;
    const [opens, closes] = [opensAt, closesAt].map((each) => Date.parse(each) - now.getTime()) as [number, number];
    const [name, leftMs] = opens > 0 ? ["opensIn", opens] : closes > 0 ? ["closesIn", closes] : ["closed", 0];
    const text = this.speech.text(name as string, { time: lasting(leftMs as number) });
    if (this.#when.textContent !== text) this.#when.textContent = text;
    this.element.classList.toggle("over", name === "closed");
  }
}

/** As 4:05, or 1:04:05. */
const lasting = (ms: number): string => {
  const seconds = Math.ceil(ms / 1_000);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, place) => (place ? String(part).padStart(2, "0") : String(part))).join(":");
};
