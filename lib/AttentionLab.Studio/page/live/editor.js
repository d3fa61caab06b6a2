import { brackets } from './brackets.js';
import { language } from './language.js';

// A C# editor of CodeMirror 6. Without it (the course was built without Node) a plain text area does the same with less.
let loading = null;

// options: text, label, typed(text), left(), run(how), whole(text), mayCheck()
export async function createEditor(options) {
  loading ??= import('./codemirror.js').catch(() => null);
  const cm = await loading;
  return cm ? rich(cm, options) : plain(options);
}

function height(bar) {
  return document.querySelector(bar)?.offsetHeight ?? 0;
}

// The line that one types must not come under a bar that becomes higher, as with a word about the kernel.
let keepInView = null;
let barHeights = 0;
const barsResized = new ResizeObserver(() => {
  const before = barHeights;
  barHeights = height('.bar') + height('.work-bar');
  if (barHeights !== before) {
    keepInView?.();
  }
});

// Scrolls as little as brings a line out from under the bars at the head and the foot of the window, and above a keyboard on the screen. The editor's own
// margins are not for this: they count within the editor, and it shows no list and no help beside a line that lies in them.
function uncover({ top, bottom }) {
  const screen = window.visualViewport;
  const last = Math.min(innerHeight - height('.work-bar'), screen ? screen.offsetTop + screen.height : innerHeight) - 16;
  scrollBy(0, Math.max(bottom - last, Math.min(top - height('.bar'), 0)));
}

function watchBars(whenResized) {
  keepInView = whenResized;
  barHeights = height('.bar') + height('.work-bar');
  barsResized.disconnect();
  document.querySelectorAll('.bar, .work-bar').forEach(bar => barsResized.observe(bar, { box: 'border-box' }));
}

function rich(cm, options) {
  const { EditorView, EditorState, StateEffect, StateField, Decoration } = cm;
  const editable = new cm.Compartment();
  const setLine = StateEffect.define();
  const failedLine = StateField.define({
    create: () => Decoration.none,
    update(marks, change) {
      let next = change.docChanged ? Decoration.none : marks;
      for (const effect of change.effects.filter(each => each.is(setLine))) {
        const number = effect.value;
        next = number > 0 && number <= change.state.doc.lines
          ? Decoration.set([Decoration.line({ class: 'failed-line', attributes: { title: 'It failed here' } }).range(change.state.doc.line(number).from)])
          : Decoration.none;
      }
      return next;
    },
    provide: field => EditorView.decorations.from(field),
  });
  let isTyped = true;
  const run = how => () => {
    options.run(how);
    return true;
  };
  const keys = cm.Prec.highest(cm.keymap.of([
    { key: 'Mod-Enter', run: run('stay') },
    { key: 'Shift-Enter', run: run('next') },
    { key: 'Alt-Enter', run: run('add') },
  ]));
  // Esc, then Tab, leaves the editor; until then Tab belongs to the text.
  const leave = cm.keymap.of([{ key: 'Escape', run: view => { view.setTabFocusMode(true); return true; } }]);
  const view = new EditorView({
    state: EditorState.create({
      doc: options.text,
      extensions: [
        keys,
        cm.highlightSpecialChars(), cm.history(), cm.drawSelection(), cm.indentOnInput(), cm.indentUnit.of('    '), EditorState.tabSize.of(4),
        brackets(cm), cm.closeBrackets(), cm.highlightSelectionMatches(), cm.search({ top: true }),
        cm.csharp(), cm.syntaxHighlighting(cm.classHighlighter),
        language(cm, options),
        cm.keymap.of([
          { key: 'Tab', run: cm.acceptCompletion },
          ...cm.closeBracketsKeymap, ...cm.defaultKeymap, ...cm.searchKeymap, ...cm.historyKeymap, ...cm.completionKeymap, ...cm.lintKeymap,
          cm.indentWithTab,
        ]),
        leave, failedLine,
        EditorView.lineWrapping,
        EditorView.scrollHandler.of((view, range) => {
          const side = range.assoc || (range.head > range.anchor ? -1 : 1);
          view.requestMeasure({ key: uncover, read: () => view.coordsAtPos(range.head, side), write: caret => caret && uncover(caret) });
          return true;
        }),
        EditorView.contentAttributes.of({
          'aria-label': options.label, 'aria-description': 'Press Escape, then Tab, to leave the editor.', spellcheck: 'false', autocapitalize: 'off',
        }),
        EditorView.updateListener.of(update => {
          if (update.docChanged && isTyped) {
            update.view.setTabFocusMode(false);
            options.typed(update.state.doc.toString());
          }
        }),
        EditorView.domEventHandlers({
          focus: (event, at) => watchBars(() => {
            // Whoever has scrolled away to read on is not called back, nor who does so now: the editor itself would scroll in the next frame.
            const caret = at.coordsAtPos(at.state.selection.main.head);
            if (caret && caret.bottom > 0 && caret.top < innerHeight) {
              uncover(caret);
            }
          }),
          blur: (event, at) => { watchBars(null); at.setTabFocusMode(false); options.left(); },
        }),
        editable.of([]),
      ],
    }),
  });
  return {
    dom: view.dom,
    focus: () => view.focus(),
    allow: may => view.dispatch({ effects: editable.reconfigure([EditorState.readOnly.of(!may)]) }),
    markLine: line => {
      if (line > 0 || view.state.field(failedLine).size > 0) {
        view.dispatch({ effects: setLine.of(line) });
      }
    },
    setText(text, byReader = false) {
      if (view.state.doc.toString() !== text) {
        isTyped = byReader;
        // A step of its own: typing that comes just before or after must be undone by itself.
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, annotations: cm.isolateHistory.of('full') });
        isTyped = true;
      }
    },
  };
}

// How a key press asks for a run, as in Jupyter; null for any other key.
export function runKey(event) {
  return event.key !== 'Enter' ? null : event.shiftKey ? 'next' : event.altKey ? 'add' : event.ctrlKey || event.metaKey ? 'stay' : null;
}

function plain(options) {
  const area = document.createElement('textarea');
  area.className = 'code';
  area.spellcheck = false;
  area.setAttribute('aria-label', options.label);
  // It forgets its history when its text is replaced: Ctrl+Z right after that brings the text before back.
  let before = null;
  const fit = () => { area.rows = area.value.split('\n').length + 1; };
  const set = text => {
    area.value = text;
    fit();
  };
  set(options.text);
  area.addEventListener('input', () => {
    before = null;
    fit();
    options.typed(area.value);
  });
  area.addEventListener('blur', options.left);
  area.addEventListener('keydown', event => {
    const how = runKey(event);
    if (how) {
      event.preventDefault();
      options.run(how);
    } else if (before !== null && !area.readOnly && event.key === 'z' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      replace(before, true);
    }
  });
  function replace(text, byReader) {
    if (area.value !== text) {
      before = area.value;
      set(text);
      if (byReader) {
        options.typed(text);
      }
    }
  }
  return {
    dom: area,
    focus: () => area.focus(),
    allow: may => { area.readOnly = !may; },
    markLine: () => {},
    setText: replace,
  };
}
