import { made, Widget } from "./base";
import { Counters, House, Invite } from "./jumbotron_faces";
import { Race } from "./jumbotron_race";
import type { Face, Scene, Speech } from "./jumbotron_scene";
import { publicScene, type PublicVoting, StandSource } from "./jumbotron_source";
import { type Mode, Stage } from "./jumbotron_stage";
import { JUMBOTRON_STYLE } from "./jumbotron_style";
import { JUMBOTRON_TEXTS } from "./jumbotron_text";
import { type Shown, watch } from "./source";
import { addTexts } from "./text";

addTexts("en", JUMBOTRON_TEXTS);

const ALL = ["votes", "crowd", "counters", "code"];
const LANES = 8;
const SECONDS = 12;
const PUBLIC_PACE_MS = 1_000;

/**
 * `<coliseum-jumbotron tenant="demo" voting="final">`: the cube over the stage, for anybody, of a voting with public
 * results. With `event`, on a page of Coliseum itself and for a member who has logged in: everything of that event, pushed.
 *
 * More attributes: `boards` (votes, crowd, counters, code, or names of declared boards, in this order), `mode` (cube or
 * flat; always flat where the viewer wants nothing to move), `seconds` (between two boards, 4 to 600; 0: it stands still),
 * `lanes` (3 to 12), `time-zone`. `turn()`, `pause()` and `play()` do what they say.
 */
export class JumbotronWidget extends Widget<unknown> {
  static override readonly attributes = [
    ...Widget.attributes, "voting", "event", "boards", "mode", "seconds", "lanes", "time-zone",
  ];
  protected override readonly styles = JUMBOTRON_STYLE;
  #parts: Parts | undefined;
  #stage = new Stage((face) => this.#turned(face));
  #faces = new Map<Face, string>();
  #hung = "";
  #clock: ReturnType<typeof setInterval> | undefined;
  #dueAt = 0;
  #paused = false;
  #seenAt: Date | undefined;
  #still: MediaQueryList | undefined;
  #stilled = (): void => this.#moded();

  protected override address(): string | undefined {
    const [tenant, voting, event] = ["tenant", "voting", "event"].map((name) => this.getAttribute(name));
    if (!tenant || !(voting || event)) return undefined;
    // What a member sees has no address of its own: this tells one from another.
    if (event) return `/?${new URLSearchParams({ tenant, event, voting: voting ?? "", boards: this.#others().join() }).toString()}`;
    return `/api/public/${encodeURIComponent(tenant)}/votings/${encodeURIComponent(voting!)}`;
  }

