// Shows the partner of the bracket beside the caret. The grammar knows whole programs: in a cell, whose statements stand alone, it takes most brackets for
// errors. Where it finds no partner, brackets of that kind are counted, those in strings and comments left out.
const pairs = '()[]{}';

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

function partner(cm, state, at) {
  const text = state.doc.toString();
  const tree = cm.syntaxTree(state);
  const index = pairs.indexOf(text[at]);
  const step = index % 2 === 0 ? 1 : -1;
  const wanted = pairs[index + step];
  let depth = 0;
  for (let place = at; place >= 0 && place < text.length; place += step) {
    if ((text[place] === text[at] || text[place] === wanted) && !/Literal|Comment/.test(tree.resolveInner(place, 1).name)) {
      depth += text[place] === wanted ? -1 : 1;
      if (depth === 0) {
        return { from: place, to: place + 1 };
      }
    }
  }
  return null;
}
