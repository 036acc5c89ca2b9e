// Keeps the numbers at the head of a page at the present: those of the last 28 days, which is what the server sends.

import { Live } from "../vendor/live.js";

const place = document.querySelector("#lamp");
const keys = place && place.dataset.live === "28" ? [...document.querySelectorAll(".key[data-metric]")] : [];
const MONEY = new Set(["money_spent", "money_earned"]);

function keep(live, key, format) {
  const told = key.querySelector(".figure-value a");
  const asked = { metric: key.dataset.metric, entity: place.dataset.kind, id: place.dataset.id, grain: "day" };
  live.metrics(asked, (page) => {
    const text = format.format(page.total);
    if (told.textContent === text) return;
    told.textContent = text;
    key.classList.remove("moved");
    requestAnimationFrame(() => key.classList.add("moved"));
  });
}

if (keys.length) {
  const live = new Live({ tenant: document.body.dataset.tenant });
  const format = new Intl.NumberFormat(document.body.dataset.locale);
  for (const key of keys) if (!MONEY.has(key.dataset.metric)) keep(live, key, format);
  const state = place.querySelector(".live-state");
  const words = state.querySelector("[data-live]");
  live.onState((now) => {
    state.hidden = now !== "live" && now !== "stale";
    state.dataset.state = now;
    words.textContent = now === "live" ? words.dataset.live : words.dataset.stale;
  });
}