  protected override follow(url: string, told: (shown: Shown) => void): () => void {
    const event = this.getAttribute("event");
    if (!event) return watch(url, told, PUBLIC_PACE_MS);
    const tenant = this.getAttribute("tenant")!;
    const [server, voting] = [this.server, this.getAttribute("voting")];
    const source = new StandSource({ server, tenant, event, voting: voting || null, boards: this.#others() });
    source.start(told);
    return () => source.stop();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#still = matchMedia("(prefers-reduced-motion: reduce)");
    this.#still.addEventListener("change", this.#stilled);
    this.#moded();
    this.#clock = setInterval(() => this.#tick(), 1_000);
    this.addEventListener("coliseum-state", this.#stated);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
    this.#still?.removeEventListener("change", this.#stilled);
    this.removeEventListener("coliseum-state", this.#stated);
    this.#stage.stop();
  }

  /** Show the next board, or the one before. */
  turn(step: 1 | -1 = 1): void {
    this.#stage.turn(step);
  }

  /** Turn no more by itself. */
  pause(): void {
    this.#paused = true;
    this.#buttons();
  }

  /** Turn on. */
  play(): void {
    this.#paused = false;
    this.#due();
    this.#buttons();
  }

  protected override draw(page: unknown): void {
    const parts = (this.#parts ??= this.#made());
    this.#hang();
    const voting = page as PublicVoting;
    const scene: Scene = "standing" in voting ? publicScene(voting, this.server, this.getAttribute("tenant") ?? "") : (page as Scene);
    this.#seenAt = new Date();
    written(parts.title, scene.title);
    written(parts.place, scene.place);
    const ready = new Set<Face>();
    for (const face of this.#faces.keys()) if (face.show(scene, this.#isCalm)) ready.add(face);
    this.#stage.ready(ready);
    this.#dots();
    this.#tick();
  }

  get #isCalm(): boolean {
    return this.#still?.matches ?? false;
  }

  /** Declared boards that are asked for by name. */
  #others(): string[] {
    return this.#wanted().filter((name) => !ALL.includes(name));
  }

  #wanted(): string[] {
    const names = (this.getAttribute("boards") ?? "").split(",").map((name) => name.trim()).filter(Boolean);
    return [...new Set(names.length ? names : ALL)].slice(0, 12);
  }

  #made(): Parts {
    const parts = new Parts(this.#speech, {
      next: () => this.#stage.turn(1),
      pause: () => (this.#paused ? this.play() : this.pause()),
    });
    parts.stage.append(this.#stage.element);
    this.body.append(parts.element);
    this.#due();
    return parts;
  }

  #speech: Speech = {
    number: (value) => this.number(value),
    percent: (part) => new Intl.NumberFormat(this.language, { style: "percent" }).format(part),
    text: (name, values) => this.text(name, values),
    clock: (at) => this.#written.format(at),
  };

  /** One that is made anew each second would be garbage each second. */
  get #written(): Intl.DateTimeFormat {
    const zone = this.getAttribute("time-zone");
    const key = `${this.language} ${zone ?? ""}`;
    if (this.#clockKey !== key || !this.#clockFormat) {
      this.#clockKey = key;
      const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
      try {
        this.#clockFormat = new Intl.DateTimeFormat(this.language, { ...options, ...(zone && { timeZone: zone }) });
      } catch {
        this.#clockFormat = new Intl.DateTimeFormat(this.language, options);
      }
    }
    return this.#clockFormat;
  }
  #clockFormat: Intl.DateTimeFormat | undefined;
  #clockKey = "";

  #hang(): void {
    const key = [this.language, this.getAttribute("lanes"), ...this.#wanted()].join();
    if (key === this.#hung) return;
    this.#hung = key;
    const lanes = this.whole("lanes", LANES, 3, 12);
    this.#faces = new Map(this.#wanted().map((name) => [this.#face(name, lanes), name]));
    this.#stage.hang([...this.#faces.keys()]);
  }

  #face(name: string, lanes: number): Face {
    if (name === "votes") return new Race(this.#speech, this.text("race"), lanes, (scene) => scene.race, true);
    if (name === "crowd") return new House(this.#speech);
    if (name === "counters") return new Counters(this.#speech);
    if (name === "code") return new Invite(this.#speech);
    const title = name.replaceAll("-", " ");
    return new Race(this.#speech, title.charAt(0).toUpperCase() + title.slice(1), lanes, (scene) => scene.boards?.[name], false);
  }

  #moded(): void {
    const mode: Mode = this.#isCalm || this.getAttribute("mode") === "flat" ? "flat" : "cube";
    this.#stage.be(mode, this.#isCalm);
  }

  override attributeChangedCallback(): void {
    super.attributeChangedCallback();
    if (this.isConnected) this.#moded();
  }

  #tick(): void {
    const [now, parts] = [new Date(), this.#parts];
    if (!parts) return;
    written(parts.clock, this.#speech.clock(now));
    for (const face of this.#faces.keys()) face.tick?.(now);
    if (this.#paused || !this.whole("seconds", SECONDS, 0, 600) || now.getTime() < this.#dueAt) return;
    this.#stage.turn(1);
    this.#due();
  }

  #due(): void {
    this.#dueAt = Date.now() + Math.max(4, this.whole("seconds", SECONDS, 0, 600)) * 1_000;
  }

  #turned(_face: Face | undefined): void {
    this.#due();
    this.#dots();
  }

  #dots(): void {
    this.#parts?.dots(this.#stage.shown.length, this.#stage.front ? this.#stage.shown.indexOf(this.#stage.front) : -1);
  }

  #buttons(): void {
    this.#parts?.paused(this.#paused);
  }

  /** The lamp: what is shown is true now, or was at a time that is said. */
  #stated = (): void => {
    const parts = this.#parts;
    if (!parts) return;
    const live = this.state === "live" || this.state === "empty";
    // What is asked for each second was true until now; what is pushed, when something was heard last.
    if (!live && !this.getAttribute("event")) this.#seenAt = new Date();
    parts.lamp.dataset.state = this.state;
    const at = this.#seenAt ? this.text("asOf", { time: this.#speech.clock(this.#seenAt) }) : "";
    written(parts.said, live ? this.text("live") : at);
  };
}

/** What hangs around the cube and does not turn. */
class Parts {
  readonly element = made("div", "arena");
  readonly title = made("span", "title");
  readonly place = made("span", "place");
  readonly clock = made("time", "clock");
  readonly lamp = made("span", "lamp");
  readonly said = made("span", "said");
  readonly stage = made("div", "stage");
  #dots = made("span", "dots");
  #pause: HTMLButtonElement;

  constructor(private readonly speech: Speech, does: { next: () => void; pause: () => void }) {
    this.title.dir = this.place.dir = "auto";
    const rig = made("header", "rig");
    const what = made("p", "what");
    what.append(this.title, this.place);
    const status = made("p", "status");
    this.lamp.setAttribute("aria-hidden", "true");
    status.append(this.lamp, this.said, this.clock);
    rig.append(what, status);
    const ribbon = made("footer", "ribbon");
    this.#dots.setAttribute("aria-hidden", "true");
    this.#pause = button(speech.text("pause"), "pause", does.pause);
    ribbon.append(this.#pause, this.#dots, button(speech.text("next"), "next", does.next));
    this.element.append(rig, this.stage, ribbon);
  }

  /** A dot for each board that is shown. */
  dots(boards: number, front: number): void {
    while (this.#dots.childElementCount < boards) this.#dots.append(made("i"));
    while (this.#dots.childElementCount > boards) this.#dots.lastElementChild!.remove();
    [...this.#dots.children].forEach((dot, place) => dot.classList.toggle("on", place === front));
  }

  paused(paused: boolean): void {
    this.#pause.setAttribute("aria-label", this.speech.text(paused ? "play" : "pause"));
    this.#pause.className = paused ? "play" : "pause";
  }
}

const button = (label: string, name: string, does: () => void): HTMLButtonElement => {
  const element = made("button", name);
  element.type = "button";
  element.setAttribute("aria-label", label);
  element.addEventListener("click", does);
  return element;
};

const written = (element: HTMLElement, text: string): void => {
  if (element.textContent !== text) element.textContent = text;
};
