// <button data-file="/api/…">: fetches a file for the page's tenant and hands it to the browser to be saved.

for (const button of document.querySelectorAll("button[data-file]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const answer = await fetch(button.dataset.file, { headers: { "coliseum-tenant": document.body.dataset.tenant }, cache: "no-store" });
      if (!answer.ok) throw new Error((await answer.json()).detail);
      const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "catalog.csv";
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = name;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      const said = document.createElement("p");
      said.className = "wrong";
      said.setAttribute("role", "alert");
      said.textContent = error.message;
      said.lang = "en";
      button.parentElement.after(said);
    } finally {
      button.disabled = false;
    }
  });
}
