// Plays the approved windows of a viewing session, and says every two seconds that the page is open. The server asks at
// every piece whether the companion is there; what this script does besides is only quicker.
"use strict";

const desk = document.querySelector("[data-viewing]");
const here = document.querySelector(".sy-viewing-here");
const video = desk.querySelector("video");
const clock = desk.querySelector("[data-clock]");
const seek = desk.querySelector("[data-seek]");
const fault = desk.querySelector("[data-fault]");
const said = desk.querySelector("[data-said]");
const toggle = desk.querySelector("[data-do=toggle]");
const films = [...desk.querySelectorAll("[data-film]")];
const BEAT_MS = 2000;
const MISSED = 2;
const SOON_SECONDS = 120;
const STRETCH = Number(desk.dataset.stretch);

let hls = null;
let film = null;
let frame = 1 / 25;
let missed = 0;
let stopped = false;

const send = (address, values) => fetch(address, {
  method: "POST",
  headers: { "Accept": "application/json", "X-CSRFToken": desk.dataset.token },
  body: new URLSearchParams(values),
  signal: AbortSignal.timeout(BEAT_MS * 2),
});

// Nothing of the picture stays: neither what is on the screen nor what was fetched ahead.
const drop = () => {
  hls?.destroy();
  hls = null;
  video.pause();
  video.removeAttribute("src");
  video.load();
};
const stop = (words) => {
  if (stopped) {
    return;
  }
  stopped = true;
  window.clearInterval(beating);
  drop();
  if (words) {
    fault.textContent = words;
    fault.hidden = false;
  } else {
    window.location.replace(desk.dataset.page); // and never what was sent to this page
  }
};
const fail = () => {
  if (!stopped) {
    fault.hidden = false;
  }
};

// Where the film stands is kept over a hand-over or a stop, which load the page anew. Only the number: no picture is.
const keep = () => {
  const place = { film: films.indexOf(film), at: video.currentTime };
  window.sessionStorage.setItem(desk.dataset.page, JSON.stringify(place));
};
const kept = () => {
  const place = JSON.parse(window.sessionStorage.getItem(desk.dataset.page) ?? "{}");
  return { film: films[place.film] ?? films[0], at: place.at > 0 ? place.at : -1 };
};

// The keys of a quarter of an hour are opened as it is entered, before the first of its pieces is asked for.
const entering = new Map();
const enter = (address) => {
  const [, start, number] = address.match(/^(.*\/)(\d+)\.m4s$/) ?? [];
  if (!number) {
    return Promise.resolve(); // what comes before every piece needs none
  }
  const keys = `${start}keys/${Math.ceil(number / STRETCH)}`;
  if (!entering.has(keys)) {
    const forget = () => entering.delete(keys); // and the piece is told why
    entering.set(keys, send(keys, {}).then((answer) => answer.ok || forget(), forget));
  }
  return entering.get(keys);
};
const afterItsKeys = (Loader) => class extends Loader {
  load(context, ...told) {
    enter(context.url).then(() => this.gone || super.load(context, ...told));
  }
  abort() {
    this.gone = true;
    super.abort();
  }
  destroy() {
    this.gone = true;
    super.destroy();
  }
};

const open = (button, at = -1) => {
  film = button;
  films.forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
  drop();
  if (!window.Hls?.isSupported()) {
    fail();
    return;
  }
  // No worker: the policy allows no script from a blob. With less than two seconds in hand the next piece of two is
  // fetched, so that never more than four are. One that is refused is not asked for again.
  const once = { default: { maxTimeToFirstByteMs: 9000, maxLoadTimeMs: 9000, timeoutRetry: null, errorRetry: null } };
  const fLoader = afterItsKeys(Hls.DefaultConfig.loader);
  hls = new Hls({ enableWorker: false, fLoader, maxBufferLength: 2, maxMaxBufferLength: 2, backBufferLength: 4, fragLoadPolicy: once, startPosition: at });
  hls.on(Hls.Events.ERROR, (_event, data) => {
    if (data.response?.code === 409) {
      stop("");
    } else if (data.fatal) {
      fail();
    }
  });
  hls.loadSource(button.dataset.film);
  hls.attachMedia(video);
  clock.textContent = written(button.dataset.starts);
};

