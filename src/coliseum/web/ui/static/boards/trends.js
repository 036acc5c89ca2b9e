// The rows of trending and breaking boards: as those of other boards, with the numbers that compare hours.

import { Rows } from "./rows.js";

/** Parts of units, as the server writes them: of money whole minor units, of everything else three decimals. */
class Trends extends Rows {
  draw(page) {
    this.page = page;
    super.draw(page);
  }

  best(page) {
    return Math.max(0, ...page.rows.map((row) => this.value(row)));
  }

  average(value) {
    return this.settings.money ? this.write(Math.round(value)) : this.plain.format(value);
  }

  /** The address of the entries of these hours; without whose. */
  between(from, to) {
    const asked = new URLSearchParams({ ...this.settings.about, from, to, as_of: this.page.position.join(".") });
    return `${this.settings.explain}?${asked}`;
  }

  why(page) {
    return this.between(page.windowStart, page.windowEnd);
  }
}

export class Trending extends Trends {
  told(row) {
    return this.average(row.score);
  }

  numbers(element, row, score) {
    score.textContent = this.told(row);
  }
}

export class Breaking extends Trends {
  value(row) {
    return row.ratio;
  }

  told(row) {
    return this.words.times.replace("#", () => this.plain.format(row.ratio));
  }

  numbers(element, row, score) {
    score.textContent = this.told(row);
    score.dataset.value = row.recent;
    this.put(element, "recent", this.write(row.recent));
    this.before(element.querySelector(".baseline"), row);
  }

  /** What was usual, and the entries of that time; of a newcomer there are none. */
  before(cell, row) {
    const shown = document.createElement(row.newcomer ? "span" : "a");
    if (row.newcomer) {
      shown.className = "tag strong";
      shown.textContent = this.words.newcomer;
    } else {
      shown.textContent = this.average(row.baseline);
      shown.href = `${this.between(this.page.baselineStart, this.page.windowStart)}&${new URLSearchParams({ id: row.id })}`;
      shown.title = this.words.why;
      shown.dataset.why = "";
    }
    if (cell.firstElementChild?.outerHTML !== shown.outerHTML) cell.replaceChildren(shown);
  }
}
