// The bar at the foot of the page: what concerns all cells, and how the kernel is.
import { button, enable, focusOn } from './button.js';
import { statusLine, statusSaid } from './course.js';
import { showDifference } from './diff.js';
import { Variables } from './variables.js';

const words = {
  none: 'Kernel: not started',
  starting: 'Kernel: starting …',
  ready: 'Kernel: ready',
  ended: 'Kernel: ended',
};

// A cell that stops does it within this time.
const patience = 2000;

export class Bar {
  #cells;
  #kernel = document.createElement('span');
  #word = document.createElement('p');
  #said = document.createElement('p');
  #buttons = {};
  #reading = document.createElement('p');
  #texts = document.createElement('details');
  #progress = document.createElement('span');
  #stopAsked = 0;
  #variables = new Variables();
  #wasRunning = 0;

  constructor(cells) {
    this.#cells = cells;
    const bar = document.createElement('section');
    bar.className = 'work-bar';
    bar.setAttribute('aria-label', 'Running this chapter');
    if (cells) {
      const buttons = document.createElement('div');
      buttons.className = 'work-buttons';
      this.#add(buttons, 'all', 'Run all', 'Every cell from the top', () => cells.run('all'));
      this.#add(buttons, 'stale', 'Run out-of-date', 'The cells that were edited since they ran, and those that may be out of date', () => cells.run('stale'));
      this.#add(buttons, 'stop', 'Stop', 'Stops the running cell; what earlier cells declared stays', () => this.#stop());
      this.#add(buttons, 'restart', 'Restart kernel',
        'Ends the kernel, also in the middle of a cell, and starts a new one: variables are gone, texts and outputs stay', () => cells.ask('restart', {}));
      this.#add(buttons, 'clear', 'Clear outputs', 'Takes away what the cells show', () => cells.ask('clear', {}));
      this.#kernel.className = 'kernel-state';
      const present = document.createElement('a');
      present.className = 'present-link';
      present.href = '?present';
      present.textContent = 'Present';
      present.title = 'One section at a time, in large type, for a room';
      buttons.append(present, this.#kernel);
      this.#word.className = 'kernel-word';
      this.#word.hidden = true;
      this.#said.className = 'said';
      this.#said.setAttribute('role', 'status');
      this.#reading.className = 'reading-along';
      this.#reading.hidden = true;
      const take = button('Take over here', 'The other tab reads along from then on', () => cells.ask('take', {}));
      this.#reading.append('Another tab edits this chapter; this one reads along. ', take);
      this.#texts.className = 'own-texts';
      this.#texts.hidden = true;
      bar.append(this.#reading, this.#texts, buttons, this.#word, this.#variables.dom);
      this.#progress.className = 'work-progress';
      bar.append(this.#more(), this.#said);
      cells.say = (...said) => this.#said.replaceChildren(...said);
    }
    bar.append(statusLine, statusSaid);
    document.getElementById('content').append(bar);
  }

  take(news) {
    this.#kernel.textContent = words[news.kernel.state];
    this.#kernel.dataset.state = news.kernel.state;
    this.#progress.textContent = news.progress;
    this.#word.textContent = news.kernel.word;
    this.#word.hidden = news.kernel.state !== 'ended' || !news.kernel.word;
    const tookOver = news.mayEdit && this.#reading.contains(document.activeElement);
    this.#reading.hidden = news.mayEdit;
    if (tookOver) {
      focusOn(this.#buttons.all);
    }
    this.#showTexts(news.texts);
    const running = this.#cells.count(cell => cell.view.run !== 'idle');
    const stale = this.#cells.count(cell => cell.view.mark);
    enable(this.#buttons.stop, running > 0 && news.mayEdit);
    enable(this.#buttons.stale, stale > 0 && news.mayEdit);
    this.#buttons.stale.textContent = stale ? 'Run out-of-date (' + stale + ')' : 'Run out-of-date';
    for (const name of ['all', 'restart', 'clear', 'reset']) {
      enable(this.#buttons[name], news.mayEdit);
    }
    if (running === 0) {
      clearTimeout(this.#stopAsked);
    }
    if (running !== this.#wasRunning || news.kernel.state !== 'ready') {
      this.#variables.refresh();
    }
    this.#wasRunning = running;
  }

  // Text (Markdown) that another program changed in the reader's notebook: it is kept there, and shown here.
  #showTexts(texts) {
    if (this.#texts.dataset.shown === JSON.stringify(texts)) {
      return;
    }
    this.#texts.dataset.shown = JSON.stringify(texts);
    this.#texts.hidden = texts.length === 0;
    const title = document.createElement('summary');
    title.textContent = 'Another program changed ' + (texts.length === 1 ? 'a piece' : texts.length + ' pieces')
      + ' of text in work/' + document.body.dataset.live + '.dib. It stays there; this page shows the chapter’s text.';
    this.#texts.replaceChildren(title, ...texts.map(text => showDifference(text.below === undefined ? text.original : '', text.source)));
  }

  // What one needs seldom.
  #more() {
    const more = document.createElement('details');
    more.className = 'more';
    const title = document.createElement('summary');
    title.textContent = 'My version';
    const row = document.createElement('p');
    const base = document.body.dataset.root + 'work/';
    const chapter = base + encodeURIComponent(document.body.dataset.live);
    const addresses = {
      'Download .dib': chapter + '/notebook.dib', 'Download .ipynb': chapter + '/notebook.ipynb', 'My progress (Markdown)': base + 'progress.md',
    };
    for (const [text, address] of Object.entries(addresses)) {
      const link = document.createElement('a');
      link.href = address;
      link.textContent = text;
      row.append(link, ' ');
    }
    this.#add(row, 'reset', 'Reset chapter', 'Every cell back to the chapter’s text; yours stay beside it until you give them up', () => {
      if (confirm('Bring every cell of this chapter back to the chapter’s text? Your own cells stay, and below each other cell your text stays until you '
        + 'bring it back or give it up.')) {
        this.#cells.save().then(() => this.#cells.ask('reset', {}));
      }
    });
    row.append(' ', this.#progress);
    more.append(title, row);
    return more;
  }

  async #stop() {
    // Before the answer: the news that the cell ended may come first.
    clearTimeout(this.#stopAsked);
    this.#stopAsked = setTimeout(() => this.#cells.say(
      'The cell does not let go. “Restart kernel” ends it with the kernel; then “Run to here” runs the cells above again.'), patience);
    if (!(await this.#cells.ask('stop', {}))?.ok) {
      clearTimeout(this.#stopAsked);
    }
  }

  #add(place, name, text, title, action) {
    this.#buttons[name] = button(text, title, action);
    place.append(this.#buttons[name]);
  }
}
