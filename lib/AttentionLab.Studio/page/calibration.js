// How often each degree of confidence was right, as a table that is its own chart, at the end of a page.
//   bookCalibration(levels, answers, live)  shows it: answers of bookKept, each { answer, sure, right } or { shown }
window.bookCalibration = function (levels, answers, live) {
  'use strict';
  var section = null;

  function make(name, text) {
    var element = document.createElement(name);
    element.textContent = text || '';
    return element;
  }

  function count() {
    var given = Object.values(answers.all());
    return levels.map(function (level) {
      var marked = given.filter(function (one) { return one.sure === level && one.right !== undefined; });
      return { level: level, of: marked.length, right: marked.filter(function (one) { return one.right; }).length };
    }).filter(function (row) { return row.of > 0; });
  }

  function build() {
    var made = make('section');
    made.className = 'calibration';
    var title = made.appendChild(make('h2', 'How often were you right?'));
    title.id = 'calibration';
    made.setAttribute('aria-labelledby', title.id);
    var table = made.appendChild(make('table'));
    table.appendChild(make('caption', live ? 'Your predictions in all chapters. Kept in this browser alone.'
      : 'Your predictions on this page. Forgotten when you leave it.'));
    var head = table.appendChild(make('thead')).appendChild(make('tr'));
    ['You said', 'Right', 'Share'].forEach(function (name) {
      head.appendChild(make('th', name)).scope = 'col';
    });
    table.appendChild(make('tbody'));
    if (live) {
      var forget = made.appendChild(make('button', 'Forget all'));
      forget.type = 'button';
      forget.className = 'quiet';
      forget.addEventListener('click', function () {
        answers.change(function (all) { Object.keys(all).forEach(function (key) { delete all[key]; }); });
        document.querySelector('main').focus({ preventScroll: true });
      });
    }
    return document.querySelector('article').appendChild(made);
  }

  function show() {
    var rows = count();
    if (!rows.length) {
      if (section) { section.remove(); }
      section = null;
      return;
    }
    section = section || build();
    section.querySelector('tbody').replaceChildren.apply(section.querySelector('tbody'), rows.map(function (row) {
      var line = make('tr');
      var share = Math.round(100 * row.right / row.of);
      line.appendChild(make('th', row.level)).scope = 'row';
      line.appendChild(make('td', row.right + ' of ' + row.of));
      var bar = line.appendChild(make('td')).appendChild(make('span', share + ' %'));
      bar.className = 'share';
      bar.style.setProperty('--share', share + '%');
      return line;
    }));
  }

  answers.listen(show);
  show();
};
