// The stream of arriving events: new ones on top, each once, the oldest fall off.

import { calm } from "./figures.js";

const LINES_MAX = 40;
const APPEAR = { duration: 500, easing: "ease-out" };
const template = document.getElementById("line-template");

export function drawLines(section, lines) {
  const list = section.querySelector("ol");
  const known = new Set([...list.children].map((line) => line.dataset.key));
  const fresh = lines.filter((line) => !known.has(line.key)).map(made);
  if (fresh.length === 0) return;
  list.prepend(...fresh);
  while (list.children.length > LINES_MAX) list.lastElementChild.remove();
  section.querySelector(".none").hidden = true;
  if (!calm()) for (const line of fresh) line.animate({ opacity: [0.25, 1] }, APPEAR);
}

function made(line) {
  const element = template.content.querySelector("li").cloneNode(true);
  element.dataset.key = line.key;
  const time = element.querySelector("time");
  time.dateTime = line.instant;
  time.textContent = line.at;
  element.querySelector(".what").textContent = line.what;
  element.querySelector(".who").textContent = line.who;
  element.querySelector(".worth").textContent = line.value;
  return element;
}
