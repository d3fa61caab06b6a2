// What the kernel knows about the code in an editor: completions with documentation, meaning of words, arguments of calls, errors.
import { isInCall } from './brackets.js';
import { ask } from './server.js';

const kinds = {
  Method: 'method', ExtensionMethod: 'method', Property: 'property', Field: 'property', Local: 'variable', Parameter: 'variable', RangeVariable: 'variable',
  Class: 'class', Structure: 'class', Enum: 'enum', EnumMember: 'constant', Constant: 'constant', Interface: 'interface', Delegate: 'type',
  Namespace: 'namespace', Keyword: 'keyword',
};

// options: mayCheck() says whether the cells above have run, so that the kernel knows what they declare: until then only what is wrong in any case is
// marked. whole(text) is the text with what stands below the editor.
export function language(cm, options) {
  return [completions(cm), hovers(cm), signatures(cm), diagnostics(cm, options)];
}

function completions(cm) {
  const source = async context => {
    const word = context.matchBefore(/\w*/);
    if (!context.explicit && word.from === word.to && context.state.sliceDoc(word.from - 1, word.from) !== '.') {
      return null;
    }
    const text = context.state.doc.toString();
    const reply = await ask('complete', text, context.pos);
    const found = reply?.completions;
    return !found || context.aborted ? null : {
      from: found.start,
      filter: false,
      options: found.items.map(item => ({
        label: item.label,
        apply: item.insert,
        type: kinds[item.kind],
        info: async () => {
          const described = await ask('describe', text, context.pos, { completion: item });
          return described?.description ? box(described.description) : null;
        },
      })),
    };
  };
  // The kernel takes the time: the editor's own wait of 100 ms would come on top.
  return cm.autocompletion({ override: [source], icons: false, activateOnTypingDelay: 20 });
}

function hovers(cm) {
  return cm.hoverTooltip(async (view, pos) => {
    const hover = (await ask('hover', view.state.doc.toString(), pos))?.hover;
    const create = () => ({ dom: box(plain(hover.markdown)) });
    return hover ? { pos: hover.start, end: hover.start + hover.length, above: true, create } : null;
  }, { hoverTime: 250 });
}

function diagnostics(cm, options) {
  return cm.linter(async view => {
    const doc = view.state.doc;
    let reply = null;
    // A kernel that starts, or is at work, has no answer yet: it is asked again for as long as this is the text that one looks at.
    for (let wait = 500; view.hasFocus && view.state.doc === doc; wait = Math.min(4000, 2 * wait)) {
      reply = await ask('diagnose', options.whole(doc.toString()));
      if (reply?.diagnostics) {
        break;
      }
      await new Promise(resolve => setTimeout(resolve, wait));
    }
    const found = reply?.diagnostics ?? [];
    const end = doc.length;
    return found.filter(each => each.isSyntax || options.mayCheck()).map(each => ({
      from: Math.min(each.start, end),
      to: Math.min(each.start + each.length, end),
      severity: each.severity,
      message: (each.code ? each.code + ': ' : '') + each.message,
    }));
  }, { delay: 600 });
}

// The arguments of the call around the cursor, while one types in it.
function signatures(cm) {
  const set = cm.StateEffect.define();
  const shown = cm.StateField.define({
    create: () => null,
    update(tip, change) {
      const moved = change.docChanged && tip ? { ...tip, pos: change.changes.mapPos(tip.pos) } : tip;
      return change.effects.filter(effect => effect.is(set)).reduce((_, effect) => effect.value, moved);
    },
    provide: field => cm.showTooltip.from(field),
  });
  const watch = cm.ViewPlugin.define(view => {
    let timer = 0;
    let asked = 0;
    const look = async () => {
      const mine = ++asked;
      const { doc, selection: { main: { head: pos } } } = view.state;
      const asks = view.hasFocus && isInCall(cm, view.state);
      const help = asks ? (await ask('signature', doc.toString(), pos))?.signature : null;
      // An answer about a text that has changed since is let go: its place may not be there any more, and the next look is on its way.
      if (mine === asked && view.state.doc === doc && (help || view.state.field(shown))) {
        view.dispatch({ effects: set.of(help ? { pos, above: true, create: () => ({ dom: signatureBox(help) }) } : null) });
      }
    };
    return {
      update(update) {
        if (update.docChanged || update.selectionSet || update.focusChanged) {
          clearTimeout(timer);
          timer = setTimeout(look, update.focusChanged ? 0 : 120);
        }
      },
      destroy: () => clearTimeout(timer),
    };
  });
  const close = cm.keymap.of([{
    key: 'Escape',
    run(view) {
      const open = Boolean(view.state.field(shown));
      if (open) {
        view.dispatch({ effects: set.of(null) });
      }
      return open;
    },
  }]);
  return [shown, watch, close];
}

function signatureBox(help) {
  const signature = help.signatures[Math.max(0, help.active)];
  const parameter = signature.parameters[help.parameter];
  const lines = [signature.label];
  if (parameter) {
    lines.push(parameter.label + (parameter.documentation ? ': ' + plain(parameter.documentation) : ''));
  }
  if (help.signatures.length > 1) {
    lines.push('one of ' + help.signatures.length + ' ways to call it');
  }
  return box(lines.join('\n'));
}

// Text in a tooltip: the first paragraph is code.
function box(text) {
  const made = document.createElement('div');
  made.className = 'code-help';
  text.trim().split(/\n+/).forEach((line, index) => {
    const part = document.createElement(index === 0 ? 'code' : 'p');
    part.textContent = line;
    made.append(part);
  });
  return made;
}

// The few marks of Markdown that the kernel writes. A sign behind a backslash is itself, and one inside a word is none: y_j.
const marks = /\\([^A-Za-z0-9\s])|(?<![\p{L}\p{N}])([*_`]{1,2})(?=\S)((?:\\.|[^\\*_`])+)\2(?![\p{L}\p{N}])/gu;

function plain(markdown) {
  const inline = text => text.replace(marks, (_, sign, mark, inside) => sign ?? inline(inside));
  return markdown.split('\n').filter(line => !line.startsWith('```')).map(line => inline(line.replace(/^> ?/, ''))).join('\n');
}
