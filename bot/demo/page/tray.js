/** Files on their way: chosen, dropped or pasted, shown above the composer until they are sent. */

import { el, fileSize, iconButton } from "./dom.js";

export class Tray {
  files = [];

  /** `taken(file)` may claim a file (a command's attachment option); `refuse(sentence)` says why one is left out. */
  constructor(app, taken, refuse) {
    this.app = app;
    this.taken = taken;
    this.refuse = refuse;
    this.node = document.getElementById("tray");
    const picker = document.getElementById("file-picker");
    document.getElementById("attach").addEventListener("click", () => picker.click());
    picker.addEventListener("change", () => {
      this.addAll(picker.files);
      picker.value = "";
    });
    this.#listenToDrops();
    document.addEventListener("paste", (event) => this.addAll(event.clipboardData?.files ?? []));
  }

  #listenToDrops() {
    const over = (wanted) => (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      document.body.classList.toggle("dropping", wanted);
    };
    document.addEventListener("dragover", over(true));
    document.addEventListener("dragleave", (event) => event.relatedTarget === null && over(false)(event));
    document.addEventListener("drop", (event) => {
      over(false)(event);
      this.addAll(event.dataTransfer?.files ?? []);
    });
  }

  addAll(files) {
    for (const file of files) this.#add(file);
  }

  #add(file) {
    const { files: most, file_bytes: largest } = this.app.store.world?.limits ?? {};
    if (file.size > largest)
      this.refuse(`${file.name} is ${fileSize(file.size)}; a file may have at most ${fileSize(largest)}.`);
    else if (this.taken(file)) return;
    else if (this.files.length >= most)
      this.refuse(`A message carries at most ${most} files; ${file.name} was left out.`);
    else this.#keep(file);
  }

  #keep(file) {
    this.files.push(file);
    this.#draw();
  }

  #drop(file) {
    this.files = this.files.filter((one) => one !== file);
    this.#draw();
  }

  /** Empties the tray and hands its files over. */
  take() {
    const files = this.files;
    this.files = [];
    this.#draw();
    return files;
  }

  #draw() {
    for (const image of this.node.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    this.node.replaceChildren(...this.files.map((file) => this.#card(file)));
    this.node.hidden = !this.files.length;
  }

  #card(file) {
    const preview = file.type.startsWith("image/") && el("img", { src: URL.createObjectURL(file), alt: "" });
    const words = el("span", {}, file.name, el("small", {}, fileSize(file.size)));
    return el(
      "li",
      {},
      preview,
      words,
      iconButton("cross", `Remove ${file.name}`, () => this.#drop(file)),
    );
  }
}
