// The few things a page cannot do without a script. Every page works when this file does not load.
"use strict";

// After a form came back with faults, start where they are told.
document.querySelector(".sy-errors")?.focus();

// On a page that answers a form, a link to a place of the page is loaded anew: browsers do not take a fragment of an
// answer to POST as the same page. What was typed would be lost, so that the links only move the focus here.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  const place = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!place || !document.querySelector(".sy-errors")) {
    return;
  }
  event.preventDefault();
  const focusable = "a[href], button, input:not([type=hidden]), select, textarea, [tabindex]";
  const control = place.matches(focusable) ? place : [...place.querySelectorAll(focusable)].find((each) => each.offsetParent);
  if (!control) {
    place.tabIndex = -1;
  }
  (control || place).focus();
});

// What was just done is told at the top, also where the browser would keep the place of the page before.
const flashes = document.querySelector(".sy-flashes");
if (flashes?.querySelector(".sy-flash") && !document.querySelector(".sy-errors")) {
  window.history.scrollRestoration = "manual";
  flashes.focus();
  flashes.scrollIntoView({ block: "center" });
}

// A menu of many links stands behind one button where it would take three lines; without this script it is simply there.
const menu = document.querySelector("[data-menu]");
if (menu) {
  const narrow = window.matchMedia("(max-width: 48rem)");
  const button = menu.querySelector("button");
  const links = document.getElementById(button.getAttribute("aria-controls"));
  const fold = (open) => {
    button.setAttribute("aria-expanded", String(open));
    links.hidden = narrow.matches && !open;
    menu.hidden = !narrow.matches;
  };
  button.addEventListener("click", () => fold(button.getAttribute("aria-expanded") === "false"));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && narrow.matches && button.getAttribute("aria-expanded") === "true") {
      fold(false);
      button.focus();
    }
  });
  narrow.addEventListener("change", () => fold(false));
  fold(false);
  groups(narrow);
}

// Groups of a menu: on a telephone all stand open under the button; where one lies over the page, one is open at a time.
function groups(narrow) {
  const all = [...document.querySelectorAll("[data-group]")];
  const only = (kept) => all.forEach((group) => (group.open = narrow.matches || (group === kept && group.open)));
  all.forEach((group) => group.addEventListener("toggle", () => group.open && !narrow.matches && only(group)));
  document.addEventListener("click", (event) => {
    if (!narrow.matches) {
      only(event.target.closest("[data-group]"));
    }
  });
  document.addEventListener("keydown", (event) => {
    const open = all.find((group) => group.open);
    if (event.key === "Escape" && open && !narrow.matches) {
      only(null);
      open.querySelector("summary").focus();
    }
  });
  narrow.addEventListener("change", () => only(null));
  only(null);
}

// What is to be copied as a whole is selected as a whole, by whichever way somebody comes to it.
for (const field of document.querySelectorAll("[data-whole]")) {
  field.addEventListener("focus", () => field.select());
  field.addEventListener("click", () => field.select());
}

// A second click on a button that was pressed does nothing, so that nothing is filed twice.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) {
    return; // a page's own script found something lacking; it may be sent once that is mended
  }
  if (event.target.method === "get") {
    return; // nothing is filed by asking, and a page from which a file was fetched stays and may be asked for another
  }
  if (event.target.dataset.sent) {
    event.preventDefault();
  }
  event.target.dataset.sent = "yes";
  if ("again" in event.target.dataset) {
    const form = event.target; // a file comes and the page stays, so it may be asked for once more after a while
    window.setTimeout(() => delete form.dataset.sent, 5000);
  }
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
