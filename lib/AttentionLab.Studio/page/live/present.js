// The presenter: the same live page for a room, one section at a time. Code is folded until asked; hints, solutions and what was seen are covered
// again in each section; cells are edited and run as ever. Right and left arrow turn to the next section and back, outside of what one writes in.
import { button } from './button.js';
import { plan } from './plan.js';
import { arrangeVotes } from './vote.js';
import { showRoom } from './vote-room.js';
import { showAllVotes } from './vote-summary.js';

const root = document.documentElement;
const article = document.querySelector('article');
const where = document.createElement('span');
const opened = new Set();
const sections = [];
let current = 0;
let back;
let next;

export function present() {
  root.classList.add('presenting');
  buildBar();
  arrange();
  turn(Math.max(0, placeOf(location.hash)));
  new MutationObserver(changes => {
    if (changes.some(change => change.target === article || change.target.matches('.text, .verdict'))) {
      arrange();
    }
  }).observe(article, { childList: true, subtree: true });
  addEventListener('keydown', onKey);
  addEventListener('hashchange', () => {
    const place = placeOf(location.hash);
    if (place >= 0) {
      turn(place);
      document.getElementById(decodeURIComponent(location.hash.slice(1))).scrollIntoView();
    }
  });
}

function buildBar() {
  const bar = document.createElement('nav');
  bar.className = 'present-bar';
  bar.setAttribute('aria-label', 'Presenter');
  where.setAttribute('role', 'status');
  back = button('‹ Back', 'Left arrow', () => turn(current - 1));
  next = button('Next ›', 'Right arrow', () => turn(current + 1));
  const leave = document.createElement('a');
  leave.href = location.pathname;
  leave.textContent = 'Leave';
  bar.append(back, where, next);
  const sheet = article.querySelector('.facts a[href*="leader/"]');
  if (sheet) {
    bar.append(button('Leader’s plan', 'In a second window', () => open(sheet.href, 'leader-plan', 'popup,width=760,height=900')));
  }
  bar.append(button('Votes', 'All votes of this course', showAllVotes), button('Phones', 'Votes by phone', showRoom), leave);
  document.querySelector('header.bar').prepend(bar);
  plan.onAsked(tellPlan);
}

// Sections begin at headings of the second level, wherever the notebook's cells end. Called again whenever something came or went.
function arrange() {
  arrangeVotes(article);
  sections.splice(0, sections.length, { heading: article.querySelector('h1'), blocks: [] });
  const blocks = [...article.children].flatMap(child => child.classList.contains('text') ? [...child.children] : [child]);
  for (const block of blocks) {
    if (block.matches('h2')) {
      sections.push({ heading: block, blocks: [] });
    }
    sections.at(-1).blocks.push(block);
  }
  sections.forEach((section, at) => section.blocks.forEach(block => block.classList.toggle('elsewhere', at !== current)));
  article.querySelectorAll('.text > .lead-saw').forEach(veil);
  article.querySelectorAll('.cell:has(> .code-frame, > pre.code):not(:has(> .unfold))').forEach(fold);
}

// What was seen is told when the room has looked: from its first paragraph to the next heading.
function veil(saw) {
  const isVeiled = !opened.has(saw);
  for (let part = saw; part && !/^H[2-6]$/.test(part.nodeName); part = part.nextElementSibling) {
    part.classList.toggle('veiled', isVeiled);
  }
  if (isVeiled && !saw.previousElementSibling?.classList.contains('unveil')) {
    const show = button('Show what you saw', 'When the room has looked', () => {
      opened.add(saw);
      show.remove();
      arrange();
      focus(saw);
    });
    show.className = 'unveil';
    saw.before(show);
  }
}

function fold(cell) {
  const show = button('Show the code', 'It can be edited and run', () => {
    const isOpen = cell.classList.toggle('unfolded');
    show.setAttribute('aria-expanded', String(isOpen));
    show.textContent = isOpen ? 'Hide the code' : 'Show the code';
  });
  show.className = 'unfold';
  show.setAttribute('aria-expanded', 'false');
  cell.querySelector(':scope > .code-frame, :scope > pre.code').before(show);
}

function turn(to) {
  current = Math.max(0, Math.min(sections.length - 1, to));
  arrange();
  article.querySelectorAll('details[open]').forEach(details => { details.open = false; });
  const { heading } = sections[current];
  back.disabled = current === 0;
  next.disabled = current === sections.length - 1;
  where.textContent = (current + 1) + ' of ' + sections.length;
  history.replaceState(history.state, '', heading.id ? '#' + heading.id : location.pathname + location.search);
  scrollTo({ top: 0, behavior: 'instant' });
  focus(heading);
  tellPlan();
}

function focus(element) {
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

// The section in which begins what an address names: a heading, a cell, or a text, which may begin with the end of a section and go on with the next;
// -1 for nothing of the chapter.
function placeOf(hash) {
  const named = hash && document.getElementById(decodeURIComponent(hash.slice(1)));
  if (!named || !article.contains(named)) {
    return -1;
  }
  // A comment stands where words are covered.
  const start = named.matches('.text') && [...named.childNodes].find(node => node.nodeType !== Node.TEXT_NODE) || named;
  return sections.findLastIndex(({ heading }) => heading === start || heading.compareDocumentPosition(start) & Node.DOCUMENT_POSITION_FOLLOWING);
}

function tellPlan() {
  plan.tell(sections[current].heading.firstChild?.textContent.trim() ?? '');
}

// Page keys (a clicker sends them) turn only where there is no more of the section to scroll to.
function onKey(event) {
  const step = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
  if (!step || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || isBusy(event.target)) {
    return;
  }
  const isAtEnd = step > 0 ? scrollY + innerHeight >= root.scrollHeight - 2 : scrollY <= 2;
  if (event.key.startsWith('Arrow') || isAtEnd) {
    event.preventDefault();
    turn(current + step);
  }
}

// Where arrows belong to what has the focus: something to write in or to set, or what scrolls sideways.
function isBusy(target) {
  return target.closest('.cm-editor, input, textarea, select, dialog') || (target !== document.body && target.scrollWidth > target.clientWidth
    && /auto|scroll/.test(getComputedStyle(target).overflowX));
}
