// Gives htmx's requests the CSRF token, and notices when an answer is the log-in page.

function token() {
  // The cookie is newest: another tab may have logged in again since this page was made.
  const cookie = document.cookie.match(/(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/);
  return cookie ? cookie[1] : document.querySelector("input[name=csrfmiddlewaretoken]")?.value;
}

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = token() ?? "";
});

// A session that ran out answers with a redirect to the log-in page. Swapping that in would throw away what was typed.
function isLoggedOut(xhr) {
  const path = xhr?.responseURL ? new URL(xhr.responseURL).pathname : "";
  return xhr?.status === 401 || path === document.body.dataset.login;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isLoggedOut(event.detail.xhr)) return;
  event.detail.shouldSwap = false;
  event.detail.isError = true;
  const words = document.getElementById("logged-out");
  if (words && !document.getElementById("logged-out-message")) {
    document.getElementById("messages")?.append(words.content.cloneNode(true));
    document.getElementById("logged-out-message")?.scrollIntoView({ block: "nearest" });
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && !isLoggedOut(event.detail.xhr)) document.getElementById("logged-out-message")?.remove();
});
