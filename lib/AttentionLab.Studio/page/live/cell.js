// One cell: its editor, its buttons, what it shows, and the words about it.
import { Beside } from './beside.js';
import { button, enable, focusOn } from './button.js';
import { Clock } from './clock.js';
import { createEditor } from './editor.js';
import { showDifference } from './diff.js';
import { showOthers } from './others.js';
import { Outputs } from './outputs.js';
import { Saver } from './saver.js';
import { foldEnd } from './still.js';
import { Tries } from './tries.js';

export class Cell {
  #cells;
  #pre;
  #code;
  #outputs;
  #editor = null;
  #check = document.createElement('div');
  #mounting = null;
  #bar = document.createElement('div');
  #clock;
  #mark = document.createElement('span');
  #number;
  #word = document.createElement('div');
  #beside = new Beside();
  #tries = new Tries(this, this.#beside, text => this.typeText(text));
  #allowed = true;

  constructor(root, view, cells) {
    this.root = root;
    this.id = view.id;
    this.#cells = cells;
    this.#pre = root.querySelector('pre.code');
    this.#code = this.#pre.querySelector('code');
    this.#outputs = new Outputs(root);
    this.view = view;
    this.text = view.source;
    this.saver = new Saver(this, view);
    foldEnd(this.#code, this.#end);
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

  // Leads to it, by the name that messages give it.
  link() {
    const link = document.createElement('a');
    link.href = '#' + this.root.id;
    link.textContent = this.name;
    return link;
  }

  // What the server says about it, at a time of the server's.
  take(view, at) {
    const before = this.view;
    this.view = view;
    this.saver.take(view, at);
    this.#outputs.take(view);
    this.#clock.take(view);
    const running = view.run === 'running';
    this.root.classList.toggle('running', running);
    this.root.classList.toggle('queued', view.run === 'queued');
    this.root.classList.toggle('failed', view.failed);
    this.#mark.textContent = view.mark;
    this.#number.textContent = this.name;
    this.runButton.textContent = running ? 'Running' : 'Run';
    enable(this.runButton, this.#mayRun);
    this.resetButton?.toggleAttribute('hidden', view.original === undefined);
    this.compareButton?.toggleAttribute('hidden', view.original === undefined);
    if (view.original === undefined) {
      this.#beside.close('difference');
    }
    this.#tries.take(view);
    this.#missing(view);
    // Not at every news: a button in it may have the focus.
    if (JSON.stringify(before.others) !== JSON.stringify(view.others) || this.#word.childElementCount === 0) {
      this.replace(this.#word, () =>
        this.#word.replaceChildren(...showOthers(this, view.others, (what, details) => this.#cells.ask(what, details))));
    }
    this.#showCheck();
    this.#markLine();
    if (before.run === 'running' && view.run === 'idle') {
      this.#cells.say(view.failed ? 'Failed: ' : 'Finished: ', this.link());
    }
  }

  // Where its text failed; 0 while it runs again, and once the text is another.
  get #failedLine() {
    return this.view.run === 'idle' && this.view.failed && !this.view.mark ? this.view.line : 0;
  }

  #markLine() {
    this.#editor?.markLine(this.#failedLine);
    this.#markCheck(Boolean(this.view.check) && this.#failedLine === this.text.split('\n').length);
  }

  #markCheck(isFailed) {
    this.#check.classList.toggle('failed-line', isFailed);
    this.#check.title = isFailed ? 'It failed here' : '';
  }

  // The end of an exercise's text, the chapter's check: it stands below the editor, where nobody can change it.
  get #end() {
    return this.view.check ? '\n' + this.view.check : '';
  }

  // What stands in the editor.
  #typable(text) {
    return text.endsWith(this.#end) ? text.slice(0, text.length - this.#end.length) : text;
  }

