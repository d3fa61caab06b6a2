// The live page: takes in what the server says (server-sent events) and brings each piece to where it is shown.
import { showStatus, showLost } from './course.js';
import { Cells } from './cells.js';
import { Bar } from './bar.js';
import { abandon, tab } from './server.js';

// The word that let this browser in is spent: neither a bookmark nor a copied address should hold it.
const address = new URL(location.href);
if (address.searchParams.has('token')) {
  address.searchParams.delete('token');
  history.replaceState(history.state, '', address);
}

const body = document.body;
const chapter = body.dataset.live;
const cells = chapter ? new Cells(document.querySelector('article')) : null;
const bar = new Bar(cells);
let have = body.dataset.done;
let stream = null;
let finished = false;
let tries = 0;
// A line can be dead without an error: a laptop that slept, a network that changed. The server beats, and says how long one may wait for more.
let patience = 40_000;
let watch = null;

function open() {
  // A browser holds only a few connections to one address: tabs in the background let theirs go.
  if (stream || finished || document.hidden) {
    return;
  }
  const query = new URLSearchParams({ chapter, run: body.dataset.run, have });
  if (chapter) {
    query.set('tab', tab);
    // The cells' texts and marks are not in the page: the first news of a page brings all cells, without the outputs that it has.
    query.set('first', String(!cells.known));
  }
  stream = new EventSource(body.dataset.root + 'events?' + query);
  heard();
  on('news', event => {
    const news = JSON.parse(event.data);
    have = String(news.at);
    cells.take(news);
    bar.take(news);
  });
  on('status', event => {
    tries = 0;
    const status = JSON.parse(event.data);
    showStatus(status);
    cells?.connected();
    if (status.finished && !chapter) {
      finished = true;
      close();
    }
  });
  on('beat', event => { patience = Number(event.data); });
  on('reload', () => location.reload());
  stream.onerror = reopen;
}

function on(name, act) {
  stream.addEventListener(name, event => {
    act(event);
    heard();
  });
}

function heard() {
  clearTimeout(watch);
  if (stream) {
    watch = setTimeout(() => {
      abandon();
      reopen();
    }, patience);
  }
}

// A new stream is opened with what the page has by now.
function reopen() {
  close();
  if (++tries > 1) {
    showLost();
  }
  setTimeout(open, Math.min(3000, 500 * tries));
}

function close() {
  clearTimeout(watch);
  stream?.close();
  stream = null;
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    cells?.save(true);
    close();
  } else {
    open();
  }
});
open();

if (chapter && new URLSearchParams(location.search).has('present')) {
  import('./present.js').then(presenter => presenter.present());
} else if (!chapter && document.querySelector('.course')) {
  import('./progress.js').then(async ({ showProgress }) => {
    await showProgress();
    // Whoever comes back to this tab may have passed one in another.
    document.addEventListener('visibilitychange', () => document.hidden || showProgress());
  });
} else if (body.dataset.page.startsWith('leader/')) {
  import('./plan.js').then(sheet => sheet.followPresenter());
}
