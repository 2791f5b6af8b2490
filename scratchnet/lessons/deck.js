// Keys: right, left, page down, page up and space turn the slides, Home and End go to the first and last, N shows notes.
"use strict";
const slides = [...document.querySelectorAll(".deck section")];

function current() {  // the slide in the middle of the screen
  const middle = innerHeight / 2;
  return slides.findIndex(slide => slide.getBoundingClientRect().bottom > middle);
}

function go(place) {
  const slide = slides[Math.max(0, Math.min(slides.length - 1, place))];
  slide.scrollIntoView();
  history.replaceState(null, "", "#" + slide.id);
}

const keys = {
  ArrowRight: () => go(current() + 1), PageDown: () => go(current() + 1), " ": () => go(current() + 1),
  ArrowLeft: () => go(current() - 1), PageUp: () => go(current() - 1),
  Home: () => go(0), End: () => go(slides.length - 1),
  n: () => document.body.classList.toggle("notes"),
};

addEventListener("keydown", event => {
  const action = keys[event.key] || keys[event.key.toLowerCase()];
  const scrolls = event.target.closest("[tabindex]") && event.key.startsWith("Arrow");  // wide code has the arrows
  if (action && !scrolls && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    action();
  }
});
