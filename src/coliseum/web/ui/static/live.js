// Keeps the page at the present: one stream of small whole states, drawn over what the server has rendered.

import { drawBoard } from "./board.js";
import { drawLines } from "./stream.js";
import { tick } from "./figures.js";

const SPOKEN_EVERY_MS = 20_000;
const RETRY_MS = 5_000;
const RETRY_MAX_MS = 60_000;

const page = document.getElementById("page");
const words = page.dataset;
const said = document.getElementById("said");
const pause = document.getElementById("pause");
const spoken = document.getElementById("spoken");

let source = null;
let retryMs = RETRY_MS;
let retryTimer = 0;
let paused = false;
let spokenAt = performance.now();

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function show(state, text) {
  document.body.dataset.state = state;
  said.textContent = text;
}

function draw(update) {
  for (const counter of update.counters) {
    const element = document.querySelector(`.counter[data-key="${CSS.escape(counter.key)}"]`);
    const total = element.querySelector(".total");
    tick(total, counter.value, counter.decimals);
    if (counter.href) total.href = counter.href;
    element.querySelector(".note").textContent = counter.note;
    element.querySelector("path")?.setAttribute("d", counter.bars);
  }
  for (const board of update.boards) {
    drawBoard(document.querySelector(`.board[data-key="${CSS.escape(board.key)}"]`), board);
  }
  drawLines(document.querySelector(".stream"), update.lines);
  document.getElementById("position").textContent = update.position.join(".");
  speak(update);
}

// For screen readers: now and then one sentence, not every change.
function speak(update) {
  if (performance.now() - spokenAt < SPOKEN_EVERY_MS) return;
  spokenAt = performance.now();
  const leaders = update.boards.filter((board) => board.rows.length > 0)
    .map((board) => filled(words.leads, { board: board.title, name: board.rows[0].name }));
  spoken.textContent = leaders.join(" ");
}

function open() {
  clearTimeout(retryTimer);
  if (source || paused || document.hidden) return;
  source = new EventSource(`/live?window=${encodeURIComponent(page.dataset.window)}`);
  source.addEventListener("message", (event) => {
    const update = JSON.parse(event.data);
    retryMs = RETRY_MS;
    show("live", words.live);
    page.dataset.position = event.lastEventId;
    page.dataset.at = update.at;
    draw(update);
  });
  source.addEventListener("stale", () => show("stale", filled(words.stale, { time: page.dataset.at })));
  source.addEventListener("error", () => {
    show("stale", filled(words.lost, { time: page.dataset.at }));
    // The browser comes back by itself after a broken connection, but not after a refusal.
    if (source.readyState !== EventSource.CLOSED) return;
    close();
    retryTimer = setTimeout(open, retryMs * (0.5 + Math.random()));
    retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
  });
}

function close() {
  source?.close();
  source = null;
}

pause.hidden = false;
pause.addEventListener("click", () => {
  paused = !paused;
  pause.setAttribute("aria-pressed", String(paused));
  if (paused) {
    close();
    show("paused", filled(words.paused, { time: page.dataset.at }));
  } else {
    open();
  }
});

// A page that nobody sees needs no stream.
document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
addEventListener("pagehide", close);
addEventListener("pageshow", open);
open();
