// data-page: the API answers with the address of a page of Stripe, and the browser goes there.

document.addEventListener("api:done", (event) => {
  if (event.target.dataset.page !== undefined) location.assign(event.detail.url);
});
