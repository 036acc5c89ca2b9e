/** An instant: RFC 3339 date and time with its offset, as Date.prototype.toISOString() writes it. */
export type Rfc3339 = string;
/** A fan looked at an event's page. */
export interface EventViewed {
    type: "concierto.event_viewed";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who did it: your own id of the person */
    userId: string;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** an id of your own, any text of 1 to 128 characters */
    eventId: string;
}
/** A fan said to be interested in an event. */
export interface EventInterested {
    type: "concierto.event_interested";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who did it: your own id of the person */
    userId: string;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** an id of your own, any text of 1 to 128 characters */
    eventId: string;
}
/** A fan bought tickets. It moves no money of its own: `treasury.money_spent` carries that. */
export interface TicketPurchased {
    type: "concierto.ticket_purchased";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who did it: your own id of the person */
    userId: string;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** an id of your own, any text of 1 to 128 characters */
    eventId: string;
    /** text, at most 256 characters */
    ticketTier?: string | null;
    /** integer from 1 to 1000000 */
    quantity: number;
    /** money in minor units of its currency, a positive integer */
    amountCents: number;
    /** ISO 4217 code in lower case, such as eur */
    currency: string;
    /** the order's id */
    orderId: string;
}
/** A fan was there. */
export interface EventAttended {
    type: "concierto.event_attended";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who did it: your own id of the person */
    userId: string;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** an id of your own, any text of 1 to 128 characters */
    eventId: string;
    /** text, 1 to 256 characters */
    city: string;
    /** text, at most 256 characters */
    ticketTier?: string | null;
}
/** A person paid. */
export interface MoneySpent {
    type: "treasury.money_spent";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who did it: your own id of the person */
    userId: string;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** money in minor units of its currency, a positive integer */
    amountCents: number;
    /** ISO 4217 code in lower case, such as eur */
    currency: string;
    /** an id of your own, any text of 1 to 128 characters */
    eventId?: string | null;
    /** an id of your own, any text of 1 to 128 characters */
    artistId?: string | null;
    /** one of `bar`, `digital`, `merch`, `other`, `subscription`, `ticket`, `tip` */
    reason: "bar" | "digital" | "merch" | "other" | "subscription" | "ticket" | "tip";
    /** Stripe's id of the payment */
    stripePaymentIntentId?: string | null;
}
/** A person was paid. */
export interface MoneyEarned {
    type: "treasury.money_earned";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who did it: your own id of the person */
    userId: string;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** money in minor units of its currency, a positive integer */
    amountCents: number;
    /** ISO 4217 code in lower case, such as eur */
    currency: string;
    /** an id of your own, any text of 1 to 128 characters */
    eventId?: string | null;
    /** an id of your own, any text of 1 to 128 characters */
    artistId?: string | null;
    /** one of `affiliate`, `artist`, `platform`, `promoter`, `venue` */
    role: "affiliate" | "artist" | "platform" | "promoter" | "venue";
    /** one of `bar`, `digital`, `merch`, `other`, `subscription`, `ticket`, `tip` */
    source: "bar" | "digital" | "merch" | "other" | "subscription" | "ticket" | "tip";
    /** Stripe's id of the transfer */
    stripeTransferId?: string | null;
}
/** A payment was given back, in whole or in part. Lowers what `treasury.money_spent` raised. */
export interface MoneyRefunded {
    type: "treasury.money_refunded";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who did it: your own id of the person */
    userId: string;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** money in minor units of its currency, a positive integer */
    amountCents: number;
    /** ISO 4217 code in lower case, such as eur */
    currency: string;
    /** an id of your own, any text of 1 to 128 characters */
    eventId?: string | null;
    /** an id of your own, any text of 1 to 128 characters */
    artistId?: string | null;
    /** text, at most 256 characters */
    reason: string;
    /** the payment: its event id or its payment intent */
    refundOf: string;
}
/** A fan voted for an artist at an event. */
export interface VoteCast {
    type: "coliseum.vote_cast";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who did it: your own id of the person */
    userId: string;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** an id of your own, any text of 1 to 128 characters */
    artistId: string;
    /** an id of your own, any text of 1 to 128 characters */
    eventId: string;
    /** integer from 1 to 1000 */
    weight: number;
    /** one of `app`, `jury`, `onsite`, `sms`, `televote`, `web` */
    channel: "app" | "jury" | "onsite" | "sms" | "televote" | "web";
}
/** A vote was taken back. `userId` is who voids it, which need not be the voter. Only the log knows the vote, so its artist, its event and the weight to take back are filled in at capture. */
export interface VoteVoided {
    type: "coliseum.vote_voided";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who did it: your own id of the person */
    userId: string;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** the id of the `coliseum.vote_cast` event */
    voteId: string;
    /** text, at most 256 characters */
    reason: string;
}
/** A fan played a track. A play under 30 seconds is logged and not counted. */
export interface TrackPlayed {
    type: "player.track_played";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who did it: your own id of the person */
    userId: string;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** an id of your own, any text of 1 to 128 characters */
    trackId: string;
    /** an id of your own, any text of 1 to 128 characters */
    artistId: string;
    /** seconds, integer from 0 to 86400 */
    durationSeconds?: number | null;
}
/** A fan made a track a favorite. */
export interface TrackFavorited {
    type: "player.track_favorited";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who did it: your own id of the person */
    userId: string;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** an id of your own, any text of 1 to 128 characters */
    trackId: string;
    /** an id of your own, any text of 1 to 128 characters */
    artistId: string;
}
/** A fan took a favorite back. */
export interface TrackUnfavorited {
    type: "player.track_unfavorited";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who did it: your own id of the person */
    userId: string;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** an id of your own, any text of 1 to 128 characters */
    trackId: string;
    /** an id of your own, any text of 1 to 128 characters */
    artistId: string;
}
/** A fan follows an artist, an event, a venue or another person. */
export interface Follow {
    type: "social.follow";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who did it: your own id of the person */
    userId: string;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** the id of what it is about */
    targetId: string;
    /** one of `artist`, `event`, `user`, `venue` */
    targetType: "artist" | "event" | "user" | "venue";
}
/** A fan follows no longer. */
export interface Unfollow {
    type: "social.unfollow";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who did it: your own id of the person */
    userId: string;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** the id of what it is about */
    targetId: string;
    /** one of `artist`, `event`, `user`, `venue` */
    targetType: "artist" | "event" | "user" | "venue";
}
/** A fan shared something. */
export interface Share {
    type: "social.share";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who did it: your own id of the person */
    userId: string;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** the id of what it is about */
    targetId: string;
    /** one of `artist`, `event`, `leaderboard`, `report`, `track`, `user`, `venue` */
    targetType: "artist" | "event" | "leaderboard" | "report" | "track" | "user" | "venue";
    /** where it was shared to, 1 to 256 characters */
    platform: string;
}
/** An artist was added to the catalog or changed. */
export interface ArtistChanged {
    type: "catalog.artist";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who made the change, if it matters */
    userId?: string | null;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** an id of your own, any text of 1 to 128 characters */
    artistId: string;
    /** text, 1 to 256 characters */
    name: string;
    /** at most 32 genres */
    genres?: string[] | null;
    /** home city */
    city?: string | null;
    /** text, 1 to 256 characters */
    country?: string | null;
    /** address of a picture, at most 256 characters */
    picture?: string | null;
}
/** An event was added to the catalog or changed. */
export interface EventChanged {
    type: "catalog.event";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who made the change, if it matters */
    userId?: string | null;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** an id of your own, any text of 1 to 128 characters */
    eventId: string;
    /** text, 1 to 256 characters */
    name: string;
    /** an id of your own, any text of 1 to 128 characters */
    venueId?: string | null;
    /** text, 1 to 256 characters */
    city?: string | null;
    /** RFC 3339 date and time with its offset, such as 2025-06-21T20:15:00+02:00 */
    startsAt?: Rfc3339 | null;
    /** people, integer from 0 to 10000000 */
    capacity?: number | null;
    /** artist ids in billing order, at most 256 */
    artistIds?: string[] | null;
    /** address of a picture, at most 256 characters */
    picture?: string | null;
}
/** A venue was added to the catalog or changed. */
export interface VenueChanged {
    type: "catalog.venue";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who made the change, if it matters */
    userId?: string | null;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** an id of your own, any text of 1 to 128 characters */
    venueId: string;
    /** text, 1 to 256 characters */
    name: string;
    /** text, 1 to 256 characters */
    city?: string | null;
    /** text, 1 to 256 characters */
    country?: string | null;
    /** people, integer from 0 to 10000000 */
    capacity?: number | null;
    /** address of a picture, at most 256 characters */
    picture?: string | null;
}
/** A track was added to the catalog or changed. */
export interface TrackChanged {
    type: "catalog.track";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who made the change, if it matters */
    userId?: string | null;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** an id of your own, any text of 1 to 128 characters */
    trackId: string;
    /** text, 1 to 256 characters */
    name: string;
    /** an id of your own, any text of 1 to 128 characters */
    artistId: string;
    /** seconds, integer from 0 to 86400 */
    durationSeconds?: number | null;
    /** address of a picture, at most 256 characters */
    picture?: string | null;
}
/** A person gave or withdrew consent for a purpose. */
export interface ConsentChanged {
    type: "privacy.consent_changed";
    /** the event's id, UUIDv7 recommended; makes sending it again safe */
    id?: string | null;
    /** who did it: your own id of the person */
    userId: string;
    /** when it happened: RFC 3339 date and time with its offset */
    at: Rfc3339;
    /** the visit it belongs to */
    sessionId?: string | null;
    /** the device it came from */
    deviceId?: string | null;
    /** the sender's clock when it sent this; corrects `at` */
    sentAt?: Rfc3339 | null;
    /** what the consent is for; `analytics` is what a tenant with opt-in asks for */
    purpose: string;
    /** true when given, false when withdrawn */
    granted: boolean;
    /** version of the text that the person saw */
    textVersion: string;
    /** one of `api`, `banner`, `gpc`, `tcf` */
    source: "api" | "banner" | "gpc" | "tcf";
}
/** Any event. */
export type ColiseumEvent = EventViewed | EventInterested | TicketPurchased | EventAttended | MoneySpent | MoneyEarned | MoneyRefunded | VoteCast | VoteVoided | TrackPlayed | TrackFavorited | TrackUnfavorited | Follow | Unfollow | Share | ArtistChanged | EventChanged | VenueChanged | TrackChanged | ConsentChanged;
/** The events by their type. */
export interface EventsByType {
    "concierto.event_viewed": EventViewed;
    "concierto.event_interested": EventInterested;
    "concierto.ticket_purchased": TicketPurchased;
    "concierto.event_attended": EventAttended;
    "treasury.money_spent": MoneySpent;
    "treasury.money_earned": MoneyEarned;
    "treasury.money_refunded": MoneyRefunded;
    "coliseum.vote_cast": VoteCast;
    "coliseum.vote_voided": VoteVoided;
    "player.track_played": TrackPlayed;
    "player.track_favorited": TrackFavorited;
    "player.track_unfavorited": TrackUnfavorited;
    "social.follow": Follow;
    "social.unfollow": Unfollow;
    "social.share": Share;
    "catalog.artist": ArtistChanged;
    "catalog.event": EventChanged;
    "catalog.venue": VenueChanged;
    "catalog.track": TrackChanged;
    "privacy.consent_changed": ConsentChanged;
}
export type EventType = ColiseumEvent["type"];
