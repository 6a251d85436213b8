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
const windows = document.querySelector("[data-windows]");
const add = document.querySelector("[data-add-window]");
add?.addEventListener("click", (event) => {
  event.preventDefault();
  const next = windows.children.length;
  const copy = windows.lastElementChild.cloneNode(true);
  const rename = (text) => text.replace(/windows-\d+-/g, `windows-${next}-`);
  for (const element of [copy, ...copy.querySelectorAll("*")]) {
    for (const name of ["id", "for", "name", "aria-describedby", "data-fill"]) {
      if (element.hasAttribute(name)) {
        element.setAttribute(name, rename(element.getAttribute(name)));
      }
    }
  }
  copy.querySelectorAll(".sy-field-error, .sy-suggest").forEach((element) => element.remove());
  copy.querySelectorAll(".sy-field-bad").forEach((element) => element.classList.remove("sy-field-bad"));
  copy.querySelectorAll("[aria-invalid]").forEach((element) => element.removeAttribute("aria-invalid"));
  copy.querySelector("[data-number]").textContent = String(next + 1);
  windows.append(copy);
  copy.querySelector("input").focus();
  add.hidden = windows.children.length >= Number(windows.dataset.windows);
});

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
