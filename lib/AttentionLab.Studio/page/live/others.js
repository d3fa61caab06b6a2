// Other texts of a cell, from another program, another tab, or from before a reset: they stay beside the cell until the reader decides.
import { button } from './button.js';
import { visible } from './visible.js';

// cell: id, view.isScratch; ask(what, details) carries out a command.
export function showOthers(cell, others, ask) {
  return others.flatMap(other => {
    const word = document.createElement('p');
    const keep = (label, title) => button(label, title, () => ask('keep', { cell: cell.id, other }));
    const accept = (label, title) => button(label, title, () => ask('accept', { cell: cell.id, other }));
    if (other.isGone) {
      word.textContent = 'Is this cell gone? You have it here, but ' + other.from + '. Nothing is lost until you choose.';
      const leave = cell.view.check ? 'Leave only its check' : 'Leave it empty';
      return [word, keep('Keep it', 'This other version is given up'), ' ',
        cell.view.isScratch ? accept('Take it out', 'The cell goes, with what it shows') : accept(leave, '“Reset” brings the chapter’s text back')];
    }
    const code = document.createElement('pre');
    code.className = 'code';
    code.tabIndex = 0;
    code.textContent = visible(other.source);
    if (other.isMine) {
      word.textContent = 'There is another text of this cell: ' + other.from + '. Nothing is lost until you choose.';
      return [word, code, accept('Bring it back', 'It replaces what is in the editor'), ' ', keep('Give it up', 'What is in the editor stays')];
    }
    word.textContent = 'There is another text of this cell: ' + other.from + '. Yours is in the editor; nothing is lost until you choose.';
    return [word, code, keep('Keep mine', 'This other version is given up'), ' ',
      accept('Take the other', 'It replaces yours; Ctrl+Z in the editor brings yours back')];
  });
}
