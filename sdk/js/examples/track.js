// What the user has said is your banner's to remember; until then the example says nothing for them.
const passport = new coliseum.Passport({
  key: "cs_browser_KEY",
  url: "https://coliseum.example",
  consent: localStorage.getItem("agreed") ?? "denied",
  onDrop: (drop) => say(`${drop.id} will not arrive: ${drop.code}`),
});

const say = (text) => void (document.getElementById("said").textContent = text);

const agree = (said) => {
  localStorage.setItem("agreed", said);
  passport.consent(said);
  say(said);
};

document.getElementById("agree").onclick = () => agree("granted");
document.getElementById("refuse").onclick = () => agree("denied");
document.getElementById("vote").onclick = () => {
  const id = passport.track("coliseum.vote_cast", { artistId: "abba", eventId: "final", weight: 1, channel: "web" });
  say(id === null ? "not sent: no consent" : `sent as ${id}`);
};
