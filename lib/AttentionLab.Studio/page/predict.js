// Predict, then see: the answers of a prediction become buttons; the output and what it shows are taken out of the page until the reader
// has answered, or asked to see. Then the page says which answer the measurement gave, and counts how often "sure" was right.
// A live page keeps the answers in this browser, its presenter only in the tab: what the leader answered alone must not uncover
// anything before the room; the book keeps nothing. On paper and without scripts everything is there. A failure is no outcome: it is never covered.
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
  var present = new URLSearchParams(location.search).has('present');
  var answers = window.bookKept('predictions', !live ? '' : present ? 'sessionStorage' : 'localStorage');
  var predictions = [];

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

  function prediction(text) {
    var list = last(text.querySelectorAll('.answers'));
    var question = last(text.querySelectorAll('.lead-prediction'));
    var parts = text.dataset.covers.split(' ').map(function (id) { return document.getElementById(id); }).filter(Boolean).map(window.bookCover);
    var key = body.dataset.page + ' ' + question.textContent.replace(/\s+/g, ' ').trim();
    var form = make('fieldset', 'predict');
    var verdict = make('div', 'verdict');
    var words = JSON.parse(text.dataset.answers);
    var chosen = -1;
    var judged = '';
    question.id = question.id || text.id + '-question';
    form.setAttribute('aria-describedby', question.id);
    verdict.setAttribute('role', 'status');
    verdict.tabIndex = -1;

    var choices = Array.prototype.map.call(list.children, function (item, index) {
      var choice = button('', function () { choose(index); });
      Array.prototype.forEach.call(item.childNodes, function (node) { choice.appendChild(node.cloneNode(true)); });
      return choice;
    });
    var sureness = levels.map(function (level) { return button(level, function () { answer({ answer: words[chosen], sure: level }); }); });
    function row(label, buttons) {
      var group = make('div', 'choices');
      group.setAttribute('role', 'group');
      group.setAttribute('aria-label', label);
      group.append.apply(group, buttons);
      return group;
    }
    var how = row('How sure are you? A click shows the output.', sureness);
    how.prepend(make('span', '', 'How sure?'));
    var show = button('Just show', function () { answer({ shown: true }); }, 'just-show');
    form.append(make('legend', '', 'Your prediction'), row('Answers', choices), how, show);
    list.after(form, verdict);
    list.hidden = true;
    choose(-1);

    function choose(index) {
      chosen = index;
      choices.forEach(function (choice, at) { choice.setAttribute('aria-pressed', String(at === index)); });
      sureness.forEach(function (level) { level.disabled = index < 0; });
    }

    function given() { return answers.all()[key]; }

    function keep(one) { answers.change(function (all) { all[key] = one; }); }

    function answer(one) {
      keep(one);
      verdict.focus();
    }

    // The page as the answers are now, from here or from another page.
    function follow() {
      if (given()) {
        form.hidden = true;
        parts.forEach(function (one) { one.show(); });
        judge();
      } else if (!form.hidden) {
        parts.forEach(function (one) { one.hide(); });
      } else {
        cover();
      }
    }

    function cover() {
      choose(-1);
      form.hidden = false;
      verdict.textContent = judged = '';
      parts.forEach(function (one) { one.hide(); });
    }

    // What the cells gave: nothing yet, a failure, or outputs, perhaps with the measured answer.
    function measured() {
      var result = { state: 'waiting', answer: null };
      parts.forEach(function (one) {
        if (!one.outputs) { return; }
        var failures = one.failures();
        if (failures.some(function (each) { return each.classList.contains('failure'); })) {
          result.state = 'failed';
        } else if (one.outputs.childElementCount > failures.length && result.state === 'waiting') {
          result.state = 'ran';
        }
        // The line that Outcome.Of prints (lib/AttentionLab.Course/Exercises/Outcome.cs): one of the words of data-answers behind its label.
        one.outputs.querySelectorAll('.stream').forEach(function (stream) {
          var line = /^Measured answer: (.*)$/m.exec(stream.textContent);
          result.answer = line ? line[1].trim() : result.answer;
        });
      });
      return result.state === 'ran' ? result : { state: result.state, answer: null };
    }

    // What the measurement gave, or a question where the machine cannot know.
    function judge() {
      var result = measured();
      parts.forEach(function (one) { one.tell(); });
      // The first measurement judges a prediction. What an edited cell gives later was not predicted.
      if (given() && given().right === undefined && given().answer !== undefined && result.answer !== null) {
        mark(given().answer === result.answer);
      }
      // Said once: what stands there may just be read aloud, or have the focus.
      var now = given() ? JSON.stringify([given(), result]) : '';
      if (now === '' || now === judged) { return; }
      judged = now;
      var hadFocus = verdict.contains(document.activeElement);
      verdict.replaceChildren(sentence(given(), result));
      if (result.state === 'ran' && result.answer === null && given().answer !== undefined && given().right === undefined) {
        verdict.append(row('Was your answer right?', [
          button('I was right', function () { say(true); }),
          button('I was wrong', function () { say(false); })
        ]));
      }
      verdict.append(button('Cover again', function () {
        answers.change(function (all) { delete all[key]; });
        choices[0].focus();
      }, 'quiet'));
      if (hadFocus) { verdict.focus(); }
    }

    function mark(right) { keep(Object.assign({}, given(), { right: right })); }

    function say(right) {
      mark(right);
      verdict.focus();
    }

    return { text: text, parts: parts, given: given, follow: follow, judge: judge, measured: measured };
  }

  function sentence(given, result) {
    var line = make('p');
    var has = given.answer !== undefined;
    if (has) {
      line.append('You said ', make('strong', '', given.answer), ' (' + given.sure + '). ');
    }
    if (result.state === 'waiting') {
      line.append('The cell has not run yet.');
    } else if (result.state === 'failed') {
      line.append('The cell failed: nothing was measured.');
    } else if (result.answer !== null) {
      var verdict = !has ? '.' : given.answer === result.answer ? ': right.' : ': not what you said.';
      line.append('The measurement gave ', make('strong', '', result.answer), verdict);
    } else if (!has) {
      line.append('Shown without an answer.');
    } else {
      line.append(given.right === undefined ? 'What do the output and the text below say? ' : given.right ? 'Right, you say.' : 'Wrong, you say.');
    }
    return line;
  }

  predictions = Array.prototype.map.call(document.querySelectorAll('[data-answers]'), prediction);
  // All forms stand before anything is covered: the text that tells what was seen may end with the next prediction.
  predictions.forEach(function (one) { one.follow(); });
  answers.listen(function () { predictions.forEach(function (one) { one.follow(); }); });
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
      var one = predictions.find(function (each) { return each.text === text && each.given(); });
      return one ? one.measured().answer : null;
    },
    refresh: function () { predictions.forEach(function (one) { one.judge(); }); },
    uncover: function (yes) {
      predictions.forEach(function (one) {
        one.parts.forEach(function (part) { if (yes) { part.show(); } else if (!one.given()) { part.hide(); } });
      });
    }
  };
  addEventListener('beforeprint', function () { window.bookPredictions.uncover(true); });
  addEventListener('afterprint', function () { window.bookPredictions.uncover(false); });
  window.bookCalibration(levels, answers, live);
  document.documentElement.classList.add('ready');
})();
