// When the page's charts are drawn from the JSON beside them: plotly.js is loaded once, when the first chart comes near, and all
// charts are drawn before the page is printed. draw.js draws them, as in every other host, and again where the theme changes.
(function () {
  'use strict';
  var waiting = [];
  var drawn = [];
  var library = null;

  function plotly() {
    if (!library) {
      library = window.Plotly ? Promise.resolve() : new Promise(function (resolve, reject) {
        var script = document.createElement('script');
        script.src = document.body.dataset.plotly;
        script.onload = resolve;
        script.onerror = function () {
          // A chart that comes later tries again.
          library = null;
          script.remove();
          reject(new Error('plotly.js did not load from ' + script.src));
        };
        document.head.appendChild(script);
      });
    }
    return library;
  }

  var printing = false;

  // On paper always the light theme.
  function look(figure) {
    return {
      colour: printing ? 'rgb(36, 39, 44)' : getComputedStyle(figure).color,
      letters: { family: getComputedStyle(document.body).getPropertyValue('--sans'), size: 13 }
    };
  }

  function fail(figure, error) {
    var note = document.createElement('p');
    note.className = 'chart-error';
    note.textContent = 'This chart could not be drawn: ' + error.message;
    figure.querySelectorAll('.chart-control').forEach(function (control) { control.remove(); });
    figure.querySelector('.plot').replaceWith(note);
    figure.dataset.state = 'failed';
  }

  function draw(figure) {
    if (figure.dataset.state) {
      return Promise.resolve();
    }
    figure.dataset.state = 'drawing';
    return plotly().then(function () {
      return drawNow(figure);
    }).catch(function (error) {
      fail(figure, error);
    });
  }

  function drawNow(figure) {
    var json = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    var parts = { plot: figure.querySelector('.plot'), title: figure.querySelector('.chart-title'), caption: figure.querySelector('figcaption') };
    return window.attentionFigure.fill(window.Plotly, parts, json, function () { return look(figure); }).then(function (again) {
      figure.dataset.state = 'drawn';
      drawn.push(again);
    });
  }

  function retheme() {
    drawn = drawn.filter(function (again) { return again(); });
  }

  var observer = 'IntersectionObserver' in window ? new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (entry.isIntersecting) {
        observer.unobserve(entry.target);
        draw(entry.target);
      }
    });
  }, { rootMargin: '600px 0px' }) : null;

  function find(root) {
    root.querySelectorAll('figure.chart:not([data-state])').forEach(function (figure) {
      waiting.push(figure);
      if (observer) {
        observer.observe(figure);
      } else {
        draw(figure);
      }
    });
  }

  window.bookCharts = { find: find, retheme: retheme };

  document.addEventListener('DOMContentLoaded', function () { find(document); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', retheme);
  addEventListener('load', function () {
    if (waiting.length) {
      plotly().catch(function () { /* said where the chart is */ });
    }
  });
  addEventListener('beforeprint', function () {
    printing = true;
    if (window.Plotly) {
      waiting.forEach(function (figure) {
        if (!figure.dataset.state) {
          figure.dataset.state = 'drawing';
          drawNow(figure).catch(function (error) { fail(figure, error); });
        }
      });
    }
    retheme();
  });
  addEventListener('afterprint', function () {
    printing = false;
    retheme();
  });
})();
