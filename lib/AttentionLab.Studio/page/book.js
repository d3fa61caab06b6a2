// The page's furniture: chapter menu, theme, copy buttons, reading progress.
(function () {
  'use strict';
  var root = document.documentElement;
  var body = document.body;

  function store(key, value) {
    try {
      if (value === undefined) {
        return localStorage.getItem(key);
      }
      localStorage.setItem(key, value);
    } catch (error) {
      // No storage: nothing is remembered.
    }
    return null;
  }

  // The element that an address names behind its "#"; null for none, also where the name is no valid encoding.
  function named(hash) {
    try {
      return document.getElementById(decodeURIComponent(hash.slice(1)));
    } catch (error) {
      return null;
    }
  }

  // Menu of chapters on a narrow screen.
  var menu = document.getElementById('menu');
  var menuButton = document.querySelector('.menu-button');
  function openMenu(open) {
    root.classList.toggle('menu-open', open);
    menuButton.setAttribute('aria-expanded', String(open));
  }
  menuButton.addEventListener('click', function () {
    openMenu(!root.classList.contains('menu-open'));
    if (root.classList.contains('menu-open')) {
      var link = menu.querySelector('a');
      if (link) {
        link.focus();
      }
    }
  });
  document.addEventListener('keydown', function (event) {
    if (event.key === 'Escape' && root.classList.contains('menu-open')) {
      openMenu(false);
      menuButton.focus();
    }
  });

  // Theme: auto, light, dark.
  var themeButton = document.querySelector('.theme-button');
  var themes = ['auto', 'light', 'dark'];
  function theme() {
    return root.dataset.theme || 'auto';
  }
  function showTheme() {
    themeButton.querySelector('.theme-name').textContent = theme();
  }
  themeButton.addEventListener('click', function () {
    var next = themes[(themes.indexOf(theme()) + 1) % themes.length];
    if (next === 'auto') {
      delete root.dataset.theme;
    } else {
      root.dataset.theme = next;
    }
    store('theme', next);
    showTheme();
    window.bookCharts.retheme();
  });

  // Copy buttons on code.
  function addCopyButtons(scope) {
    scope.querySelectorAll('pre.code').forEach(function (pre) {
      if (pre.parentNode.classList.contains('code-frame')) {
        return;
      }
      var frame = document.createElement('div');
      frame.className = 'code-frame';
      pre.replaceWith(frame);
      frame.appendChild(pre);
      var button = document.createElement('button');
      button.type = 'button';
      button.className = 'copy';
      button.textContent = 'Copy';
      button.addEventListener('click', function () {
        copy(pre.textContent).then(function () { say('Copied'); }, function () { say('Press Ctrl+C'); });
      });
      function say(text) {
        button.textContent = text;
        setTimeout(function () { button.textContent = 'Copy'; }, 1600);
      }
      frame.appendChild(button);
    });
  }
  function copy(text) {
    if (navigator.clipboard && window.isSecureContext) {
      return navigator.clipboard.writeText(text);
    }
    return new Promise(function (resolve, reject) {
      var area = document.createElement('textarea');
      area.value = text;
      area.className = 'offscreen';
      body.appendChild(area);
      area.select();
      var done = document.execCommand('copy');
      area.remove();
      (done ? resolve : reject)();
    });
  }

  // How far this chapter has been read.
  var bar = document.querySelector('.progress');
  var page = body.dataset.page;
  var far = Number(store('read ' + page)) || 0;
  var pending = false;
  function progress() {
    pending = false;
    var most = root.scrollHeight - innerHeight;
    var part = most > 0 ? Math.min(1, scrollY / most) : 1;
    bar.style.transform = 'scaleX(' + part + ')';
    spy();
    if (part > far + 0.01 || (part > 0.98 && far < 1)) {
      far = part > 0.98 ? 1 : part;
      store('read ' + page, String(far));
      marks();
    }
  }
  addEventListener('scroll', function () {
    if (!pending) {
      pending = true;
      requestAnimationFrame(progress);
    }
  }, { passive: true });
  function marks() {
    document.querySelectorAll('[data-chapter]').forEach(function (item) {
      var part = Number(store('read ' + item.dataset.chapter)) || 0;
      item.style.setProperty('--read', Math.round(part * 100) + '%');
      item.classList.toggle('read', part >= 1);
      item.classList.toggle('begun', part > 0.03);
    });
  }

  // The section being read, in the table of contents: the last one whose heading is above a quarter of the window.
  var sections = Array.prototype.slice.call(document.querySelectorAll('.contents .toc a')).map(function (link) {
    return { link: link, heading: named(link.hash) };
  }).filter(function (section) { return section.heading; });
  function spy() {
    var current = null;
    sections.forEach(function (section) {
      if (section.heading.getBoundingClientRect().top < innerHeight / 4) {
        current = section;
      }
    });
    sections.forEach(function (section) {
      if (section === current) {
        section.link.setAttribute('aria-current', 'true');
      } else {
        section.link.removeAttribute('aria-current');
      }
    });
  }

  // Folds that hold the address one came for, and folds on paper, are open (hints and answers are to be printed too).
  function unfold() {
    for (var at = named(location.hash); at; at = at.parentElement) {
      if (at.tagName === 'DETAILS') {
        at.open = true;
      }
    }
  }
  addEventListener('hashchange', unfold);
  addEventListener('beforeprint', function () {
    document.querySelectorAll('details:not([open])').forEach(function (fold) {
      fold.open = true;
      fold.classList.add('for-print');
    });
  });
  addEventListener('afterprint', function () {
    document.querySelectorAll('.for-print').forEach(function (fold) {
      fold.open = false;
      fold.classList.remove('for-print');
    });
  });

  window.bookPage = { refresh: function (scope) { addCopyButtons(scope); window.bookCharts.find(scope); window.bookPredictions.refresh(); } };
  addCopyButtons(document);
  showTheme();
  marks();
  progress();
  unfold();
  addEventListener('load', progress);
})();
