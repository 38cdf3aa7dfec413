// Passkeys: a form marked data-passkey ("create" or "get") asks the browser for one and sends what it answers.
// Needs the converter that comes with django-allauth (mfa/js/webauthn-json.js), loaded before.

const { webauthnJSON } = window;
// Browsers refuse an IP address, and everything but HTTPS and the machine itself.
const isAddress = /^[\d.]+$|:/.test(location.hostname);
const able = Boolean(webauthnJSON?.supported() && window.isSecureContext && !isAddress);

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`options: ${answer.status}`);
  return (await answer.json()).request_options;
}

function say(form, words) {
  const place = form.querySelector("[data-passkey-says]");
  place.textContent = "";
  place.textContent = words;
}

async function ask(form) {
  say(form, "");
  form.dataset.sent = "yes";
  try {
    const answer = await webauthnJSON[form.dataset.passkey](await optionsOf(form));
    form.elements.credential.value = JSON.stringify(answer);
    form.submit();
  } catch (error) {
    delete form.dataset.sent;
    // The browser says InvalidStateError when the device holds a key for this log-in already.
    say(form, error.name === "InvalidStateError" ? form.dataset.known : form.dataset.nothing);
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = !able;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.dataset.sent) ask(form);
  });
}
for (const words of document.querySelectorAll("[data-passkey-unable]")) words.hidden = able;
