// Draws the page's charts from the JSON beside them: plotly.js is loaded once, when the first chart comes near, and all
// charts are drawn before the page is printed. Charts follow the theme; sliders and drop-down lists become the page's own
// controls, so that they work by keyboard and on a narrow screen.
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
        script.onerror = function () { reject(new Error('plotly.js did not load from ' + script.src)); };
        document.head.appendChild(script);
      });
    }
    return library;
  }

  function isDark() {
    var chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  }

  function colours() {
    return isDark() && !printing
      ? { text: '#d9dde3', grid: '#343a42', line: '#5b636e', hover: '#23272d' }
      : { text: '#2b2f36', grid: '#e6e4de', line: '#a9a69d', hover: '#ffffff' };
  }

  var printing = false;

  // What a theme changes; a figure's own settings win.
  function themed(layout) {
    var c = colours();
    var axis = { gridcolor: c.grid, linecolor: c.line, zerolinecolor: c.line, tickcolor: c.line, automargin: true };
    var template = {
      paper_bgcolor: 'rgba(0,0,0,0)',
      plot_bgcolor: 'rgba(0,0,0,0)',
      font: { color: c.text, family: getComputedStyle(document.body).getPropertyValue('--sans'), size: 13 },
      hoverlabel: { bgcolor: c.hover, bordercolor: c.line, font: { color: c.text } },
      xaxis: axis,
      yaxis: axis,
      legend: { bgcolor: 'rgba(0,0,0,0)' },
      colorscale: {},
      annotationdefaults: { font: { color: c.text } }
    };
    var base = layout.template || {};
    var merged = Object.assign({}, base, { layout: merge(base.layout || {}, template) });
    return merged;
  }

  function merge(a, b) {
    var result = Object.assign({}, a);
    Object.keys(b).forEach(function (key) {
      result[key] = a[key] && typeof a[key] === 'object' && typeof b[key] === 'object' && !Array.isArray(b[key]) ? merge(a[key], b[key]) : b[key];
    });
    return result;
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
    var controls = takeControls(layout);
    layout.template = themed(layout);
    figure.base = layout.template;
    var height = layout.height || 420;
    layout.height = height;
    layout.autosize = true;
    delete layout.width;
    var config = Object.assign({}, json.config, { responsive: true, displayModeBar: false, displaylogo: false });
    plot.style.minHeight = height + 'px';
    return Promise.resolve(window.Plotly.newPlot(plot, json.data, layout, config)).then(function () {
      return json.frames && json.frames.length ? window.Plotly.addFrames(plot, json.frames) : null;
    }).then(function () {
      addControls(figure, plot, controls);
      figure.dataset.state = 'drawn';
      drawn.push(figure);
    });
  }

  // Sliders and drop-down lists whose steps call one of plotly's functions.
  var methods = { restyle: 1, relayout: 1, update: 1, animate: 1, skip: 1 };

  function takeControls(layout) {
    var taken = [];
    var usable = function (steps) {
      return steps && steps.length > 1 && steps.every(function (step) { return methods[step.method || 'restyle'] && step.visible !== false; });
    };
    layout.sliders = (layout.sliders || []).filter(function (slider) {
      if (usable(slider.steps)) {
        taken.push({ kind: 'slider', label: (slider.currentvalue && slider.currentvalue.prefix) || slider.name || '', suffix: (slider.currentvalue && slider.currentvalue.suffix) || '', steps: slider.steps, active: slider.active || 0 });
        return false;
      }
      return true;
    });
    layout.updatemenus = (layout.updatemenus || []).filter(function (menu) {
      if ((menu.type || 'dropdown') === 'dropdown' && usable(menu.buttons)) {
        taken.push({ kind: 'list', label: menu.name || '', suffix: '', steps: menu.buttons, active: menu.active || 0 });
        return false;
      }
      return true;
    });
    return taken;
  }

  function apply(plot, step) {
    var args = step.args || [];
    if (step.method === 'animate') {
      var options = merge({ mode: 'immediate', frame: { duration: 0, redraw: true }, transition: { duration: 0 } }, args[1] || {});
      return window.Plotly.animate(plot, args[0], options);
    }
    return step.method === 'skip' ? null : window.Plotly[step.method || 'restyle'].apply(null, [plot].concat(args));
  }

  function plain(text) {
    return String(text).replace(/<[^>]*>/g, '').trim();
  }

  function addControls(figure, plot, controls) {
    controls.forEach(function (control) {
      var row = document.createElement('div');
      row.className = 'chart-control';
      var label = document.createElement('label');
      var name = document.createElement('span');
      name.textContent = plain(control.label).replace(/[:=]\s*$/, '') || (control.kind === 'slider' ? 'Step' : 'Show');
      label.appendChild(name);
      var input;
      if (control.kind === 'slider') {
        input = document.createElement('input');
        input.type = 'range';
        input.min = 0;
        input.max = control.steps.length - 1;
        input.step = 1;
      } else {
        input = document.createElement('select');
        control.steps.forEach(function (step, index) {
          var option = document.createElement('option');
          option.value = index;
          option.textContent = plain(step.label);
          input.appendChild(option);
        });
      }
      input.value = control.active;
      label.appendChild(input);
      row.appendChild(label);
      var output = document.createElement('output');
      if (control.kind === 'slider') {
        row.appendChild(output);
      }
      var say = function () {
        var text = plain(control.steps[input.value].label) + control.suffix;
        output.textContent = text;
        if (control.kind === 'slider') {
          input.setAttribute('aria-valuetext', text);
        }
      };
      input.addEventListener('input', function () {
        say();
        Promise.resolve(apply(plot, control.steps[input.value])).catch(function () { /* a newer step took over */ });
      });
      say();
      plot.before(row);
    });
  }

  function retheme() {
    drawn.forEach(function (figure) {
      var plot = figure.querySelector('.plot');
      if (plot && plot.layout) {
        window.Plotly.relayout(plot, { template: themed({ template: figure.base }) });
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

  function drawAll() {
    return Promise.all(waiting.map(draw));
  }

  window.bookCharts = { find: find, drawAll: drawAll, retheme: retheme, isDark: isDark };

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
