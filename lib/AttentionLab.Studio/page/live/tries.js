// What the reader tried at an exercise, the last try first: each can be brought back. While the list is open, a new try comes into it.
import { button } from './button.js';
import { showDifference } from './diff.js';
import { command } from './server.js';

export class Tries {
  #cell;
  #beside;
  #bring;
  #attempts = [];
  #last;
  button = button('Earlier tries', 'What you ran here before can be brought back', () => this.#toggle());

  // beside: the box that shows the list; bring(text) puts a text into the editor.
  constructor(cell, beside, bring) {
    this.#cell = cell;
    this.#beside = beside;
    this.#bring = bring;
    this.button.hidden = true;
  }

  async take({ attempts, tried }) {
    this.button.hidden = attempts === 0;
    this.button.textContent = 'Earlier tries (' + attempts + ')';
    const isNews = tried !== this.#last;
    this.#last = tried;
    if (isNews && this.#beside.shows('tries')) {
      await this.#read();
      this.#cell.replace(this.#beside.dom, () => this.#beside.refill());
    }
  }

  async #toggle() {
    if (!this.#beside.shows('tries')) {
      await this.#read();
    }
    this.#beside.toggle('tries', () => [this.#list()]);
  }

  async #read() {
    try {
      const { attempts } = await command('attempts', { cell: this.#cell.id });
      this.#attempts = attempts?.reverse() ?? [];
    } catch {
      // What was read before is shown.
      this.#cell.say('The course does not answer: these tries may not be all of them.');
    }
  }

  #list() {
    const list = document.createElement('ol');
    list.className = 'tries';
    for (const { source, when, passed } of this.#attempts) {
      const row = document.createElement('li');
      const back = button('Bring back', 'Into the editor; Ctrl+Z undoes it', () => this.#bring(source));
      row.append(new Date(when).toLocaleString() + ', ' + (passed ? 'passed' : 'not yet') + ' ', back, showDifference(this.#cell.text, source));
      list.append(row);
    }
    return list;
  }
}
