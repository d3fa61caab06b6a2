// All cells of a chapter: finds each on the page, makes those that the reader added, and keeps them in order.
import { Cell } from './cell.js';
import { runKey } from './editor.js';
import { command } from './server.js';

export class Cells {
  #article;
  #cells = new Map();
  #early = [];
  #added = null;
  #differences = new Map();
  #seen = new IntersectionObserver(entries => {
    entries.filter(entry => entry.isIntersecting).forEach(entry => this.#of(entry.target)?.mount());
  }, { rootMargin: '600px' });
  known = false;
  mayEdit = true;

  constructor(article) {
    this.#article = article;
    article.addEventListener('keydown', event => this.#keyBeforeTheEditor(event));
  }

  take(news) {
    const isAllowed = news.mayEdit && !(this.known && this.mayEdit);
    this.known = true;
    this.mayEdit = news.mayEdit;
    const lost = [...this.#cells].filter(([id]) => !news.order.includes(id));
    const near = lost.some(([, cell]) => cell.root.contains(document.activeElement)) ? this.#near(news.order) : null;
    for (const [id, cell] of lost) {
      cell.root.remove();
      this.#cells.delete(id);
    }
    near?.focusRun();
    for (const view of news.cells) {
      let cell = this.#cells.get(view.id);
      if (!cell) {
        const root = view.isScratch ? this.#make(view, news.order) : this.#article.querySelector('.cell[data-cell="' + view.number + '"]');
        if (!root) {
          continue;
        }
        cell = new Cell(root, view, this);
        this.#cells.set(view.id, cell);
        this.#seen.observe(root);
      }
      cell.take(view, news.at);
    }
    this.#cells.forEach(cell => cell.allow(this.mayEdit));
    this.#focusAdded();
    if (isAllowed) {
      this.connected();
    }
    this.#showDifferences(news.differences);
    this.#early.splice(0).forEach(([root, how]) => this.#of(root)?.run(how));
  }

  // The server is there: what it does not have yet is sent, by the tab that may edit.
  connected() {
    if (this.mayEdit) {
      this.#cells.forEach(cell => cell.saver.retry());
    }
  }

  save(isLeaving = false) {
    return Promise.all([...this.#cells.values()].map(cell => cell.saver.flush(isLeaving)));
  }

  async run(which, cell) {
    await this.save();
    await this.ask('run', { which, cell: cell?.id });
  }

  async add(after) {
    this.#added = (await this.ask('add', { cell: after.id }))?.cell;
    this.#focusAdded();
  }

  // A command whose refusal or loss is said to the reader.
  async ask(what, details) {
    // What an earlier one said goes now: the answer may come after the news that the cell ended, and must not take that away.
    this.say('');
    try {
      const answer = await command(what, details);
      if (!answer.ok) {
        this.say(answer.word);
      }
      return answer;
    } catch {
      this.say('The course does not answer: start it again, then repeat this.');
      return null;
    }
  }

  next(cell) {
    const all = [...this.#article.querySelectorAll('.cell[data-work]')];
    return this.#cells.get(all[all.indexOf(cell.root) + 1]?.dataset.work);
  }

  // The cell that stays nearest to the one with the focus: the first below it, else the last above.
  #near(order) {
    const all = [...this.#article.querySelectorAll('.cell[data-work]')];
    const at = all.indexOf(document.activeElement.closest('.cell'));
    return [...all.slice(at), ...all.slice(0, at).reverse()].map(root => this.#of(root)).find(cell => order.includes(cell.id));
  }

  count(test) {
    return [...this.#cells.values()].filter(test).length;
  }

  say() {}

  // A cell can have the focus while its editor, or even the first news, is still on the way: what asks for a run then is kept, not lost.
  #keyBeforeTheEditor(event) {
    const root = event.target.closest('.cell');
    const how = runKey(event);
    if (how && root && event.target === root.querySelector('pre.code')) {
      event.preventDefault();
      const cell = this.#of(root);
      if (cell) {
        cell.run(how);
      } else {
        this.#early.push([root, how]);
      }
    }
  }

  // Where this machine measured another number than the text says: told in the text, and covered with it.
  #showDifferences(differences) {
    for (const [number, note] of this.#differences) {
      if (!differences.some(each => each.cell === number)) {
        note.remove();
        this.#differences.delete(number);
      }
    }
    for (const { cell, found } of differences) {
      const said = 'On this machine: ' + found.join('; ') + '.';
      let note = this.#differences.get(cell);
      if (!note) {
        const home = window.bookPredictions.saw(document.getElementById('cell-' + cell));
        note = document.createElement('p');
        note.className = 'differs';
        (home.querySelector('.lead-saw') ?? home.firstElementChild).after(note);
        this.#differences.set(cell, note);
      }
      if (note.textContent !== said) {
        note.textContent = said;
      }
    }
  }

  #of(root) {
    return this.#cells.get(root.dataset.work);
  }

  // The cell comes with the news, before the answer or after it.
  #focusAdded() {
    const cell = this.#cells.get(this.#added);
    if (cell) {
      this.#added = null;
      cell.focus();
    }
  }

  #make(view, order) {
    const root = document.createElement('div');
    root.className = 'cell scratch';
    root.id = 'cell-' + view.number;
    root.dataset.cell = view.number;
    root.innerHTML = '<p class="cell-label">Your own cell</p><pre class="code" tabindex="0"><code></code></pre><div class="outputs"></div>';
    const before = order.slice(0, order.indexOf(view.id)).reverse().map(id => this.#cells.get(id)?.root).find(Boolean);
    if (before) {
      before.after(root);
    } else {
      // What the chapter dropped can stand at its head.
      this.#article.querySelector('.cell').before(root);
    }
    return root;
  }
}
