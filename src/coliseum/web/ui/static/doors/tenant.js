// Suggestions for a new tenant: a short name that follows from the name, and the zone that this device is in.

const form = document.querySelector("[data-tenant-form]");
const { slug, timeZone } = form.elements;

const slugOf = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
  .replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40).replace(/-$/, "");

let own = slug.value !== "";
slug.addEventListener("input", () => { own = slug.value !== ""; });
form.elements.namedItem("name").addEventListener("input", (event) => { if (!own) slug.value = slugOf(event.target.value); });

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (timeZone.value === "UTC" && [...timeZone.options].some((each) => each.value === here)) timeZone.value = here;
