import { Live, type LiveState } from "../live";
import type { BoardPage, PublicRow } from "../pages";
import type { Counter, Crowd, Invitation, Runner, Scene } from "./jumbotron_scene";
import type { Shown, SourceState } from "./source";

/** A voting as `GET /api/public/{slug}/votings/{name}` answers. */
export interface PublicVoting {
  name: string;
  title: string;
  tenant: string;
  state: Invitation["state"];
  event: Place;
  opensAt: string;
  closesAt: string;
  options: { id: string; name: string; picture: string | null }[];
  standing: Runner[] | null;
  votes: number | null;
  position: number[] | null;
}

interface Place {
  id: string;
  name: string;
  venue: string | null;
  city: string | null;
  capacity: number | null;
}

interface CrowdPage {
  event: Place;
  arrived: number;
  perMinute: number;
}

/** Of which event of a member's tenant, which voting is held there, and which boards are shown beside. */
export interface Stand {
  server: string;
  tenant: string;
  event: string;
  voting: string | null;
  boards: readonly string[];
}

export const COUNTED = ["votes", "voters", "attendance", "tickets", "shares"] as const;
const RUNNERS = "100";
const ASK_EVERY_MS = 4_000;
const ANSWER_MS_MAX = 10_000;
const STATES: Record<LiveState, SourceState> = {
  connecting: "loading", live: "live", stale: "offline", refused: "error",
};

export const invitationOf = (voting: PublicVoting, server: string, tenant: string): Invitation => {
  const path = `${server || location.origin}/p/${encodeURIComponent(tenant)}/vote/${encodeURIComponent(voting.name)}`;
  const { state, opensAt, closesAt } = voting;
  return { state, opensAt, closesAt, page: path, code: `${path}/code.svg` };
};

export const placeOf = (event: Place): string => [event.venue, event.city].filter(Boolean).join(" · ");

/** A voting with public results, for anybody. */
export const publicScene = (voting: PublicVoting, server: string, tenant: string): Scene => ({
  title: voting.title || voting.event.name,
  place: placeOf(voting.event),
  race: voting.standing ?? undefined,
  counters: voting.votes === null ? undefined : [{ metric: "votes", value: voting.votes }],
  invitation: voting.state === "closed" ? undefined : invitationOf(voting, server, tenant),
});

/** An event of the tenant whose member is logged in here: pushed, over one connection. */
export class StandSource {
  #live: Live;
  #ends: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | undefined;
  #state: SourceState = "loading";
  #voting: PublicVoting | undefined;
  #crowd: CrowdPage | undefined;
  #rows: readonly PublicRow[] | undefined;
  #counters = new Map<string, number>();
  #boards: Record<string, readonly Runner[]> = {};
  #page: Scene | undefined;
  #told: ((shown: Shown) => void) | undefined;

  constructor(private readonly stand: Stand) {
    this.#live = new Live({ ...(stand.server && { url: stand.server }), tenant: stand.tenant });
  }

