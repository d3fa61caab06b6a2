// Votes by phone, while the leader has switched them on: what the server says of the room, and the question that phones see now.
const listeners = new Set();
const key = 'phones asked';
let view = { isOn: false };
let timer = 0;

export const phones = {
  get isOn() { return view.isOn; },
  get view() { return view; },
  listen: told => listeners.add(told),
  leave: told => listeners.delete(told),
  look: () => send({ do: 'look' }),
  turn: on => send({ do: on ? 'open' : 'shut' }),

  // Which vote of which record is open, and how many devices have voted; null for none.
  get open() {
    const asked = JSON.parse(sessionStorage.getItem(key) ?? 'null');
    return view.question?.isOpen && asked?.number === view.question.number ? { ...asked, votes: view.question.votes } : null;
  },

  async ask(record, round) {
    await send({ do: 'ask', question: record.question.slice(0, 500), answers: record.answers });
    if (view.question?.isOpen) {
      sessionStorage.setItem(key, JSON.stringify({ name: record.name, round, number: view.question.number }));
      tell();
    }
  },

  // The votes for each answer; null where the room is gone.
  async close() {
    await send({ do: 'close' });
    return view.question?.tally ?? null;
  },
};

async function send(message) {
  clearTimeout(timer);
  try {
    const response = await fetch(document.body.dataset.root + 'votes', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(message),
    });
    view = response.ok ? await response.json() : { isOn: false, word: (await response.text()).trim() };
  } catch {
    view = { isOn: false, word: 'The course does not answer: start it again, then repeat this.' };
  }
  tell();
}

function tell() {
  clearTimeout(timer);
  if (view.question?.isOpen) {
    timer = setTimeout(phones.look, 1000);
  }
  listeners.forEach(told => told());
}
