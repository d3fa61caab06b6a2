// What the page asks of the server.
const body = document.body;
const address = body.dataset.root + 'work/' + encodeURIComponent(body.dataset.live);

// A tab keeps its name when it is loaded again. A tab that was duplicated has the other's name with its storage: it takes a new one.
const patience = 2000;
export const tab = await nameOfThisTab();

async function nameOfThisTab() {
  const known = sessionStorage.getItem('tab');
  if (known && await isOurs(known)) {
    return known;
  }
  const fresh = Array.from(crypto.getRandomValues(new Uint32Array(3)), number => number.toString(36)).join('');
  sessionStorage.setItem('tab', fresh);
  await isOurs(fresh);
  return fresh;
}

// The page holds a lock on its name for as long as it lives. The page that was there before a reload lets it go, another tab does not.
function isOurs(name) {
  return !navigator.locks || new Promise(resolve => {
    navigator.locks.request('tab ' + name, { signal: AbortSignal.timeout(patience) }, () => {
      resolve(true);
      return new Promise(() => {});
    }).catch(() => resolve(false));
  });
}

// The line is dead: nobody waits any longer for what was asked over it.
let waiting = new AbortController();
export function abandon() {
  waiting.abort();
  waiting = new AbortController();
}

async function post(path, message, keepalive) {
  const response = await fetch(address + path, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(message), keepalive, signal: waiting.signal,
  });
  if (!response.ok) {
    throw new Error((await response.text()).trim() || 'The server answered ' + response.status + '.');
  }
  return response.json();
}

// Carries out a command; the answer says whether it was done. Throws where the server is not there.
export function command(what, details, keepalive = false) {
  return post('', { do: what, tab, ...details }, keepalive);
}

// A question about code. Null where the kernel cannot answer now.
export async function ask(kind, source, position = 0, details = {}) {
  try {
    const reply = await post('/ask', { kind, source, position, ...details });
    return reply.busy ? null : reply;
  } catch {
    return null;
  }
}
