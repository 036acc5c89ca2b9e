// A screen that shows the Jumbotron for hours or days: it stays awake, hides the pointer, and fills the display.

import { addTexts } from "../vendor/jumbotron.js";

const POINTER_MS = 3_000;
const jumbotron = document.getElementById("jumbotron");
const full = document.getElementById("full");
const body = document.body;

addTexts(jumbotron.lang.split("-")[0], JSON.parse(jumbotron.dataset.texts));

let pointer;
function pointed() {
  body.classList.remove("idle");
  clearTimeout(pointer);
  pointer = setTimeout(() => body.classList.add("idle"), POINTER_MS);
}
for (const kind of ["pointermove", "pointerdown", "keydown", "focusin"]) addEventListener(kind, pointed, { passive: true });
pointed();

let lock = null;
async function stayAwake() {
  if (!navigator.wakeLock || document.visibilityState !== "visible" || (lock && !lock.released)) return;
  try {
    lock = await navigator.wakeLock.request("screen");
  } catch {
    lock = null; // the battery is low, or the browser will not: the screen's own settings decide
  }
}
document.addEventListener("visibilitychange", stayAwake);
stayAwake();

function toggleFull() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => undefined);
}
if (document.documentElement.requestFullscreen) {
  full.hidden = false;
  full.addEventListener("click", toggleFull);
}

let paused = false;
addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest?.("button, a, input, select")) return;
  if (event.key === "f") toggleFull();
  else if (event.key === "ArrowRight") jumbotron.turn(1);
  else if (event.key === "ArrowLeft") jumbotron.turn(-1);
  else if (event.key === " ") {
    event.preventDefault();
    paused = !paused;
    if (paused) jumbotron.pause();
    else jumbotron.play();
  }
});
