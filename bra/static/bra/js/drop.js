// A file that is dropped anywhere on the page is chosen in its form, as if it had been picked by hand.

const form = document.querySelector("form[data-drop]");
const input = form?.querySelector("input[type=file]");
const carriesFiles = (event) => Boolean(event.dataTransfer?.types.includes("Files"));

if (input) {
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault(); // else the browser opens the file instead of the page
    form.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) form.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    form.classList.remove("dropping");
    if (event.dataTransfer.files.length !== 1) return;
    input.files = event.dataTransfer.files;
    input.focus();
  });
}
