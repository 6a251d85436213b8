// A download leaves its page standing. After the receipt was sent the page says so, and the button is gone: the link
// opens once. Coming back to the page, also by the back button, leads to the case, which says whether it was fetched.
"use strict";

const receipt = document.querySelector("[data-collect]");
const told = document.getElementById("collected");
const required = receipt ? [...receipt.querySelectorAll("[required]")] : [];

// Our own sentence beside each field that lacks something, in place of the browser's bubble in the browser's language.
const tellWhatLacks = () => {
  const lacking = required.filter((field) => (field.type === "checkbox" ? !field.checked : !field.value.trim()));
  for (const field of required) {
    const sentence = document.getElementById(`${field.id}-error`);
    sentence.hidden = !lacking.includes(field);
    field.setAttribute("aria-invalid", String(!sentence.hidden));
    field.setAttribute("aria-describedby", sentence.hidden ? "" : sentence.id);
  }
  lacking[0]?.focus();
  return lacking.length > 0;
};

receipt?.addEventListener("submit", (event) => {
  if (tellWhatLacks()) {
    event.preventDefault();
    return;
  }
  // After the browser has read the fields to send.
  setTimeout(() => {
    receipt.hidden = true;
    told.hidden = false;
    told.focus();
  }, 0);
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted && receipt?.hidden) {
    window.location.replace(told.querySelector("a").href);
  }
});
