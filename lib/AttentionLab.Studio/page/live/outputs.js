// What a cell shows. A piece that is there already stays as it is: the reader may have opened it, or be in the middle of it.
export class Outputs {
  #dom;
  #pieces;

  constructor(root) {
    this.#dom = window.bookPredictions.outputs(root);
    this.#pieces = [...this.#dom.children].map(piece => piece.outerHTML);
  }

  // view.html: the pieces from number view.from on.
  take(view) {
    if (view.run === 'running' && view.from === 0) {
      // What comes now will be about as high: the page below does not jump up and down.
      this.#dom.style.minHeight = this.#dom.offsetHeight + 'px';
    } else if (view.run === 'idle') {
      this.#dom.style.minHeight = '';
    }
    const box = document.createElement('template');
    box.innerHTML = view.html;
    const fresh = [...box.content.children];
    let at = view.from;
    while (fresh.length > 0 && fresh[0].outerHTML === this.#pieces[at]) {
      fresh.shift();
      at++;
    }
    if (fresh.length === 0 && at === this.#dom.children.length) {
      return;
    }
    while (this.#dom.children.length > at) {
      this.#dom.lastElementChild.remove();
    }
    this.#pieces.splice(at, Infinity, ...fresh.map(piece => piece.outerHTML));
    this.#dom.append(...fresh);
    window.bookPage.refresh(this.#dom);
  }
}
