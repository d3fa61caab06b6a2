// The live page: takes in what the server says (server-sent events) and brings each piece to where it is shown.
import { showStatus, showLost } from './course.js';
import { Cells } from './cells.js';
import { Bar } from './bar.js';
import { tab } from './server.js';

const body = document.body;
const chapter = body.dataset.live;
const cells = chapter ? new Cells(document.querySelector('article')) : null;
const bar = new Bar(cells);
let have = body.dataset.done;
let stream = null;
let finished = false;
let tries = 0;

function open() {
  if (stream || finished) {
    return;
  }
  const query = new URLSearchParams({ chapter, run: body.dataset.run, have });
  if (chapter) {
    query.set('tab', tab);
    // The cells' texts and marks are not in the page: the first news of a page brings all cells, without the outputs that it has.
    query.set('first', String(!cells.known));
  }
  stream = new EventSource(body.dataset.root + 'events?' + query);
  stream.addEventListener('news', event => {
    const news = JSON.parse(event.data);
    have = String(news.at);
    cells.take(news);
    bar.take(news);
  });
  stream.addEventListener('status', event => {
    tries = 0;
    const status = JSON.parse(event.data);
    showStatus(status);
    cells?.connected();
    if (status.finished && !chapter) {
      finished = true;
      close();
    }
  });
  stream.addEventListener('reload', () => location.reload());
  stream.onerror = () => {
    // A new stream is opened with what the page has by now.
    close();
    if (++tries > 1) {
      showLost();
    }
    setTimeout(open, Math.min(3000, 500 * tries));
  };
}

function close() {
  stream?.close();
  stream = null;
}

// A browser holds only a few connections to one address: tabs in the background let theirs go.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    cells?.save(true);
    close();
  } else {
    open();
  }
});
if (!document.hidden) {
  open();
}

if (chapter && new URLSearchParams(location.search).has('present')) {
  import('./present.js').then(presenter => presenter.present());
} else if (body.dataset.page.startsWith('leader/')) {
  import('./plan.js').then(sheet => sheet.followPresenter());
}
