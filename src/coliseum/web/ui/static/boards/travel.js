// The way through time: a slider over the board's life, and a play button that goes along it.

import { api } from "../shell/api.js";
import { calm } from "../motion/flip.js";

const REST_MS = 120;
const FRAME_MS = 350;
const FRAME_CALM_MS = 1_000;
const FRAMES_MAX = 48;

export class Travel {
  /** `shown(page, moment)` draws a page as of a moment; `arrived(moment)`: there it stays (null: now). */
  constructor(settings, shown, arrived) {
    const box = document.getElementById("travel");
    this.settings = settings;
    this.shown = shown;
    this.arrived = arrived;
    this.slider = document.getElementById("moment");
    this.button = document.getElementById("play");
    this.now = document.getElementById("to-now");
    this.line = JSON.parse(box.dataset.timeline);
    this.since = Date.parse(this.line.since);
    this.turn = 0;
    const locale = document.body.dataset.locale || "en-US";
    this.words = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone: settings.zone });
    this.slider.hidden = this.button.hidden = false;
    this.slider.addEventListener("input", () => this.moved());
    this.slider.addEventListener("change", () => this.stay());
    this.button.addEventListener("click", () => (this.playing ? this.stop() : this.play()));
  }

  /** The moment of the slider's step; null at its end, which is now. */
  moment() {
    const step = Number(this.slider.value);
    return step >= this.line.steps ? null : new Date(this.since + step * this.line.step * 1_000);
  }

  say() {
    const moment = this.moment();
    this.slider.setAttribute("aria-valuetext", moment ? this.words.format(moment) : this.now.textContent.trim());
    this.now.hidden = moment === null;
  }

  moved() {
    this.say();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(), REST_MS);
  }

  async stay() {
    clearTimeout(this.timer);
    await this.show();
    this.arrived(this.moment());
  }

  async show() {
    const turn = ++this.turn;
    const moment = this.moment();
    if (moment === null) {
      this.shown(null, null);
      return;
    }
    const asked = new URLSearchParams({ ...(this.settings.moves ? { movement: "true" } : {}), ...this.settings.again, as_of: moment.toISOString() });
    try {
      const page = await api("GET", `/api/leaderboards?${asked}`);
      if (turn === this.turn) this.shown(page, moment); // nobody has gone on meanwhile
    } catch (problem) {
      if (turn === this.turn) this.wrong(problem.message);
    }
  }

  wrong(message) {
    const said = document.getElementById("live-wrong");
    said.textContent = message;
    said.lang = "en";
    said.hidden = !message;
  }

  async play() {
    this.playing = true;
    this.button.textContent = this.button.dataset.stop;
    this.button.setAttribute("aria-pressed", "true");
    const last = this.line.steps;
    if (Number(this.slider.value) >= last) this.slider.value = 0;
    const stride = Math.max(1, Math.ceil((last - Number(this.slider.value)) / FRAMES_MAX));
    while (this.playing && this.slider.isConnected) {
      const until = performance.now() + (calm() ? FRAME_CALM_MS : FRAME_MS);
      this.say();
      await this.show();
      if (Number(this.slider.value) >= last) break;
      await new Promise((done) => setTimeout(done, Math.max(0, until - performance.now())));
      if (this.playing) this.slider.value = Math.min(last, Number(this.slider.value) + stride);
    }
    this.stop();
  }

  stop() {
    if (!this.playing) return;
    this.playing = false;
    this.button.textContent = this.button.dataset.play;
    this.button.setAttribute("aria-pressed", "false");
    if (this.slider.isConnected) this.arrived(this.moment());
  }

  end() {
    clearTimeout(this.timer);
    this.playing = false;
    this.turn += 1;
  }
}
