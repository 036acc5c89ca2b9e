// A dashboard: its panels are moved and changed by buttons, and read anew when something was counted, while it is seen.

import { api } from "../shell/api.js";
import { told } from "./query.js";

const CALM_MS = 4_000; // at most so often is it read anew
const WITHOUT_LIVE_MS = 60_000;
const panels = () => document.getElementById("panels");
const lively = document.getElementById("lively");

async function renew() {
  const answer = await fetch(location.pathname, { headers: { "hx-request": "true" }, cache: "no-store" });
  if (!answer.ok) return;
  const made = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement?.closest?.("#panels") ? document.activeElement.getAttribute("aria-label") : null;
  for (const name of ["#panels", ".fresh"]) {
    const fresh = made.querySelector(name);
    if (fresh) document.querySelector(`main ${name}`)?.replaceWith(document.adoptNode(fresh));
  }
  document.dispatchEvent(new CustomEvent("coliseum:renewed"));
  if (focused) panels().querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
}

/** Whether somebody is reading or changing something that would be taken away. */
const busy = () => document.querySelector("dialog[open], #panels details[open]") !== null;

// Changing

async function change(wanted) {
  const at = panels().dataset;
  const wish = { name: at.name, panels: JSON.parse(at.panels), ...wanted(JSON.parse(at.panels)) };
  try {
    await api("PUT", `/api/dashboards/${at.id}`, wish, { "if-match": `"${at.revision}"` });
  } catch (problem) {
    if (problem.code !== "changed_meanwhile") throw problem;
    const said = at.changed;
    await renew();
    throw new Error(said);
  }
  await renew();
}

function complain(error) {
  const said = document.createElement("p");
  said.className = "wrong";
  said.setAttribute("role", "alert");
  said.textContent = error.message;
  said.lang = "en";
  panels().before(said);
}

async function move(place, by) {
  await change((all) => {
    const [panel] = all.splice(place, 1);
    all.splice(place + by, 0, panel);
    return { panels: all };
  });
  const there = panels().querySelector(`[data-place="${place + by}"]`);
  (there?.querySelector(`[data-move="${by}"]:not(:disabled)`) ?? there?.querySelector("[data-move]:not(:disabled)"))?.focus();
}

document.addEventListener("click", (event) => {
  const place = Number(event.target.closest("[data-place]")?.dataset.place);
  const mover = event.target.closest("[data-move]");
  if (mover) move(place, Number(mover.dataset.move)).catch(complain);
  if (event.target.closest("[data-edit-panel]")) {
    const form = document.querySelector("form[data-edit]");
    const panel = JSON.parse(panels().dataset.panels)[place];
    form.dataset.edit = place;
    form.elements.title.value = panel.title ?? "";
    form.elements.chart.value = panel.chart ?? "auto";
    form.elements.size.value = panel.size ?? "medium";
    form.closest("dialog").showModal();
  }
  if (event.target.closest("[data-remove]")) {
    const form = event.target.closest("form");
    finish(form, (all) => ({ panels: all.filter((_, each) => each !== Number(form.dataset.edit)) }));
  }
});

async function finish(form, wanted) {
  if (await told(form, () => change(wanted))) form.closest("dialog").close();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.edit === undefined && form.dataset.whole === undefined) return;
  event.preventDefault();
  if (form.dataset.whole !== undefined) {
    finish(form, () => ({ name: form.elements.name.value })).then(() => {
      document.querySelector("h1").textContent = panels().dataset.name;
    });
    return;
  }
  const { title, chart, size } = Object.fromEntries(new FormData(form));
  finish(form, (all) => ({
    panels: all.map((panel, each) => (each === Number(form.dataset.edit) ? { ...panel, title, chart, size } : panel)),
  }));
});

// Living

let live = null;
let waiting = null;
let last = 0;

function soon() {
  waiting ??= setTimeout(async () => {
    waiting = null;
    if (document.hidden) return;
    if (busy()) { soon(); return; }
    last = Date.now();
    await renew();
  }, Math.max(CALM_MS - (Date.now() - last), 250));
}

function show(state) {
  if (!lively) return;
  const on = state === "live";
  lively.hidden = false;
  lively.dataset.state = on ? "live" : "stale";
  lively.querySelector("[data-words]").textContent = on ? lively.dataset.live : lively.dataset.stale;
}

async function watch() {
  const { Live } = await import("../vendor/live.js");
  const metrics = new Set(JSON.parse(panels().dataset.panels).map((panel) => panel.question.metric));
  if (!metrics.size || document.hidden) return;
  live = new Live({ tenant: document.body.dataset.tenant });
  live.onState((state) => show(state));
  for (const metric of metrics) {
    let first = true;
    live.metrics({ metric, grain: "hour" }, () => {
      if (!first) soon();
      first = false;
    });
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    live?.close();
    live = null;
    clearTimeout(waiting);
    waiting = null;
  } else {
    soon();
    watch();
  }
});
setInterval(() => { if (!document.hidden && live?.state !== "live") soon(); }, WITHOUT_LIVE_MS);
watch();
