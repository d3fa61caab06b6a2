// Draws a figure of AttentionLab.Charts. A classic script without dependencies: inlined into every notebook output, and
// loaded once by the book. It declares one name, attentionFigure:
//   show(host, figure, cdn)      waits for plotly.js (window.Plotly), loads it from `cdn` if it does not come, then draws
//   draw(Plotly, host, figure)   draws into `host`, a div that holds the summary in a <p>, which stays as the caption
//   fill(Plotly, parts, figure, page)   draws where a page has the parts ready: plot, and title and caption or null. `page` says when asked in what
//                                colour the page writes, and in what letters if not plotly's. The promise gives what draws in another theme, or
//                                answers false once the drawing has left the page
var attentionFigure = (function () {
  'use strict';

  function show(host, figure, cdn) {
    if (window.Plotly) { return draw(window.Plotly, host, figure); }
    // Another cell may be bringing the bundle right now; only then ask the network, once for all figures.
    var waited = 0;
    var timer = setInterval(function () {
      if (window.Plotly) {
        clearInterval(timer);
        draw(window.Plotly, host, figure);
      } else if ((waited += 50) === 500 && cdn && !window.attentionFigureAsked) {
        window.attentionFigureAsked = true;
        var script = document.createElement('script');
        script.src = cdn;
        document.head.appendChild(script);
      } else if (waited >= 30000) {
        clearInterval(timer);
        host.appendChild(paragraph('The chart itself needs plotly.js, which is neither in this page nor reachable: run the notebook’s first chart again.'));
      }
    }, 50);
  }

  function draw(Plotly, host, figure) {
    var summary = (figure.layout.meta || {}).summary || '';
    var caption = host.querySelector('p') || host.appendChild(paragraph(summary));
    var title = document.createElement('div'), plot = document.createElement('div');
    title.className = 'attention-title';
    title.style.cssText = 'margin:0.2em 0 0.5em;font-weight:600;max-width:48em';
    plot.className = 'attention-plot';
    plot.style.width = '100%';
    plot.setAttribute('role', 'img');
    caption.style.cssText = 'margin:0.2em 0 0.8em;font-size:0.9em;max-width:48em';
    caption.before(title, plot);
    var drawn = fill(Plotly, { plot: plot, title: title, caption: caption }, figure, function () { return { colour: getComputedStyle(host).color }; });
    plot.setAttribute('aria-label', summary || title.textContent);
    host.querySelectorAll('.chart-control').forEach(function (row) {
      row.style.cssText = 'display:flex;flex-wrap:wrap;align-items:center;gap:0.3em 0.9em;margin:0.3em 0;font-size:0.9em';
      row.querySelector('input, select').style.cssText = 'margin-left:0.6em;vertical-align:middle';
    });
    return drawn.then(function (again) {
      watch(again);
      return plot;
    });
  }

  function fill(Plotly, parts, figure, page) {
    var layout = JSON.parse(JSON.stringify(figure.layout || {})), frames = JSON.parse(JSON.stringify(figure.frames || []));
    var meta = layout.meta || {}, own = layout.template, plot = parts.plot;
    var taken = take(layout, frames, !!parts.title);
    if (taken.title !== null) {
      setTitle(parts.title, taken.title);
    }
    // A figure made elsewhere may bring a width and letters: the page's hold.
    layout.autosize = true;
    delete layout.width;
    if (layout.font) {
      delete layout.font.family;
    }
    plot.style.maxWidth = meta.maxWidth ? meta.maxWidth + 'px' : '';
    plot.style.minHeight = layout.height + 'px'; // no jump of the page while plotly works
    taken.controls.forEach(function (one) { plot.before(control(Plotly, parts, one, meta)); });
    layout.template = themed(page(), own);
    blackenNumbers();
    var config = Object.assign({}, figure.config, { responsive: true, displayModeBar: false, displaylogo: false });
    return Plotly.newPlot(plot, { data: figure.data, layout: layout, frames: frames, config: config }).then(function () {
      hideTinyNumbers(plot);
      plot.on('plotly_afterplot', function () { hideTinyNumbers(plot); });
      return function () {
        var stands = document.contains(plot);
        if (stands) {
          Plotly.relayout(plot, { template: themed(page(), own) });
        }
        return stands;
      };
    });
  }

  // Plotly writes on a cell in white or, where that is light, in a dark grey: too faint on the colours between. Black is read on each of them.
  function blackenNumbers() {
    if (!document.getElementById('attention-numbers')) {
      var style = document.createElement('style');
      style.id = 'attention-numbers';
      style.textContent = '.heatmap-label text[style*="rgb(68, 68, 68)"] { fill: #000 !important; }';
      document.head.append(style);
    }
  }

  // On a narrow page plotly writes the numbers of cells as small as they must be. Where they cannot be read they go: a touch on a cell tells its number.
  function hideTinyNumbers(plot) {
    var numbers = Array.from(plot.querySelectorAll('.heatmap-label text'));
    var tiny = numbers.some(function (number) { return parseFloat(number.style.fontSize) < 8; });
    numbers.forEach(function (number) { number.style.display = tiny ? 'none' : ''; });
  }

  // Takes out of a layout what stands beside the drawing: the title, if it is wanted, sliders and drop-down lists, and the room they had.
  function take(layout, frames, titled) {
    var controls = takeControls(layout, frames);
    var given = layout.title && (layout.title.text || layout.title);
    var title = titled && typeof given === 'string' ? given : null;
    layout.margin = Object.assign({ t: 20, r: 20, b: 50, l: 60 }, layout.margin);
    layout.height = layout.height || 420;
    if (title !== null) {
      delete layout.title;
      frames.forEach(function (frame) {
        if (frame.layout) {
          delete frame.layout.title;
        }
      });
      layout.height -= Math.max(0, layout.margin.t - 16);
      layout.margin.t = 16;
    }
    return { title: title, controls: controls };
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

  function apply(Plotly, plot, step) {
    var args = step.args || [];
    if (step.method === 'animate') {
      var options = merge({ mode: 'immediate', frame: { duration: 0, redraw: true }, transition: { duration: 0 } }, args[1] || {});
      return Plotly.animate(plot, args[0], options);
    }
    return step.method === 'skip' ? null : Plotly[step.method || 'restyle'].apply(null, [plot].concat(args));
  }

  // The control itself: a slider or list of the page, which works by keyboard and on a narrow screen. Its step changes drawing, title and words.
  function control(Plotly, parts, control, meta) {
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
      if (control.titles[step] && parts.title) {
        setTitle(parts.title, control.titles[step]);
      }
      if (meta.summaries && meta.summaries[step] && parts.caption) {
        parts.caption.textContent = meta.summaries[step];
        parts.plot.setAttribute('aria-label', meta.summaries[step]);
      }
      Promise.resolve(apply(Plotly, parts.plot, control.steps[step])).catch(function () { /* a newer step took over */ });
    });
    // A notebook has uses of its own for arrow keys.
    input.addEventListener('keydown', function (event) { event.stopPropagation(); });
    if (parts.caption) {
      parts.caption.setAttribute('aria-live', 'polite');
    }
    say();
    return row;
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

  // Text and lines in the colour that the page itself writes with: right in any theme of any host.
  function theme(page) {
    var colour = page.colour;
    var rgb = (colour.match(/[\d.]+/g) || [0, 0, 0]).map(Number);
    var dark = colour.indexOf('rgb') === 0 && 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2] > 128;
    function faint(share) { return 'rgba(' + rgb[0] + ',' + rgb[1] + ',' + rgb[2] + ',' + share + ')'; }
    var axis = { gridcolor: faint(0.14), zerolinecolor: faint(0.45), linecolor: faint(0.45), tickcolor: faint(0.45), automargin: true };
    var control = { bordercolor: faint(0.45), bgcolor: dark ? '#3a3f47' : '#e9ecef', font: { color: colour } };
    return {
      layout: {
        font: Object.assign({ color: colour }, page.letters), paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)',
        xaxis: axis, yaxis: axis, legend: { bgcolor: 'rgba(0,0,0,0)' },
        sliderdefaults: Object.assign({ activebgcolor: faint(0.6), tickcolor: faint(0.6) }, control),
        updatemenudefaults: Object.assign({}, control, { bgcolor: dark ? '#3a3f47' : '#ffffff' }),
        hoverlabel: { bgcolor: dark ? '#24292e' : '#ffffff', bordercolor: faint(0.45), font: { color: colour } },
        annotationdefaults: { font: { color: colour } }
      }
    };
  }

  // A figure made elsewhere may bring a template: what that says wins.
  function themed(page, own) {
    return own ? { data: own.data || {}, layout: merge(theme(page).layout, own.layout || {}) } : theme(page);
  }

  function merge(below, above) {
    var both = Object.assign({}, below);
    Object.keys(above).forEach(function (key) {
      var deep = both[key] && above[key] && typeof both[key] === 'object' && typeof above[key] === 'object' && !Array.isArray(above[key]);
      both[key] = deep ? merge(both[key], above[key]) : above[key];
    });
    return both;
  }

  // A page changes its theme by the system's setting, or by a class or attribute of html or body (VS Code does).
  function watch(changed) {
    var system = window.matchMedia ? matchMedia('(prefers-color-scheme: dark)') : null;
    var observer = new MutationObserver(update);
    function update() {
      if (!changed()) {
        observer.disconnect();
        if (system) { system.removeEventListener('change', update); }
      }
    }
    var where = { attributes: true, attributeFilter: ['class', 'style', 'data-theme', 'data-vscode-theme-kind'] };
    observer.observe(document.documentElement, where);
    observer.observe(document.body, where);
    if (system) { system.addEventListener('change', update); }
  }

  function paragraph(text) {
    var p = document.createElement('p');
    p.textContent = text;
    return p;
  }

  return { show: show, draw: draw, fill: fill };
})();
