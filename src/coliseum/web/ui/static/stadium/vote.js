// Voting with a tap. The slip of the page becomes this device's own with the first tap: it is kept from then on, so that
// a tap that is sent again, or a page that is loaded again, comes to the same vote.

const ballot = document.getElementById("ballot");
const form = document.getElementById("vote");
const said = document.getElementById("said");
const when = document.getElementById("when");
const { slug, name } = ballot.dataset;
const KEPT = `coliseum-vote:${slug}/${name}`;
const TRIES = 4;
const PACE_MS = 2_000;
const PACE_MS_MAX = 30_000;
const number = new Intl.NumberFormat(document.body.dataset.locale || undefined);
const options = new Map([...document.querySelectorAll(".option")].map((option) => [option.value, option]));

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

let mine = kept();

function keep(what) {
  mine = what;
  try {
    localStorage.setItem(KEPT, JSON.stringify(what));
  } catch {
    // a private window, or no room: the page keeps it as long as it is open
  }
}

function tell(text, artist) {
  said.textContent = text.replace("{name}", options.get(artist)?.querySelector(".option-name").textContent ?? "");
}

function voted(artist, text) {
  for (const [id, option] of options) {
    option.disabled = true;
    option.setAttribute("aria-pressed", String(id === artist));
  }
  ballot.dataset.voted = "";
  tell(text, artist);
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function send(slip, artist) {
  for (let tries = 1; ; tries++) {
    try {
      const answer = await fetch(`/api/public/${slug}/votings/${name}/votes`, {
        method: "POST", credentials: "omit", cache: "no-store",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ slip, artist }),
      });
      if (answer.status < 500 || tries === TRIES) return { status: answer.status, body: await answer.json() };
    } catch (error) {
      if (tries === TRIES) throw error;
    }
    await pause(400 * 2 ** tries * (0.5 + Math.random()));
  }
}

let sending = false;

async function vote(artist) {
  if (sending || mine.done) return;
  sending = true;
  options.get(artist)?.setAttribute("aria-pressed", "true");
  tell(ballot.dataset.sending, artist);
  if (!mine.slip) keep({ slip: form.elements.slip.value, artist });
  try {
    const { status, body } = await send(mine.slip, artist);
    if (status === 200) {
      keep({ ...mine, artist, done: true });
      voted(artist, body.status === "duplicate" ? ballot.dataset.again : ballot.dataset.thanks);
      void look();
    } else if (body.code === "already_voted") {
      keep({ ...mine, done: true });
      voted(mine.artist, body.detail);
    } else {
      if (body.code === "invalid_token") keep({ slip: form.elements.slip.value }); // too old: this page's own is new
      options.get(artist)?.setAttribute("aria-pressed", "false");
      tell(body.detail ?? ballot.dataset.failed, artist);
    }
  } catch {
    options.get(artist)?.setAttribute("aria-pressed", "false");
    tell(ballot.dataset.failed, artist);
  } finally {
    sending = false;
  }
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.value) void vote(event.submitter.value);
});
if (mine.done) voted(mine.artist, ballot.dataset.again);

// The time that is left, and whether taps are taken.

function lasting(ms) {
  const seconds = Math.ceil(ms / 1_000);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return (parts[0] ? parts : parts.slice(1)).map((part, place) => (place ? String(part).padStart(2, "0") : part)).join(":");
}

function tick() {
  const { opens, closes } = ballot.dataset;
  const [before, left] = [Date.parse(opens) - Date.now(), Date.parse(closes) - Date.now()];
  const open = before <= 0 && left > 0;
  if (before > 0) when.textContent = ballot.dataset.opensIn.replace("{time}", lasting(before));
  else when.textContent = open ? ballot.dataset.closesIn.replace("{time}", lasting(left)) : ballot.dataset.over;
  if (!mine.done) for (const option of options.values()) option.disabled = !open;
}
tick();
setInterval(tick, 1_000);

// How it stands, where that is public; and what has changed of the voting.

let failures = 0;
let timer;

async function look() {
  clearTimeout(timer);
  if (document.visibilityState === "visible") {
    try {
      const answer = await fetch(`/api/public/${slug}/votings/${name}`, { credentials: "omit" });
      if (answer.ok) show(await answer.json());
      failures = answer.ok ? 0 : failures + 1;
    } catch {
      failures += 1;
    }
  }
  timer = setTimeout(look, Math.min(PACE_MS_MAX, PACE_MS * 2 ** failures));
}

function show(voting) {
  ballot.dataset.opens = voting.opensAt;
  ballot.dataset.closes = voting.closesAt;
  const most = Math.max(1, ...(voting.standing ?? []).map((each) => each.score));
  for (const { id, score } of voting.standing ?? []) {
    const option = options.get(id);
    if (!option) continue;
    const [told, bar] = [option.querySelector(".option-score"), option.querySelector(".option-bar")];
    told.hidden = bar.hidden = false;
    told.textContent = number.format(score);
    bar.max = most;
    bar.value = Math.max(0, score);
  }
}
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
timer = setTimeout(look, PACE_MS);
