// The few things a page cannot do without a script. Every page works when this file does not load.
"use strict";

// After a form came back with faults, start where they are told.
document.querySelector(".sy-errors")?.focus();

// What was just done is told at the top, also where the browser would keep the place of the page before.
const flashes = document.querySelector(".sy-flashes");
if (flashes?.querySelector(".sy-flash") && !document.querySelector(".sy-errors")) {
  window.history.scrollRestoration = "manual";
  flashes.focus();
  flashes.scrollIntoView({ block: "center" });
}

// A second click on a button that was pressed does nothing, so that nothing is filed twice.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) {
    event.preventDefault();
  }
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// Every htmx request carries the token that forms carry.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("input[name=csrf_token]");
  if (token) {
    event.detail.headers["X-CSRFToken"] = token.value;
  }
});
