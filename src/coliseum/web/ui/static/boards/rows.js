// The rows of a board's table, drawn of what the API answers, as the server has rendered them.

import { flip } from "../motion/flip.js";
import { tick } from "../motion/ticking.js";

const PICTURE = /^(https:\/\/|data:image\/)/i;
const MOVES = { UP: ["up", "▲"], DOWN: ["down", "▼"], SAME: ["same", "="], NEW: ["new", "NEW"], "RE-ENTRY": ["re-entry", "RE"] };
const HOUR_MS = 3_600_000;
const ROLLING = ["24h", "7d", "28d", "90d"];

export class Rows {
  constructor(settings, words) {
    this.words = words;
    const locale = document.body.dataset.locale || "en-US";
    this.settings = settings;
    this.body = document.getElementById("rows");
    this.template = document.getElementById("row");
    this.plain = new Intl.NumberFormat(locale);
    const digits = { minimumFractionDigits: settings.decimals, maximumFractionDigits: settings.decimals };
    const money = settings.money ? { style: "currency", currency: settings.money.toUpperCase(), ...digits } : {};
    this.format = new Intl.NumberFormat(locale, money);
    this.share = new Intl.NumberFormat(locale, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
    this.write = (value) => this.format.format(value / 10 ** settings.decimals);
  }

  draw(page) {
    const known = new Map([...this.body.children].map((row) => [row.dataset.id, row]));
    const rows = page.rows.map((row) => known.get(row.id) ?? this.made(row));
    const leader = this.best(page);
    const why = this.why(page);
    flip(this.body, rows, () => page.rows.forEach((row, place) => this.fill(rows[place], row, leader, why)));
    const empty = rows.length === 0;
    document.getElementById("none").hidden = !empty || this.settings.around !== null;
    this.body.closest(".scroll").hidden = empty;
    document.getElementById("members").textContent = this.plain.format(page.members);
    document.getElementById("position").textContent = page.position.join(".");
  }

  /** The best score of the whole board, which the bars are parts of. */
  best(page) {
    const first = page.rows[0];
    return first?.rank === 1 ? first.score : Math.max(this.settings.leader, first?.score ?? 0);
  }

  made(row) {
    const element = this.template.content.querySelector("tr").cloneNode(true);
    element.dataset.id = row.id;
    if (row.id === this.settings.around) {
      element.className = "mine";
      element.setAttribute("aria-current", "true");
    }
    return element;
  }

  fill(element, row, leader, why) {
    const link = element.querySelector("a.name");
    const score = element.querySelector(".figures");
    // Nothing can be asked about somebody who was forgotten.
    if (row.forgotten) {
      for (const each of [link, score]) each?.removeAttribute("href");
    } else {
      if (link) link.href = `${this.settings.entities}/${encodeURIComponent(row.id)}`;
      if (score.href !== undefined) score.href = `${why}&${new URLSearchParams({ id: row.id })}`;
    }
    element.dataset.rank = row.rank;
    this.put(element, "rank", this.plain.format(row.rank));
    this.put(element, "name", row.name || this.words.forgotten);
    this.numbers(element, row, score);
    const value = this.value(row);
    const share = leader > 0 ? Math.min(100, Math.max(0, Math.floor((value * 100) / leader))) : 0;
    element.querySelector("rect").setAttribute("width", share);
    this.picture(element.querySelector(".picture"), row);
  }

  put(element, name, text) {
    const cell = element.querySelector(`.${name}`);
    if (cell && cell.textContent !== text) cell.textContent = text;
  }

  /** What members are compared by. */
  value(row) {
    return row.score;
  }

  /** The same in figures. */
  told(row) {
    return this.write(row.score);
  }

  /** All that is a number of this kind of board; `score`: the element of the number that decides. */
  numbers(element, row, score) {
    const count = (value) => (value === null || value === undefined ? "–" : this.plain.format(value));
    const put = (name, text) => this.put(element, name, text);
    put("overall", count(row.overallRank));
    put("previous", count(row.previousRank));
    put("peak", count(row.peak));
    put("periods", count(row.periods));
    put("next", row.toNext === null ? "–" : this.write(row.toNext));
    put("percentile", row.percentile >= 100 || row.percentile === 0
      ? `${this.plain.format(row.percentile)}%` : this.share.format(row.percentile / 100));
    if (element.isConnected) tick(score, row.score, this.write);
    else {
      score.dataset.value = row.score;
      score.textContent = this.write(row.score);
    }
    this.moved(element.querySelector(".moved"), row);
  }

  moved(cell, row) {
    if (!cell) return;
    const [kind, sign] = MOVES[row.status] ?? [];
    const by = row.movement ? this.plain.format(Math.abs(row.movement)) : "";
    const said = kind ? `${kind}${by}` : "";
    if (cell.dataset.said === said) return;
    cell.dataset.said = said;
    cell.replaceChildren();
    if (!kind) return;
    const move = document.createElement("span");
    const shown = document.createElement("span");
    const spoken = document.createElement("span");
    move.className = `move ${kind}`;
    shown.setAttribute("aria-hidden", "true");
    shown.textContent = by ? `${sign} ${by}` : (this.words[sign] ?? sign);
    spoken.className = "unseen";
    spoken.textContent = this.words[kind].replace("#", by);
    move.append(shown, spoken);
    cell.append(move);
  }

  picture(frame, row) {
    frame.dataset.letter = ([...(row.name ?? "")][0] ?? "?").toUpperCase();
    const address = row.picture && PICTURE.test(row.picture) ? row.picture : null;
    const shown = frame.querySelector("img");
    if (shown?.getAttribute("src") === address || (!shown && !address)) return;
    frame.replaceChildren();
    if (!address) return;
    const image = new Image(44, 44);
    image.alt = "";
    image.referrerPolicy = "no-referrer";
    image.src = address;
    frame.append(image);
  }

  /** The address of explanations of this page's rows, at the page's own place in the log; without whose. */
  why(page) {
    const asked = new URLSearchParams(this.settings.about);
    if (page.window === "custom") {
      asked.set("from", page.windowStart);
      asked.set("to", page.windowEnd);
    } else {
      asked.set("window", page.window);
      if (ROLLING.includes(page.window)) asked.set("at", new Date(Date.parse(page.windowEnd) - HOUR_MS).toISOString());
      else if (page.windowStart) asked.set("at", page.windowStart);
    }
    asked.set("as_of", page.position.join("."));
    return `${this.settings.explain}?${asked}`;
  }
}
