// That somebody was forgotten: the certificate stays on the page, and the user id leaves its field.

const form = document.querySelector("#forget");
const said = document.querySelector("#forgotten");

form?.addEventListener("api:done", (event) => {
  form.reset();
  said.textContent = said.dataset.said.replace("#certificate", () => event.detail.certificate);
  said.hidden = false;
});
