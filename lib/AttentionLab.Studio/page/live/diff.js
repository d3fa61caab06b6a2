import { visible } from './visible.js';

// Two texts line by line: what is only in the first, only in the second, in both (longest common subsequence).
function compare(before, after) {
  const a = lined(before);
  const b = lined(after);
  const length = Array.from({ length: a.length + 1 }, () => new Array(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      length[i][j] = a[i] === b[j] ? length[i + 1][j + 1] + 1 : Math.max(length[i + 1][j], length[i][j + 1]);
    }
  }
  const lines = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(['same', a[i++]]);
      j++;
    } else if (i < a.length && (j === b.length || length[i + 1][j] >= length[i][j + 1])) {
      lines.push(['gone', a[i++]]);
    } else {
      lines.push(['new', b[j++]]);
    }
  }
  return lines;
}

// No text has no line, not an empty one.
function lined(text) {
  return text === '' ? [] : text.split('\n');
}

// The chapter's lines that the reader took away begin with a minus, the reader's own with a plus.
export function showDifference(before, after) {
  const box = document.createElement('pre');
  box.className = 'code difference';
  box.tabIndex = 0;
  for (const [kind, line] of compare(before, after)) {
    const row = document.createElement('span');
    row.className = kind;
    row.textContent = { same: '  ', gone: '− ', new: '+ ' }[kind] + visible(line) + '\n';
    box.append(row);
  }
  return box;
}
