// Forms: send a filter when it changes, warn before leaving unsaved changes, put the focus on the list of errors.

const REFOCUS = "refocus";

function start(root) {
  root.querySelector("[data-focus]")?.focus();
}

// Filter bars. The visible button does the same without scripts.
let waiting;
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosubmit]");
  if (!form || event.target.type === "search") return;
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    sessionStorage.setItem(REFOCUS, event.target.id);
    form.requestSubmit();
  }, 350);
});

// Addresses that can be shared: fields left empty stay out of them.
document.addEventListener("formdata", (event) => {
  if (!event.target.matches("form[data-autosubmit]")) return;
  for (const [name, value] of [...event.formData]) {
    if (value === "") event.formData.delete(name);
  }
});

const before = sessionStorage.getItem(REFOCUS);
sessionStorage.removeItem(REFOCUS);
if (before && document.activeElement === document.body) document.getElementById(before)?.focus({ preventScroll: true });

// Unsaved changes in plain forms.
const changed = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) changed.add(form);
});
// A button whose answer goes to another window leaves the form here, still unsaved.
const goesElsewhere = (event) => Boolean(event.submitter?.formTarget);
document.addEventListener("submit", (event) => goesElsewhere(event) || changed.delete(event.target));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) changed.delete(event.detail.elt);
});
window.addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});

// One click, one sending: a second press of the button while the first is on its way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("hx-post") || goesElsewhere(event)) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000); // an answer that is a file leaves the page where it is
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// The user menu closes when one leaves it.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".usermenu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector(".usermenu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A message that came with an answer can be put away.
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-close]")) event.target.closest(".message").remove();
});

// Filters start folded on a phone unless one is in use.
for (const filters of document.querySelectorAll("details.filters")) {
  if (window.matchMedia("(max-width: 40rem)").matches && !filters.hasAttribute("data-used")) filters.open = false;
}

document.documentElement.classList.add("js");
start(document);
document.addEventListener("htmx:load", (event) => start(event.detail.elt)); // afterSwap tells the old element
