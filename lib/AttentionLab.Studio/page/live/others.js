// Other texts of a cell, from another program or another tab: they stay beside the cell until the reader decides.
import { button } from './button.js';

// cell: id, view.isScratch; ask(what, details) carries out a command.
export function showOthers(cell, others, ask) {
  return others.flatMap(other => {
    const word = document.createElement('p');
    const keep = button(other.isGone ? 'Keep it' : 'Keep mine', 'This other version is given up', () => ask('keep', { cell: cell.id, other }));
    const accept = (label, title) => button(label, title, () => ask('accept', { cell: cell.id, other }));
    if (other.isGone) {
      word.textContent = 'Is this cell gone? You have it here, but ' + other.from + '. Nothing is lost until you choose.';
      return [word, keep, ' ',
        cell.view.isScratch ? accept('Take it out', 'The cell goes, with what it shows') : accept('Leave it empty', '“Reset” brings the chapter’s text back')];
    }
    word.textContent = 'There is another text of this cell: ' + other.from + '. Yours is in the editor; nothing is lost until you choose.';
    const code = document.createElement('pre');
    code.className = 'code';
    code.tabIndex = 0;
    code.textContent = other.source;
    return [word, code, keep, ' ', accept('Take the other', 'It replaces yours; Ctrl+Z in the editor brings yours back')];
  });
}
