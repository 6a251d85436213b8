// What a page is to somebody who enlarges it or has the keyboard alone (WCAG 2.2). Put into a page by
// `tests.journeys.every_page` and asked by it and `tests.journeys.keyboard`; every answer is a list of faults in words, empty when all is well.
"use strict";

const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, video, [tabindex]";
const TEXT = /\S/;
// Where it is narrower, a table that goes on at the right gives no sign of it: there, every row is a card.
const CARDS = 1040;
const inSight = (each) => each.checkVisibility({ visibilityProperty: true }) && each.getClientRects().length > 0;

const named = (each) => {
  const words = each.getAttribute("aria-label") || each.textContent.trim().replace(/\s+/g, " ") || each.name || each.id || each.className;
  return `${each.localName} 「${String(words).slice(0, 40)}」`;
};

// Of radio buttons with one name the Tab key reaches one: the chosen, or the first.
const isStopOfItsGroup = (each) => {
  if (each.type !== "radio") {
    return true;
  }
  const group = [...document.querySelectorAll("input[type=radio]")].filter((other) => other.name === each.name && other.form === each.form && !other.disabled);
  return each === (group.find((other) => other.checked) ?? group[0]);
};

const stops = () => [...document.querySelectorAll(CONTROLS)].filter((each) => each.tabIndex >= 0 && !each.matches(":disabled") && inSight(each) && isStopOfItsGroup(each));

/* The frame of the page. */

const frame = () => {
  const one = { h1: "h1", main: "main", "header of the page": "body > header", "footer of the page": "body > footer" };
  const faults = Object.entries(one).flatMap(([what, selector]) => {
    const count = document.querySelectorAll(selector).length;
    return count === 1 ? [] : [`the page has ${count} ${what}`];
  });
  if (document.documentElement.lang !== "zh-Hant-TW") {
    faults.push(`the page says its language is 「${document.documentElement.lang}」`);
  }
  return faults.concat([...document.querySelectorAll("[tabindex]")].filter((each) => each.tabIndex > 0).map((each) => `${named(each)} has a tabindex above 0`));
};

/* At one width: nothing is cut, nothing lies over something else, and what follows stands below or beside. */

const clips = new Map(); // of each element: the ancestors that cut what sticks out of them
const clipping = (each) => {
  if (!each || each === document.body || each === document.documentElement) {
    return [];
  }
  if (!clips.has(each)) {
    const style = getComputedStyle(each);
    const own = style.overflowX === "visible" && style.overflowY === "visible" ? [] : [[each, style]];
    clips.set(each, own.concat(style.position === "fixed" ? [] : clipping(each.parentElement)));
  }
  return clips.get(each);
};

const isHiddenFromEyes = (each) => each.closest(".visually-hidden, .visually-hidden-focusable, .sy-skip, thead, [aria-hidden=true], svg, noscript, script, style, title, option, textarea, video");

const scrolls = (way) => way === "auto" || way === "scroll";
const cutBy = (rect, each) => clipping(each).find(([by, style]) => {
  const room = by.getBoundingClientRect();
  const across = rect.left < room.left - 1 || rect.right > room.right + 1;
  const down = rect.top < room.top - 1 || rect.bottom > room.bottom + 1;
  return (across && !(scrolls(style.overflowX) && window.innerWidth >= CARDS)) || (down && !scrolls(style.overflowY));
});

const cutText = () => {
  clips.clear();
  const width = document.documentElement.clientWidth;
  const faults = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, (node) => (TEXT.test(node.data) ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP));
  const range = document.createRange();
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const of = node.parentElement;
    if (isHiddenFromEyes(of) || !inSight(of)) {
      continue;
    }
    range.setStart(node, node.data.search(TEXT)); // a wide space hangs over the end of a line, unseen
    range.setEnd(node, node.data.trimEnd().length);
    const rect = range.getBoundingClientRect();
    const by = cutBy(rect, of);
    if (by) {
      faults.push(`「${node.data.trim().slice(0, 30)}」 is cut by ${named(by[0])}`);
    } else if ((rect.left < -1 || rect.right > width + 1) && !clipping(of).some(([, style]) => scrolls(style.overflowX))) {
      faults.push(`「${node.data.trim().slice(0, 30)}」 sticks out of the screen`);
    }
  }
  return faults;
};

