/** A picture of fixed size, or the initials when there is none or it cannot be had. It tells nobody where it is shown. */
export declare const pictureOf: (name: string, address: string | null) => HTMLElement;
