// One cell: its editor, its buttons, what it shows, and the words about it.
import { button } from './button.js';
import { createEditor } from './editor.js';
import { showDifference } from './diff.js';
import { showOthers } from './others.js';
import { Saver } from './saver.js';

export class Cell {
  #cells;
  #pre;
  #code;
  #outputs;
  #editor = null;
  #mounting = null;
  #note = document.createElement('span');
  #mark = document.createElement('span');
  #word = document.createElement('div');
  #beside = document.createElement('div');
  #clock = null;
  #allowed = true;

  constructor(root, view, cells) {
    this.root = root;
    this.id = view.id;
    this.#cells = cells;
    this.#pre = root.querySelector('pre.code');
    this.#code = this.#pre.querySelector('code');
    this.#outputs = window.bookPredictions.outputs(root);
    this.view = view;
    this.text = view.source;
    this.saver = new Saver(this, view);
    root.dataset.work = view.id;
    this.#build(view);
    this.#pre.addEventListener('focus', () => this.focus());
  }

  say(text) {
    this.#cells.say(text);
  }

  get name() {
    return (this.view.isScratch ? 'your own cell ' : 'cell ') + this.view.number;
  }

  // What the server says about it.
  take(view) {
    const before = this.view;
    this.view = view;
    this.saver.take(view);
    this.#show(view);
    const running = view.run === 'running';
    this.root.classList.toggle('running', running);
    this.root.classList.toggle('queued', view.run === 'queued');
    this.root.classList.toggle('failed', view.failed);
    this.#mark.textContent = view.mark;
    this.runButton.textContent = running ? 'Running' : 'Run';
    this.runButton.disabled = view.run !== 'idle' || !this.#allowed;
    this.resetButton?.toggleAttribute('hidden', view.original === undefined);
    this.compareButton?.toggleAttribute('hidden', view.original === undefined);
    this.triesButton.hidden = view.attempts === 0;
    this.triesButton.textContent = 'Earlier tries (' + view.attempts + ')';
    clearInterval(this.#clock);
    if (running) {
      const from = performance.now() - 1000 * view.seconds;
      const tick = () => { this.#note.textContent = 'running, ' + ((performance.now() - from) / 1000).toFixed(1) + ' s'; };
      tick();
      this.#clock = setInterval(tick, 100);
    } else {
      this.#note.textContent = view.note;
    }
    this.#missing(view);
    // Not at every news: a button in it may have the focus.
    if (JSON.stringify(before.others) !== JSON.stringify(view.others) || this.#word.childElementCount === 0) {
      this.#word.replaceChildren(...showOthers(this, view.others, (what, details) => this.#cells.ask(what, details)));
    }
    this.#editor?.markLine(view.run === 'idle' && view.failed && !view.mark ? view.line : 0);
    if (before.run === 'running' && view.run === 'idle') {
      this.#cells.say((view.failed ? 'Failed: ' : 'Finished: ') + this.name);
    }
  }

  allow(may) {
    this.#allowed = may;
    this.#editor?.allow(may);
    this.root.querySelectorAll('.cell-bar button').forEach(each => { each.disabled = !may || (each === this.runButton && this.view.run !== 'idle'); });
  }

  // Another text than the one typed here: from the server, or taken by the reader.
  setText(text) {
    this.text = text;
    this.#code.textContent = text;
    this.#editor?.setText(text);
  }

  // An editor in place of the still text; cells that nobody looks at need none.
  mount() {
    this.#mounting ??= createEditor({
      text: this.text,
      label: 'Code of ' + this.name,
      typed: text => {
        this.text = text;
        // The copy button reads it.
        this.#code.textContent = text;
        this.saver.typed();
      },
      left: () => this.saver.flush(),
      run: how => this.run(how),
      mayCheck: () => !this.view.missesAbove,
    }).then(editor => {
      this.#editor = editor;
      this.#pre.replaceWith(editor.dom);
      editor.setText(this.text);
      editor.allow(this.#allowed);
      editor.markLine(this.view.failed && !this.view.mark ? this.view.line : 0);
      this.root.classList.add('mounted');
    });
    return this.#mounting;
  }

  async focus() {
    this.root.querySelector('details:not(.solution)')?.setAttribute('open', '');
    await this.mount();
    this.#editor.focus();
  }

  // As in Jupyter: Ctrl runs, Shift runs and goes on, Alt runs and adds a cell.
  async run(how) {
    const ran = this.#cells.run('cell', this);
    if (how === 'next') {
      const next = this.#cells.next(this);
      next?.root.scrollIntoView({ block: 'nearest' });
      await (next?.focus() ?? this.#cells.add(this));
    }
    await ran;
    if (how === 'add') {
      await this.#cells.add(this);
    }
  }

  #build(view) {
    const bar = document.createElement('div');
    bar.className = 'cell-bar';
    bar.setAttribute('role', 'group');
    bar.setAttribute('aria-label', this.name);
    this.runButton = button('Run', 'Ctrl+Enter', () => this.run());
    this.runButton.className = 'run';
    const toHere = button('Run to here', 'This cell, and those above that have not run or are out of date', () => this.#cells.run('here', this));
    bar.append(this.runButton, toHere);
    this.#note.className = 'cell-note';
    this.#mark.className = 'cell-mark';
    bar.append(this.#note, this.#mark);
    if (view.isScratch) {
      bar.append(button('Remove', 'Take this cell away', () => this.#cells.ask('remove', { cell: this.id })));
    } else {
      this.resetButton = button('Reset', 'Back to the chapter’s text; Ctrl+Z in the editor brings yours back', () => this.reset());
      this.resetButton.hidden = true;
      this.compareButton = button('Compare', 'Your text beside the chapter’s', () =>
        this.#toggle('difference', () => [showDifference(this.view.original, this.text)]));
      this.compareButton.hidden = true;
      bar.append(this.compareButton, this.resetButton);
    }
    this.triesButton = button('Earlier tries', 'What you ran here before can be brought back', () => this.#tries());
    this.triesButton.hidden = true;
    bar.append(this.triesButton);
    bar.append(button('Add a cell', 'A cell of your own below this one', () => this.#cells.add(this)));
    this.#word.className = 'cell-word';
    const place = this.#pre.closest('.code-frame') ?? this.#pre;
    place.after(bar, this.#word, this.#beside);
  }

  // A box below the buttons: the same button closes it.
  #toggle(kind, fill) {
    const isOpen = this.#beside.dataset.kind === kind;
    this.#beside.dataset.kind = isOpen ? '' : kind;
    this.#beside.replaceChildren(...(isOpen ? [] : fill()));
  }

  async #tries() {
    const tries = (await this.#cells.ask('attempts', { cell: this.id }))?.attempts ?? [];
    this.#toggle('tries', () => {
      const list = document.createElement('ol');
      list.className = 'tries';
      for (const each of tries.reverse()) {
        const row = document.createElement('li');
        row.append(new Date(each.when).toLocaleString() + ', ' + (each.passed ? 'passed' : 'not yet') + ' ', button('Bring back', 'Into the editor; Ctrl+Z undoes it', async () => {
          await this.mount();
          this.#editor.setText(each.source, true);
          this.focus();
        }), showDifference(this.text, each.source));
        list.append(row);
      }
      return [list];
    });
  }

  async reset() {
    await this.mount();
    this.#editor.setText(this.view.original, true);
  }

  // Outputs from the first that is new on; all before it stay as they are.
  #show(view) {
    if (view.run === 'running' && view.from === 0) {
      this.#outputs.style.minHeight = this.#outputs.offsetHeight + 'px';
    } else if (view.run === 'idle') {
      this.#outputs.style.minHeight = '';
    }
    if (view.html === '' && this.#outputs.children.length === view.from) {
      return;
    }
    while (this.#outputs.children.length > view.from) {
      this.#outputs.lastElementChild.remove();
    }
    const box = document.createElement('template');
    box.innerHTML = view.html;
    this.#outputs.append(box.content);
    window.bookPage.refresh(this.#outputs);
  }

  #missing(view) {
    const old = this.root.querySelector('.misses-above');
    if (!view.failed || !view.missesAbove) {
      old?.remove();
    } else if (!old) {
      const hint = document.createElement('p');
      hint.className = 'misses-above';
      hint.append('Cells above have not run since the kernel started. ', button('Run to here', 'Those cells, then this one', () => this.#cells.run('here', this)));
      this.#outputs.after(hint);
    }
  }
}
