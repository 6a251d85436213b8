// Small comforts of the request form and of the decision form. Both work without this file.
"use strict";

// 2026/11/20 was typed: one tap puts the 民國 date that was meant into the field.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  if (button) {
    const field = document.getElementById(button.dataset.fill);
    field.value = button.dataset.value;
    field.focus();
    button.hidden = true;
  }
});

// A further window without sending the form, so that the chosen PDF stays chosen.
document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-add-window]");
  if (!add) {
    return;
  }
  event.preventDefault();
  const windows = add.closest("section, form").querySelector("[data-windows]");
  // One in the middle may have been taken away, so that the count is no free number.
  const taken = [...windows.querySelectorAll("[name*='windows-']")].map((each) => Number(/windows-(\d+)-/.exec(each.name)?.[1] ?? 0));
  const next = Math.max(...taken) + 1;
  const copy = windows.lastElementChild.cloneNode(true);
  const rename = (text) => text.replace(/windows-\d+(?=-|$)/g, `windows-${next}`);
  for (const element of copy.querySelectorAll("*")) {
    const drops = "dropWindow" in element.dataset;
    for (const name of drops ? ["value"] : ["id", "for", "name", "aria-describedby", "data-fill"]) {
      if (element.hasAttribute(name)) {
        element.setAttribute(name, rename(element.getAttribute(name)));
      }
    }
  }
  copy.querySelectorAll(".sy-field-error, .sy-suggest").forEach((element) => element.remove());
  copy.querySelectorAll(".sy-field-bad").forEach((element) => element.classList.remove("sy-field-bad"));
  copy.querySelectorAll("[aria-invalid]").forEach((element) => element.removeAttribute("aria-invalid"));
  windows.append(copy);
  number(windows);
  copy.querySelector("input").focus();
});

// One too many is taken away the same way. The style shows no button on the only one.
document.addEventListener("click", (event) => {
  const drop = event.target.closest("[data-drop-window]");
  if (!drop) {
    return;
  }
  event.preventDefault();
  const windows = drop.closest("[data-windows]");
  drop.closest("[data-window]").remove();
  number(windows);
  windows.lastElementChild.querySelector("input").focus();
});

// Enter in a line of a form with several buttons does not send the whole letter; in a search it seeks.
document.addEventListener("keydown", (event) => {
  const line = event.target;
  if (event.key !== "Enter" || event.isComposing || !line.closest("[data-enter-stays]") || !line.matches("input:not([type=file])")) {
    return;
  }
  event.preventDefault();
  line.closest(".sy-line")?.querySelector("button")?.click();
});

const number = (windows) => {
  [...windows.children].forEach((each, place) => {
    each.querySelector("[data-number]").textContent = String(place + 1);
  });
  const add = windows.closest("section, form").querySelector("[data-add-window]");
  if (add) {
    add.hidden = windows.children.length >= Number(windows.dataset.windows);
  }
};

const tidy = () => {
  document.querySelectorAll("[data-fill]").forEach((button) => {
    button.hidden = false;
  });
  // Times to narrow are asked for only where somebody chose to narrow.
  document.querySelectorAll("[data-narrow]").forEach((span) => {
    const chosen = span.closest("fieldset").querySelector("[data-verdict]:checked");
    span.hidden = chosen?.value !== "part";
  });
};
document.addEventListener("change", tidy);
tidy();

// Forms with a file are sent from here, because a browser forgets the chosen file when a form comes back with faults.
let shown = window.location.pathname;
let before = null; // the form from which the page that shows a whole letter was reached
const MOST_BYTES = 20 * 1024 * 1024;

const typedInto = (form, file, submitter) => {
  const typed = new FormData(form, submitter);
  if ("withoutFile" in (submitter?.dataset ?? {})) {
    typed.delete(file.name); // only the page changes: what was chosen stays here
  } else if (file.files[0]?.size > MOST_BYTES) {
    // The server would turn the whole form away; so it hears that a file was left out, and names this fault too.
    typed.delete(file.name);
    typed.set("scan_left_out", "y");
  }
  return typed;
};

// Back from the page that shows a whole letter leads to its form, with all that was typed and chosen.
const rememberForm = (main) => {
  if (main.querySelector("[data-checking]:not(:has(input[type=file]))")) {
    before = document.querySelector("main");
    window.history.replaceState({ form: true }, "");
    window.history.pushState({}, "");
  }
};

// The page of a letter stands under the address of the places that it goes to, as they are now.
const moveTo = (main) => {
  const home = main.querySelector("[data-address]")?.dataset.address;
  if (home) {
    window.history.replaceState(window.history.state, "", home);
    shown = window.location.pathname;
  }
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const file = form.querySelector("input[type=file]");
  if (!file || event.defaultPrevented) {
    return;
  }
  event.preventDefault();
  const typed = typedInto(form, file, event.submitter);
  let answer;
  try {
    const elsewhere = event.submitter?.hasAttribute("formaction");
    answer = await fetch(elsewhere ? event.submitter.formAction : form.action, { method: "POST", body: typed });
  } catch {
    form.submit(); // the line failed: let the browser say so in its own words
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = page.querySelector("main");
  const sent = typed.get(file.name)?.size > 0;
  if (answer.redirected) {
    // Shown from what came, since a second request would lose the message that says what was done.
    window.history.pushState({}, "", answer.url);
    shown = window.location.pathname;
    document.querySelector("header").replaceWith(page.querySelector("header"));
  } else if (!sent || !main.querySelector("[name=kept_scan]:not([value=''])")) {
    main.querySelector(`input[type=file][id="${file.id}"]`)?.replaceWith(file);
  } // else the server kept it, and it need not be sent again
  rememberForm(main);
  moveTo(main);
  document.title = page.title;
  document.querySelector("main").replaceWith(main);
  window.htmx?.process(main);
  window.scrollTo(0, 0);
  tidy();
  const flashes = document.querySelector(".sy-flashes:has(.sy-flash)");
  (document.querySelector("[data-focus], .sy-errors") ?? flashes ?? main).focus();
});
// Back from a page that was put here leads to another address; a jump within the page does not, and loads nothing anew.
window.addEventListener("popstate", (event) => {
  if (window.location.pathname !== shown) {
    window.location.reload();
  } else if (event.state?.form && before) {
    document.querySelector("main").replaceWith(before);
    before.querySelectorAll("form").forEach((form) => delete form.dataset.sent);
    before = null;
  }
});
