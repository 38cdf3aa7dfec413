// Keeps what is typed in <textarea data-draft="key"> on this computer until the server has it, and offers it back.
// Drafts belong to one member of one council (body data-drafts), are forgotten at log-out and after two weeks.

const PREFIX = "draft:";
const KEEP = 14 * 24 * 3600 * 1000; // milliseconds
const scope = document.body.dataset.drafts;
const mine = `${PREFIX}${scope}:`;

const keyOf = (area) => `${mine}${area.dataset.draft}`;

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, draft) {
  try {
    localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // The storage is full or switched off; typing goes on without the net.
  }
}

function keys(prefix) {
  return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
}

function offer(area) {
  const key = keyOf(area);
  const draft = read(key);
  if (!draft) return;
  if (draft.text === area.value) {
    localStorage.removeItem(key);
    return;
  }
  const words = document.getElementById("draft-offer").content.cloneNode(true);
  const box = words.firstElementChild;
  box.querySelector("[data-draft-use]").addEventListener("click", () => {
    box.remove();
    area.value = draft.text;
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  box.querySelector("[data-draft-drop]").addEventListener("click", () => {
    box.remove();
    localStorage.removeItem(key);
    area.focus();
  });
  area.before(words);
}

function start(root) {
  for (const area of root.querySelectorAll("textarea[data-draft]")) {
    if (area.dataset.draftReady) continue;
    area.dataset.draftReady = "yes";
    offer(area);
  }
}

// The page after a sending: if it isn't a fault, the server has the text. Whoever was logged out meanwhile stands
// before the log-in, which doesn't know whose the text is.
const lost = document.querySelector("[data-unsent], .error-summary");
for (const key of keys(scope ? mine : PREFIX)) {
  const draft = read(key);
  if (!draft || Date.now() - draft.at > KEEP) localStorage.removeItem(key);
  else if (draft.sent && lost) write(key, { ...draft, sent: false });
  else if (draft.sent && scope) localStorage.removeItem(key);
}

if (scope) {
  document.addEventListener("input", (event) => {
    if (!event.target.matches("textarea[data-draft]")) return;
    write(keyOf(event.target), { text: event.target.value, at: Date.now() });
  });

  const areasOf = (form) => [...(form.querySelectorAll?.("textarea[data-draft]") ?? [])];

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    for (const area of areasOf(event.target)) {
      const draft = read(keyOf(area));
      if (draft) write(keyOf(area), { ...draft, sent: true });
    }
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    event.detail.xhr.drafts = areasOf(event.detail.elt).map((area) => [keyOf(area), area.value]);
  });
  // Before the answer is swapped in: a fresh field of the same key must not be offered what was just saved.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr } = event.detail;
    const login = xhr.responseURL && new URL(xhr.responseURL).pathname === document.body.dataset.login;
    if (login || xhr.status >= 400) return;
    for (const [key, text] of xhr.drafts ?? []) {
      // Typing went on while it was sent: the draft is newer than what the server got, so it stays.
      if (read(key)?.text === text) localStorage.removeItem(key);
    }
  });
  document.addEventListener("htmx:load", (event) => start(event.detail.elt)); // afterSwap tells the old element
  start(document);
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-forget]")) return;
  for (const key of keys(PREFIX)) localStorage.removeItem(key);
});
