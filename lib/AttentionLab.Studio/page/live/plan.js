// The leader's plan keeps step with the presenter: two windows of one browser that tell each other the section.
const channel = new BroadcastChannel('presenter');
const chapter = document.body.dataset.page.replace(/^leader\//, '');

// In the presenter: tells the section, now and whenever a plan that was just opened asks.
export const plan = {
  tell: section => channel.postMessage({ chapter, section, began: began() }),
  onAsked: act => channel.addEventListener('message', event => {
    if (event.data.isQuestion && event.data.chapter === chapter) {
      act();
    }
  }),
};

// When the presenter was opened first in this tab: minutes are counted from there.
function began() {
  const key = 'presenter began ' + chapter;
  const known = Number(sessionStorage.getItem(key)) || Date.now();
  sessionStorage.setItem(key, String(known));
  return known;
}

// In the leader's sheet: marks the row of the section that is shown, and counts the minutes.
export function followPresenter() {
  const rows = [...document.querySelectorAll('article tbody tr')].filter(row => /^\d+\s*[–-]\s*\d+$/.test(row.cells[0]?.textContent.trim()));
  const line = document.createElement('p');
  line.className = 'plan-now';
  line.setAttribute('role', 'status');
  let told = null;
  const show = () => {
    const row = rowOf(rows, told.section);
    rows.forEach(each => each.removeAttribute('aria-current'));
    row?.setAttribute('aria-current', 'true');
    const planned = row ? ' Planned for this: minute ' + row.cells[0].textContent.trim() + '.' : '';
    const text = 'On the screen: ' + told.section + ' – minute ' + Math.floor((Date.now() - told.began) / 60_000) + '.' + planned;
    if (line.textContent !== text) {
      line.textContent = text;
    }
  };
  channel.addEventListener('message', event => {
    if (event.data.chapter !== chapter || event.data.isQuestion) {
      return;
    }
    const isFirst = !told;
    told = event.data;
    if (isFirst) {
      document.querySelector('article .title').after(line);
      setInterval(show, 5_000);
    }
    show();
  });
  channel.postMessage({ chapter, isQuestion: true });
}

// The row with the section's number, else the one that shares a word with its title: "The claim that we test" and "Claim, first vote".
function rowOf(rows, section) {
  const number = /^\d+\.\d+/.exec(section)?.[0];
  const words = text => new Set(text.toLowerCase().match(/\p{L}{4,}/gu) ?? []);
  const mine = words(section);
  const isSecond = row => /second/i.test(row.cells[1].textContent);
  const shares = row => [...words(row.cells[1].textContent)].some(word => mine.has(word));
  return number
    ? rows.find(row => row.cells[1].textContent.split(/[\s,]+/).includes(number))
    : rows.findLast(row => shares(row) && !(mine.has('claim') && isSecond(row)));
}
