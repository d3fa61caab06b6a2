// Copies from node_modules to dist what pages are made with: plotly.js, KaTeX with its fonts, CodeMirror in one file, and their licences.
// Called by npm.proj after `npm ci`; dist is replaced as a whole, so a build that stops half-way leaves no half of it.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const plotly = join(here, 'node_modules', 'plotly.js-cartesian-dist-min');
const katex = join(here, 'node_modules', 'katex');
const dist = join(here, 'dist');
const fresh = mkdtempSync(join(here, 'dist.'));

cpSync(join(plotly, 'plotly-cartesian.min.js'), join(fresh, 'plotly.min.js'));

mkdirSync(join(fresh, 'katex', 'fonts'), { recursive: true });
cpSync(join(katex, 'dist', 'katex.min.js'), join(fresh, 'katex', 'katex.min.js'));
// Every browser that runs the book reads woff2: the two older formats would triple the size for nobody.
const css = readFileSync(join(katex, 'dist', 'katex.min.css'), 'utf8').replace(/,url\([^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)/g, '');
writeFileSync(join(fresh, 'katex', 'katex.min.css'), css);
for (const font of readdirSync(join(katex, 'dist', 'fonts')).filter(name => name.endsWith('.woff2'))) {
  cpSync(join(katex, 'dist', 'fonts', font), join(fresh, 'katex', 'fonts', font));
}

const bundle = await build({
  entryPoints: [join(here, 'codemirror.mjs')], outfile: join(fresh, 'live', 'codemirror.js'),
  bundle: true, format: 'esm', target: 'es2022', minify: true, legalComments: 'none', metafile: true, absWorkingDir: here,
});
const bundled = [...new Set(Object.keys(bundle.metafile.inputs).map(file => file.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]).filter(Boolean))].sort();

const licences = [['plotly.js', plotly], ['KaTeX', katex], ...bundled.map(name => [name, join(here, 'node_modules', name)])].map(([name, folder]) => {
  const version = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  return `${name} ${version}\n\n${readFileSync(join(folder, 'LICENSE'), 'utf8').trim()}\n`;
});
writeFileSync(join(fresh, 'licences.txt'), licences.join('\n' + '-'.repeat(72) + '\n\n'));

const old = dist + '.old';
rmSync(old, { recursive: true, force: true });
if (existsSync(dist)) {
  renameSync(dist, old);
}
renameSync(fresh, dist);
rmSync(old, { recursive: true, force: true });
