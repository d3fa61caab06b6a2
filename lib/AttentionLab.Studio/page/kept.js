// Entries that all pages of this browser share. They are read again before each change, and told to the other pages after it: of two pages that are
// open, neither takes away what was entered in the other.
//   bookKept(name, storage)  storage: localStorage, sessionStorage (this tab alone), or '' (forgotten when the page is left)
//     .all()                 the entries now, by name
//     .change(act)           act(entries) adds, replaces or deletes
//     .listen(told)          told after every change, in this page or in another
window.bookKept = function (name, storage) {
  'use strict';
  var entries = read() || {};
  var listeners = [];

  // Null where nothing is stored: what this page knows is all there is.
  function read() {
    try {
      return storage && JSON.parse(window[storage].getItem(name) || '{}');
    } catch (error) {
      return null;
    }
  }

  function write() {
    try {
      if (storage) { window[storage].setItem(name, JSON.stringify(entries)); }
    } catch (error) {
      // No room, or not allowed: kept until the page is left.
      storage = '';
    }
  }

  function tell() { listeners.forEach(function (told) { told(); }); }

  addEventListener('storage', function (event) {
    if (storage && event.storageArea === window[storage] && (event.key === name || event.key === null)) {
      entries = read() || {};
      tell();
    }
  });
  return {
    all: function () { return entries; },
    change: function (act) {
      entries = read() || entries;
      act(entries);
      write();
      tell();
    },
    listen: function (told) { listeners.push(told); }
  };
};
