// The hash of the file on a medium, worked out by the browser from the file itself: nothing of it is sent but the hash.
// Without this file, or for one that is larger than the browser can hold, the hash is typed.
"use strict";

document.querySelectorAll("[data-read-back]").forEach((room) => {
  const chosen = room.querySelector("input[type=file]");
  const said = room.querySelector("[data-said]");
  const typed = room.closest("form").elements.read_back;
  room.hidden = !window.crypto?.subtle;
  chosen.addEventListener("change", async () => {
    const [file] = chosen.files;
    if (!file) {
      return;
    }
    said.textContent = "正在讀取媒體上的檔案並計算雜湊，請不要移除媒體。";
    try {
      const digest = await window.crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      typed.value = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      said.textContent = `已讀回「${file.name}」的雜湊，請按下方按鈕核對。`;
    } catch {
      said.textContent = "這個檔案無法在瀏覽器讀取，可能太大。請依說明計算雜湊後輸入。";
    }
  });
});
