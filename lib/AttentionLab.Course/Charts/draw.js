// Draws a figure of AttentionLab.Charts. A classic script without dependencies: inlined into every notebook output, and
// loaded once by the book. It declares one name, attentionFigure:
//   show(host, figure, cdn)      waits for plotly.js (window.Plotly), loads it from `cdn` if it does not come, then draws
//   themed(colour, own)          Plotly's template for a page that writes in `colour`; `own` is the figure's template, which wins
//   merge(below, above)          one object of two, deeply
//   draw(Plotly, host, figure)   draws into `host`, a div that holds the summary in a <p>, which stays as the caption
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
    var meta = figure.layout.meta || {}, slider = (figure.layout.sliders || [])[0], menu = (figure.layout.updatemenus || [])[0];
    var caption = host.querySelector('p') || host.appendChild(paragraph(meta.summary || ''));
    var plot = document.createElement('div');
    plot.className = 'attention-plot';
    plot.style.width = '100%';
    plot.style.maxWidth = meta.maxWidth ? meta.maxWidth + 'px' : '';
    plot.style.height = figure.layout.height + 'px'; // no jump of the page while plotly works
    plot.setAttribute('role', slider || menu ? 'group' : 'img');
    plot.setAttribute('aria-label', plain(figure.layout.title.text));
    caption.style.cssText = 'margin:0.2em 0 0.8em;font-size:0.9em;max-width:48em';
    caption.setAttribute('aria-live', slider || menu ? 'polite' : 'off');
    host.insertBefore(plot, caption);

    var layout = Object.assign({}, figure.layout, { template: themed(getComputedStyle(host).color, figure.layout.template) });
    return Plotly.newPlot(plot, { data: figure.data, layout: layout, frames: figure.frames || [], config: figure.config }).then(function () {
      function follow(step) {
        if (meta.summaries && meta.summaries[step]) { caption.textContent = meta.summaries[step]; }
        if (meta.titles && meta.titles[step]) { plot.setAttribute('aria-label', meta.titles[step]); }
      }
      plot.on('plotly_sliderchange', function (event) { follow(event.slider.active); });
      plot.on('plotly_buttonclicked', function (event) { follow(event.active); });
      if (slider) { keys(Plotly, plot, follow); }
      watch(function () {
        if (document.contains(plot)) { Plotly.relayout(plot, { template: themed(getComputedStyle(host).color, figure.layout.template) }); }
        return document.contains(plot);
      });
      return plot;
    });
  }

  // The arrow keys move a slider: its SVG handle cannot be reached from the keyboard.
  function keys(Plotly, plot, follow) {
    plot.tabIndex = 0;
    plot.setAttribute('aria-roledescription', 'chart with a slider: left and right arrow keys move it');
    plot.addEventListener('keydown', function (event) {
      var slider = plot.layout.sliders[0], active = slider.active || 0;
      var next = active + (event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0);
      if (next === active || next < 0 || next >= slider.steps.length) { return; }
      event.preventDefault();
      var step = slider.steps[next];
      Plotly.animate(plot, step.args[0], step.args[1]).then(function () {
        return Plotly.relayout(plot, 'sliders[0].active', next);
      }).then(function () { follow(next); });
    });
  }

  // Text and lines in the colour that the page itself writes with: right in any theme of any host.
  function theme(colour) {
    var rgb = (colour.match(/[\d.]+/g) || [0, 0, 0]).map(Number);
    var dark = colour.indexOf('rgb') === 0 && 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2] > 128;
    function faint(share) { return 'rgba(' + rgb[0] + ',' + rgb[1] + ',' + rgb[2] + ',' + share + ')'; }
    var axis = { gridcolor: faint(0.14), zerolinecolor: faint(0.45), linecolor: faint(0.45), tickcolor: faint(0.45), automargin: true };
    var control = { bordercolor: faint(0.45), bgcolor: dark ? '#3a3f47' : '#e9ecef', font: { color: colour } };
    return {
      layout: {
        font: { color: colour }, paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)',
        xaxis: axis, yaxis: axis, legend: { bgcolor: 'rgba(0,0,0,0)' },
        sliderdefaults: Object.assign({ activebgcolor: faint(0.6), tickcolor: faint(0.6) }, control),
        updatemenudefaults: Object.assign({}, control, { bgcolor: dark ? '#3a3f47' : '#ffffff' }),
        hoverlabel: { bgcolor: dark ? '#24292e' : '#ffffff', bordercolor: faint(0.45), font: { color: colour } },
        annotationdefaults: { font: { color: colour } }
      }
    };
  }

  // A figure made elsewhere may bring a template: what that says wins.
  function themed(colour, own) {
    return own ? { data: own.data || {}, layout: merge(theme(colour).layout, own.layout || {}) } : theme(colour);
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

  function plain(text) {
    return text.replace(/<br>/g, ' ').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
  }

  return { show: show, draw: draw, themed: themed, merge: merge };
})();
