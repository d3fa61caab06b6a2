// Search in the whole course, without a server: the index is a script, so that it also loads from disk.
(function () {
  'use strict';
  var dialog = document.querySelector('dialog.search');
  var box = dialog.querySelector('input');
  var list = dialog.querySelector('.results');
  var status = dialog.querySelector('.search-status');
  var index = null;
  var loading = null;
  function openSearch() {
    if (!dialog.open) {
      dialog.showModal();
    }
    box.select();
    load();
  }
  // A script that did not load is asked for again when the reader types, or opens the search again.
  function load() {
    if (index || loading) {
      return;
    }
    loading = document.createElement('script');
    loading.src = document.body.dataset.root + 'assets/search-index.js';
    loading.onload = function () {
      if (!window.bookIndex) {
        fail();
        return;
      }
      loading = null;
      index = window.bookIndex.map(function (entry) {
        return { entry: entry, heading: fold(entry.h + ' ' + entry.c), text: fold(entry.t) };
      });
      search();
    };
    loading.onerror = fail;
    document.head.appendChild(loading);
  }
  function fail() {
    loading.remove();
    loading = null;
    status.textContent = 'The search index did not load. Type on to try again.';
  }
  function fold(text) {
    return text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
  }
  function search() {
    var words = fold(box.value).split(/\s+/).filter(Boolean);
    list.textContent = '';
    status.textContent = '';
    load();
    if (!words.length || !index) {
      return;
    }
    var found = index.map(function (item) {
      var score = 0;
      for (var i = 0; i < words.length; i++) {
        var inHeading = item.heading.indexOf(words[i]) >= 0;
        var inText = item.text.indexOf(words[i]) >= 0;
        if (!inHeading && !inText) {
          return null;
        }
        score += (inHeading ? 10 : 0) + (inText ? Math.min(5, item.text.split(words[i]).length - 1) : 0);
      }
      return { item: item, score: score };
    }).filter(Boolean).sort(function (a, b) { return b.score - a.score; });
    found.slice(0, 20).forEach(function (hit) {
      var entry = hit.item.entry;
      var row = document.createElement('li');
      var link = document.createElement('a');
      link.href = document.body.dataset.root + entry.a;
      var heading = document.createElement('span');
      heading.className = 'result-heading';
      heading.textContent = entry.h || entry.c;
      var where = document.createElement('span');
      where.className = 'result-chapter';
      where.textContent = entry.h ? entry.c : '';
      var text = document.createElement('span');
      text.className = 'result-text';
      snippet(text, entry.t, words[0]);
      link.append(heading, where, text);
      link.addEventListener('click', function () { dialog.close(); });
      row.appendChild(link);
      list.appendChild(row);
    });
    status.textContent = found.length === 0 ? 'Nothing found.' : found.length === 1 ? '1 section' : found.length + ' sections';
  }
  function snippet(target, text, word) {
    var at = fold(text).indexOf(word);
    if (fold(text).length !== text.length || at < 0) {
      target.textContent = text.slice(0, 140);
      return;
    }
    var from = Math.max(0, at - 50);
    var mark = document.createElement('mark');
    mark.textContent = text.slice(at, at + word.length);
    target.append((from > 0 ? '…' : '') + text.slice(from, at), mark, text.slice(at + word.length, at + 100) + '…');
  }
  document.querySelector('.search-button').addEventListener('click', openSearch);
  box.addEventListener('input', search);
  dialog.addEventListener('click', function (event) {
    if (event.target === dialog) {
      dialog.close();
    }
  });
  dialog.addEventListener('keydown', function (event) {
    var results = Array.prototype.slice.call(list.querySelectorAll('a'));
    var at = results.indexOf(document.activeElement);
    if (event.key === 'ArrowDown' && results.length) {
      event.preventDefault();
      results[Math.min(at + 1, results.length - 1)].focus();
    } else if (event.key === 'ArrowUp' && at >= 0) {
      event.preventDefault();
      (at === 0 ? box : results[at - 1]).focus();
    } else if (event.key === 'Enter' && document.activeElement === box && results.length) {
      event.preventDefault();
      results[0].click();
    }
  });
  document.addEventListener('keydown', function (event) {
    var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName) || document.activeElement.isContentEditable;
    if ((event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) || (event.key === 'k' && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      openSearch();
    }
  });
})();
