/** A press is whole: nothing changes or moves under a pointer between its going down and its coming up, or what was
 *  pressed would be another thing than what was meant, or nothing at all. */

const LONGEST = 1500; // milliseconds; a pointer that is held down or gone elsewhere holds nothing up
const waiting = [];
let release = null;

/** Runs the change now, or right after the press that is under way. */
export function afterPress(change) {
  if (release === null) change();
  else waiting.push(change);
}

function released() {
  clearTimeout(release);
  release = null;
  for (const change of waiting.splice(0)) change();
}

addEventListener(
  "pointerdown",
  () => {
    clearTimeout(release);
    release = setTimeout(released, LONGEST);
  },
  true,
);
for (const end of ["pointerup", "pointercancel"])
  addEventListener(end, () => release !== null && setTimeout(released), true); // the click comes before
