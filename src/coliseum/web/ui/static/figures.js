// Numbers in figures, as the server writes them, and their ticking from one value to the next.

const TICK_MS = 450;
const formats = new Map();
const running = new WeakMap();
const still = matchMedia("(prefers-reduced-motion: reduce)");

export const calm = () => still.matches;

export function figures(value, decimals) {
  if (!formats.has(decimals)) {
    const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    formats.set(decimals, new Intl.NumberFormat("en-US", options));
  }
  return formats.get(decimals).format(value / 10 ** decimals);
}

// The element keeps its true value in data-value; what it shows in between is only motion.
export function tick(element, value, decimals) {
  const from = Number(element.dataset.value);
  if (from === value) return;
  element.dataset.value = value;
  cancelAnimationFrame(running.get(element));
  if (calm() || document.hidden) {
    element.textContent = figures(value, decimals);
    return;
  }
  element.classList.add(value > from ? "up" : "down");
  const began = performance.now();
  const step = (now) => {
    const done = Math.min(1, Math.max(0, (now - began) / TICK_MS));
    const eased = 1 - (1 - done) ** 3;
    element.textContent = figures(Math.round(from + (value - from) * eased), decimals);
    if (done < 1) running.set(element, requestAnimationFrame(step));
    else element.classList.remove("up", "down");
  };
  running.set(element, requestAnimationFrame(step));
}
