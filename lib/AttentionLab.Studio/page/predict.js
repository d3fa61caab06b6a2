// Predict, then see: the answers of a prediction become buttons; the output and what it shows are taken out of the page until the reader
// has answered, or asked to see. Then the page says which answer the measurement gave, and counts how often "sure" was right.
// A live page keeps the answers in this browser, its presenter only in the tab: what the leader answered alone must not uncover
// anything before the room; the book keeps nothing. On paper and without scripts everything is there.
//   bookPredictions.outputs(cell)   the element that holds a cell's outputs, also while it is covered
//   bookPredictions.saw(text)       what holds a text's words up to its next heading, also while they are covered
//   bookPredictions.refresh()       looks again at what was measured: outputs have come
//   bookPredictions.measured(text)  what was measured for the prediction in a text; null while it is covered, or if the machine cannot know
//   bookPredictions.uncover(yes)    shows everything for a while (paper), and covers again what has no answer
(function () {
  'use strict';
  var levels = ['sure', 'rather', 'guess'];
  var body = document.body;
  var live = body.dataset.live !== undefined;
  var storage = live && new URLSearchParams(location.search).has('present') ? 'sessionStorage' : 'localStorage';
  var kept = load();
  var predictions = [];

  function load() {
    try {
      return live && JSON.parse(window[storage].getItem('predictions')) || {};
    } catch (error) {
      return {};
    }
  }

  function save() {
    try {
      if (live) { window[storage].setItem('predictions', JSON.stringify(kept)); }
    } catch (error) {
      // No storage: counted until the page is left.
    }
    calibrate();
  }

  function make(name, className, text) {
    var element = document.createElement(name);
    if (className) { element.className = className; }
    if (text) { element.textContent = text; }
    return element;
  }

  function button(text, act, className) {
    var made = make('button', className, text);
    made.type = 'button';
    made.addEventListener('click', act);
    return made;
  }

  function last(nodes) { return nodes[nodes.length - 1]; }

  // A part of the page that can be taken out: a cell's outputs, or the text up to the next heading.
  function part(element) {
    var outputs = element.querySelector('.outputs');
    var note = outputs ? make('p', 'covered', 'Covered until you have answered.') : document.createComment('covered');
    var inside = document.createDocumentFragment();
    return {
      element: element,
      outputs: outputs,
      home: function () { return !outputs && note.parentNode ? inside : element; },
      hide: function () {
        if (note.parentNode) { return; }
        if (outputs) {
          outputs.replaceWith(note);
        } else {
          while (element.firstChild && !/^H[2-6]$/.test(element.firstChild.nodeName)) { inside.appendChild(element.firstChild); }
          element.insertBefore(note, element.firstChild);
        }
      },
      show: function () {
        if (!note.parentNode) { return; }
        note.replaceWith(outputs || inside);
        if (window.bookPage) { window.bookPage.refresh(element); }
      }
    };
  }

  function prediction(text) {
    var answers = JSON.parse(text.dataset.answers);
    var list = last(text.querySelectorAll('.answers'));
    var question = last(text.querySelectorAll('.lead-prediction'));
    var parts = text.dataset.covers.split(' ').map(function (id) { return document.getElementById(id); }).filter(Boolean).map(part);
    var key = body.dataset.page + ' ' + question.textContent.replace(/\s+/g, ' ').trim();
    var form = make('fieldset', 'predict');
    var verdict = make('div', 'verdict');
    var chosen = -1;
    question.id = question.id || text.id + '-question';
    form.setAttribute('aria-describedby', question.id);
    verdict.setAttribute('role', 'status');
    verdict.tabIndex = -1;

    var choices = Array.prototype.map.call(list.children, function (item, index) {
      var choice = button('', function () { choose(index); });
      Array.prototype.forEach.call(item.childNodes, function (node) { choice.appendChild(node.cloneNode(true)); });
      return choice;
    });
    var sureness = levels.map(function (level) { return button(level, function () { answer({ answer: answers[chosen], sure: level }); }); });
    function row(label, buttons) {
      var group = make('div', 'choices');
      group.setAttribute('role', 'group');
      group.setAttribute('aria-label', label);
      group.append.apply(group, buttons);
      return group;
    }
    var how = row('How sure are you? A click shows the output.', sureness);
    how.prepend(make('span', '', 'How sure?'));
    form.append(make('legend', '', 'Your prediction'), row('Answers', choices), how, button('Just show', function () { answer({ shown: true }); }, 'just-show'));
    list.after(form, verdict);
    list.hidden = true;

    function choose(index) {
      chosen = index;
      choices.forEach(function (choice, at) { choice.setAttribute('aria-pressed', String(at === index)); });
      sureness.forEach(function (level) { level.disabled = index < 0; });
    }

    function answer(given) {
      kept[key] = given;
      open();
      save();
      verdict.focus();
    }

    function open() {
      form.hidden = true;
      parts.forEach(function (one) { one.show(); });
      judge();
    }

    function cover() {
      choose(-1);
      form.hidden = false;
      verdict.textContent = '';
      parts.forEach(function (one) { one.hide(); });
    }

    function measured() {
      var found = null, ran = false;
      parts.forEach(function (one) {
        if (!one.outputs) { return; }
        ran = ran || one.outputs.childElementCount > 0;
        one.outputs.querySelectorAll('.stream').forEach(function (stream) {
          var line = /^Measured answer: (.*)$/m.exec(stream.textContent);
          found = line ? line[1].trim() : found;
        });
      });
      return { ran: ran, answer: found };
    }

    // What the measurement gave, or a question where the machine cannot know.
    function judge() {
      var given = kept[key], result = measured();
      verdict.textContent = '';
      if (!given) { return; }
      var line = verdict.appendChild(make('p'));
      if (given.answer !== undefined) {
        line.append('You said ', make('strong', '', given.answer), ' (' + given.sure + '). ');
      }
      if (!result.ran) {
        line.append('The cell has not run yet.');
      } else if (result.answer !== null) {
        line.append('The measurement gave ', make('strong', '', result.answer), given.answer === undefined ? '.' : given.answer === result.answer ? ': right.' : ': not what you said.');
        mark(given, given.answer === result.answer);
      } else if (given.answer !== undefined) {
        if (given.right === undefined) {
          line.append('What do the output and the text below say? ');
          verdict.append(row('Was your answer right?', [button('I was right', function () { say(true); }), button('I was wrong', function () { say(false); })]));
        } else {
          line.append(given.right ? 'Right, you say.' : 'Wrong, you say.');
        }
      } else {
        line.append('Shown without an answer.');
      }
      verdict.append(button('Cover again', function () {
        delete kept[key];
        cover();
        save();
        choices[0].focus();
      }, 'quiet'));

      function say(right) {
        mark(given, right);
        judge();
        verdict.focus();
      }
    }

    // The first measurement judges a prediction. What an edited cell gives later was not predicted.
    function mark(given, right) {
      if (given.answer !== undefined && given.right === undefined) {
        given.right = right;
        save();
      }
    }

    return { text: text, key: key, parts: parts, open: open, cover: cover, judge: judge, measured: measured };
  }

  // How often each degree of confidence was right, as a table that is its own chart.
  function calibrate() {
    var old = document.querySelector('.calibration');
    var rows = levels.map(function (level) {
      var marked = Object.keys(kept).map(function (key) { return kept[key]; }).filter(function (one) { return one.sure === level && one.right !== undefined; });
      return { level: level, of: marked.length, right: marked.filter(function (one) { return one.right; }).length };
    }).filter(function (row) { return row.of > 0; });
    if (old) { old.remove(); }
    if (!rows.length) { return; }

    var section = make('section', 'calibration');
    var title = section.appendChild(make('h2', '', 'How often were you right?'));
    title.id = 'calibration';
    section.setAttribute('aria-labelledby', title.id);
    var table = section.appendChild(make('table'));
    table.appendChild(make('caption', '', live ? 'Your predictions in all chapters. Kept in this browser alone.' : 'Your predictions on this page. Forgotten when you leave it.'));
    var head = table.appendChild(make('thead')).appendChild(make('tr'));
    ['You said', 'Right', 'Share'].forEach(function (name) {
      head.appendChild(make('th', '', name)).scope = 'col';
    });
    var lines = table.appendChild(make('tbody'));
    rows.forEach(function (row) {
      var line = lines.appendChild(make('tr'));
      var share = Math.round(100 * row.right / row.of);
      line.appendChild(make('th', '', row.level)).scope = 'row';
      line.appendChild(make('td', '', row.right + ' of ' + row.of));
      var bar = line.appendChild(make('td')).appendChild(make('span', 'share', share + ' %'));
      bar.style.setProperty('--share', share + '%');
    });
    if (live) {
      section.appendChild(button('Forget all', function () {
        kept = {};
        predictions.forEach(function (one) { one.cover(); });
        save();
      }, 'quiet'));
    }
    document.querySelector('article').appendChild(section);
  }

  predictions = Array.prototype.map.call(document.querySelectorAll('[data-answers]'), prediction);
  // All forms stand before anything is covered: the text that tells what was seen may end with the next prediction.
  predictions.forEach(function (one) { if (kept[one.key]) { one.open(); } else { one.cover(); } });
  window.bookPredictions = {
    outputs: function (cell) {
      var found = null;
      predictions.forEach(function (one) {
        one.parts.forEach(function (part) { found = part.element === cell && part.outputs ? part.outputs : found; });
      });
      return found || cell.querySelector('.outputs');
    },
    saw: function (text) {
      var found = null;
      predictions.forEach(function (one) {
        one.parts.forEach(function (part) { found = part.element === text ? part.home() : found; });
      });
      return found || text;
    },
    measured: function (text) {
      var one = predictions.find(function (each) { return each.text === text && kept[each.key]; });
      return one ? one.measured().answer : null;
    },
    refresh: function () { predictions.forEach(function (one) { one.judge(); }); },
    uncover: function (yes) {
      predictions.forEach(function (one) {
        one.parts.forEach(function (part) { if (yes) { part.show(); } else if (!kept[one.key]) { part.hide(); } });
      });
    }
  };
  addEventListener('beforeprint', function () { window.bookPredictions.uncover(true); });
  addEventListener('afterprint', function () { window.bookPredictions.uncover(false); });
  calibrate();
  document.documentElement.classList.add('ready');
})();
