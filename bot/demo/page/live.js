/** The stream of what happens, kept open: EventSource reconnects by itself, and where it gives up this tries again. */

const LONGEST_WAIT = 8000;

export class Live {
  #source = null;
  #retry = null;
  #wait = 500;

  /** `heard(event)` gets every event; `lost()` is called when the line drops. */
  constructor(api, heard, lost) {
    this.api = api;
    this.heard = heard;
    this.lost = lost;
  }

  /** Opens the stream as the member the api acts for, closing the one before. */
  connect() {
    clearTimeout(this.#retry);
    this.#source?.close();
    const source = this.api.events();
    source.onmessage = (message) => {
      if (source === this.#source) this.#hear(message.data);
    };
    source.onerror = () => {
      if (source === this.#source) this.#dropped();
    };
    this.#source = source;
  }

  #hear(data) {
    this.#wait = 500;
    this.heard(JSON.parse(data));
  }

  // CONNECTING means the browser retries; CLOSED (an HTTP error, a refused port in some browsers) is final for it.
  #dropped() {
    this.lost();
    if (this.#source.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#again(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }

  async #again() {
    await this.api.forgetStranger();
    this.connect();
  }
}