const overlaps = (one, other) => [...one.getClientRects()].some((a) => [...other.getClientRects()].some((b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2));

// A region that scrolls and a label are around their controls, not over them.
const overlapping = () => {
  const all = [...document.querySelectorAll(CONTROLS)].filter((each) => inSight(each) && !each.matches(".sy-skip, main, [role=region], [role=alert], [role=status], [tabindex='-1']"));
  const faults = [];
  all.forEach((one, place) => {
    for (const other of all.slice(place + 1)) {
      if (!one.contains(other) && !other.contains(one) && overlaps(one, other)) {
        faults.push(`${named(one)} and ${named(other)} overlap`);
      }
    }
  });
  return faults;
};

const disordered = () => {
  const all = stops().filter((each) => !each.matches(".sy-skip"));
  return all.slice(1).flatMap((next, place) => {
    const [a, b] = [all[place].getBoundingClientRect(), next.getBoundingClientRect()];
    const isAbove = b.bottom <= a.top + 1;
    const isBeside = b.left >= a.right - 1;
    return isAbove && !isBeside ? [`after ${named(all[place])} the focus goes up to ${named(next)}`] : [];
  });
};

const tooWide = () => {
  const [width, reach] = [window.innerWidth, document.documentElement.scrollWidth];
  const cut = width < CARDS ? [...document.querySelectorAll(".sy-scroll")].filter((each) => each.scrollWidth > each.clientWidth + 1) : [];
  return (reach > width ? [`the page is ${reach} px wide`] : []).concat(cut.map((each) => `the table 「${each.ariaLabel}」 is cut`));
};

// A script that waits for another width has folded or opened its menu by the next frame.
const atThisWidth = async () => {
  await new Promise(requestAnimationFrame);
  return tooWide().concat(cutText(), overlapping(), disordered()).map((fault) => `at ${window.innerWidth} px ${fault}`);
};

/* The Tab key. What has the focus is looked at before the next key moves it on, when it has been scrolled to. */

const INDICATORS = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderTopColor", "borderTopWidth", "borderBottomColor", "borderBottomWidth"];
const styled = (each) => {
  const style = getComputedStyle(each);
  return Object.fromEntries(INDICATORS.map((name) => [name, style[name]]));
};

const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
const colours = new Map();
const colour = (words) => {
  if (!colours.has(words)) {
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = words;
    pixel.fillRect(0, 0, 1, 1);
    colours.set(words, [...pixel.getImageData(0, 0, 1, 1).data]);
  }
  return colours.get(words);
};
const luminance = (words) => {
  const [red, green, blue] = colour(words).slice(0, 3).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (one, other) => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
// What the ring of an element lies on; null where a picture lies there, of which nothing can be computed.
const ground = (each) => {
  for (let around = each.parentElement; around; around = around.parentElement) {
    const style = getComputedStyle(around);
    if (style.backgroundImage !== "none") {
      return null;
    }
    if (colour(style.backgroundColor)[3] === 255) {
      return style.backgroundColor;
    }
  }
  return "rgb(255, 255, 255)";
};

const indicatorFaults = (each, before) => {
  const now = styled(each);
  const outlined = now.outlineStyle !== "none" && parseFloat(now.outlineWidth) > 0;
  const shown = [
    ...(outlined ? [now.outlineColor] : []),
    ...(now.boxShadow !== before.boxShadow ? now.boxShadow.match(/(?:rgba?|color)\([^)]+\)/g) ?? [] : []),
    ...(now.borderTopColor !== before.borderTopColor ? [now.borderTopColor] : []),
  ];
  const isChanged = INDICATORS.some((name) => now[name] !== before[name]);
  if (!isChanged || !shown.length) {
    return [`${named(each)} does not show that it has the focus`];
  }
  const under = ground(each);
  const best = under === null ? 21 : Math.max(...shown.map((words) => contrast(words, under)));
  return best < 3 ? [`the focus of ${named(each)} has a contrast of ${best.toFixed(1)}`] : [];
};

const coverFaults = (each) => {
  const screen = { right: document.documentElement.clientWidth, bottom: window.innerHeight };
  const rects = [...each.getClientRects()].filter((rect) => rect.right > 0 && rect.bottom > 0 && rect.left < screen.right && rect.top < screen.bottom);
  if (!rects.length) {
    return [`${named(each)} has the focus out of sight`];
  }
  const hits = rects.flatMap((rect) => {
    const [left, right] = [Math.max(rect.left, 0), Math.min(rect.right, screen.right)];
    const [top, bottom] = [Math.max(rect.top, 0), Math.min(rect.bottom, screen.bottom)];
    return [0.5, 0.1, 0.9].flatMap((x) => [0.5, 0.1, 0.9].map((y) => document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y)));
  });
  const isItsOwn = (hit) => hit && (each.contains(hit) || hit.contains(each) || hit.closest("label")?.control === each);
  return hits.some(isItsOwn) ? [] : [`${named(each)} has the focus under ${named(hits.find(Boolean) ?? document.body)}`];
};

