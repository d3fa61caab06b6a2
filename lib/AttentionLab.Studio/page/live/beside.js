// A box below a cell's buttons: what a button opens, the same button closes. What stands in it follows the editor's text.
export class Beside {
  dom = document.createElement('div');
  #kind = '';
  #fill = null;

  // fill() makes what it shows.
  toggle(kind, fill) {
    const isOpen = this.shows(kind);
    this.#kind = isOpen ? '' : kind;
    this.#fill = isOpen ? null : fill;
    this.dom.replaceChildren();
    this.refill();
  }

  shows(kind) {
    return this.#kind === kind;
  }

  close(kind) {
    if (this.shows(kind)) {
      this.toggle(kind);
    }
  }

  refill() {
    if (this.#fill) {
      this.dom.replaceChildren(...this.#fill());
    }
  }
}
