/** A server that speaks docs/LIVE.md over real WebSockets, and shows one board that changes at random. */
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { BoardPage, BoardRow } from "../src/pages";
import type { Chance } from "./chance";

interface Version {
  page: BoardPage;
  state: string;
}

interface Viewer {
  socket: WebSocket;
  id: string;
  seen: Version | undefined;
  asked: unknown;
}

const row = (id: string, score: number): BoardRow => ({
  rank: 0, id, name: id.toUpperCase(), picture: null, score, percentile: 0, toNext: null,
});

const EMPTY: BoardPage = {
  metric: "votes", unit: "votes", currency: null, entity: "artist", window: "all", windowStart: null, windowEnd: null,
  filters: {}, ranking: "competition", members: 0, position: [0], source: "live", rows: [], nextCursor: null,
};

export class LiveServer {
  readonly heard: Record<string, unknown>[] = [];
  connections = 0;
  snapshots = 0;
  resumed = 0;
  now: Version = { page: EMPTY, state: "0" };
  #past = new Map<string, Version>([["0", this.now]]);
  #viewers = new Set<Viewer>();
  #server: WebSocketServer;

  private constructor(private readonly luck: Chance) {
    this.#server = new WebSocketServer({ port: 0, path: "/api/live" });
    this.#server.on("connection", (socket) => this.#serve(socket));
  }

  static async start(luck: Chance): Promise<LiveServer> {
    const made = new LiveServer(luck);
    await new Promise((done) => made.#server.once("listening", done));
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((done) => this.#server.close(done));
  }

  /** End all connections: with a code, or without ado. */
  cut(code?: number): void {
    for (const socket of this.#server.clients) code === undefined ? socket.terminate() : socket.close(code);
    this.#viewers.clear();
  }

  /** Forget what was, as a process that has restarted. */
  forget(): void {
    this.#past = new Map([[this.now.state, this.now]]);
  }

  /** Something is counted: rows come, go, rise and fall, and so does everything beside them. */
  change(): void {
    const { luck, now } = this;
    let rows = now.page.rows.map((each) => ({ ...each }));
    for (let n = luck.below(4); n >= 0; n--) {
      const id = `artist-${luck.below(30)}`;
      const known = rows.find((each) => each.id === id);
      if (!known) rows.push(row(id, luck.below(1_000)));
      else if (luck.below(4) === 0) rows = rows.filter((each) => each !== known);
      else known.score += luck.below(200) - 50;
    }
    rows.sort((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1));
    rows.forEach((each, place) => (each.rank = place + 1));
    const page = { ...now.page, rows, members: rows.length, position: [now.page.position[0]! + 1] };
    this.now = { page, state: String(Number(now.state) + 1) };
    this.#past.set(this.now.state, this.now);
    for (const viewer of this.#viewers) if (luck.below(3)) this.#tell(viewer); // others get one that sums up
  }

  /** Tell everybody what they have not been told. */
  settle(): void {
    for (const viewer of this.#viewers) this.#tell(viewer);
  }

  #serve(socket: WebSocket): void {
    this.connections++;
    socket.on("message", (data) => {
      const said = JSON.parse(String(data)) as Record<string, unknown>;
      this.heard.push(said);
      if (said.type === "auth") socket.send('{"type":"ready"}');
      if (said.type === "ping") socket.send('{"type":"pong"}');
      if (said.type === "subscribe") {
        const viewer = { socket, id: said.id as string, seen: this.#past.get(said.state as string), asked: said.board };
        this.#viewers.add(viewer);
        this.#tell(viewer, true);
      }
      if (said.type === "unsubscribe") {
        for (const viewer of this.#viewers) if (viewer.id === said.id && viewer.socket === socket) this.#viewers.delete(viewer);
      }
    });
  }

  #tell(viewer: Viewer, first = false): void {
    const { page, state } = this.now;
    const { seen, id } = viewer;
    const place = { id, position: page.position, state };
    if (!seen) {
      this.snapshots++;
      viewer.socket.send(JSON.stringify({ type: "snapshot", resumed: false, ...place, page }));
    } else {
      if (first) this.resumed++;
      const resumed = first ? { resumed: true } : {};
      viewer.socket.send(JSON.stringify({ type: "diff", ...resumed, ...place, from: seen.page.position, ...this.#diff(seen.page, page) }));
    }
    viewer.seen = this.now;
  }

  /** Some difference of two pages: rows that have not moved are moved too, now and then. */
  #diff(old: BoardPage, fresh: BoardPage): Record<string, unknown> {
    const { rows: before, ...head } = old;
    const { rows, ...now } = fresh;
    const set = Object.fromEntries(Object.entries(now).filter(([name, value]) =>
      JSON.stringify(value) !== JSON.stringify(head[name as keyof typeof head])));
    const same = (one: BoardRow) => before.some((each) => JSON.stringify(each) === JSON.stringify(one));
    let last = -1;
    const stays = new Set(rows.filter((each) => {
      const place = before.findIndex((one) => one.id === each.id);
      if (!same(each) || place <= last || this.luck.below(10) === 0) return false;
      last = place;
      return true;
    }));
    return {
      set,
      gone: before.filter((each) => !rows.some((one) => one.id === each.id)).map((each) => each.id),
      rows: rows.flatMap((each, place) => (stays.has(each) ? [] : [[place, each]])),
    };
  }
}
