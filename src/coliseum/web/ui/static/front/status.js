// Looks again while the page is seen, and puts the new state in the old one's place.

const EVERY_MS = 10_000;

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.pathname, { cache: "no-store" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("standing");
    if (fresh) document.getElementById("standing").replaceWith(document.adoptNode(fresh));
  } catch {
    // The next look may succeed; what is shown says when it was looked at.
  }
}

setInterval(look, EVERY_MS);
