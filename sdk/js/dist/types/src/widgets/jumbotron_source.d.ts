import type { PublicRow } from "../pages";
import type { Invitation, Runner, Scene } from "./jumbotron_scene";
import type { Shown } from "./source";
/** A voting as `GET /api/public/{slug}/votings/{name}` answers. */
export interface PublicVoting {
    name: string;
    title: string;
    tenant: string;
    state: Invitation["state"];
    event: Place;
    opensAt: string;
    closesAt: string;
    options: {
        id: string;
        name: string;
        picture: string | null;
    }[];
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
/** Of which event of a member's tenant, which voting is held there, and which boards are shown beside. */
export interface Stand {
    server: string;
    tenant: string;
    event: string;
    voting: string | null;
    boards: readonly string[];
}
export declare const COUNTED: readonly ["votes", "voters", "attendance", "tickets", "shares"];
export declare const invitationOf: (voting: PublicVoting, server: string, tenant: string) => Invitation;
export declare const placeOf: (event: Place) => string;
/** A voting with public results, for anybody. */
export declare const publicScene: (voting: PublicVoting, server: string, tenant: string) => Scene;
/** An event of the tenant whose member is logged in here: pushed, over one connection. */
export declare class StandSource {
    #private;
    private readonly stand;
    constructor(stand: Stand);
    start(told: (shown: Shown) => void): void;
    stop(): void;
}
/** Those on the ballot as the board has them, and behind them those who have no vote yet; all, where there is no ballot. */
export declare const runners: (rows: readonly PublicRow[], options: PublicVoting["options"]) => Runner[];
export {};
