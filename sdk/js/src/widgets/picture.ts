import { made } from "./base";

/** What a picture's address may begin with: anything else is not asked for. */
const SAFE = /^(https:\/\/|data:image\/(png|jpeg|gif|webp|avif);)/i;

/** A picture of fixed size, or the initials when there is none or it cannot be had. It tells nobody where it is shown. */
export const pictureOf = (name: string, address: string | null): HTMLElement => {
  const box = made("span", "picture", initials(name));
  box.setAttribute("aria-hidden", "true");
  if (address && SAFE.test(address)) {
    const image = made("img");
    image.alt = "";
    image.loading = "lazy";
    image.decoding = "async";
    image.referrerPolicy = "no-referrer";
    image.addEventListener("error", () => image.remove());
    image.src = address;
    box.append(image);
  }
  return box;
};

const initials = (name: string): string =>
  (name.match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, 2).map((word) => [...word][0]).join("").toLocaleUpperCase();
