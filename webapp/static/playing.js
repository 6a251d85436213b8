// What the players have in common: the time as every other page writes it, and one button and one slider for a video.
"use strict";

const TAIPEI_MS = 8 * 60 * 60 * 1000; // without summer time since 1980
const two = (number) => String(number).padStart(2, "0");

// 民國115年11月20日 09:55:00
const written = (instant) => {
  const local = new Date(Number(instant) + TAIPEI_MS);
  const day = `民國${local.getUTCFullYear() - 1911}年${local.getUTCMonth() + 1}月${local.getUTCDate()}日`;
  return `${day} ${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
};

const move = (film, seconds) => {
  film.currentTime = Math.min(Math.max(film.currentTime + seconds, 0), film.duration || 0);
};

const steer = (film, button, slider) => {
  film.addEventListener("contextmenu", (event) => event.preventDefault());
  film.addEventListener("play", () => { button.textContent = "暫停"; });
  film.addEventListener("pause", () => { button.textContent = "播放"; });
  film.addEventListener("timeupdate", () => {
    if (document.activeElement !== slider) {
      slider.value = String(film.duration ? (film.currentTime / film.duration) * 1000 : 0);
    }
    const [now, all] = [film.currentTime, film.duration || 0].map((seconds) => `${Math.floor(seconds / 60)} 分 ${two(Math.floor(seconds % 60))} 秒`);
    slider.setAttribute("aria-valuetext", `${now}，共 ${all}`);
  });
  slider.addEventListener("input", () => {
    film.currentTime = (Number(slider.value) / 1000) * (film.duration || 0);
  });
};
