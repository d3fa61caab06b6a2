// Draws the page's charts from the JSON beside them: plotly.js is loaded once, when the first chart comes near, and all
// charts are drawn before the page is printed. Charts follow the theme; titles, sliders and drop-down lists are taken out of the
// drawing by draw.js, as in every other host.
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

  // The theme of all figures (draw.js) in the page's colour and letters; on paper always the light one.
  function themed(figure) {
    var letters = { family: getComputedStyle(document.body).getPropertyValue('--sans'), size: 13 };
    var colour = printing ? 'rgb(36, 39, 44)' : getComputedStyle(figure).color;
    return window.attentionFigure.themed(colour, window.attentionFigure.merge({ layout: { font: letters } }, figure.base));
  }

  function fail(figure, error) {
    var note = document.createElement('p');
    note.className = 'chart-error';
    note.textContent = 'This chart could not be drawn: ' + error.message;
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
    var plot = figure.querySelector('.plot');
    var layout = json.layout || {};
    var frames = json.frames || [];
    var line = figure.querySelector('.chart-title');
    var taken = window.attentionFigure.take(layout, frames, !!line);
    if (taken.title !== null) {
      window.attentionFigure.setTitle(line, taken.title);
    }
    layout.autosize = true;
    delete layout.width;
    if (layout.font) {
      delete layout.font.family;
    }
    figure.base = layout.template || {};
    layout.template = themed(figure);
    if (layout.meta && layout.meta.maxWidth) {
      plot.style.maxWidth = layout.meta.maxWidth + 'px';
    }
    plot.style.minHeight = layout.height + 'px';
    var config = Object.assign({}, json.config, { responsive: true, displayModeBar: false, displaylogo: false });
    return Promise.resolve(window.Plotly.newPlot(plot, json.data, layout, config)).then(function () {
      return frames.length ? window.Plotly.addFrames(plot, frames) : null;
    }).then(function () {
      var parts = { plot: plot, title: line, caption: figure.querySelector('figcaption') };
      taken.controls.forEach(function (control) { plot.before(window.attentionFigure.control(window.Plotly, parts, control, layout.meta || {})); });
      figure.dataset.state = 'drawn';
      drawn.push(figure);
    });
  }

  function retheme() {
    drawn.forEach(function (figure) {
      var plot = figure.querySelector('.plot');
      if (plot && plot.layout) {
        window.Plotly.relayout(plot, { template: themed(figure) });
      }
    });
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
