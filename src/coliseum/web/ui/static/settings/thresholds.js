// A threshold's name is a part of its address: <form data-named="id of the field">.

for (const form of document.querySelectorAll("form[data-named]")) {
  const [method, path] = form.dataset.api.split(" ");
  const field = document.getElementById(form.dataset.named);
  field.addEventListener("input", () => { form.dataset.api = `${method} ${path}${encodeURIComponent(field.value)}`; });
}