const shown = () => hls?.playingDate?.getTime() ?? Number(film.dataset.starts) + video.currentTime * 1000;
const acts = {
  toggle: () => (video.paused ? video.play().catch(fail) : video.pause()),
  back: () => move(video, -5),
  forward: () => move(video, 5),
  step: () => { video.pause(); move(video, frame); },
  unstep: () => { video.pause(); move(video, -frame); },
};
const keys = { " ": "toggle", ArrowLeft: "back", ArrowRight: "forward", ".": "step", ",": "unstep" };

desk.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.film) {
    open(button);
  } else if (button?.dataset.rate) {
    video.playbackRate = Number(button.dataset.rate);
    desk.querySelectorAll("[data-rate]").forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
  } else {
    acts[button?.dataset.do]?.();
  }
});
desk.addEventListener("keydown", (event) => {
  const act = keys[event.key];
  if (act && event.target === video) {
    event.preventDefault();
    acts[act]();
  }
});
steer(video, toggle, seek);
video.addEventListener("timeupdate", () => {
  clock.textContent = written(shown());
  if (hls && video.currentTime > 0) {
    keep();
  }
});

// How long one picture of this camera stands, so that a step is one picture.
let before = 0;
const measure = (_now, picture) => {
  const passed = picture.mediaTime - before;
  if (!video.paused && passed > 0.01 && passed < 0.5) {
    frame = passed;
  }
  before = picture.mediaTime;
  video.requestVideoFrameCallback(measure);
};
video.requestVideoFrameCallback?.(measure);

const tell = (left) => {
  const minutes = Math.max(Math.floor(left.confirm_in / 60), 0);
  here.querySelector("[data-confirm-in]").textContent = `${minutes} 分 ${two(Math.max(left.confirm_in % 60, 0))} 秒內`;
  here.classList.toggle("sy-viewing-soon", left.confirm_in < SOON_SECONDS);
};
const beat = async () => {
  try {
    const answer = await send(desk.dataset.beat, {});
    if (!answer.ok) {
      stop("");
      return;
    }
    missed = 0;
    tell(await answer.json());
  } catch {
    missed += 1;
    if (missed >= MISSED) {
      stop("與伺服器的連線中斷，播放已停止。請確認網路後重新整理頁面，由陪同人員輸入 PIN 繼續。");
    }
  }
};
const beating = window.setInterval(beat, BEAT_MS);
beat();

here.querySelector("[data-confirm-form]").addEventListener("submit", async (event) => {
  event.preventDefault();
  const pin = event.target.elements.pin;
  const line = here.querySelector("[data-confirm-said]");
  const answer = await send(desk.dataset.confirm, { pin: pin.value }).catch(() => null);
  pin.value = "";
  delete event.target.dataset.sent;
  if (answer?.status === 409) {
    stop("");
    return;
  }
  const found = await answer?.json().catch(() => null);
  line.textContent = answer?.ok ? "已確認在場。" : (found?.detail || "未能確認，請再試一次。");
  if (answer?.ok) {
    tell(found);
  }
});
desk.querySelector("[data-mark-form]").addEventListener("submit", async (event) => {
  event.preventDefault();
  const note = event.target.elements.note;
  const values = { window: film.dataset.window, taken_ms: String(Math.round(shown())), note: note.value };
  const answer = await send(desk.dataset.mark, values).catch(() => null);
  const found = await answer?.json().catch(() => null);
  delete event.target.dataset.sent;
  said.textContent = answer?.ok ? `已標記${found.at}：${found.note}` : (found?.detail || "未能標記，請再試一次。");
  if (answer?.ok) {
    note.value = "";
    marks.innerHTML = found.marks;
  }
});
// The list comes from the server as it stands now, with each mark that is made or taken off.
const marks = document.querySelector("[data-marks]");
marks.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-unmark]");
  if (!button) {
    return;
  }
  const answer = await send(button.dataset.unmark, {}).catch(() => null);
  const found = await answer?.json().catch(() => null);
  said.textContent = answer?.ok ? "已移除標記。" : (found?.detail || "未能移除標記，請重新整理頁面。");
  if (answer?.ok) {
    marks.innerHTML = found.marks;
    desk.querySelector("[data-mark-form]").elements.note.focus();
  }
});
// The picture goes first, the form follows.
document.querySelector("[data-leave]").addEventListener("submit", () => {
  stopped = true;
  window.clearInterval(beating);
  drop();
});

if (films.length) {
  const place = kept();
  open(place.film, place.at);
}
