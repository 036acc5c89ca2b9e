// The debugger: what arrives is put on top, a flood as a sample that says so; an entry opens in a drawer.

import { api } from "../shell/api.js";

const ROWS_MAX = 200;
const LOOK_AFTER_MS = 1_000;
const table = document.getElementById("entries");
const body = table.tBodies[0];
const words = table.dataset;
const locale = document.body.dataset.locale;
const time = new Intl.DateTimeFormat(locale, { timeStyle: "medium", timeZone: words.zone });
const number = new Intl.NumberFormat(locale);
const signed = new Intl.NumberFormat(locale, { signDisplay: "exceptZero" });
const drawer = document.getElementById("drawer");
const tenantPath = location.pathname.split("/").slice(0, 3).join("/");
const PAGES = { artist: "artists", event: "events", track: "tracks" };
let paused = false;
let waiting = [];
let looking = null;

function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function cell(row, ...content) {
  const made = row.insertCell();
  made.append(...content);
  return made;
}

function money(value, currency) {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency: currency.toUpperCase() });
  return format.format(value / 10 ** format.resolvedOptions().maximumFractionDigits);
}

function rowOf(line) {
  const row = document.createElement("tr");
  row.dataset.place = `${line.partition}.${line.offset}`;
  cell(row, element("time", time.format(new Date(line.receivedAt)), { datetime: line.receivedAt })).className = "when";
  const link = element("a", "", { class: "open", href: `${words.entry}/${line.partition}/${line.offset}` });
  link.append(element("code", line.type));
  cell(row, link);
  const about = cell(row);
  about.className = "about";
  for (const [kind, id] of [["artist", line.artistId], ["event", line.eventId], ["track", line.trackId]]) {
    if (id) about.append(element("a", id, { href: `${tenantPath}/${PAGES[kind]}/${encodeURIComponent(id)}`, title: kind, dir: "auto" }), " ");
  }
  if (line.city) about.append(element("span", line.city, { class: "soft", dir: "auto" }));
  const isMoney = line.currency && line.type.startsWith("treasury.");
  cell(row, isMoney ? money(line.value, line.currency) : line.value ? signed.format(line.value) : "").className = "number";
  cell(row, line.source);
  cell(row, element("code", row.dataset.place));
  const counted = cell(row, words.waiting);
  counted.className = "counted";
  counted.dataset.counted = "no";
  return row;
}

function show(lines) {
  const there = new Set([...body.rows].map((row) => row.dataset.place));
  const fresh = lines.filter((line) => !there.has(`${line.partition}.${line.offset}`));
  for (const line of fresh.reverse()) {
    const row = rowOf(line);
    row.className = "fresh";
    body.prepend(row);
  }
  while (body.rows.length > ROWS_MAX) body.rows[body.rows.length - 1].remove();
  if (fresh.length) {
    document.getElementById("nothing").hidden = true;
    looking ??= setTimeout(lookWhatIsCounted, LOOK_AFTER_MS);
  }
}

async function lookWhatIsCounted() {
  looking = null;
  const open = [...body.querySelectorAll('[data-counted="no"]')];
  if (!open.length || document.hidden) return;
  const read = Object.fromEntries((await api("GET", "/api/status")).filter((each) => each.consumer === "coliseum").map((each) => [each.partition, each.offset]));
  let left = 0;
  for (const each of open) {
    const [partition, offset] = each.parentElement.dataset.place.split(".").map(Number);
    if (offset < (read[partition] ?? 0)) {
      each.dataset.counted = "yes";
      each.textContent = words.counted;
    } else {
      left += 1;
    }
  }
  if (left) looking ??= setTimeout(lookWhatIsCounted, 2 * LOOK_AFTER_MS);
}

const pace = document.getElementById("pace");
const said = document.getElementById("pace-words");
const pause = document.getElementById("pause");
const sampled = document.getElementById("sampled");

function say(state, text) {
  pace.dataset.state = state;
  said.textContent = text;
}

function pausedWords() {
  return words.pausedWords.replace("{count}", number.format(waiting.length));
}

function heard(message) {
  const rate = message.perSecond;
  if (paused) {
    waiting = [...message.entries, ...waiting].slice(0, ROWS_MAX);
    say("paused", pausedWords());
    return;
  }
  show(message.entries);
  say("live", rate ? words.liveWords.replace("{rate}", number.format(rate)) : words.quietWords);
  sampled.hidden = !message.sampled;
  if (message.sampled) sampled.textContent = words.sampledWords.replace("{count}", number.format(message.arrived));
}

if (words.live) {
  const source = new EventSource(words.live);
  let quiet = null;
  source.addEventListener("message", (event) => {
    heard(JSON.parse(event.data));
    clearTimeout(quiet);
    quiet = setTimeout(() => { if (!paused) say("live", words.quietWords); sampled.hidden = true; }, 6_000);
  });
  source.addEventListener("stale", () => say("stale", words.staleWords));
  source.addEventListener("error", () => say("stale", words.staleWords));
  addEventListener("pagehide", () => source.close());
  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", paused);
    pause.textContent = paused ? words.goOn : words.pause;
    if (paused) say("paused", pausedWords());
    else {
      show(waiting);
      waiting = [];
      say("live", words.quietWords);
    }
  });
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a.open");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const answer = await fetch(link.href, { headers: { "hx-request": "true" }, cache: "no-store" });
  if (answer.redirected || !answer.headers.get("content-type")?.startsWith("text/html")) return location.assign(link.href);
  document.getElementById("drawer-body").innerHTML = await answer.text(); // our own template, in which all is escaped
  drawer.showModal();
});
drawer.addEventListener("click", (event) => { if (event.target === drawer) drawer.close(); });
