// The votes of the whole course so far, and how much better the group became.
import { button } from './button.js';
import { all, brier, forget, mean, total } from './vote-records.js';
import { make, showDialog } from './vote-dialog.js';

const explanation = 'The score takes the share of hands as the group’s confidence in an answer: Σ (share − o)², with o = 1 for what was found and '
  + '0 for the other answers. 0 is best; 2 is all hands on one other answer; hands spread evenly over n answers give 1 − 1/n. The sheet on paper '
  + 'scores one probability, (p − o)² from 0 to 1: the two cannot be compared. Kept in this browser alone.';

export function showAllVotes() {
  const result = make('p', '', 'vote-result');
  const frame = make('div', '', 'table');
  frame.tabIndex = 0;
  frame.setAttribute('role', 'region');
  frame.setAttribute('aria-label', 'Brier score of each question');
  const fill = () => {
    const rows = all().map(each => ({ ...each, scores: each.rounds.map(hands => brier(hands, each.answers, each.found)) }));
    const both = rows.filter(each => each.scores.every(score => score !== null));
    const means = [0, 1].map(round => mean(both.map(each => each.scores[round])).toFixed(2));
    result.textContent = both.length === 0 ? 'No question has both votes and a finding yet.'
      : 'Mean Brier score of the ' + both.length + (both.length === 1 ? ' question' : ' questions') + ' with both votes: '
        + means[0] + ' before, ' + means[1] + ' after.';
    frame.replaceChildren(table(rows));
  };
  const buttons = make('p', '', 'vote-buttons');
  const dialog = showDialog('Votes of the group in the whole course', 'Votes of the group', () => {}, result, frame, make('p', explanation), buttons);
  buttons.append(button('Close', 'Escape', () => dialog.close()), button('Forget all votes', 'Those of all chapters, kept in this browser', () => {
    if (confirm('Forget the votes of all chapters?')) {
      forget();
      fill();
    }
  }));
  fill();
}

function table(rows) {
  const made = make('table');
  const head = made.createTHead().insertRow();
  for (const title of ['Question', 'First vote', 'Second vote']) {
    const cell = make('th', title);
    cell.scope = 'col';
    head.append(cell);
  }
  const body = made.createTBody();
  for (const each of rows) {
    const row = body.insertRow();
    const name = make('th', each.question);
    name.scope = 'row';
    row.append(name);
    each.scores.forEach((score, round) => {
      row.insertCell().textContent = score !== null ? score.toFixed(2) : total(each.rounds[round]) > 0 ? 'nothing found yet' : 'no vote';
    });
  }
  return made;
}
