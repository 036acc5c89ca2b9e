// Numbers that run from one value to the next. The element keeps its true value in data-value.

import { calm } from "./flip.js";

const TICK_MS = 450;
const running = new WeakMap();

/** Show `value` by way of what lies between; `write` tells a whole number in figures. */
export function tick(element, value, write) {
  const from = Number(element.dataset.value);
  if (from === value) return;
  element.dataset.value = value;
  cancelAnimationFrame(running.get(element));
  if (calm() || document.hidden) {
    element.textContent = write(value);
    return;
  }
  element.classList.remove("up", "down");
  element.classList.add(value > from ? "up" : "down");
  const began = performance.now();
  const step = (now) => {
    const done = Math.min(1, Math.max(0, (now - began) / TICK_MS));
    const eased = 1 - (1 - done) ** 3;
    element.textContent = write(Math.round(from + (value - from) * eased));
    if (done < 1) running.set(element, requestAnimationFrame(step));
    else element.classList.remove("up", "down");
  };
  running.set(element, requestAnimationFrame(step));
}
