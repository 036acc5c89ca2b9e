// Built from sdk/js/src/live.ts by `npm run build` there; edit it there.

// src/connection.ts
var PING_AFTER_MS = 2e4;
var SILENCE_MS_MAX = 3e4;
var RETRY_MS = 500;
var RETRY_MS_MAX = 3e4;
var HOPELESS = [1009, 4400, 4403, 4429];
var STOPPING = 1012;
var NOT_AUTHORISED = 4401;
var TICKETS_MAX = 3;
var Connection = class {
  #options;
  #heard;
  #socket;
  /** Counts what has been begun, so that what an attempt given up brings is nobody's. */
  #attempt = 0;
  #wanted = false;
  #refusals = 0;
  #failures = 0;
  #heardAt = 0;
  #silence;
  #retry;
  #online = () => void (this.#retry !== void 0 && this.#begin());
  constructor(options, heard) {
    this.#options = options;
    this.#heard = heard;
  }
  get isOpen() {
    return this.#socket?.readyState === 1;
  }
  /** Be connected, from now on. */
  open() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#refusals = this.#failures = 0;
    globalThis.addEventListener?.("online", this.#online);
    this.#begin();
  }
  /** Be connected no more. */
  close() {
    this.#wanted = false;
    globalThis.removeEventListener?.("online", this.#online);
    this.#drop();
  }
  /** Say something, if there is somebody to hear it. */
  send(message) {
    if (this.isOpen) this.#socket.send(JSON.stringify(message));
  }
  #begin() {
    this.#drop();
    void this.#connect(this.#attempt);
  }
  async #connect(attempt) {
    const { key, tenant, ticket, url } = this.#options;
    try {
      const secret = await ticket?.();
      if (attempt !== this.#attempt) return;
      const socket = this.#socket = new WebSocket(address(url));
      const mine = (act) => void (this.#socket === socket && act());
      socket.onopen = () => mine(() => {
        this.send({ type: "auth", ...key && { key }, ...secret && { ticket: secret }, ...tenant && { tenant } });
        this.#heard.opened();
      });
      socket.onmessage = ({ data }) => mine(() => this.#take(JSON.parse(data)));
      socket.onclose = ({ code }) => mine(() => this.#lost(code));
      this.#heardAt = Date.now();
      this.#listen();
    } catch {
      if (attempt === this.#attempt) this.#lost(0);
    }
  }
  #take(message) {
    this.#heardAt = Date.now();
    if (message.type === "ready") this.#failures = this.#refusals = 0;
    this.#heard.message(message);
  }
  /** A connection on which nothing is heard for too long is none, whatever the browser says of it. */
  #listen() {
    const silentMs = Date.now() - this.#heardAt;
    if (silentMs >= SILENCE_MS_MAX) {
      this.#lost(0);
      return;
    }
    if (silentMs >= PING_AFTER_MS) this.send({ type: "ping" });
    const nextMs = silentMs < PING_AFTER_MS ? PING_AFTER_MS : SILENCE_MS_MAX;
    this.#silence = setTimeout(() => this.#listen(), nextMs - silentMs);
  }
  #lost(code) {
    this.#drop();
    if (code === NOT_AUTHORISED) this.#refusals++;
    if (HOPELESS.includes(code) || this.#refusals >= (this.#options.ticket ? TICKETS_MAX : 1)) {
      this.close();
      this.#heard.lost(true);
      return;
    }
    const most = code === STOPPING ? RETRY_MS : Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** this.#failures++);
    this.#retry = setTimeout(() => this.#begin(), most * (0.5 + Math.random() / 2));
    this.#heard.lost(false);
  }
  #drop() {
    clearTimeout(this.#silence);
    clearTimeout(this.#retry);
    this.#retry = void 0;
    this.#attempt++;
    const socket = this.#socket;
    this.#socket = void 0;
    socket?.close();
  }
};
var address = (url) => {
  const at = new URL("/api/live", url ?? location.href);
  at.protocol = at.protocol === "https:" || at.protocol === "wss:" ? "wss:" : "ws:";
  return at.href;
};

// src/diff.ts
var BOARD = ["rows", "id"];
var SERIES = ["points", "start"];
var after = (kind, known, message) => {
  const { position, state } = message;
  if (message.type === "snapshot") return { page: message.page, position, state };
  if (!known || known.position.join() !== message.from.join()) return void 0;
  const [list, key] = kind === "metrics" ? SERIES : BOARD;
  const moved = /* @__PURE__ */ new Set([...message.gone, ...message.rows.map(([, row]) => row[key])]);
  const before = known.page[list];
  const rows = before.filter((row) => !moved.has(row[key]));
  for (const [place, row] of message.rows) rows.splice(place, 0, row);
  return { page: { ...known.page, ...message.set, [list]: rows }, position, state };
};

// src/live.ts
var AGAIN_MS = 5e3;
var IDLE_MS = 1e3;
var WATCHED_MAX = 64;
var Live = class {
  #connection;
  #state = "connecting";
  #listeners = /* @__PURE__ */ new Set();
  #watched = /* @__PURE__ */ new Map();
  /** What is watched and not known as it is now. */
  #pending = /* @__PURE__ */ new Set();
  #paused = false;
  #numbers = 0;
  constructor(options = {}) {
    this.#connection = new Connection(options, {
      opened: () => this.#watched.forEach((each) => this.#subscribe(each)),
      message: (message) => this.#hear(message),
      lost: (refused) => this.#lost(refused)
    });
  }
  get state() {
    return this.#state;
  }
  /** Keep `show` up with a board: what is counted, or a declared board's name. Returns what ends it. */
  board(asked, show2, refused) {
    return this.#add("board", asked, { show: show2, refused });
  }
  /** Keep `show` up with a metric over time. Returns what ends it. */
  metrics(asked, show2, refused) {
    return this.#add("metrics", asked, { show: show2, refused });
  }
  /** Keep `show` up with who is trending: the parameters of `GET /api/trending`. Returns what ends it. */
  trending(asked, show2, refused) {
    return this.#add("trending", asked, { show: show2, refused });
  }
  /** Keep `show` up with who is breaking: the parameters of `GET /api/breaking`. Returns what ends it. */
  breaking(asked, show2, refused) {
    return this.#add("breaking", asked, { show: show2, refused });
  }
  /** Be told the state, now and whenever it changes. Returns what ends it. */
  onState(listener) {
    this.#listeners.add(listener);
    guarded(() => listener(this.#state));
    return () => void this.#listeners.delete(listener);
  }
  /** Give the connection up, and keep what is known: for a page that nobody sees. */
  pause() {
    this.#paused = true;
    this.#connection.close();
    this.#lost(false);
  }
  /** Go on after `pause()`, or try once more after a refusal. */
  resume() {
    this.#paused = false;
    if (this.#state === "refused") this.#say("connecting");
    this.#open();
  }
  /** End everything. */
  close() {
    this.#listeners.clear();
    this.pause();
    this.#watched.clear();
  }
  #open() {
    if (!this.#paused && this.#state !== "refused" && this.#watched.size) this.#connection.open();
  }
  #add(kind, asked, watcher) {
    const key = kind + JSON.stringify(typeof asked === "string" ? asked : Object.entries(asked).sort());
    let watched = this.#watched.get(key);
    if (!watched) {
      if (this.#watched.size >= WATCHED_MAX) {
        watcher.refused?.({ code: "overloaded", message: `one connection watches ${WATCHED_MAX} things at most` });
        return () => void 0;
      }
      watched = { key, id: "", kind, asked, watchers: /* @__PURE__ */ new Set(), known: void 0, again: void 0 };
      this.#watched.set(key, watched);
      if (this.#connection.isOpen) this.#subscribe(watched);
      else this.#open();
    }
    const one = watched;
    one.watchers.add(watcher);
    if (one.known) queueMicrotask(() => show(one, watcher));
    return () => {
      if (one.watchers.delete(watcher) && !one.watchers.size) this.#end(one);
    };
  }
  #end(watched) {
    if (this.#watched.get(watched.key) !== watched) return;
    this.#watched.delete(watched.key);
    this.#unsubscribe(watched);
    if (this.#watched.size) this.#settled(watched);
    else setTimeout(() => this.#watched.size || this.#connection.close(), IDLE_MS);
  }
  #hear(message) {
    if (message.type === "snapshot" || message.type === "diff") this.#take(message);
    else if (message.type === "error" && message.id !== void 0) this.#refuse(this.#named(message.id), message);
  }
  #take(message) {
    const watched = this.#named(message.id);
    if (!watched) return;
    watched.known = after(watched.kind, watched.known, message);
    if (!watched.known) {
      this.#anew(watched);
      return;
    }
    clearTimeout(watched.again);
    this.#settled(watched);
    for (const watcher of [...watched.watchers]) show(watched, watcher);
  }
  #refuse(watched, { code, message, field }) {
    if (!watched) return;
    if (code === "overloaded") {
      this.#pending.add(watched);
      if (this.#state === "live") this.#say("stale");
      clearTimeout(watched.again);
      watched.again = setTimeout(() => this.#anew(watched), AGAIN_MS * (1 + Math.random()));
      return;
    }
    this.#end(watched);
    for (const { refused } of [...watched.watchers]) {
      guarded(() => refused?.({ code, message, ...field === void 0 ? {} : { field } }));
    }
  }
  #settled(watched) {
    this.#pending.delete(watched);
    if (!this.#pending.size && this.#connection.isOpen) this.#say("live");
  }
  #lost(refused) {
    for (const watched of this.#watched.values()) clearTimeout(watched.again);
    this.#pending.clear();
    if (refused) this.#say("refused");
    else if (this.#state === "live") this.#say("stale");
  }
  #anew(watched) {
    this.#unsubscribe(watched);
    this.#subscribe(watched);
  }
  #subscribe(watched) {
    watched.id = String(++this.#numbers);
    this.#pending.add(watched);
    const { id, kind, asked, known } = watched;
    const seen = known && { position: known.position, state: known.state };
    this.#connection.send({ type: "subscribe", id, [kind]: asked, ...seen });
  }
  #unsubscribe(watched) {
    clearTimeout(watched.again);
    this.#pending.delete(watched);
    this.#connection.send({ type: "unsubscribe", id: watched.id });
  }
  #named(id) {
    for (const watched of this.#watched.values()) if (watched.id === id) return watched;
    return void 0;
  }
  #say(state) {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) guarded(() => listener(state));
  }
};
var show = ({ watchers, known }, watcher) => {
  if (known && watchers.has(watcher)) guarded(() => watcher.show(known.page));
};
var guarded = (act) => {
  try {
    act();
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
};
export {
  Live
};
