// How long a cell has been running, and, where it took long before, of how much.
const long = 2;

// A full bar would say that the cell has ended.
const most = 0.95;

export class Clock {
  dom = document.createElement('span');
  #word = document.createElement('span');
  #bar = document.createElement('progress');
  #timer = null;

  constructor(name) {
    this.dom.className = 'cell-note';
    this.#bar.setAttribute('aria-label', 'Time of ' + name + ', as it took before');
    this.dom.append(this.#word, ' ', this.#bar);
  }

  take(view) {
    clearInterval(this.#timer);
    if (view.run !== 'running') {
      this.#show(view.note, 0, 0);
      return;
    }
    const from = performance.now() - 1000 * view.seconds;
    const tick = () => {
      const seconds = (performance.now() - from) / 1000;
      // Beyond that time nobody knows.
      const expected = view.expected >= long && seconds < view.expected ? view.expected : 0;
      this.#show('running, ' + seconds.toFixed(1) + ' s' + (expected ? ' of about ' + Math.round(expected) + ' s' : ''), seconds, expected);
    };
    tick();
    this.#timer = setInterval(tick, 100);
  }

  #show(word, seconds, expected) {
    this.#word.textContent = word;
    this.#bar.hidden = expected === 0;
    this.#bar.max = expected || 1;
    this.#bar.value = Math.min(seconds, most * expected);
  }
}
