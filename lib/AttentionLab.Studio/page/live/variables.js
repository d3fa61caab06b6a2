// The variables that the cells have declared, as the kernel knows them now.
import { ask } from './server.js';

// A square for each number; the style sheet draws it larger.
function heatmap({ columns, colours, words }) {
  const made = document.createElement('canvas');
  made.width = columns;
  made.height = colours.length / columns;
  made.style.setProperty('--columns', columns);
  made.setAttribute('role', 'img');
  made.setAttribute('aria-label', words);
  made.title = words;
  const draw = made.getContext('2d');
  colours.forEach((colour, at) => {
    if (colour) {
      draw.fillStyle = colour;
      draw.fillRect(at % columns, Math.floor(at / columns), 1, 1);
    }
  });
  return made;
}

export class Variables {
  dom = document.createElement('details');
  #rows = document.createElement('tbody');
  #note = document.createElement('p');

  constructor() {
    this.dom.className = 'variables';
    const title = document.createElement('summary');
    title.textContent = 'Variables';
    const frame = document.createElement('div');
    frame.className = 'variables-frame';
    frame.tabIndex = 0;
    frame.setAttribute('role', 'region');
    frame.setAttribute('aria-label', 'Variables');
    const table = document.createElement('table');
    const head = table.createTHead().insertRow();
    for (const name of ['Name', 'Type', 'Shape', 'Value']) {
      const cell = document.createElement('th');
      cell.scope = 'col';
      cell.textContent = name;
      head.append(cell);
    }
    table.append(this.#rows);
    frame.append(table, this.#note);
    this.dom.append(title, frame);
    this.dom.addEventListener('toggle', () => this.refresh());
  }

  async refresh() {
    if (!this.dom.open) {
      return;
    }
    const found = (await ask('variables', ''))?.variables;
    this.#note.textContent = !found ? 'The kernel cannot say now.' : found.length === 0 ? 'No cell has declared a variable yet.' : '';
    this.#rows.replaceChildren(...(found ?? []).map(variable => {
      const row = document.createElement('tr');
      for (const text of [variable.name, variable.type, variable.shape, variable.preview]) {
        row.insertCell().textContent = text;
      }
      if (variable.picture) {
        row.lastElementChild.append(heatmap(variable.picture));
      }
      return row;
    }));
  }
}
