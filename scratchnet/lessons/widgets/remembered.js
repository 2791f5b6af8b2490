"use strict";
// What a reader predicts and reads. It is kept in this browser only, under names that begin with "scratchnet ".
// Where the browser keeps nothing, everything else works.

const kept = {
  get(name) {
    try { return localStorage.getItem(`scratchnet ${name}`) || ""; } catch { return ""; }
  },
  set(name, text) {
    try {
      if (text) localStorage.setItem(`scratchnet ${name}`, text);
      else localStorage.removeItem(`scratchnet ${name}`);
    } catch { /* nothing is kept */ }
  },
  forget(kind) {
    try {
      Object.keys(localStorage).filter(name => name.startsWith(`scratchnet ${kind} `))
        .forEach(name => localStorage.removeItem(name));
    } catch { /* nothing was kept */ }
  },
};

// An element with attributes and children: element("p", {class: "about"}, "text", another).
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// A field for the prediction below its question; what was typed is repeated beside the answer.
function askFirst(answer, number) {
  const name = `prediction ${document.body.dataset.page} ${answer.dataset.question}`, id = `prediction-${number}`;
  const field = element("input", {id, type: "text", autocomplete: "off"});
  const typed = element("span"), repeated = element("p", {class: "yours"}, "Your prediction: ", typed);
  const form = element("form", {class: "prediction"}, element("label", {for: id}, "Your prediction"), field,
    element("button", {}, "Compare with the answer"));
  const note = () => {
    typed.textContent = field.value.trim();
    repeated.hidden = !field.value.trim();
  };
  field.value = kept.get(name);
  field.addEventListener("input", () => {
    kept.set(name, field.value.trim());
    note();
  });
  form.addEventListener("submit", event => {
    event.preventDefault();
    answer.open = true;
    answer.querySelector("summary").focus();
  });
  answer.querySelector("summary").after(repeated);
  answer.previousElementSibling.append(form);
  note();
}

// A box at the end of a lesson: the reader has read it. A reader who goes on to the next lesson has read it too.
function offerRead(exercise) {
  const name = `read ${document.body.dataset.page}`, box = element("input", {type: "checkbox"});
  box.checked = kept.get(name) !== "";
  box.addEventListener("change", () => kept.set(name, box.checked ? "yes" : ""));
  exercise.after(element("p", {class: "about finished"}, element("label", {}, box, " I have read this lesson."),
    " Kept in this browser only."));
  const next = document.querySelector("footer [rel=next]");
  if (next) next.addEventListener("click", () => kept.set(name, "yes"));
}

// On the front page: which lessons were read, and with which to go on.
function showProgress(place) {
  const lessons = [...document.querySelectorAll("[data-lesson]")];
  const read = lessons.map(lesson => kept.get(`read ${lesson.dataset.lesson}`) !== "");
  lessons.forEach((lesson, i) => {
    lesson.querySelectorAll(".read").forEach(mark => mark.remove());
    if (read[i]) lesson.querySelector("h3").append(element("span", {class: "read"}, " read"));
  });
  const next = lessons[read.indexOf(false)], words = element("span");
  if (next && read.includes(true)) {
    const link = next.querySelector("h3 a");
    words.append(" Go on with ", element("a", {href: link.getAttribute("href")}, link.textContent), ".");
  }
  place.replaceChildren(`You have read ${read.filter(Boolean).length} of ${lessons.length} lessons.`, words);
  place.hidden = false;
}

// Two buttons that forget.
function offerForgetting(place, progress) {
  const said = element("span", {role: "status"});
  const button = (text, kind, done) => {
    const made = element("button", {type: "button"}, text);
    made.addEventListener("click", () => {
      kept.forget(kind);
      showProgress(progress);
      said.textContent = done;
    });
    return made;
  };
  place.append("What you read and predict is kept in this browser only. ",
    button("Forget what I read", "read", "What you read is forgotten."), " ",
    button("Forget my predictions", "prediction", "Your predictions are forgotten."), " ", said);
  place.hidden = false;
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-question]").forEach(askFirst);
  const [exercise, progress, forget] = ["exercise", "progress", "forget"].map(id => document.getElementById(id));
  if (exercise) offerRead(exercise);
  if (!progress) return;
  offerForgetting(forget, progress);
  window.addEventListener("pageshow", () => showProgress(progress));  // also when one comes back
});
