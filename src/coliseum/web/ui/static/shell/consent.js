// Whether this browser may keep what is not strictly necessary: only after a yes, and never against Global Privacy Control.
//
// Everything optional goes through here: keep("theme", "dark") writes only when it may, forget() removes all of it. A no
// is not kept either. Cookies are the server's names; everything else is local storage under "coliseum:".

const CONSENT = "coliseum-consent";
const PREFIX = "coliseum:";
const COOKIES = [CONSENT, "coliseum-theme"];
const YEAR_S = 31_536_000;
const strip = document.getElementById("consent");

function cookie(name, value, seconds) {
  document.cookie = `${name}=${value}; Path=/; Max-Age=${seconds}; SameSite=Lax; Secure`;
}

export function mayStore() {
  if (navigator.globalPrivacyControl) return false;
  return document.cookie.split("; ").includes(`${CONSENT}=yes`);
}

/** Keep a cookie that the server reads, when that is allowed; otherwise ask whether it may be. */
export function keepCookie(name, value) {
  if (mayStore()) cookie(name, value, YEAR_S);
  else ask();
  return mayStore();
}

/** Keep a preference of this device, when that is allowed. */
export function keep(name, value) {
  if (!mayStore()) return false;
  localStorage.setItem(PREFIX + name, value);
  return true;
}

/** A preference that was kept; null without one, or when nothing may be kept any more. */
export function kept(name) {
  return mayStore() ? localStorage.getItem(PREFIX + name) : null;
}

/** Remove everything that a yes has let in. */
export function forget() {
  for (const name of COOKIES) cookie(name, "", 0);
  for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
}

function ask() {
  if (strip) strip.hidden = false;
}

const listeners = new Set();

/** Be told once a yes is given on this page. */
export function onAllowed(tell) {
  listeners.add(tell);
}

strip?.querySelector("form")?.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.value === "yes" && !navigator.globalPrivacyControl) {
    cookie(CONSENT, "yes", YEAR_S);
    for (const tell of listeners) tell();
  } else {
    forget();
  }
  strip.hidden = true;
});

// Whatever said no since something was kept, the setting of the browser or a form of the page /cookies: it goes now.
if (!mayStore()) {
  if (COOKIES.some((name) => document.cookie.includes(`${name}=`))) forget();
  else for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
}
