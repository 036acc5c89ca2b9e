// The page of one event: votes, counters and arrivals move by themselves; what is below looks again when they do.

import { Live } from "../vendor/live.js";
import { api } from "../shell/api.js";

const page = document.getElementById("live");
const { event, tenant } = page.dataset;
const locale = document.body.dataset.locale || undefined;
const number = new Intl.NumberFormat(locale);
const percent = new Intl.NumberFormat(locale, { style: "percent" });
const clock = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const ROWS = 12;
const CROWD_MS = 5_000;
const LATEST_MS = 3_000;

const live = new Live({ tenant });
let seen = new Date();
live.onState((state) => {
  page.dataset.state = state;
  document.getElementById("state").textContent = page.dataset[state].replace("{time}", clock.format(seen));
});
const fresh = () => { seen = new Date(); };

// The vote.

const race = document.getElementById("race");
const none = document.querySelector(".race-none");
const ballot = JSON.parse(page.dataset.options);
const lanes = new Map([...race.children].map((lane) => [lane.dataset.id, lane]));

function laneOf({ id, name }) {
  let lane = lanes.get(id);
  if (!lane) {
    lane = document.createElement("li");
    lane.dataset.id = id;
    for (const [tag, kind] of [["span", "rank"], ["span", "name"], ["a", "score"], ["meter", "bar"]]) {
      const part = document.createElement(tag);
      part.className = `race-${kind}`;
      lane.append(part);
    }
    const [, title, score, bar] = lane.children;
    title.dir = "auto";
    title.textContent = name;
    score.href = `${race.dataset.explain}&${new URLSearchParams({ id })}`;
    bar.setAttribute("aria-hidden", "true");
    lanes.set(id, lane);
  }
  return lane;
}

function run(rows) {
  fresh();
  const shown = ballot.length ? rows.filter(({ id }) => ballot.includes(id)) : rows.slice(0, ROWS);
  const there = new Set(shown.map(({ id }) => id));
  const behind = [...race.children].filter((lane) => !there.has(lane.dataset.id) && (!ballot.length || ballot.includes(lane.dataset.id)));
  const before = new Map([...race.children].map((lane) => [lane, lane.offsetTop]));
  const most = Math.max(1, ...shown.map(({ score }) => score));
  const placed = shown.map((row) => {
    const lane = laneOf(row);
    const [rank, , score, bar] = lane.children;
    rank.textContent = String(1 + shown.filter((other) => other.score > row.score).length);
    score.textContent = number.format(row.score);
    bar.max = most;
    bar.value = Math.max(0, row.score);
    return lane;
  });
  const all = ballot.length ? [...placed, ...behind] : placed;
  if (!ballot.length) for (const lane of behind) lanes.delete(lane.dataset.id);
  for (const lane of behind) lane.firstElementChild.textContent = String(placed.length + 1);
  const same = all.length === race.childElementCount && all.every((lane, place) => race.children[place] === lane);
  if (!same) {
    race.replaceChildren(...all);
    if (!calm.matches && !document.hidden) {
      for (const lane of all) {
        const moved = (before.get(lane) ?? lane.offsetTop) - lane.offsetTop;
        if (moved) lane.animate([{ transform: `translateY(${moved}px)` }, { transform: "none" }], { duration: 500, easing: "cubic-bezier(.2, .8, .2, 1)" });
      }
    }
  }
  all.forEach((lane, place) => { lane.hidden = place >= ROWS; });
  none.hidden = all.length > 0;
  lookAgain();
}
live.board({ metric: "votes", event, limit: "100" }, ({ rows }) => run(rows));

// The counters.

if (!event.includes(",")) {
  for (const figure of document.querySelectorAll(".counted [data-key]")) {
    const metric = figure.dataset.key;
    live.board({ metric, entity: "event", ids: event, limit: "1" }, ({ rows }) => {
      fresh();
      const value = rows[0]?.score ?? 0;
      figure.querySelector(".figure-value a").textContent = number.format(value);
      if (metric === "attendance") arrived(value);
    });
  }
}

// Who came.

const part = (name) => document.querySelector(`[data-crowd="${name}"]`);
const [house, minutes] = [part("meter"), document.getElementById("minutes")];

function arrived(value) {
  part("arrived").textContent = number.format(value);
  if (!house) return;
  house.value = value;
  part("share").textContent = percent.format(value / house.max);
}

async function crowd() {
  if (document.visibilityState === "visible") {
    try {
      const found = await api("GET", `/api/crowd?${new URLSearchParams({ event })}`);
      arrived(found.arrived);
      part("rate").textContent = number.format(found.perMinute);
      const most = Math.max(1, ...found.minutes.map(({ value }) => value));
      found.minutes.forEach(({ value }, place) => {
        const bar = minutes.children[place];
        const high = (58 * value) / most;
        bar.setAttribute("y", (60 - high).toFixed(1));
        bar.setAttribute("height", high.toFixed(1));
      });
    } catch {
      // the lamp says so already; what is shown stays
    }
  }
  setTimeout(crowd, CROWD_MS);
}
setTimeout(crowd, CROWD_MS);

// The latest entries.

const latest = document.getElementById("latest");
let looking = false;
let wanted = false;

async function lookAgain() {
  if (looking) {
    wanted = true;
    return;
  }
  looking = true;
  wanted = false;
  try {
    if (document.visibilityState === "visible") {
      const answer = await fetch(page.dataset.latest, { headers: { "hx-request": "true" } });
      if (answer.ok) latest.innerHTML = await answer.text(); // our own server's template, which escapes
    }
  } catch {
    // as above
  }
  setTimeout(() => {
    looking = false;
    if (wanted) lookAgain();
  }, LATEST_MS);
}

// The voting.

const wrong = document.getElementById("voting-wrong");

async function put(name, voting) {
  try {
    await api("PUT", `/api/votings/${encodeURIComponent(name)}`, voting);
    location.reload();
  } catch (problem) {
    wrong.textContent = problem.message;
    wrong.lang = "en";
    wrong.hidden = false;
  }
}
const after = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();

document.getElementById("voting-form")?.addEventListener("submit", (submitted) => {
  submitted.preventDefault();
  const { name, minutes: lasts, results, perAddress } = submitted.target.elements;
  void put(name.value, {
    event, closesAt: after(Number(lasts.value)), results: results.value, votesPerAddress: Number(perAddress.value),
  });
});

document.querySelector(".voting-does")?.addEventListener("click", ({ target, currentTarget }) => {
  const does = target.dataset?.does;
  if (!does) return;
  const { voting, event: at, title, artists, results, perAddress, opens, closes } = currentTarget.dataset;
  const now = new Date().toISOString();
  const same = { event: at, title, artists: JSON.parse(artists), results, votesPerAddress: Number(perAddress), opensAt: opens, closesAt: closes };
  const begun = Date.parse(opens) < Date.now() ? opens : now;
  const changes = {
    close: { opensAt: begun, closesAt: now < begun ? begun : now },
    open: { opensAt: now, closesAt: after(60) },
    results: { results: results === "public" ? "private" : "public" },
  };
  void put(voting, { ...same, ...changes[does] });
});
