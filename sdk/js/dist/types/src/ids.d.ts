/** A UUID version 7 (RFC 9562): milliseconds since 1970, then random bits. Sending the same id again is safe. */
export declare const uuid7: () => string;
