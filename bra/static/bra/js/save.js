// The save indicator (#save): Saving, Saved 14:02, Not saved. Fed by htmx's events of forms with data-autosave.
// A save that didn't reach the server is tried again by the event `save`, which such a form lists in its hx-trigger.

const FIRST_RETRY = 2000; // milliseconds; doubled each time
const LAST_RETRY = 60000;
const SHOW_SAVING_AFTER = 400; // a quick save says nothing before "Saved"

const forms = new Map(); // form -> { typed, sent, wait, timer }
let slow;

const formOf = (node) => node?.closest?.("[data-autosave]");

function stateOf(form) {
  if (!forms.has(form)) forms.set(form, { typed: 0, sent: 0, wait: FIRST_RETRY, timer: 0 });
  return forms.get(form);
}

function unsaved() {
  for (const form of forms.keys()) if (!form.isConnected) forms.delete(form);
  return [...forms.values()].some((state) => state.typed !== state.sent || state.timer);
}

function show(state, words) {
  clearTimeout(slow);
  const box = document.getElementById("save");
  if (!box) return;
  box.dataset.state = state;
  const text = words ?? box.dataset[state] ?? "";
  if (box.textContent !== text) box.textContent = text;
}

function clock() {
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  return two(now.getHours()) + (document.documentElement.lang === "sv" ? "." : ":") + two(now.getMinutes());
}

document.addEventListener("input", (event) => {
  const form = formOf(event.target);
  if (form) stateOf(form).typed += 1;
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = formOf(event.detail.elt);
  if (!form) return;
  const state = stateOf(form);
  clearTimeout(state.timer);
  state.timer = 0;
  event.detail.xhr.savedForm = form;
  event.detail.xhr.typedWhenSent = state.typed;
  clearTimeout(slow);
  slow = setTimeout(() => show("saving"), SHOW_SAVING_AFTER);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { xhr } = event.detail;
  // The answer may have swapped the form away; htmx then tells an ancestor of it.
  const form = xhr.savedForm;
  if (!form) return;
  const state = stateOf(form);
  const loggedOut = xhr.responseURL && new URL(xhr.responseURL).pathname === document.body.dataset.login;
  const box = document.getElementById("save");
  if (event.detail.successful && !loggedOut) {
    state.sent = xhr.typedWhenSent ?? state.typed;
    state.wait = FIRST_RETRY;
    // The council's own clock, where the answer tells it.
    const at = xhr.getResponseHeader("X-Saved-At") ?? clock();
    show("saved", `${box?.dataset.saved ?? ""} ${at}`.trim());
  } else if (xhr.status === 0 || xhr.status >= 500 || xhr.status === 429) {
    show("failed", box?.dataset.retry);
    state.timer = setTimeout(() => {
      state.timer = 0;
      if (form.isConnected) window.htmx.trigger(form, "save");
    }, state.wait);
    state.wait = Math.min(state.wait * 2, LAST_RETRY);
  } else {
    // The answer itself says why: a conflict, a fault in a field, a log-in that ran out. Sending again wouldn't help.
    show("failed");
  }
});

window.addEventListener("online", () => {
  for (const [form, state] of forms) {
    if (state.timer && form.isConnected) window.htmx.trigger(form, "save");
  }
});

window.addEventListener("beforeunload", (event) => {
  if (unsaved()) event.preventDefault();
});
