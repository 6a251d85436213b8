// A download leaves its page standing. After the receipt was sent the page says so, and the button is gone: the link
// opens once. Coming back to the page, also by the back button, leads to the case, which says whether it was fetched.
"use strict";

const receipt = document.querySelector("[data-collect]");
const told = document.getElementById("collected");
receipt?.addEventListener("submit", () => {
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
