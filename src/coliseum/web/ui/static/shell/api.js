// Calls of the API by the cookie: for the page's tenant, with the token that only our own pages can read.

export class Problem extends Error {
  constructor(body, status) {
    super(body?.detail || body?.title || `${status}`);
    this.name = "Problem";
    this.status = status;
    this.code = body?.code ?? "";
    this.title = body?.title ?? "";
    this.field = body?.field ?? null;
  }
}

let token = null;

async function csrfToken(fresh) {
  if (fresh || token === null) {
    const answer = await fetch("/api/auth/session", { headers: { accept: "application/json" }, cache: "no-store" });
    if (!answer.ok) throw new Problem(await body(answer), answer.status);
    token = (await answer.json()).csrfToken;
  }
  return token;
}

async function body(answer) {
  const text = await answer.text();
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The answer's JSON (null when empty). Throws Problem with title, detail as message, code, field and status. */
export async function api(method, path, sent = undefined, headers = {}) {
  const tenant = document.body.dataset.tenant;
  const call = async (fresh) => fetch(path, {
    method,
    cache: "no-store",
    headers: {
      accept: "application/json",
      ...(tenant ? { "coliseum-tenant": tenant } : {}),
      ...(method === "GET" ? {} : { "coliseum-csrf": await csrfToken(fresh) }),
      ...(method === "GET" || sent === undefined && method === "DELETE" ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    body: method === "GET" || sent === undefined && method === "DELETE" ? undefined : JSON.stringify(sent ?? {}),
  });
  let answer = await call(false);
  let found = await body(answer);
  if (answer.status === 403 && found?.code === "cross_site" && method !== "GET") {
    answer = await call(true); // the log-in has been renewed since the token was read
    found = await body(answer);
  }
  if (!answer.ok) throw new Problem(found, answer.status);
  return found;
}
