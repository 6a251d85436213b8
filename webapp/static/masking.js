// Rectangles are drawn on the picture with a finger or a mouse; the numbers below are what is sent, and what a keyboard
// changes. Without this file the numbers alone do it.
"use strict";

const stage = document.querySelector("[data-stage]");
const picture = document.querySelector("[data-stage] video");
const layer = document.querySelector("[data-layer]");
const boxes = document.querySelector("[data-boxes]");
const at = document.querySelector("[data-clock]");
const WHOLE = 1000;
const LEAST = 8;
const SIDES = ["left", "top", "width", "height"];

const rows = () => [...boxes.querySelectorAll("[data-box]")];
const input = (row, name) => row.querySelector(`[data-${name}]`);
const add = document.querySelector("[name=add_box]");

// The film lies in the middle of its element, with a black rim where the two have other proportions.
const place = () => {
  const room = picture.getBoundingClientRect();
  const wide = picture.videoWidth || 16;
  const high = picture.videoHeight || 9;
  const scale = Math.min(room.width / wide, room.height / high);
  const home = stage.getBoundingClientRect();
  layer.style.width = `${wide * scale}px`;
  layer.style.height = `${high * scale}px`;
  layer.style.left = `${room.left - home.left + (room.width - wide * scale) / 2}px`;
  layer.style.top = `${room.top - home.top + (room.height - high * scale) / 2}px`;
};

const outline = (sides, words) => {
  const drawn = document.createElement("div");
  SIDES.forEach((side) => {
    drawn.style[side] = `${sides[side] / 10}%`;
  });
  const label = document.createElement("span");
  label.textContent = words;
  drawn.append(label);
  layer.append(drawn);
  return drawn;
};

// A rectangle that does not hide at the shown second is dashed: it is there, and does nothing now.
const dim = () => {
  const now = at.textContent.slice(-8);
  rows().forEach((row, number) => {
    const [from, until] = ["from_time", "until_time"].map((name) => input(row, name).value.trim());
    const padded = (typed) => (typed.length === 5 ? `${typed}:00` : typed);
    const outside = (from !== "" && now < padded(from)) || (until !== "" && now >= padded(until));
    layer.children[number]?.classList.toggle("sy-not-now", outside);
  });
};

// Masks are confirmed as they are saved: what was drawn since would leave unseen.
const typed = () => JSON.stringify(rows().map((row) => [...row.querySelectorAll("input")].map((each) => each.value)));
const saved = typed();
const confirming = document.querySelector("#confirmation form");
const compare = () => {
  if (confirming) {
    const changed = typed() !== saved;
    confirming.querySelector("[data-unsaved]").hidden = !changed;
    confirming.querySelector("[type=submit]").disabled = changed;
  }
};

const units = document.getElementById("units");
const noBox = document.querySelector("[data-no-box]");
const show = () => {
  layer.replaceChildren();
  units.hidden = rows().length === 0;
  noBox.hidden = !units.hidden;
  add.textContent = units.hidden ? "加一個範圍" : "再加一個範圍";
  rows().forEach((row, number) => {
    row.querySelector("[data-number]").textContent = String(number + 1);
    row.querySelectorAll("[data-now]").forEach((button) => {
      button.hidden = false;
    });
    outline(Object.fromEntries(SIDES.map((side) => [side, Number(input(row, side).value)])), String(number + 1));
  });
  dim();
  compare();
};

// A new row is asked of the server as a browser without this file would, so that there is one kind of row.
const fresh = async (sides) => {
  const form = boxes.closest("form");
  const typed = new FormData(form);
  typed.set("add_box", "y");
  const answer = await fetch(form.action, { method: "POST", body: typed });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const row = page.querySelector("[data-boxes]").lastElementChild;
  SIDES.forEach((side) => {
    input(row, side).value = String(sides[side]);
  });
  boxes.append(row);
  show();
};

const spot = (event) => {
  const room = layer.getBoundingClientRect();
  const share = (value, size) => Math.round(Math.min(Math.max(value / size, 0), 1) * WHOLE);
  return [share(event.clientX - room.left, room.width), share(event.clientY - room.top, room.height)];
};
const between = ([x, y], [right, bottom]) => ({
  left: Math.min(x, right),
  top: Math.min(y, bottom),
  width: Math.abs(right - x),
  height: Math.abs(bottom - y),
});

let begun = null;
let band = null;
layer.addEventListener("pointerdown", (event) => {
  event.preventDefault();
  layer.setPointerCapture(event.pointerId);
  begun = spot(event);
});
layer.addEventListener("pointermove", (event) => {
  if (begun) {
    band?.remove();
    band = outline(between(begun, spot(event)), "");
  }
});
layer.addEventListener("pointerup", (event) => {
  const drawn = begun && between(begun, spot(event));
  begun = null;
  band?.remove();
  band = null;
  if (drawn && drawn.width >= LEAST && drawn.height >= LEAST) {
    fresh(drawn).catch(() => add.click());
  }
});
boxes.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const row = button?.closest("[data-box]");
  if (button && "dropBox" in button.dataset) {
    event.preventDefault();
    row.remove();
    show();
  } else if (button?.dataset.now) {
    input(row, button.dataset.now).value = at.textContent.slice(-8);
    dim();
    compare();
  }
});
boxes.addEventListener("input", show);
picture.addEventListener("timeupdate", () => setTimeout(dim, 0)); // after the player wrote the clock
picture.addEventListener("loadedmetadata", place);
new ResizeObserver(place).observe(picture);
place();
show();
