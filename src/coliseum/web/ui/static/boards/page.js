// A board's page: kept at the present, moved through time, and set up anew after a part of it was swapped.

import { Live } from "../vendor/live.js";
import { Rows } from "./rows.js";
import { Breaking, Trending } from "./trends.js";
import { Travel } from "./travel.js";
import { showCopying } from "./share.js";
import "./drawer.js";

const KINDS = { trending: Trending, breaking: Breaking };
const SPOKEN_EVERY_MS = 20_000;
const locale = document.body.dataset.locale || "en-US";
const live = new Live();
let present = null;

class Page {
  constructor(board) {
    this.settings = JSON.parse(board.dataset.settings);
    this.time = document.getElementById("time");
    this.said = document.getElementById("state-said");
    this.pause = document.getElementById("pause");
    this.words = JSON.parse(board.dataset.words);
    this.rows = new (KINDS[this.settings.mode] ?? Rows)(this.settings, this.words);
    this.spokenAt = performance.now();
    this.clock = new Intl.DateTimeFormat(locale, { timeStyle: "medium", timeZone: this.settings.zone });
    this.moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone: this.settings.zone });
    this.day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: this.settings.zone });
    if (document.getElementById("travel")) {
      this.travel = new Travel(this.settings, (page, moment) => this.asOf(page, moment), (moment) => this.stays(moment));
    }
    this.pause.addEventListener("click", () => this.paused(this.pause.getAttribute("aria-pressed") !== "true"));
    if (!this.settings.asof) this.watch();
  }

  /** Keep the rows at the present, where they are of the present. */
  watch() {
    if (!this.settings.watch || this.stopWatching) return;
    this.pause.hidden = false;
    this.stopState = live.onState((state) => this.state(state));
    const { mode, watch } = this.settings;
    const kind = mode in KINDS ? mode : "board";
    this.stopWatching = live[kind](watch, (page) => this.draw(page), (why) => this.refused(why));
  }

  unwatch() {
    this.stopWatching?.();
    this.stopState?.();
    this.stopWatching = this.stopState = null;
    this.pause.hidden = true;
  }

  draw(page) {
    this.rows.draw(page);
    this.window(page);
    this.seen = this.clock.format(new Date());
    if (live.state === "live") this.state("live");
    this.speak(page);
  }

  state(state) {
    this.time.dataset.state = state;
    if (state === "live") this.said.textContent = this.seen ? `${this.words.live} · ${this.seen}` : this.words.live;
    else if (state === "stale") this.said.textContent = `${this.words.stale} ${this.seen ?? ""}`;
    else if (state === "refused") this.said.textContent = this.words.refused;
  }

  refused(why) {
    const wrong = document.getElementById("live-wrong");
    wrong.textContent = why.message;
    wrong.hidden = false;
    this.unwatch();
  }

  paused(paused) {
    this.pause.setAttribute("aria-pressed", String(paused));
    if (!paused) {
      live.resume();
      return;
    }
    live.pause();
    this.time.dataset.state = "paused";
    this.said.textContent = `${this.words.paused} · ${this.seen ?? ""}`;
  }

  window(page) {
    const ends = { "window-start": page.windowStart, "window-end": page.windowEnd };
    const before = { "baseline-start": page.baselineStart, "baseline-end": page.windowStart };
    for (const [id, moment] of Object.entries({ ...ends, ...before })) {
      const shown = document.getElementById(id);
      if (!shown || !moment || Date.parse(shown.dateTime) === Date.parse(moment)) continue;
      shown.dateTime = moment;
      const said = shown.dataset.days === undefined ? this.moment : this.day; // of whole days, the last one is said
      shown.textContent = said.format(new Date(Date.parse(moment) - (id === "window-end" && said === this.day ? 1 : 0)));
    }
  }

  /** The board as of a moment; null: as it is now. */
  asOf(page, moment) {
    this.travel.wrong("");
    if (!moment) {
      if (this.settings.watch) this.watch();
      else this.travel.playing || location.assign(this.travel.now.href);
      return;
    }
    this.unwatch();
    this.time.dataset.state = "asof";
    this.said.textContent = `${this.words.asof} ${this.moment.format(moment)}`;
    this.rows.draw(page);
    this.window(page);
    this.speak(page);
  }

  /** The address says the moment at which the slider rests. */
  stays(moment) {
    const address = new URL(location.href);
    for (const name of ["as_of", "cursor", "place", "was"]) address.searchParams.delete(name);
    if (moment) address.searchParams.set("as_of", moment.toISOString());
    else if (!this.settings.watch) return;
    if (address.href === location.href) return;
    history.replaceState({ htmx: true }, "", location.href);
    history.pushState({ htmx: true }, "", address);
    document.getElementById("address").value = address.href;
    const field = document.getElementById("f-asof");
    if (field) field.value = moment ? local(moment, this.settings.zone) : "";
  }

  // For screen readers: now and then one sentence, not every change.
  speak(page) {
    const first = page.rows[0];
    if (!first || performance.now() - this.spokenAt < SPOKEN_EVERY_MS) return;
    this.spokenAt = performance.now();
    document.getElementById("spoken").textContent =
      this.words.leads.replace("#name", () => first.name ?? this.words.forgotten).replace("#score", () => this.rows.told(first));
  }

  end() {
    this.unwatch();
    this.travel?.end();
  }
}

function local(moment, zone) {
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  });
  return parts.format(moment).replace(" ", "T");
}

function start() {
  const board = document.getElementById("board");
  if (board === present?.board) return;
  present?.page.end();
  present = board ? { board, page: new Page(board) } : null;
  showCopying();
}

start();
for (const name of ["htmx:afterSwap", "htmx:historyRestore"]) document.addEventListener(name, start);
// A page that nobody sees needs no connection.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) live.pause();
  else if (present?.page.pause.getAttribute("aria-pressed") !== "true") live.resume();
});
