// Brackets of a cell's code: the partner of the one beside the caret, and whether the caret stands among the arguments of a call. The grammar knows
// whole programs: in a cell, whose statements stand alone, it takes most brackets for errors. Where it finds no partner, brackets of that kind are counted,
// those in strings and comments left out.
const pairs = '()[]{}';
const rawString = /(?<!@\$?"*)("{3,})(?!")[^]*?(?:\1|$)/g;
const longestCall = 2000;

export function brackets(cm) {
  const right = cm.Decoration.mark({ class: 'cm-matchingBracket' });
  const wrong = cm.Decoration.mark({ class: 'cm-nonmatchingBracket' });
  return cm.bracketMatching({
    renderMatch({ start, end, matched }, state) {
      const other = matched ? end : partner(cm, state, start.from);
      const found = other ? [start, other] : [start];
      return found.map(({ from, to }) => (other ? right : wrong).range(from, to));
    },
  });
}

// Whether a call's bracket is open before the caret, in the same statement.
export function isInCall(cm, state) {
  const caret = state.selection.main.head;
  const text = state.doc.toString();
  const isCode = code(cm, state);
  let depth = 0;
  for (let at = caret - 1; at >= Math.max(0, caret - longestCall); at--) {
    if (!'(){};'.includes(text[at]) || !isCode(at)) {
      continue;
    }
    if (text[at] === ')' || text[at] === '}') {
      depth++;
    } else if (depth > 0) {
      depth -= text[at] === ';' ? 0 : 1;
    } else if (text[at] !== '{') {
      return text[at] === '(';
    }
  }
  return false;
}

function partner(cm, state, at) {
  const text = state.doc.toString();
  const isCode = code(cm, state);
  const index = pairs.indexOf(text[at]);
  const step = index % 2 === 0 ? 1 : -1;
  const wanted = pairs[index + step];
  let depth = 0;
  for (let place = at; place >= 0 && place < text.length; place += step) {
    if ((text[place] === text[at] || text[place] === wanted) && isCode(place)) {
      depth += text[place] === wanted ? -1 : 1;
      if (depth === 0) {
        return { from: place, to: place + 1 };
      }
    }
  }
  return null;
}

// Says of a place whether code stands there, or text: a string, a character, a comment. Strings between three quotes are younger than the grammar.
function code(cm, state) {
  const tree = cm.syntaxTree(state);
  const name = place => tree.resolveInner(place, 1).name;
  const raw = [...state.doc.toString().matchAll(rawString)].filter(found => !/Comment/.test(name(found.index)));
  return place => !/Literal|String|Comment/.test(name(place)) && !raw.some(found => found.index < place && place < found.index + found[0].length);
}