  start(told: (shown: Shown) => void): void {
    this.#told = told;
    const { event, boards } = this.stand;
    this.#ends.push(
      this.#live.onState((state) => {
        this.#state = STATES[state];
        this.#say();
      }),
      this.#live.board({ metric: "votes", event, limit: RUNNERS }, (page: BoardPage) => {
        this.#rows = page.rows as PublicRow[]; // of artists, who have names
        this.#tell();
      }),
    );
    // An id with a comma in it would be taken for two.
    if (!event.includes(",")) for (const metric of COUNTED) this.#count(metric);
    for (const board of boards) {
      this.#ends.push(this.#live.board({ board, limit: "12" }, (page) => {
        this.#boards = { ...this.#boards, [board]: page.rows.map((row) => ({ ...row, name: row.name ?? "" })) };
        this.#tell();
      }));
    }
    void this.#ask();
  }

  stop(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#live.close();
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#told = this.#asking = this.#page = undefined;
  }

  #count(metric: string): void {
    const asked = { metric, entity: "event", ids: this.stand.event, limit: "1" };
    this.#ends.push(this.#live.board(asked, ({ rows }) => {
      this.#counters.set(metric, rows[0]?.score ?? 0);
      this.#tell();
    }));
  }

  /** What nobody pushes: the voting's times, what is known of the event, arrivals a minute. */
  async #ask(): Promise<void> {
    const asking = (this.#asking = new AbortController());
    const timeout = setTimeout(() => asking.abort(), ANSWER_MS_MAX);
    try {
      const { server, tenant, event, voting } = this.stand;
      const query = new URLSearchParams({ event }).toString();
      const wanted: [Promise<unknown>, Promise<unknown>] = [
        this.#get(`${server}/api/crowd?${query}`, asking),
        voting ? this.#get(`${server}/api/public/${encodeURIComponent(tenant)}/votings/${encodeURIComponent(voting)}`, asking)
          : Promise.resolve(undefined),
      ];
      const [crowd, found] = await Promise.all(wanted);
      if (asking !== this.#asking) return;
      if (crowd) this.#crowd = crowd as CrowdPage;
      if (found || !voting) this.#voting = found as PublicVoting | undefined;
      if (crowd || found) this.#tell();
    } finally {
      clearTimeout(timeout);
      if (asking === this.#asking) this.#timer = setTimeout(() => void this.#ask(), ASK_EVERY_MS * (0.9 + Math.random() / 5));
    }
  }

  /** What an address answers; undefined when it does not, and what was known stays. */
  async #get(url: string, asking: AbortController): Promise<unknown> {
    try {
      const answer = await fetch(url, { headers: { "Coliseum-Tenant": this.stand.tenant }, signal: asking.signal });
      return answer.ok ? ((await answer.json()) as unknown) : undefined;
    } catch {
      return undefined;
    }
  }

  #tell(): void {
    this.#page = this.#scene();
    this.#say();
  }

  /** A page that is the same object as before was not heard of anew. */
  #say(): void {
    this.#told?.({ page: this.#page, state: this.#state });
  }

  #scene(): Scene {
    const event = this.#voting?.event ?? this.#crowd?.event;
    const capacity = event?.capacity ?? this.#crowd?.event.capacity ?? null;
    const arrived = this.#counters.get("attendance") ?? this.#crowd?.arrived ?? 0;
    const crowd: Crowd = { arrived, capacity, perMinute: this.#crowd?.perMinute ?? null };
    const counters: Counter[] = COUNTED
      .map((metric) => ({ metric, value: this.#counters.get(metric) ?? 0 }))
      .filter(({ value }, place) => value > 0 || place < 2);
    return {
      title: this.#voting?.title || event?.name || this.stand.event,
      place: event ? placeOf(event) : "",
      race: this.#rows && runners(this.#rows, this.#voting?.options ?? []),
      crowd,
      counters,
      invitation: this.#voting && this.#voting.state !== "closed"
        ? invitationOf(this.#voting, this.stand.server, this.stand.tenant) : undefined,
      boards: this.#boards,
    };
  }
}

/** Those on the ballot as the board has them, and behind them those who have no vote yet; all, where there is no ballot. */
export const runners = (rows: readonly PublicRow[], options: PublicVoting["options"]): Runner[] => {
  if (!options.length) return rows.map(({ rank, id, name, picture, score }) => ({ rank, id, name, picture, score }));
  const wanted = new Map(options.map((option) => [option.id, option]));
  const ahead = rows.filter((row) => wanted.has(row.id));
  const scores = ahead.map((row) => row.score);
  const behind = options.filter((option) => !ahead.some((row) => row.id === option.id));
  return [...ahead, ...behind.map((option) => ({ ...option, score: 0 }))].map(({ id, name, picture, score }) => ({
    rank: 1 + scores.filter((other) => other > score).length, id, name, picture, score,
  }));
};