  // The cell's text from what stands in the editor. Whoever pastes a solution has its check in it already.
  #whole(typed) {
    const own = typed.trimEnd();
    return this.#end && own.endsWith(this.#end) ? own : typed + this.#end;
  }

  #showCheck() {
    const line = this.view.check ?? '';
    this.#check.hidden = !line;
    if (this.#check.firstChild.textContent !== line) {
      this.#check.firstChild.textContent = line;
    }
  }

  get #mayRun() {
    return this.#allowed && this.view.run === 'idle';
  }

  allow(may) {
    if (may !== this.#allowed) {
      this.#allowed = may;
      this.#editor?.allow(may);
      this.#bar.querySelectorAll('button').forEach(each => enable(each, each === this.runButton ? this.#mayRun : may));
    }
  }

  focusRun() {
    focusOn(this.runButton);
  }

  // Another text, wherever it comes from; the editor shows it, unless it was typed there.
  setText(text, isTyped = false) {
    this.text = text;
    // The copy button reads it.
    this.#code.textContent = text;
    foldEnd(this.#code, this.#end);
    this.#beside.refill();
    if (!isTyped) {
      this.#editor?.setText(this.#typable(text));
    }
  }

  // An editor in place of the still text; cells that nobody looks at need none.
  mount() {
    this.#mounting ??= createEditor({
      text: this.#typable(this.text),
      label: 'Code of ' + this.name,
      typed: text => {
        this.#markCheck(false);
        this.setText(this.#whole(text), true);
        this.saver.typed();
      },
      left: () => this.saver.flush(),
      run: how => this.run(how),
      whole: text => this.#whole(text),
      mayCheck: () => !this.view.missesAbove,
    }).then(editor => {
      this.#editor = editor;
      this.#pre.replaceWith(editor.dom);
      editor.setText(this.#typable(this.text));
      editor.allow(this.#allowed);
      this.#markLine();
      this.root.classList.add('mounted');
    });
    return this.#mounting;
  }

  async focus() {
    // The fold around the code of the setup; folds of an output, such as hints, stay as the reader left them.
    this.root.querySelector(':scope > details:not(.solution)')?.setAttribute('open', '');
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
    const bar = this.#bar;
    bar.className = 'cell-bar';
    bar.setAttribute('role', 'group');
    bar.setAttribute('aria-label', this.name);
    this.#clock = new Clock(this.name);
    this.runButton = button('Run', 'Ctrl+Enter', () => this.run());
    this.runButton.className = 'run';
    const toHere = button('Run to here', 'This cell, and those above that have not run or are out of date', () => this.#cells.run('here', this));
    this.#mark.className = 'cell-mark';
    bar.append(this.runButton, toHere, this.#clock.dom, this.#mark);
    if (view.isScratch) {
      bar.append(button('Remove', 'Take this cell away', () => this.#cells.ask('remove', { cell: this.id })));
    } else {
      this.resetButton = button('Reset', 'Back to the chapter’s text; Ctrl+Z in the editor brings yours back', () => this.reset());
      this.resetButton.hidden = true;
      this.compareButton = button('Compare', 'Your text beside the chapter’s', () =>
        this.#beside.toggle('difference', () => [showDifference(this.view.original ?? this.text, this.text)]));
      this.compareButton.hidden = true;
      bar.append(this.compareButton, this.resetButton);
    }
    this.#number = this.link();
    this.#number.className = 'cell-number';
    bar.append(this.#tries.button, button('Add a cell', 'A cell of your own below this one', () => this.#cells.add(this)), this.#number);
    this.#word.className = 'cell-word';
    this.#check.className = 'check';
    this.#check.append(document.createElement('code'), 'checks your answer; it is run with your code, and stays as it is');
    this.#showCheck();
    const place = this.#pre.closest('.code-frame') ?? this.#pre;
    place.after(bar, this.#word, this.#beside.dom);
    this.#pre.after(this.#check);
  }

  reset() {
    return this.typeText(this.view.original);
  }

  // The same as if the reader had typed it; the editor has the focus, for whoever wants to undo it.
  async typeText(text) {
    await this.mount();
    this.#editor.setText(this.#typable(text), true);
    await this.focus();
  }

  #missing(view) {
    const old = this.root.querySelector('.misses-above');
    if (!view.failed || !view.missesAbove) {
      this.replace(old, () => old?.remove());
    } else if (!old) {
      const hint = document.createElement('p');
      hint.className = 'misses-above';
      const toHere = button('Run to here', 'Those cells, then this one', () => this.#cells.run('here', this));
      hint.append('Cells above have not run since the kernel started. ', toHere);
      this.#bar.after(hint);
    }
  }

  // Where a change takes away the button that was pressed, the next thing is to run the cell.
  replace(box, change) {
    const hadFocus = box?.contains(document.activeElement);
    change();
    if (hadFocus) {
      this.focusRun();
    }
  }
}
