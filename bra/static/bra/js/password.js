// A password can be shown while it is written. Without this module the fields are as the browser has them.

for (const form of document.querySelectorAll("[data-show-password]")) {
  for (const field of form.querySelectorAll("input[type=password]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button secondary small";
    const label = form.querySelector(`label[for="${field.id}"]`)?.textContent.trim() ?? "";
    const say = (word) => {
      button.textContent = word;
      // There may be two of them on a page.
      button.setAttribute("aria-label", `${word}: ${label}`);
    };
    say(form.dataset.showPassword);
    button.addEventListener("click", () => {
      const shown = field.type === "password";
      field.type = shown ? "text" : "password";
      say(shown ? form.dataset.hidePassword : form.dataset.showPassword);
    });
    const row = document.createElement("div");
    row.className = "password-row";
    field.replaceWith(row);
    row.append(field, button);
    // What was shown is sent as a password, so that no browser keeps it as a text.
    form.addEventListener("submit", () => { field.type = "password"; });
  }
}
