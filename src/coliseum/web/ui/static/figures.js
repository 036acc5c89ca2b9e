// Numbers in figures, as the server writes them for the same viewer, and their ticking from one value to the next.

import { tick as run } from "./motion/ticking.js";

export { calm } from "./motion/flip.js";

const formats = new Map();

export function figures(value, decimals) {
  if (!formats.has(decimals)) {
    const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    formats.set(decimals, new Intl.NumberFormat(document.body.dataset.locale, options));
  }
  return formats.get(decimals).format(value / 10 ** decimals);
}

export function tick(element, value, decimals) {
  run(element, value, (between) => figures(between, decimals));
}
