// What the cells of the live page are edited with; build.mjs puts it into one file.
export { EditorState, Compartment, Prec, StateEffect, StateField } from '@codemirror/state';
export { Decoration, EditorView, ViewPlugin, drawSelection, highlightSpecialChars, hoverTooltip, keymap, showTooltip } from '@codemirror/view';
export { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory } from '@codemirror/commands';
export { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting, syntaxTree } from '@codemirror/language';
export { classHighlighter } from '@lezer/highlight';
export { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
export { linter, lintKeymap } from '@codemirror/lint';
export { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
export { csharp } from '@replit/codemirror-lang-csharp';
