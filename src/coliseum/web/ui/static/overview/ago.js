// "updated 0.4 s ago": the one thing on a page that moves by the clock alone. It looks again when the text would change:
// after tenths, then seconds, then minutes, and not at all while nobody sees the page.

const STEPS = [[1_000, 100, "second", 1], [60_000, 1_000, "second", 0], [3_600_000, 60_000, "minute", 0], [Infinity, 3_600_000, "hour", 0]];

export class Ago {
  #tell;
  #since = performance.now();
  #timer;

  /** `tell(text, ms)`: how long ago, in the page's locale. */
  constructor(tell) {
    this.#tell = tell;
    document.addEventListener("visibilitychange", () => this.#look());
  }

  /** It is now that something was updated. */
  restart() {
    this.#since = performance.now();
    this.#look();
  }

  #look() {
    clearTimeout(this.#timer);
    if (document.hidden) return;
    const age = performance.now() - this.#since;
    const [, step, unit, digits] = STEPS.find(([until]) => age < until);
    const count = Math.floor(age / (digits ? step : { second: 1_000, minute: 60_000, hour: 3_600_000 }[unit])) * (digits ? step / 1_000 : 1);
    this.#tell(told(count, unit, digits), age);
    this.#timer = setTimeout(() => this.#look(), step - (age % step) + 5);
  }
}

function told(count, unit, digits) {
  return new Intl.NumberFormat(document.body.dataset.locale || "en", {
    style: "unit", unit, unitDisplay: unit === "second" ? "narrow" : "short", minimumFractionDigits: digits, maximumFractionDigits: digits,
  }).format(count);
}
