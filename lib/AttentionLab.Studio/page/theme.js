// Runs before the page is painted: the theme that the reader chose, and a mark that scripts work.
(function () {
  'use strict';
  var root = document.documentElement;
  root.classList.add('js');
  try {
    var theme = localStorage.getItem('theme');
    if (theme === 'light' || theme === 'dark') {
      root.dataset.theme = theme;
    }
  } catch (error) {
    // No storage (some browsers, from disk): the system's theme.
  }
})();
