// The live page: notes are saved before one leaves them, the agenda shows where one is, Esc leaves a field.

const areaOf = (form) => form?.querySelector("textarea[name=notes]");
const notesForm = () => document.querySelector("#item form[data-notes]");
// What the server has is what the field would be reset to; a difference is what is still unsaved.
const isDirty = (form) => Boolean(form?.isConnected && areaOf(form).value !== areaOf(form).defaultValue);

let waiting; // a step to another item that waits for the notes to be saved
let shown = document.querySelector("#item [data-item]"); // the title of the item on the page
let tried; // the text last sent; one that was refused isn't sent again before it is changed

document.addEventListener("focusout", (event) => {
  const form = event.target.closest?.("form[data-notes]");
  if (form && event.target === areaOf(form) && isDirty(form) && event.target.value !== tried) {
    window.htmx.trigger(form, "save");
  }
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, xhr } = event.detail;
  if (!elt.matches("form[data-notes]")) return;
  tried = areaOf(elt).value;
  xhr.notes = { form: elt, text: tried };
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { xhr, successful } = event.detail;
  if (!xhr.notes) return;
  const { form, text } = xhr.notes;
  const area = areaOf(form);
  if (!successful) {
    // One stays where the unsaved text is, and sees why.
    if (xhr.status === 422) area.setAttribute("aria-invalid", "true");
    if (waiting && form.isConnected) area.focus();
    waiting = undefined;
    return;
  }
  area.removeAttribute("aria-invalid");
  area.defaultValue = text;
  if (waiting && isDirty(form)) {
    window.htmx.trigger(form, "save");
  } else if (waiting) {
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

// At once with the swap, not when it has settled: a key pressed in between must not lose its focus to the heading.
document.addEventListener("htmx:afterSwap", (event) => {
  const title = document.querySelector("#item [data-item]");
  if (event.detail.target?.id !== "item" || title === shown) return;
  shown = title;
  const pk = title.dataset.item;
  const agenda = document.getElementById("agenda");
  agenda.querySelector("[aria-current]")?.removeAttribute("aria-current");
  const link = document.getElementById(`to-${pk}`);
  link?.setAttribute("aria-current", "true");
  tried = undefined;
  document.getElementById("attendance").open = false;
  const folded = getComputedStyle(document.querySelector(".to-agenda")).display !== "none";
  if (folded) {
    // The agenda was opened by its fragment: another fragment closes it.
    if (location.hash !== "#item") location.replace("#item");
  } else {
    link?.scrollIntoView({ block: "nearest" });
    const item = document.getElementById("item");
    if (item.getBoundingClientRect().top < 0) item.scrollIntoView();
  }
  if (folded || !agenda.contains(document.activeElement)) {
    document.getElementById("item-title")?.focus({ preventScroll: true });
  }
});

// After a move the agenda comes anew: the server marks in it the item that is open here.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.target?.id === "live-agenda") event.detail.parameters.open = shown.dataset.item;
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches?.("textarea, input, select")) event.target.blur();
});
