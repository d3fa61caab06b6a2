// Run by Formulas.cs as `node -e`: reads {katex, formulas} from standard input, writes [{html, error}].
'use strict';
const input = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const made = { exports: {} };
new Function('module', 'exports', input.katex)(made, made.exports);
const katex = made.exports;
const answers = input.formulas.map(({ tex, display }) => {
  const options = { displayMode: display, output: 'htmlAndMathml', strict: 'ignore', trust: false };
  try {
    return { html: katex.renderToString(tex, options), error: null };
  } catch (error) {
    return { html: katex.renderToString(tex, { ...options, throwOnError: false }), error: String(error.message) };
  }
});
process.stdout.write(JSON.stringify(answers));
