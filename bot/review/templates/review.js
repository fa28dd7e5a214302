"use strict";
// One picture at a time, judged by key, click or touch. What was judged is kept in this browser, if it allows that, and
// told as lines for `/review paste`. Nothing is sent anywhere.
(() => {
  const say = JSON.parse(document.getElementById("words").textContent);
  const at = (id) => document.getElementById(id);
  const shots = [...document.querySelectorAll("article")];
  const film = at("film");
  const store = `darkroom-review:${document.body.dataset.key}`;
  const VERDICTS = ["keep", "reject", "reroll"];
  const MOST_STEPS = 200; // that can be undone
  const LONGEST = 4000; // characters that Discord's form takes

  let judged = {}; // by job: {verdict, reasons, own}
  let steps = []; // [job, what was thought before]
  let place = 0;
  let onwards = true;
  let lasting = true; // the browser keeps it

  const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? facts[name] : whole));
  const plain = (text) => text.replace(/\s+/g, " ").trim();

  // --- what is kept

  // Whatever lies there may be anybody's: what cannot be understood is left.
  function load() {
    const told = understood(remember((kept) => kept.getItem(store)));
    const known = new Set(shots.map((shot) => shot.dataset.job));
    for (const [job, one] of Object.entries(told.judged ?? {})) {
      if (known.has(job) && VERDICTS.includes(one?.verdict)) {
        const reasons = Array.isArray(one.reasons) ? one.reasons.map(String) : [];
        judged[job] = { verdict: one.verdict, reasons, own: String(one.own ?? "") };
      }
    }
    place = Math.min(Math.max(Math.trunc(Number(told.place)) || 0, 0), shots.length - 1);
    onwards = told.onwards !== false;
  }

  function understood(text) {
    try {
      return Object(JSON.parse(text ?? "{}"));
    } catch {
      return {};
    }
  }

  function save() {
    remember((kept) => kept.setItem(store, JSON.stringify({ judged, place, onwards })));
  }

  function remember(work) {
    try {
      return work(localStorage);
    } catch {
      lasting = false;
      at("forgetful").hidden = false;
      return null;
    }
  }

  // --- what is shown

  const job = (shot) => shot.dataset.job;
  const stands = (shot) => judged[job(shot)]?.verdict ?? shot.dataset.before;

  function draw(shot) {
    const one = judged[job(shot)];
    for (const button of shot.querySelectorAll("[data-verdict]")) {
      button.setAttribute("aria-pressed", String(button.dataset.verdict === one?.verdict));
    }
    for (const button of shot.querySelectorAll("[data-reason]")) {
      button.setAttribute("aria-pressed", String(Boolean(one?.reasons.includes(button.dataset.reason))));
    }
    const why = shot.querySelector(".why");
    why.hidden = !one || one.verdict === "keep";
    const field = why.querySelector("input");
    if (document.activeElement !== field) field.value = one?.own ?? "";
    const thumb = film.children[shots.indexOf(shot)].firstChild;
    thumb.dataset.is = stands(shot);
    thumb.setAttribute("aria-label", `${shots.indexOf(shot) + 1}: ${shot.dataset.subject}, ${say[stands(shot) || "open"]}`);
  }

  function count() {
    const done = shots.filter(stands).length;
    at("done").value = done;
    at("count").textContent = fill(say.decided, { done, all: shots.length });
    at("undo").disabled = steps.length === 0;
  }

  function tell(text) {
    at("said").textContent = text;
  }

  function go(index, { focus = false } = {}) {
    const before = shots[place];
    place = Math.min(Math.max(index, 0), shots.length - 1);
    before.classList.remove("now");
    before.querySelector("figure").classList.remove("near");
    film.children[shots.indexOf(before)].firstChild.removeAttribute("aria-current");
    const shot = shots[place];
    shot.classList.add("now");
    const thumb = film.children[place].firstChild;
    thumb.setAttribute("aria-current", "true");
    thumb.scrollIntoView({ block: "nearest", inline: "center" });
    document.querySelector("main").scrollTop = 0;
    at("back").disabled = place === 0;
    at("next").disabled = place === shots.length - 1;
    if (focus) (document.body.classList.contains("over") ? thumb : shot.querySelector("h2")).focus({ preventScroll: true });
    save();
  }

  function overview(on) {
    document.body.classList.toggle("over", on);
    at("over").setAttribute("aria-pressed", String(on));
    film.children[place].firstChild.scrollIntoView({ block: "nearest", inline: "center" });
    if (on) film.children[place].firstChild.focus();
  }

  // --- what is thought

  function think(shot, one) {
    steps.push([job(shot), judged[job(shot)] ?? null]);
    steps = steps.slice(-MOST_STEPS);
    if (one) judged[job(shot)] = one;
    else delete judged[job(shot)];
    draw(shot);
    count();
    save();
  }

  function judge(verdict) {
    const shot = shots[place];
    const before = judged[job(shot)];
    if (before?.verdict === verdict) {
      think(shot, null);
      tell(fill(say.taken, { name: shot.dataset.subject }));
      return;
    }
    think(shot, { verdict, reasons: before?.reasons ?? [], own: before?.own ?? "" });
    const done = shots.filter(stands).length;
    tell(fill(say.told, { name: shot.dataset.subject, verdict: say[verdict], done, all: shots.length }));
    if (verdict === "keep") {
      if (onwards) forth();
    } else shot.querySelector(".why").scrollIntoView({ block: "nearest" });
  }

  // The next one that nobody has judged, or just the next.
  function forth() {
    const later = shots.findIndex((shot, index) => index > place && !stands(shot));
    if (place < shots.length - 1) go(later > 0 ? later : place + 1, { focus: true });
    else if (shots.every(stands)) finish();
  }

  function reason(word) {
    const shot = shots[place];
    const one = judged[job(shot)];
    const has = one.reasons.includes(word);
    think(shot, { ...one, reasons: has ? one.reasons.filter((other) => other !== word) : [...one.reasons, word] });
  }

  function own(shot, text) {
    const one = judged[job(shot)];
    if (one && plain(text) !== one.own) think(shot, { ...one, own: plain(text) });
  }

  function undo() {
    const last = steps.pop();
    if (!last) return;
    const [name, before] = last;
    const index = shots.findIndex((shot) => job(shot) === name);
    if (before) judged[name] = before;
    else delete judged[name];
    go(index, { focus: true });
    draw(shots[index]);
    count();
    save();
    tell(fill(say.undone, { name: shots[index].dataset.subject }));
  }

  // --- what is told

  function lines() {
    return shots.filter((shot) => judged[job(shot)]).map((shot) => {
      const one = judged[job(shot)];
      const why = one.verdict === "keep" ? "" : plain([...one.reasons, one.own].filter(Boolean).join(", "));
      return `${shot.dataset.subject}: ${one.verdict}${why ? ` – ${why}` : ""}`;
    });
  }

  function finish() {
    const told = lines();
    const text = told.join("\n");
    at("lines").value = text;
    const size = fill(say.size, { lines: told.length, open: shots.filter((shot) => !stands(shot)).length });
    at("length").textContent = text.length > LONGEST ? `${size} ${say.long}` : size;
    at("save").href = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
    at("text").showModal();
    at("lines").setSelectionRange(0, 0);
    at("lines").scrollTop = 0;
  }

  async function copy() {
    at("lines").select();
    try {
      await navigator.clipboard.writeText(at("lines").value);
    } catch {
      document.execCommand("copy");
    }
    at("length").textContent = say.copied;
  }

  // --- what is heard

  function thumbs() {
    shots.forEach((shot, index) => {
      const button = document.createElement("button");
      button.type = "button";
      const picture = shot.querySelector("img");
      if (picture) {
        const small = new Image();
        small.alt = "";
        small.loading = "lazy";
        small.draggable = false;
        small.src = picture.src;
        button.append(small);
      }
      const name = document.createElement("span");
      name.textContent = shot.querySelector("h2").textContent;
      button.append(name);
      button.addEventListener("click", () => {
        overview(false);
        go(index, { focus: true });
      });
      const entry = document.createElement("li");
      entry.append(button);
      film.append(entry);
    });
  }

  function touch(figure) {
    let begun = null;
    figure.addEventListener("pointerdown", (event) => {
      begun = event.pointerType === "mouse" || figure.classList.contains("near") ? null : [event.clientX, event.clientY];
    });
    figure.addEventListener("pointerup", (event) => {
      if (!begun) return;
      const [across, down] = [event.clientX - begun[0], event.clientY - begun[1]];
      begun = null;
      if (Math.abs(across) > 56 && Math.abs(across) > 2 * Math.abs(down)) {
        figure.dataset.swiped = "yes";
        go(place + (across < 0 ? 1 : -1));
      }
    });
    figure.querySelector("img")?.addEventListener("click", () => {
      if (figure.dataset.swiped) delete figure.dataset.swiped;
      else figure.classList.toggle("near");
    });
  }

  const KEYS = {
    j: () => go(place + 1, { focus: true }),
    k: () => go(place - 1, { focus: true }),
    ArrowRight: () => go(place + 1, { focus: true }),
    ArrowLeft: () => go(place - 1, { focus: true }),
    1: () => judge("keep"),
    2: () => judge("reject"),
    3: () => judge("reroll"),
    r: () => {
      overview(false);
      shots[place].querySelector(".why:not([hidden]) input")?.focus();
    },
    z: () => {
      overview(false);
      shots[place].querySelector("figure").classList.toggle("near");
    },
    n: forth,
    u: undo,
    g: () => overview(!document.body.classList.contains("over")),
    t: finish,
    "?": () => at("keys").showModal(),
  };

  const MOVES = new Set(["j", "k", "ArrowRight", "ArrowLeft"]); // a key that is held judges once

  function pressed(event) {
    const field = event.target.closest("input:not([type=checkbox]), textarea");
    if (field && event.key === "Escape") field.blur();
    if (field?.closest(".why") && event.key === "Enter") {
      own(shots[place], field.value);
      field.blur();
      forth();
    }
    if (event.key === "Escape" && document.body.classList.contains("over")) overview(false);
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const plainly = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (field || document.querySelector("dialog[open]") || !plainly || !Object.hasOwn(KEYS, key)) return;
    event.preventDefault();
    if (!event.repeat || MOVES.has(key)) KEYS[key]();
  }

  function begin() {
    document.body.classList.add("live");
    load();
    thumbs();
    for (const shot of shots) {
      draw(shot);
      touch(shot.querySelector("figure"));
      for (const button of shot.querySelectorAll("[data-verdict]")) {
        button.addEventListener("click", () => judge(button.dataset.verdict));
      }
      for (const button of shot.querySelectorAll("[data-reason]")) {
        button.addEventListener("click", () => reason(button.dataset.reason));
      }
      shot.querySelector(".why input").addEventListener("change", (event) => own(shot, event.target.value));
    }
    document.addEventListener("keydown", pressed);
    at("back").addEventListener("click", () => go(place - 1));
    at("next").addEventListener("click", () => go(place + 1));
    at("undo").addEventListener("click", undo);
    at("over").addEventListener("click", () => overview(!document.body.classList.contains("over")));
    at("help").addEventListener("click", () => at("keys").showModal());
    at("finish").addEventListener("click", finish);
    at("copy").addEventListener("click", copy);
    at("onwards").checked = onwards;
    at("onwards").addEventListener("change", (event) => {
      onwards = event.target.checked;
      save();
    });
    at("forget").addEventListener("click", () => {
      judged = {};
      steps = [];
      shots.forEach(draw);
      count();
      save();
      at("keys").close();
    });
    for (const button of document.querySelectorAll("dialog .close")) {
      button.addEventListener("click", () => button.closest("dialog").close());
    }
    window.addEventListener("beforeunload", (event) => {
      if (!lasting && lines().length > 0) event.preventDefault();
    });
    count();
    go(place);
  }

  if (shots.length > 0) begin();
})();
