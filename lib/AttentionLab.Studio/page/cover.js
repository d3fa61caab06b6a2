// A part of the page that can be taken out of it: a cell's outputs, or a text's words up to its next heading. While the outputs are covered their place
// still says why the cell failed, or that it did not run: that is no outcome.
//   bookCover(element)  of a cell or a text:
//     .outputs          a cell's outputs, wherever they are; null for a text
//     .home()           what holds a text's words, wherever they are
//     .failures()       what says why there is no outcome
//     .hide() .show()   takes it out, puts it back
//     .tell()           says on the cover what failed meanwhile
window.bookCover = function (element) {
  'use strict';
  var outputs = element.querySelector('.outputs');
  var note = outputs ? document.createElement('div') : document.createComment('covered');
  var inside = document.createDocumentFragment();
  var told = null;
  if (outputs) { note.className = 'covered'; }

  function failures() { return outputs ? Array.prototype.slice.call(outputs.querySelectorAll(':scope > .failure, :scope > .not-run')) : []; }

  function tell() {
    var found = failures();
    var html = found.map(function (one) { return one.outerHTML; }).join('');
    if (!outputs || !note.parentNode || html === told) { return; }
    told = html;
    var line = document.createElement('p');
    line.textContent = 'Covered until you have answered.';
    note.replaceChildren(line);
    found.forEach(function (one) { note.appendChild(one.cloneNode(true)); });
  }

  return {
    element: element,
    outputs: outputs,
    failures: failures,
    tell: tell,
    home: function () { return !outputs && note.parentNode ? inside : element; },
    hide: function () {
      if (note.parentNode) { return; }
      if (outputs) {
        outputs.replaceWith(note);
        tell();
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
};
