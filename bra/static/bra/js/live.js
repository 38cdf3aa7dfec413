// The live page: notes are saved before one leaves them, the agenda shows where one is, Esc leaves a field.

const areaOf = (form) => form?.querySelector("textarea[name=notes]");
const isDirty = (form) => Boolean(form?.isConnected && areaOf(form) && areaOf(form).value !== areaOf(form).defaultValue);
const notesForm = () => document.querySelector("#item form[data-autosave]");

let waiting; // a step to another item that waits for the notes to be saved

document.addEventListener("focusout", (event) => {
  const form = event.target.closest?.("#item form[data-autosave]");
  if (isDirty(form)) window.htmx.trigger(form, "save");
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const area = event.detail.elt.matches("form[data-autosave]") ? areaOf(event.detail.elt) : null;
  if (area) event.detail.xhr.notesSent = area.value;
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, xhr, successful } = event.detail;
  const area = elt.matches("form[data-autosave]") ? areaOf(elt) : null;
  if (!area) return;
  if (xhr.status === 422) area.setAttribute("aria-invalid", "true");
  if (!successful) {
    waiting = undefined; // one stays where the unsaved text is
    return;
  }
  area.removeAttribute("aria-invalid");
  // What the server has is what the field would be reset to; a difference is what is still unsaved.
  area.defaultValue = xhr.notesSent;
  if (!waiting) return;
  if (isDirty(elt)) {
    window.htmx.trigger(elt, "save");
  } else {
    const go = waiting;
    waiting = undefined;
    go();
  }
});

// A step to another item swaps the notes away, so it waits until they are saved.
document.addEventListener("htmx:confirm", (event) => {
  if (event.detail.target?.id !== "item") return;
  const form = notesForm();
  if (!isDirty(form)) return;
  event.preventDefault();
  waiting = () => event.detail.issueRequest(true);
  // Leaving the field began a save already; one that is on its way is waited for.
  if (!form.matches(".htmx-request")) window.htmx.trigger(form, "save");
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "item") return;
  const pk = document.querySelector("#item [data-item]")?.dataset.item;
  const agenda = document.getElementById("agenda");
  agenda.querySelector("[aria-current]")?.removeAttribute("aria-current");
  const link = document.getElementById(`to-${pk}`);
  link?.setAttribute("aria-current", "true");
  const folded = getComputedStyle(document.querySelector(".to-agenda")).display !== "none";
  if (!folded) {
    link?.scrollIntoView({ block: "nearest" });
    const item = document.getElementById("item");
    if (item.getBoundingClientRect().top < 0) item.scrollIntoView();
  }
  // On a phone the agenda was opened by its fragment: another fragment closes it.
  if (folded && location.hash !== "#item") location.replace("#item");
  if (folded || !agenda.contains(document.activeElement)) {
    document.getElementById("item-title")?.focus({ preventScroll: !folded });
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches?.("textarea, input, select")) event.target.blur();
});
