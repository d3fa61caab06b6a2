// How far the course is that runs behind the page: one line, and marks in the lists of chapters.
const line = document.createElement('span');
const meter = document.createElement('progress');
meter.setAttribute('aria-label', 'Cells that ran');
export const statusLine = document.createElement('div');
statusLine.className = 'live-status';
statusLine.append(line, ' ', meter);
statusLine.hidden = true;
// Read aloud is only what one must know: that the results are there, or that the course is gone. The line itself counts all the time.
export const statusSaid = document.createElement('p');
statusSaid.className = 'offscreen';
statusSaid.setAttribute('role', 'status');
let wasRunning = false;

export function showStatus(status) {
  document.documentElement.classList.remove('lost');
  document.querySelectorAll('.cell[data-cell]').forEach(cell => {
    const number = Number(cell.dataset.cell);
    const empty = !cell.querySelector('.outputs > *');
    cell.classList.toggle('in-book', status.state === 'running' && number === status.current && empty);
    cell.classList.toggle('waiting', empty && number > status.current && (status.state === 'waiting' || status.state === 'running'));
  });
  const pages = Object.keys(status.chapters);
  const ready = pages.filter(page => status.chapters[page] === 'ready' || status.chapters[page] === 'failed').length;
  document.querySelectorAll('[data-chapter]').forEach(item => {
    if (status.chapters[item.dataset.chapter]) {
      item.dataset.state = status.chapters[item.dataset.chapter];
    }
  });
  let text = '';
  if (status.problem) {
    text = 'This chapter could not be run: ' + status.problem;
  } else if (status.state === 'running') {
    text = 'Running the book’s cell ' + Math.min(status.done + 1, status.total) + ' of ' + status.total;
  } else if (status.state === 'waiting') {
    text = 'The book’s results of this chapter come soon; its text can be read and its cells can be run already';
  }
  if (ready < pages.length) {
    text += (text ? ' · ' : '') + ready + ' of ' + pages.length + ' chapters are ready';
  }
  line.textContent = text;
  statusLine.hidden = text === '';
  const running = status.state === 'running' || status.state === 'waiting';
  say(running || !wasRunning ? '' : status.problem ? text : 'The book’s results of this chapter are there.');
  wasRunning = running;
  meter.hidden = status.state !== 'running';
  meter.max = Math.max(1, status.total);
  meter.value = status.done;
}

export function showLost() {
  document.documentElement.classList.add('lost');
  statusLine.hidden = false;
  meter.hidden = true;
  line.textContent = 'The course does not answer. What is shown stays, and what you type is kept in this browser until it does. '
    + 'If you stopped it, start it again and open the address that it prints.';
  say(line.textContent);
}

// Once: each try to reach the course would be read aloud again.
function say(text) {
  if (statusSaid.textContent !== text) {
    statusSaid.textContent = text;
  }
}
