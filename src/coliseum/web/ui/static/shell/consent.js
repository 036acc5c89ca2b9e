// Whether this browser may keep what is not strictly necessary: only after a yes, and never against Global Privacy Control.

const COOKIE = "coliseum-consent";

export function mayStore() {
  if (navigator.globalPrivacyControl) return false;
  return document.cookie.split("; ").includes(`${COOKIE}=yes`);
}
