// Plays one approved part for the institution itself: of a finished copy, or of its copy for reference. There is no
// download here and no full address in the page: pieces come from `media` one by one, each checked for this person.
"use strict";

const player = document.querySelector("[data-player]");
const video = player.querySelector("video");
const clock = player.querySelector("[data-clock]");
const seek = player.querySelector("[data-seek]");
const fault = player.querySelector("[data-fault]");
const toggle = player.querySelector("[data-do=toggle]");
const starts = Number(player.dataset.starts);
const FRAME = 1 / 25;

const fail = () => {
  fault.hidden = false;
};

let hls = null;
if (window.Hls?.isSupported()) {
  // No worker: the policy allows no script from a blob. Little is fetched ahead, since most pieces are made for this.
  hls = new Hls({ enableWorker: false, maxBufferLength: 8, maxMaxBufferLength: 8, xhrSetup: (request) => { request.withCredentials = true; } });
  hls.on(Hls.Events.ERROR, (_event, data) => { if (data.fatal) { fail(); } });
  hls.loadSource(player.dataset.source);
  hls.attachMedia(video);
} else if (video.canPlayType("application/vnd.apple.mpegurl")) {
  video.src = player.dataset.source;
} else {
  fail();
}

const acts = {
  toggle: () => (video.paused ? video.play().catch(fail) : video.pause()),
  back: () => move(video, -5),
  forward: () => move(video, 5),
  step: () => { video.pause(); move(video, FRAME); },
  slow: () => { video.playbackRate = video.playbackRate === 1 ? 0.5 : 1; },
};
const keys = { " ": "toggle", ArrowLeft: "back", ArrowRight: "forward", ".": "step", s: "slow", S: "slow" };

player.addEventListener("click", (event) => acts[event.target.closest("[data-do]")?.dataset.do]?.());
player.addEventListener("keydown", (event) => {
  const act = keys[event.key];
  // The slider and the buttons keep the keys that are theirs.
  if (act && event.target === video) {
    event.preventDefault();
    acts[act]();
  }
});
steer(video, toggle, seek);
video.addEventListener("error", fail);
video.addEventListener("ratechange", () => {
  player.querySelector("[data-do=slow]").setAttribute("aria-pressed", String(video.playbackRate !== 1));
});
video.addEventListener("timeupdate", () => {
  // The playlist says when each piece was taken, so the clock is right after a gap too.
  clock.textContent = written(hls?.playingDate ?? starts + video.currentTime * 1000);
});
