// Brings what the reader types to the server. Until the server has it, it is kept in this browser, so that neither a crash nor a lost
// connection takes it away. A text that started from another one than the server has now is not put in its place: the server keeps both, and the
// cell shows them.
import { command } from './server.js';

const pause = 300;

export class Saver {
  #cell;
  #key;
  #revision;
  #known;
  #at = 0;
  #timer = null;
  #sending = null;

  constructor(cell, view) {
    this.#cell = cell;
    this.#key = 'draft ' + document.body.dataset.live + ' ' + cell.id;
    this.#revision = view.revision;
    this.#known = view.source;
    const draft = this.#read();
    if (draft && draft.source !== view.source) {
      cell.text = draft.source;
      this.#revision = draft.revision;
    } else {
      this.#forget();
    }
    const code = cell.root.querySelector('pre.code code');
    if (code.textContent !== cell.text) {
      code.textContent = cell.text;
    }
  }

  get #isDirty() {
    return this.#cell.text !== this.#known;
  }

  // The server's text, as it was at a time of the server's; it does not replace what was typed meanwhile. News can come later than the answer to
  // an edit that they do not know yet.
  take(view, at) {
    if (this.#sending || at < this.#at || (this.#isDirty && view.source !== this.#cell.text)) {
      return;
    }
    this.#revision = view.revision;
    this.#known = view.source;
    if (this.#cell.text !== view.source) {
      this.#cell.setText(view.source);
    }
  }

  typed() {
    this.#write();
    // A timer that runs goes on: whoever types without a pause is saved, too.
    this.#timer ??= setTimeout(() => this.flush(), pause);
  }

  // A draft of an earlier visit, or one that did not reach the server.
  retry() {
    if (this.#isDirty) {
      this.flush();
    }
  }

  async flush(keepalive = false) {
    clearTimeout(this.#timer);
    this.#timer = null;
    while (this.#sending) {
      await this.#sending;
    }
    if (this.#isDirty) {
      this.#sending = this.#send(keepalive).finally(() => { this.#sending = null; });
      await this.#sending;
    }
  }

  async #send(keepalive) {
    const source = this.#cell.text;
    let answer;
    try {
      answer = await command('edit', { cell: this.#cell.id, source, revision: this.#revision }, keepalive);
    } catch {
      // The server is not there; the draft stays, and is sent when it is back.
      return;
    }
    if (!answer.ok) {
      this.#cell.say(answer.word);
      return;
    }
    this.#revision = answer.revision;
    this.#at = answer.at;
    this.#known = answer.source ?? source;
    if (this.#cell.text !== source) {
      this.typed();
      return;
    }
    this.#forget();
    if (answer.source !== undefined) {
      // The server has a newer text, and keeps this one beside it.
      this.#cell.setText(answer.source);
    }
  }

  #read() {
    try {
      return JSON.parse(localStorage.getItem(this.#key));
    } catch {
      return null;
    }
  }

  #write() {
    try {
      localStorage.setItem(this.#key, JSON.stringify({ source: this.#cell.text, revision: this.#revision }));
    } catch {
      // No storage: the server has it within a second.
    }
  }

  #forget() {
    try {
      localStorage.removeItem(this.#key);
    } catch {
      // No storage, nothing to forget.
    }
  }
}
