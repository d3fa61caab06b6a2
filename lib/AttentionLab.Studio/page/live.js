// The live page: takes in results as they come (server-sent events) and says how far the course is.
(function () {
  'use strict';
  var body = document.body;
  var name = body.dataset.live;
  var done = Number(body.dataset.done);
  var stream = null;
  var finished = false;
  var lost = false;

  var bar = document.createElement('div');
  bar.className = 'live-status';
  bar.setAttribute('role', 'status');
  var line = document.createElement('span');
  var meter = document.createElement('progress');
  meter.setAttribute('aria-label', 'Cells that ran');
  bar.append(line, ' ', meter);
  bar.hidden = true;
  document.getElementById('content').appendChild(bar);

  function marks(status) {
    document.querySelectorAll('.cell[data-cell]').forEach(function (cell) {
      var number = Number(cell.dataset.cell);
      cell.classList.toggle('running', status.state === 'running' && number === status.current);
      cell.classList.toggle('waiting', number > done && number !== status.current && (status.state === 'waiting' || status.state === 'running'));
    });
  }

  function take(message) {
    var cell = document.querySelector('.cell[data-cell="' + message.number + '"]');
    done = Math.max(done, message.number);
    if (!cell) {
      return;
    }
    cell.classList.remove('running', 'waiting');
    cell.classList.toggle('failed', message.failed);
    var outputs = cell.querySelector('.outputs');
    outputs.innerHTML = message.html;
    window.bookPage.refresh(outputs);
  }

  function show(status) {
    lost = false;
    marks(status);
    var pages = Object.keys(status.chapters);
    var ready = pages.filter(function (page) { return status.chapters[page] === 'ready' || status.chapters[page] === 'failed'; }).length;
    document.querySelectorAll('[data-chapter]').forEach(function (item) {
      if (status.chapters[item.dataset.chapter]) {
        item.dataset.state = status.chapters[item.dataset.chapter];
      }
    });
    var text = '';
    if (status.problem) {
      text = 'This chapter could not be run: ' + status.problem;
    } else if (status.state === 'running') {
      text = 'Running cell ' + Math.min(status.done + 1, status.total) + ' of ' + status.total;
    } else if (status.state === 'waiting') {
      text = 'This chapter runs soon; its text can be read already';
    }
    if (ready < pages.length) {
      text += (text ? ' · ' : '') + ready + ' of ' + pages.length + ' chapters are ready';
    }
    line.textContent = text;
    bar.hidden = text === '';
    meter.hidden = status.state !== 'running';
    meter.max = Math.max(1, status.total);
    meter.value = status.done;
    if (status.finished) {
      finished = true;
      close();
    }
  }

  function open() {
    if (stream || finished) {
      return;
    }
    stream = new EventSource(body.dataset.root + 'events?chapter=' + encodeURIComponent(name) + '&run=' + body.dataset.run + '&have=' + done);
    stream.addEventListener('cell', function (event) { take(JSON.parse(event.data)); });
    stream.addEventListener('status', function (event) { show(JSON.parse(event.data)); });
    stream.addEventListener('reload', function () { location.reload(); });
    stream.onerror = function () {
      // The address says what this page has: a new stream is opened with what it has by now.
      close();
      if (lost) {
        bar.hidden = false;
        meter.hidden = true;
        line.textContent = 'The course was stopped. What is shown stays; start it again to go on.';
      }
      lost = true;
      setTimeout(open, 3000);
    };
  }

  function close() {
    if (stream) {
      stream.close();
      stream = null;
    }
  }

  // A browser holds only a few connections to one address: tabs in the background let theirs go.
  document.addEventListener('visibilitychange', function () {
    if (document.hidden) {
      close();
    } else {
      open();
    }
  });
  marks({ state: body.dataset.state, current: 0 });
  if (!document.hidden) {
    open();
  }
})();
