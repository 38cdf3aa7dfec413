// Quick entry on the live page: what is selected in the notes becomes a proposal, and the item's clock goes on.

// The selection, else the paragraph that the cursor is in, else all.
function piece(area) {
  const { value, selectionStart: from, selectionEnd: to } = area;
  if (to > from) return value.slice(from, to);
  const begins = value.lastIndexOf("\n\n", from - 1);
  const ends = value.indexOf("\n\n", from);
  return value.slice(begins < 0 ? 0 : begins + 2, ends < 0 ? value.length : ends);
}

document.addEventListener("click", (event) => {
  const form = event.target.closest?.("button[name=make]")?.closest("form[data-from-notes]");
  if (!form) return;
  const area = document.getElementById(form.dataset.fromNotes);
  const text = form.elements.piece;
  text.value = area ? piece(area).trim() : "";
  text.disabled = text.value === "";
});

// Whoever shows the item that is spoken of takes the clock along to the next one.
let running = Boolean(document.querySelector("#item .clock-now"));
let shown = document.querySelector("#item [data-item]")?.dataset.item;

document.addEventListener("htmx:afterSettle", () => {
  const now = document.querySelector("#item [data-item]")?.dataset.item;
  const form = document.querySelector("#item form[data-take-up]");
  if (now !== shown && running && form) window.htmx.trigger(form, "take-up");
  if (now === shown || !form) running = Boolean(document.querySelector("#item .clock-now"));
  shown = now;
});

// Minutes, from what the server had counted and what has passed here since.
const begun = new WeakMap();
setInterval(() => {
  for (const clock of document.querySelectorAll(".clock-now")) {
    if (!begun.has(clock)) begun.set(clock, performance.now());
    const passed = (performance.now() - begun.get(clock)) / 1000;
    const minutes = Math.floor((Number(clock.dataset.seconds) + passed) / 60);
    const words = clock.querySelector("[data-minutes]");
    if (words.textContent !== String(minutes)) words.textContent = String(minutes);
    const over = clock.querySelector("[data-over]");
    if (over) over.hidden = minutes <= Number(clock.dataset.planned);
  }
}, 1000);
