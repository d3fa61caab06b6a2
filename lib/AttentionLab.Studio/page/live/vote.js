// Votes in the presenter: below each prediction and each claim a fold where the leader types how many hands each answer got, before and after,
// or asks the phones.
import { phones } from './vote-phones.js';
import { brier, change, listen, record, total } from './vote-records.js';
import { make } from './vote-dialog.js';

const verdicts = ['true', 'half true', 'false'];
const rounds = ['First vote', 'Second vote'];
const chapter = document.body.dataset.page;
const panels = new Map();

listen(() => panels.forEach(panel => panel.show()));
phones.listen(() => panels.forEach(panel => panel.show()));
phones.look();

// Puts a fold wherever one is missing: predictions may come into sight later.
export function arrangeVotes(article) {
  for (const text of article.querySelectorAll('.text[data-answers]')) {
    const verdict = text.querySelector(':scope > .verdict');
    if (verdict) {
      const question = [...text.querySelectorAll('.lead-prediction')].at(-1).textContent.replace(/^\s*Prediction\.\s*/, '');
      place(verdict, verdict, question, JSON.parse(text.dataset.answers), () => window.bookPredictions.measured(text));
    }
  }
  for (const { mark, claim } of claims(article)) {
    place(mark, mark, claim, verdicts, () => null);
  }
  for (const item of article.querySelectorAll('.text > h3[id*="claims"] ~ ul > li')) {
    place(item, item.lastChild, item.dataset.claim ??= plain(item), verdicts, () => null);
  }
  panels.forEach(panel => panel.show());
}

// A claim stands as a quotation in the section that says "Vote now", and again under "Vote again": ChapterPartsTests holds these words in every chapter.
function claims(article) {
  const asked = [...article.querySelectorAll('.text > p')].filter(each => /^Vote now/.test(each.querySelector('strong')?.textContent ?? ''));
  const again = [...article.querySelectorAll('.text > h2')].filter(each => /^Vote again/.test(each.textContent));
  const first = asked.map(mark => ({ mark, claim: quotation(mark, 'previousElementSibling') }));
  const second = again.map(mark => ({ mark, claim: quotation(mark, 'nextElementSibling') || first[0]?.claim }));
  return [...first, ...second].filter(each => each.claim);
}

function quotation(from, step) {
  let at = from[step];
  while (at && at.nodeName !== 'BLOCKQUOTE' && at.nodeName !== 'H2') {
    at = at[step];
  }
  return at?.nodeName === 'BLOCKQUOTE' ? plain(at) : '';
}

// Text with a formula's glyphs once, not with the copy that is read aloud.
function plain(element) {
  const copy = element.cloneNode(true);
  copy.querySelectorAll('.katex-mathml, .anchor, .vote').forEach(part => part.remove());
  return copy.textContent.replace(/\s+/g, ' ').trim();
}

function place(owner, after, question, answers, measured) {
  if (!panels.has(owner)) {
    const panel = new Panel(question, answers, measured);
    panels.set(owner, panel);
    after.after(panel.dom);
  }
}

class Panel {
  dom = make('details', '', 'vote');
  #question;
  #answers;
  #measured;
  #inputs = [[], []];
  #changes = [];
  #scores = [];
  #found = make('select');
  #hands = [];
  #phones = make('p', '', 'vote-buttons');

  constructor(question, answers, measured) {
    this.#question = question;
    this.#answers = answers;
    this.#measured = measured;
    this.dom.append(make('summary', 'Votes of the group'), this.#table(), this.#asking(), this.#finding());
  }

  get #record() {
    return record(chapter, this.#question, this.#answers);
  }

  show() {
    const now = this.#record;
    const measured = this.#answers.indexOf(this.#measured());
    if (now.found < 0 && measured >= 0 && total(now.rounds[0]) + total(now.rounds[1]) > 0) {
      change({ ...now, found: measured });
      return;
    }
    this.#found.value = String(now.found);
    rounds.forEach((_, round) => {
      const hands = now.rounds[round];
      this.#inputs[round].forEach((input, index) => {
        if (document.activeElement !== input) {
          input.value = hands[index] ?? '';
        }
      });
      const score = brier(hands, this.#answers, now.found);
      this.#hands[round].textContent = String(total(hands));
      this.#scores[round].textContent = score === null ? '' : score.toFixed(2);
    });
    this.#phones.hidden = !phones.isOn;
    [...this.#phones.children].forEach((ask, round) => {
      const open = phones.open;
      const isMine = open?.name === now.name && open.round === round;
      ask.textContent = isMine ? 'Close the ' + rounds[round].toLowerCase() + ': ' + open.votes + ' voted' : 'Ask the phones: ' + rounds[round].toLowerCase();
      ask.disabled = Boolean(open) && !isMine;
    });
    const isBoth = now.rounds.every(hands => total(hands) > 0);
    this.#changes.forEach((cell, index) => {
      const moved = (now.rounds[1][index] ?? 0) - (now.rounds[0][index] ?? 0);
      cell.textContent = !isBoth ? '' : moved > 0 ? '+' + moved : moved < 0 ? '−' + -moved : '0';
    });
  }

  #table() {
    const frame = make('div', '', 'table');
    const table = make('table');
    table.append(make('caption', this.#question));
    const head = table.createTHead().insertRow();
    ['Answer', ...rounds, 'Change'].forEach(name => {
      const cell = make('th', name);
      cell.scope = 'col';
      head.append(cell);
    });
    const body = table.createTBody();
    this.#answers.forEach((answer, index) => {
      const row = body.insertRow();
      const name = make('th', answer);
      name.scope = 'row';
      row.append(name);
      rounds.forEach((title, round) => row.insertCell().append(this.#input(round, index, answer + ', ' + title.toLowerCase())));
      this.#changes.push(row.insertCell());
    });
    const foot = table.createTFoot();
    [['Hands', this.#hands], ['Brier score', this.#scores]].forEach(([name, cells]) => {
      const row = foot.insertRow();
      const title = make('th', name);
      title.scope = 'row';
      row.append(title);
      rounds.forEach(() => cells.push(row.insertCell()));
      row.insertCell();
    });
    frame.append(table);
    return frame;
  }

  #input(round, index, label) {
    const input = make('input');
    Object.assign(input, { type: 'number', min: 0, max: 999, step: 1, inputMode: 'numeric' });
    input.setAttribute('aria-label', label);
    input.addEventListener('input', () => {
      const now = this.#record;
      const hands = [...now.rounds[round]];
      hands[index] = input.validity.valid && input.value !== '' ? Number(input.value) : null;
      change({ ...now, rounds: now.rounds.with(round, hands) });
    });
    this.#inputs[round].push(input);
    return input;
  }

  #asking() {
    this.#phones.append(...rounds.map((_, round) => {
      const ask = make('button');
      ask.type = 'button';
      ask.addEventListener('click', async () => {
        if (!phones.open) {
          await phones.ask(this.#record, round);
          return;
        }
        const tally = await phones.close();
        if (tally) {
          change({ ...this.#record, rounds: this.#record.rounds.with(round, tally) });
        }
      });
      return ask;
    }));
    return this.#phones;
  }

  #finding() {
    const label = make('label', 'What was found: ', 'found');
    this.#found.append(...['not yet known', ...this.#answers].map((answer, index) => new Option(answer, String(index - 1))));
    this.#found.addEventListener('change', () => change({ ...this.#record, found: Number(this.#found.value) }));
    label.append(this.#found);
    return label;
  }
}
