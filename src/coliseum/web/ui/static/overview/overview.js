// The overview moves by itself: /api/live says that a number has moved, and the server renders what has changed.
// Nothing is asked and nothing is drawn while nothing moves or nobody looks; one timer waits for the turn of the hour.

import { Live } from "../vendor/live.js";
import { Ago } from "./ago.js";
import { remember, replace } from "./parts.js";

const GAP_MS = 1_000;
const BEHIND_MS = 2_000;
const TIMER_MS_MAX = 2 ** 31 - 1;
const root = document.getElementById("overview");
const live = new Live({ tenant: document.body.dataset.tenant });

let asking = null;
let again = false;
let askedAt = 0;
let timer;
let turning;

const ago = new Ago((text, age) => {
  const said = root.querySelector(".fresh-ago");
  said.textContent = age < 50 ? root.dataset.now : root.dataset.ago.replace("{ago}", text);
});

function positionShown() {
  return root.querySelector("#fresh").dataset.position;
}

/** Soon, and not more often than once in a while. */
function refresh(gap = GAP_MS) {
  again = true;
  if (asking || document.hidden) return;
  clearTimeout(timer);
  timer = setTimeout(ask, Math.max(0, askedAt + gap - Date.now()));
}

async function ask() {
  again = false;
  askedAt = Date.now();
  asking = new AbortController();
  try {
    const answer = await fetch(location.href, { headers: { "hx-request": "true" }, signal: asking.signal, cache: "no-store" });
    if (answer.status === 204 && answer.headers.has("hx-redirect")) location.assign(answer.headers.get("hx-redirect"));
    if (!answer.ok || answer.status === 204) return;
    for (const part of replace(root, await answer.text())) flash(part);
    ago.restart();
    waitForTheHour();
  } catch {
    // What is shown stays, and says how old it is; the connection for what moves says that it is being mended.
  } finally {
    asking = null;
    showState(live.state);
    if (again) refresh();
    else if (root.querySelector("#fresh").dataset.waiting !== "0") refresh(BEHIND_MS);
  }
}

function flash(part) {
  if (part.dataset.part.startsWith("card-")) {
    part.classList.add("moved");
    part.addEventListener("animationend", () => part.classList.remove("moved"), { once: true });
  }
}

function showState(state) {
  root.dataset.state = state;
  const said = root.querySelector(".fresh-state");
  said.textContent = state === "live" ? root.dataset.live : state === "stale" ? root.dataset.stale : "";
}

/** Hours begin and end whether anything happens or not: the period of the page moves on with them. */
function waitForTheHour() {
  clearTimeout(turning);
  const left = Number(root.querySelector("#fresh").dataset.until) * 1_000 - Date.now();
  if (left > 0) turning = setTimeout(() => refresh(), Math.min(left + 500, TIMER_MS_MAX));
}

remember(root);
ago.restart();
for (const [metric, currency] of JSON.parse(root.dataset.watched)) {
  const asked = { metric, grain: "month", ...(currency ? { currency } : {}) };
  live.metrics(asked, (page) => { if (page.position.join(".") !== positionShown()) refresh(); });
}
live.onState(showState);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    clearTimeout(timer);
    live.pause();
  } else {
    live.resume();
    refresh();
  }
});
waitForTheHour();
