// Rows of a list are dragged by their grip: the server is told the new place and answers with the list. The buttons
// beside them do the same without this module, and by keyboard.

let row; // the row that is dragged
let before; // what came after it when the drag began, to put it back

const rowsOf = (list) => [...list.children];

function end(save) {
  if (!row) return;
  const dragged = row;
  const list = dragged.parentElement;
  row = undefined;
  dragged.classList.remove("dragged");
  if (!save) {
    list.insertBefore(dragged, before);
    return;
  }
  if (dragged.nextElementSibling === before) return;
  const place = rowsOf(list).indexOf(dragged) + 1;
  // A list within a list is answered with the whole.
  const target = list.closest("[data-reorder-part]") ?? list.parentElement;
  window.htmx.ajax("POST", dragged.dataset.move, { target, swap: "innerHTML", values: { place } });
}

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest?.("[data-grip]");
  if (!grip || event.button !== 0) return;
  event.preventDefault();
  row = grip.closest("[data-move]");
  before = row.nextElementSibling;
  row.classList.add("dragged");
});

document.addEventListener("pointermove", (event) => {
  if (!row) return;
  const over = rowsOf(row.parentElement).find((other) => {
    const box = other.getBoundingClientRect();
    return other !== row && event.clientY >= box.top && event.clientY <= box.bottom;
  });
  if (!over) return;
  const box = over.getBoundingClientRect();
  const below = over.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_PRECEDING;
  // A row is passed once the pointer is past its middle, so rows of different height don't jump to and fro.
  if (below && event.clientY > box.top + box.height / 2) over.after(row);
  if (!below && event.clientY < box.top + box.height / 2) over.before(row);
});

document.addEventListener("pointerup", () => end(true));
document.addEventListener("pointercancel", () => end(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") end(false);
});

// A failed move leaves the list as the server has it.
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.target?.querySelector?.("[data-reorder]")) window.location.reload();
});
