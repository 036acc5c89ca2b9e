/** Coliseum in a page: `const passport = new Passport({ key })`, then `passport.track("social.follow", { … })`. */
export { Passport } from "./passport";
export type { Consent, Drop, Fields, Options } from "./passport";
export type { ColiseumEvent, EventsByType, EventType } from "../types/events";
