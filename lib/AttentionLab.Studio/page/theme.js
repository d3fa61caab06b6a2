// Runs before the page is painted: the theme that the reader chose, and marks that scripts work and are done.
(function () {
  'use strict';
  var root = document.documentElement;
  root.classList.add('js');
  // Until the scripts have covered what a reader is to predict, no output is seen; if one of them does not come, all is.
  addEventListener('load', function () { root.classList.add('ready'); });
  try {
    var theme = localStorage.getItem('theme');
    if (theme === 'light' || theme === 'dark') {
      root.dataset.theme = theme;
    }
  } catch (error) {
    // No storage (some browsers, from disk): the system's theme.
  }
})();
