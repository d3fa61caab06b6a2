// The votes of a group: how many hands each answer got, before and after. Kept in the leader's browser alone.
//
// The score is Brier's, with the share of hands as the group's confidence in an answer: Σ (share − o)², o = 1 for the answer that was found and 0
// for every other one. 0: all hands on what was found. 2: all on one other answer. Hands spread evenly over n answers: 1 − 1/n.
const records = window.bookKept('votes', 'localStorage');

export function record(chapter, question, answers) {
  const name = chapter + ' ' + question;
  const known = records.all()[name];
  const isSame = known && JSON.stringify(known.answers) === JSON.stringify(answers);
  return isSame ? known : { name, chapter, question, answers, rounds: [[], []], found: -1 };
}

export const change = changed => records.change(all => { all[changed.name] = changed; });

export const forget = () => records.change(all => Object.keys(all).forEach(name => delete all[name]));

// Told after every change.
export const { listen } = records;

export const all = () => Object.values(records.all()).filter(each => total(each.rounds[0]) + total(each.rounds[1]) > 0);

export const total = hands => hands.reduce((sum, count) => sum + (count ?? 0), 0);

// Null where nobody voted, or nothing was found yet.
export function brier(hands, answers, found) {
  const voters = total(hands);
  return voters === 0 || found < 0 ? null
    : answers.reduce((sum, _, index) => sum + ((hands[index] ?? 0) / voters - (index === found ? 1 : 0)) ** 2, 0);
}

export const mean = numbers => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
