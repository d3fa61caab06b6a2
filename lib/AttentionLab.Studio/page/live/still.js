// The still text of a cell, which stands on the page until its editor is there. What the editor will not show, an exercise's check at the end, is
// folded away in it: nothing moves under a pointer that is on its way to a button. The copy button takes it all the same.
export function foldEnd(code, end) {
  const length = code.textContent.length - end.length;
  if (!end || !code.textContent.endsWith(end)) {
    return;
  }
  const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
  let before = 0;
  while (before + texts.nextNode().length <= length) {
    before += texts.currentNode.length;
  }
  const range = document.createRange();
  range.selectNodeContents(code);
  range.setStart(texts.currentNode, length - before);
  const fold = document.createElement('span');
  fold.hidden = true;
  fold.append(range.extractContents());
  code.append(fold);
}