let tabbing = null;
const look = () => {
  const each = document.activeElement;
  if (!tabbing || !each || each === document.body || each === tabbing.reached.at(-1)) {
    return;
  }
  tabbing.reached.push(each);
  if (!tabbing.looked.has(each)) {
    tabbing.looked.add(each);
    if (tabbing.before.has(each)) {
      tabbing.faults.push(...indicatorFaults(each, tabbing.before.get(each)), ...coverFaults(each));
    }
  }
};
document.addEventListener("keydown", look, true);

// Makes ready for the Tab key, from the top of the page; how many places it is to reach.
const begin = () => {
  document.activeElement?.blur();
  window.scrollTo(0, 0);
  const all = stops();
  tabbing = { all, before: new Map(all.map((each) => [each, styled(each)])), reached: [], looked: new Set(), faults: [] };
  return all.length;
};

const isWhole = () => {
  look();
  return tabbing.all.every((each) => tabbing.looked.has(each) || !each.isConnected);
};

// The way of the focus, from the link that skips the menu over the main part and the foot to the menu.
const end = () => {
  look();
  const { reached, faults } = tabbing;
  const all = tabbing.all.filter((each) => each.isConnected); // a page may have renewed a part of itself
  tabbing = null;
  const main = document.querySelector("main");
  const told = [...faults];
  if (!reached[0]?.matches(".sy-skip")) {
    told.push(`the Tab key first reaches ${reached[0] ? named(reached[0]) : "nothing"}, not the link that skips the menu`);
  } else if (reached[1] !== main) {
    told.push("the link that skips the menu does not lead into the main part");
  }
  const way = reached.filter((each) => each !== main);
  const missed = all.filter((each) => !way.includes(each));
  told.push(...missed.map((each) => `the Tab key does not reach ${named(each)}`));
  if (missed.length && way.length) {
    told.push(`the Tab key stays at ${named(way.at(-1))}`);
  }
  way.slice(2).forEach((each, place) => {
    const was = all.indexOf(way[place + 1]);
    const expected = all[(was + 1) % all.length];
    // After the last place the browser begins anew at the first, and may do so a key later.
    if (was >= 0 && all.includes(each) && each !== expected && each !== all[0]) {
      told.push(`after ${named(way[place + 1])} the Tab key reaches ${named(each)} and not ${named(expected)}`);
    }
  });
  return told;
};

// Whether something stays in its place while the page scrolls, so that the focus may come to lie under it.
const sticks = () => [...document.body.querySelectorAll("*")].some((each) => ["sticky", "fixed"].includes(getComputedStyle(each).position));

window.looks = { atThisWidth, begin, end, frame, isWhole, sticks, tooWide };
