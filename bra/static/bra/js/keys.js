// Keyboard and dialogs. Shortcuts of a single key can be switched off in the help (WCAG 2.1.4) and are silent while one types.

const SWITCH = "single-key-shortcuts";
const singleKeys = () => localStorage.getItem(SWITCH) !== "off";

function typing(node) {
  return node.isContentEditable || node.matches?.("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
}

function save(form) {
  if (form.matches("[data-autosave]") && window.htmx) window.htmx.trigger(form, "save");
  else form.requestSubmit();
}

function moveIn(list, by) {
  const links = [...list.querySelectorAll("a[href]")].filter((link) => link.offsetParent);
  const at = links.indexOf(document.activeElement);
  links[Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest?.("form");
    if (form && form.method !== "dialog") {
      event.preventDefault();
      save(form);
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;

  const list = event.target.closest?.("[data-key-list]");
  if (list && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    moveIn(list, event.key === "ArrowDown" ? 1 : -1);
    return;
  }
  if (!singleKeys() || document.querySelector("dialog[open]")) return;
  let goal;
  if (event.key === "?") goal = document.querySelector("[data-dialog=keys-help]");
  else if (event.key === "j") goal = document.querySelector(".steps [rel=next]") ?? document.querySelector("main [rel=next]");
  else if (event.key === "k") goal = document.querySelector(".steps [rel=prev]") ?? document.querySelector("main [rel=prev]");
  else if (event.key.length === 1) goal = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!goal) return;
  event.preventDefault();
  if (goal.matches("input, textarea, select")) goal.focus();
  else goal.click();
});

// Dialogs: <button data-dialog="id"> opens; a click on the backdrop closes.
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  else if (event.target.matches?.("dialog")) event.target.close();
});

const box = document.querySelector("[data-keys-on]");
if (box) {
  box.checked = singleKeys();
  box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
}
