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
    var controls = takeControls(layout, frames);
    var titled = takeTitle(figure, layout, frames);
    var margin = Object.assign({ t: 20, r: 20, b: 50, l: 60 }, layout.margin);
    var height = layout.height || 420;
    if (titled) {
      // The room that the figure kept above the plot for its title and controls.
      height -= Math.max(0, margin.t - 16);
      margin.t = 16;
    }
    layout.margin = margin;
    layout.height = height;
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
    plot.style.minHeight = height + 'px';
    var config = Object.assign({}, json.config, { responsive: true, displayModeBar: false, displaylogo: false });
    return Promise.resolve(window.Plotly.newPlot(plot, json.data, layout, config)).then(function () {
      return frames.length ? window.Plotly.addFrames(plot, frames) : null;
    }).then(function () {
      controls.forEach(function (control) { addControl(figure, plot, control, layout.meta || {}); });
      figure.dataset.state = 'drawn';
      drawn.push(figure);
    });
  }

  // The title stands above the drawing as text of the page.
  function takeTitle(figure, layout, frames) {
    var line = figure.querySelector('.chart-title');
    var title = layout.title && (layout.title.text || layout.title);
    if (!line || typeof title !== 'string') {
      return false;
    }
    setTitle(line, title);
    delete layout.title;
    frames.forEach(function (frame) {
      if (frame.layout) {
        delete frame.layout.title;
      }
    });
    return true;
  }

  // Plotly's few tags become elements; everything else is text.
  function setTitle(line, title) {
    line.textContent = '';
    var at = line;
    title.split(/(<\/?(?:b|i|sub|sup|br|em|strong)\s*\/?>)/i).forEach(function (part) {
      var tag = /^<(\/?)(\w+)\s*\/?>$/.exec(part);
      if (!tag) {
        at.append(plain(part));
      } else if (tag[1]) {
        at = at === line ? line : at.parentNode;
      } else if (tag[2].toLowerCase() === 'br') {
        at.append(' ');
      } else {
        at = at.appendChild(document.createElement(tag[2].toLowerCase()));
      }
    });
  }

  // Text with plotly's tags and entities taken away.
  function plain(text) {
    return String(text).replace(/<\/?(?:b|i|sub|sup|br|em|strong)\s*\/?>/gi, ' ')
      .replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&');
  }

  // Sliders and drop-down lists whose steps call one of plotly's functions.
  var methods = { restyle: 1, relayout: 1, update: 1, animate: 1, skip: 1 };

  function takeControls(layout, frames) {
    var taken = [];
    function usable(steps) {
      return steps && steps.length > 1 && steps.every(function (step) { return methods[step.method || 'restyle'] && step.visible !== false; });
    }
    function take(kind, label, given) {
      var steps = given.steps || given.buttons;
      taken.push({
        kind: kind,
        label: plain(label).replace(/\s*[:=]\s*$/, '').trim(),
        labels: steps.map(function (step) { return plain(step.label).trim(); }),
        titles: steps.map(function (step) { return stepTitle(step, frames); }),
        steps: steps,
        active: given.active || 0
      });
    }
    layout.sliders = (layout.sliders || []).filter(function (slider) {
      if (usable(slider.steps)) {
        take('slider', (slider.currentvalue && slider.currentvalue.prefix) || slider.name || 'Step', slider);
        return false;
      }
      return true;
    });
    layout.updatemenus = (layout.updatemenus || []).filter(function (menu) {
      if ((menu.type || 'dropdown') === 'dropdown' && usable(menu.buttons)) {
        // "scoring: cosine", "scoring: dot": the common part is the list's own label.
        var prefix = /^([^:]+): /.exec(plain(menu.buttons[0].label));
        var common = prefix && menu.buttons.every(function (button) { return plain(button.label).indexOf(prefix[0]) === 0; });
        take('list', menu.name || (common ? prefix[1] : 'Show'), menu);
        if (common) {
          var last = taken[taken.length - 1];
          last.labels = last.labels.map(function (label) { return label.slice(prefix[0].length); });
        }
        return false;
      }
      return true;
    });
    return taken;
  }

  // A step may bring a title of its own: in its arguments, or in the frame that it names.
  function stepTitle(step, frames) {
    var args = step.args || [];
    var change = step.method === 'relayout' ? args[0] : step.method === 'update' ? args[1] : null;
    if (step.method === 'animate') {
      var name = Array.isArray(args[0]) ? args[0][0] : args[0];
      var frame = frames.filter(function (one) { return one.name === name; })[0];
      change = frame && frame.layout;
    }
    var title = change && (change['title.text'] || (change.title && (change.title.text || change.title)));
    return typeof title === 'string' ? title : null;
  }

  function apply(plot, step) {
    var args = step.args || [];
    if (step.method === 'animate') {
      var options = window.attentionFigure.merge({ mode: 'immediate', frame: { duration: 0, redraw: true }, transition: { duration: 0 } }, args[1] || {});
      return window.Plotly.animate(plot, args[0], options);
    }
    return step.method === 'skip' ? null : window.Plotly[step.method || 'restyle'].apply(null, [plot].concat(args));
  }

  function addControl(figure, plot, control, meta) {
    var row = document.createElement('div');
    row.className = 'chart-control';
    var label = document.createElement('label');
    var name = document.createElement('span');
    name.textContent = control.label;
    var input = document.createElement(control.kind === 'slider' ? 'input' : 'select');
    var output = document.createElement('output');
    label.append(name, input);
    row.append(label);
    if (control.kind === 'slider') {
      input.type = 'range';
      input.min = 0;
      input.max = control.steps.length - 1;
      input.step = 1;
      row.append(output);
    } else {
      control.labels.forEach(function (text, index) {
        var option = document.createElement('option');
        option.value = index;
        option.textContent = text;
        input.append(option);
      });
    }
    input.value = control.active;
    function say() {
      output.textContent = control.labels[input.value];
      if (control.kind === 'slider') {
        input.setAttribute('aria-valuetext', control.labels[input.value]);
      }
    }
    input.addEventListener('input', function () {
      var step = input.value;
      say();
      var title = control.titles[step];
      var line = figure.querySelector('.chart-title');
      if (title && line) {
        setTitle(line, title);
      }
      var summary = meta.summaries && meta.summaries[step];
      if (summary) {
        figure.querySelector('figcaption').textContent = summary;
        plot.setAttribute('aria-label', summary);
      }
      Promise.resolve(apply(plot, control.steps[step])).catch(function () { /* a newer step took over */ });
    });
    say();
    plot.before(row);
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
