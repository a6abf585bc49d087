
"use strict";
(() => {
  const charts = JSON.parse(document.getElementById("curves").textContent);
  const space = document.getElementById("seed").namespaceURI;
  const shapes = {
    o: (r) => `m${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`, s: (r) => `m${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
    D: (r) => `m0 ${-1.3 * r}l${1.3 * r} ${1.3 * r}l${-1.3 * r} ${1.3 * r}l${-1.3 * r} ${-1.3 * r}z`, P: (r) => `m${-1.2 * r} 0h${2.4 * r}m${-1.2 * r} ${-1.2 * r}v${2.4 * r}`,
    "^": (r) => `m0 ${-1.2 * r}l${1.2 * r} ${2 * r}h${-2.4 * r}z`, v: (r) => `m0 ${1.2 * r}l${1.2 * r} ${-2 * r}h${-2.4 * r}z`,
  };
  const draw = (parent, name, attributes, text) => {
    const element = document.createElementNS(space, name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    if (text !== undefined) element.textContent = text;
    return parent.appendChild(element);
  };
  const number = (value, step) => {
    const size = Math.abs(value);
    if (size && (size >= 1e6 || Math.abs(step) < 1e-5)) return value.toPrecision(3).replace("-", "−");
    const digits = Math.max(0, Math.min(8, Math.ceil(-Math.log10(Math.abs(step) || 1) - 1e-9)));
    return (size < Math.abs(step) / 1e3 ? 0 : value).toFixed(digits).replace("-", "−");
  };
  const ticks = (low, high, most, least = 0) => {
    const raw = Math.max(least, (high - low) / Math.max(1, most)), power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999) * power;
    const values = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) values.push(i * step);
    return { step, values };
  };
  // The points of a curve in pixels as one path; a missing number breaks the line.
  const path = (x, y, px, py) => {
    let text = "", pen = "M";
    y.forEach((value, i) => {
      if (value === null || x[i] === null) { pen = "M"; return; }
      text += `${pen}${px(x[i]).toFixed(2)} ${py(value).toFixed(2)}`;
      pen = "L";
    });
    return text;
  };
  const closed = (x, upper, lower, px, py) => {
    const keep = upper.map((value, i) => i).filter((i) => x[i] !== null && upper[i] !== null && lower[i] !== null);
    const points = [...keep.map((i) => [x[i], upper[i]]), ...keep.reverse().map((i) => [x[i], lower[i]])];
    return points.length ? "M" + points.map(([a, b]) => `${px(a).toFixed(2)} ${py(b).toFixed(2)}`).join("L") + "Z" : "";
  };
  const hexes = (colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  // The cells of a map: 0 is blank, 1 the least value, 65535 the largest.
  const opened = (map) => {
    const raw = atob(map.cells), cells = new Uint16Array(raw.length / 2), stops = map.colours.map(hexes);
    for (let i = 0; i < cells.length; i++) cells[i] = raw.charCodeAt(2 * i) | (raw.charCodeAt(2 * i + 1) << 8);
    const colour = (share) => {
      const place = share * (stops.length - 1), low = Math.min(Math.floor(place), stops.length - 2);
      return stops[low].map((value, i) => Math.round(value + (place - low) * (stops[low + 1][i] - value)));
    };
    return { ...map, cells, colour, blank: cells.includes(0), share: (row, column) => (cells[row * map.x.length + column] - 1) / 65534 };
  };
  // The cell between whose edges a value lies, -1 beside all.
  const cell = (edges, value) => {
    if (!(value >= edges[0] && value <= edges[edges.length - 1])) return -1;
    let low = 0, high = edges.length - 1;
    while (high - low > 1) { const middle = (low + high) >> 1; if (edges[middle] <= value) low = middle; else high = middle; }
    return low;
  };
  const picture = (width, height, colour) => {
    const canvas = document.createElement("canvas"), context = Object.assign(canvas, { width, height }).getContext("2d");
    const image = context.createImageData(width, height);
    for (let j = 0, i = 0; j < height; j++) for (let k = 0; k < width; k++, i += 4) { const found = colour(k, j); if (found) image.data.set([...found, 255], i); }
    context.putImageData(image, 0, 0);
    return canvas.toDataURL();
  };
  // Middles of names along a side: near their places, none over another.
  const spread = (wanted, lengths, side) => {
    const groups = []; // the start that suits best, length, members
    wanted.forEach((place, i) => {
      groups.push([place - lengths[i] / 2, lengths[i], [lengths[i]]]);
      while (groups.length > 1 && groups.at(-2)[0] + groups.at(-2)[1] > groups.at(-1)[0]) {
        const [b, a] = [groups.pop(), groups.pop()], [m, n] = [a[2].length, b[2].length];
        groups.push([(m * a[0] + n * (b[0] - a[1])) / (m + n), a[1] + b[1], [...a[2], ...b[2]]]);
      }
    });
    const places = groups.flatMap(([start, , members]) => members.map((length) => { start += length; return start - length / 2; }));
    let end = 0;
    lengths.forEach((length, i) => { places[i] = Math.max(places[i], end + length / 2); end = places[i] + length / 2; });
    end = side;
    for (let i = places.length - 1; i >= 0; i--) { places[i] = Math.min(places[i], end - lengths[i] / 2); end = places[i] - lengths[i] / 2; }
    return places;
  };
  // The names of marks along a side: upright where they would not fit along it.
  const strip = (marks, side) => {
    const named = (marks || []).filter(([, , name]) => name), long = (name) => 6.8 * name.length + 8;
    const upright = named.reduce((sum, [, , name]) => sum + long(name), 0) > side;
    const depth = !named.length ? 0 : upright ? 4 + Math.max(...named.map(([, , name]) => long(name))) : 22;
    return { named, upright, depth, lengths: named.map(([, , name]) => (upright ? 15 : long(name))) };
  };
  const add = (values, other, sign) => values.map((value, i) => (value === null || other[i] === null ? null : value + sign * other[i]));

  const show = (figure, chart) => {
    const plot = figure.querySelector(".plot"), legend = figure.querySelector(".legend"), readout = figure.querySelector(".readout");
    const all = chart.panels.flatMap((panel) => panel.traces);
    const name = (trace) => `${trace.kind} ${trace.label}`;
    const ends = (trace) => (trace.across ? [1, -1].flatMap((sign) => add(chart.xs[trace.x], trace.across, sign)) : []);
    const maps = chart.panels.map((panel) => panel.map && opened(panel.map)), mapped = maps.every((map) => map);
    const outer = maps.flatMap((map) => (map ? [map.across[0], map.across[map.across.length - 1]] : []));
    const every = [...chart.xs.flat(), ...all.flatMap(ends), ...outer].filter((value) => value !== null);
    const least = every.reduce((a, b) => Math.min(a, b), Infinity), most = every.reduce((a, b) => Math.max(a, b), -Infinity);
    const pad = mapped ? 0 : 0.02 * (most - least) || 0.5 * (Math.abs(least) || 1), whole = [least - pad, most + pad];
    const hidden = new Set();
    let range = whole, frames = [], px = null, back = null, cursors = [], band = null, start = null, place = -1, line = -1, left = 0;

    const curve = (box, trace, py) => {
      const x = chart.xs[trace.x], y = trace.values;
      const group = draw(box, "g", { class: "trace", fill: "none", stroke: trace.colour, "stroke-width": 1.33 * trace.width });
      if (trace.sigma && trace.band) draw(group, "path", { d: closed(x, add(y, trace.sigma, 1), add(y, trace.sigma, -1), px, py), fill: trace.colour, "fill-opacity": 0.22, stroke: "none" });
      if (trace.sigma && !trace.band) draw(group, "path", { "stroke-width": 0.8, d: y.map((value, i) => (value === null || x[i] === null || trace.sigma[i] === null ? "" : `M${px(x[i]).toFixed(2)} ${py(value - trace.sigma[i]).toFixed(2)}V${py(value + trace.sigma[i]).toFixed(2)}`)).join("") });
      if (trace.low) draw(group, "path", { d: closed(x, trace.high, trace.low, px, py), fill: trace.colour, "fill-opacity": 0.16, stroke: "none" });
      if (trace.across) draw(group, "path", { "stroke-width": 0.8, d: y.map((value, i) => (value === null || x[i] === null || trace.across[i] === null ? "" : `M${px(x[i] - trace.across[i]).toFixed(2)} ${py(value).toFixed(2)}H${px(x[i] + trace.across[i]).toFixed(2)}`)).join("") });
      if (trace.fill) draw(group, "path", { d: closed(x, y, trace.base || y.map(() => 0), px, py), fill: trace.colour, "fill-opacity": 0.16, stroke: "none" });
      if (trace.line) draw(group, "path", { d: path(x, y, px, py), "stroke-dasharray": trace.dash || "none", "stroke-linejoin": "round" });
      const shape = trace.marker && shapes[trace.marker](trace.size);
      if (trace.marker) draw(group, "path", { fill: "#fff", d: y.map((value, i) => (value === null || x[i] === null ? "" : `M${px(x[i]).toFixed(2)} ${py(value).toFixed(2)}${shape}`)).join("") });
    };

    const heat = (box, map, py, wide, size) => {
      const fine = Math.min(2, window.devicePixelRatio || 1), width = Math.round(fine * wide), height = Math.round(fine * size);
      const low = map.down[0], high = map.down[map.down.length - 1];
      const columns = Array.from({ length: width }, (_, k) => cell(map.across, back(left + (k + 0.5) / fine)));
      const rows = Array.from({ length: height }, (_, j) => cell(map.down, map.turned ? low + ((j + 0.5) / height) * (high - low) : high - ((j + 0.5) / height) * (high - low)));
      if (map.blank) {
        const [from, to] = [px(map.across[0]), px(map.across[map.across.length - 1])].sort((a, b) => a - b), inner = draw(box, "svg", { x: from, y: 0, width: to - from, height: size, overflow: "hidden" });
        let hatch = "";
        for (let k = 0; k < to - from + size; k += 7) hatch += `M${k} 0L${k - size} ${size}`;
        draw(inner, "path", { class: "blank", d: hatch, stroke: "#b0b0b0", "stroke-width": 1.2, fill: "none" });
      }
      const href = picture(width, height, (k, j) => { const share = rows[j] < 0 || columns[k] < 0 ? -1 : map.share(rows[j], columns[k]); return share < 0 ? null : map.colour(share); });
      draw(box, "image", { class: "map", x: 0, y: 0, width: wide, height: size, preserveAspectRatio: "none", href });
      map.lines.forEach((one) => draw(box, "path", { d: path(one.x, one.y, px, py), fill: "none", stroke: "#1a1a1a", "stroke-width": 0.7, "stroke-dasharray": one.below ? "3 2" : "none" }));
    };
    const bar = (svg, map, x, top, size, rise) => {
      draw(svg, "image", { class: "bar", x, y: top, width: 13, height: size, preserveAspectRatio: "none", href: picture(1, 256, (_, j) => map.colour(1 - j / 255)) });
      draw(svg, "rect", { x, y: top, width: 13, height: size, fill: "none", stroke: "#1a1a1a", "stroke-width": 0.8 });
      const at = (value) => top + size - ((value - map.low) / (map.high - map.low)) * size;
      map.levels.forEach((level) => draw(svg, "path", { d: `M${x} ${at(level)}h13`, stroke: "#1a1a1a", "stroke-width": 0.7 }));
      rise.values.forEach((value) => {
        draw(svg, "path", { d: `M${x + 13} ${at(value)}h4`, stroke: "#1a1a1a", "stroke-width": 0.8 });
        draw(svg, "text", { x: x + 20, y: at(value) + 4 }, number(value, rise.step));
      });
    };
    // Lines and shades of marked places; on a map short lines at the frame, which leave the band to be seen.
    const mark = (box, panel, map, py, wide, size) => {
      let shades = 0;
      (panel.marks || []).forEach(([low, high]) => {
        const [from, to] = [px(low), px(high)].sort((a, b) => a - b);
        if (from < to && !map) draw(box, "rect", { class: "mark", x: from, y: 0, width: to - from, height: size, fill: "#767676", "fill-opacity": shades++ % 2 ? 0.16 : 0.07 });
        else if (!map) draw(box, "path", { class: "mark", d: `M${from} 0V${size}`, stroke: "#767676", "stroke-width": 0.8, "stroke-dasharray": "2 2" });
        else [from, to].forEach((x) => stub(box, `M${x} 0V${0.05 * size}M${x} ${0.95 * size}V${size}`));
      });
      (panel.beside || []).forEach(([low, high]) => [py(low), py(high)].forEach((y) => {
        if (map) stub(box, `M0 ${y}H${0.05 * wide}M${0.95 * wide} ${y}H${wide}`);
        else draw(box, "path", { class: "mark", d: `M0 ${y}H${wide}`, stroke: "#767676", "stroke-width": 0.8, "stroke-dasharray": "2 2" });
      }));
    };
    const stub = (box, d) => { draw(box, "path", { class: "mark", d, stroke: "#fff", "stroke-width": 2.4 }); draw(box, "path", { d, stroke: "#1a1a1a", "stroke-width": 1 }); };
    const names = (svg, found, x, top, side) => { // above a panel
      const seen = found.named.map(([low, high, name], i) => [px((low + high) / 2), name, found.lengths[i]]).filter(([at]) => at >= 0 && at <= side).sort((a, b) => a[0] - b[0]);
      spread(seen.map(([at]) => at), seen.map((one) => one[2]), side).forEach((at, i) => {
        draw(svg, "path", { d: `M${x + seen[i][0]} ${top}L${x + at} ${top - 5}`, stroke: "#1a1a1a", "stroke-width": 0.7 });
        draw(svg, "text", found.upright ? { transform: `translate(${x + at + 4} ${top - 7}) rotate(-90)` } : { x: x + at, y: top - 8, "text-anchor": "middle" }, seen[i][1]);
      });
    };
    const brackets = (svg, found, x, top, side, py) => { // beside a panel
      const seen = found.named.map(([low, high, name], i) => [py(low), py(high), name, found.lengths[i]]).sort((a, b) => a[0] - b[0]);
      spread(seen.map(([low, high]) => (low + high) / 2), seen.map((one) => one[3]), side).forEach((at, i) => {
        const [low, high, name] = seen[i];
        draw(svg, "path", { d: `M${x + 5} ${top + low}h4V${top + high}h-4M${x + 9} ${top + (low + high) / 2}L${x + 12} ${top + at}`, stroke: "#1a1a1a", "stroke-width": 1, fill: "none" });
        draw(svg, "text", found.upright ? { x: x + 15, y: top + at + 4 } : { transform: `translate(${x + 24} ${top + at}) rotate(-90)`, "text-anchor": "middle" }, name);
      });
    };

    // Lowest and highest y of what a panel shows in the range of x, with a margin.
    const span = (panel) => {
      if (panel.map) return [panel.map.down[0], panel.map.down[panel.map.down.length - 1]];
      let low = Infinity, high = -Infinity;
      const see = (value) => { if (value !== null) { low = Math.min(low, value); high = Math.max(high, value); } };
      panel.traces.filter((trace) => !hidden.has(name(trace))).forEach((trace) => trace.values.forEach((value, i) => {
        const x = chart.xs[trace.x][i];
        if (x === null || value === null || x < range[0] || x > range[1]) return;
        const spread = (trace.sigma && trace.sigma[i]) || 0;
        see(value - spread);
        see(value + spread);
        if (trace.fill) see(trace.base ? trace.base[i] : 0);
        if (trace.low) [trace.low[i], trace.high[i]].forEach(see);
      }));
      if (!(low <= high)) return [0, 1];
      const margin = 0.07 * (high - low) || 0.5 * (Math.abs(low) || 1);
      return [low - margin, high + margin];
    };

    const side = (svg, x, top, size, text) => {
      const label = draw(svg, "text", { class: "label", transform: `translate(${x} ${top + size / 2}) rotate(-90)`, "text-anchor": "middle" }, text);
      if (text.length * 6.4 > size + 8) { label.setAttribute("textLength", size + 4); label.setAttribute("lengthAdjust", "spacingAndGlyphs"); }
    };

    const paint = () => {
      const width = plot.clientWidth;
      if (!width) return;
      const tall = Math.min(330, 0.62 * width);
      const sizes = chart.panels.map((p) => p.height), most = Math.max(1200, 110 * sizes.length) / sizes.reduce((a, b) => a + b, 0); // no chart of many panels is endless
      const scale = Math.min(most, Math.max(tall / Math.max(...sizes), 92 / Math.min(...sizes)));
      const spans = chart.panels.map((panel) => span(panel));
      const rises = spans.map(([low, high], row) => { const size = chart.panels[row].height * scale; return ticks(low, high, size / (size < 150 ? 24 : 36)); });
      const words = rises.map((rise) => rise.values.map((value) => number(value, rise.step)));
      left = 34 + 6.6 * Math.max(...words.flat().map((word) => word.length));
      const beside = chart.panels.map((panel) => strip(panel.beside, panel.height * scale)), aside = Math.max(...beside.map((one) => (one.depth ? one.depth + 12 : 0)));
      const scales = maps.map((map, row) => map && ticks(map.low, map.high, (chart.panels[row].height * scale) / 36));
      const digits = Math.max(0, ...scales.flatMap((rise) => (rise ? rise.values.map((value) => number(value, rise.step).length) : [])));
      const bars = maps.some((map) => map) ? 54 + 6.6 * digits : 0, right = (chart.simulated ? 26 : 12) + aside + bars;
      const wide = width - left - right, strips = chart.panels.map((panel) => strip(panel.marks, wide));
      const height = 8 + chart.panels.reduce((sum, panel, row) => sum + strips[row].depth + panel.height * scale + 12, 0) + 34;
      const svg = draw(document.createElement("div"), "svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
      const [from, to] = chart.reverse ? [range[1], range[0]] : range; // what the left and right ends show
      px = (value) => ((value - from) / (to - from)) * wide;
      back = (pixel) => from + ((pixel - left) / wide) * (to - from);
      frames = []; cursors = [];
      const across = ticks(range[0], range[1], wide / 66, chart.whole ? 1 : 0);
      let top = 8;
      chart.panels.forEach((panel, row) => {
        const shown = panel.traces.filter((trace) => !hidden.has(name(trace))), [low, high] = spans[row];
        const map = maps[row], size = panel.height * scale, up = (value) => ((value - low) / (high - low)) * size;
        const py = (value) => (map && map.turned ? up(value) : size - up(value));
        top += strips[row].depth;
        const box = draw(svg, "svg", { x: left, y: top, width: wide, height: size, overflow: "hidden" });
        if (map) heat(box, map, py, wide, size);
        mark(box, panel, map, py, wide, size);
        if (panel.zero) draw(box, "path", { d: `M0 ${py(0).toFixed(2)}H${wide}`, stroke: "#767676", "stroke-width": 0.7 });
        shown.filter((trace) => trace.marker).forEach((trace) => curve(box, trace, py));
        shown.filter((trace) => !trace.marker).forEach((trace) => curve(box, trace, py));
        cursors.push(draw(box, "path", { d: "", stroke: "#767676", "stroke-dasharray": "2 3", fill: "none" }));
        draw(svg, "rect", { x: left, y: top, width: wide, height: size, fill: "none", stroke: "#1a1a1a", "stroke-width": 0.8 });
        names(svg, strips[row], left, top, wide);
        brackets(svg, beside[row], left + wide, top, size, py);
        if (map) {
          bar(svg, map, left + wide + aside + 12, top, size, scales[row]);
          if (map.rows.length <= 100) draw(svg, "path", { d: map.rows.map((value) => `M${left + wide} ${top + py(value)}h3`).join(""), stroke: "#1a1a1a", "stroke-width": 0.6 });
          side(svg, left + wide + aside + bars - 2, top, size, map.label);
        }
        rises[row].values.forEach((value, i) => {
          draw(svg, "path", { d: `M${left} ${top + py(value)}h4`, stroke: "#1a1a1a", "stroke-width": 0.8 });
          draw(svg, "text", { x: left - 6, y: top + py(value) + 4, "text-anchor": "end" }, words[row][i]);
        });
        across.values.forEach((value) => {
          draw(svg, "path", { d: `M${left + px(value)} ${top + size}v-4`, stroke: "#1a1a1a", "stroke-width": 0.8 });
          if (row === chart.panels.length - 1) draw(svg, "text", { x: left + px(value), y: top + size + 17, "text-anchor": "middle" }, number(value, across.step));
        });
        side(svg, 12, top, size, panel.y);
        if (!row && chart.simulated) draw(svg, "text", { class: "mark", transform: `translate(${width - 8} ${top + size / 2}) rotate(-90)`, "text-anchor": "middle" }, "simulated data");
        frames.push({ top, size, shown, py, wide });
        top += size + 12;
      });
      draw(svg, "text", { class: "label", x: left + wide / 2, y: height - 6, "text-anchor": "middle" }, chart.x);
      band = draw(svg, "rect", { y: 8, height: top - 20, x: 0, width: 0, fill: "#005a8c", "fill-opacity": 0.12 });
      plot.replaceChildren(svg);
      reset.hidden = range === whole;
    };

    // What stands at the cell of a map, by number of its column and row.
    const tell = (row, column, across) => {
      const map = maps[row], share = map.share(across, column), { py, wide } = frames[row];
      const value = share < 0 ? "blank" : `${+(map.low + share * (map.high - map.low)).toPrecision(4)}`;
      readout.textContent = `${chart.x}: ${+map.x[column].toPrecision(8)}. ${chart.panels[row].y}: ${+map.rows[across].toPrecision(8)}. ${map.label}: ${value}`;
      cursors.forEach((cursor, i) => cursor.setAttribute("d", `M${px(map.x[column])} 0V${frames[i].size}${i === row ? `M0 ${py(map.rows[across])}H${wide}` : ""}`));
    };
    const read = (x, row, height) => {
      const frame = frames[row], found = [], map = maps[row];
      let at = null;
      if (map) {
        const share = (height - frame.top) / frame.size, low = map.down[0], high = map.down[map.down.length - 1];
        const column = cell(map.across, x), across = cell(map.down, map.turned ? low + share * (high - low) : high - share * (high - low));
        if (column >= 0 && across >= 0) tell(row, column, across);
        return;
      }
      frame.shown.forEach((trace) => {
        const xs = chart.xs[trace.x];
        let best = -1;
        xs.forEach((value, i) => { if (value !== null && trace.values[i] !== null && (best < 0 || Math.abs(value - x) < Math.abs(xs[best] - x))) best = i; });
        if (best < 0) return;
        at = at === null ? xs[best] : at;
        const spread = trace.sigma && trace.sigma[best];
        const ends = trace.low && trace.low[best] !== null ? ` (95 %: ${+trace.low[best].toPrecision(3)} to ${+trace.high[best].toPrecision(3)})` : "";
        found.push(`${trace.label} ${+trace.values[best].toPrecision(5)}${spread ? ` ± ${+spread.toPrecision(2)}` : ""}${ends}`);
      });
      if (at === null) return;
      readout.textContent = `${chart.x}: ${+at.toPrecision(8)}. ${chart.panels[row].y}: ${found.join("; ")}`;
      cursors.forEach((cursor, i) => cursor.setAttribute("d", `M${px(at)} 0V${frames[i].size}`));
    };
    const where = (event) => {
      const box = plot.getBoundingClientRect(), y = event.clientY - box.top;
      const row = frames.findIndex((frame) => y < frame.top + frame.size + 6);
      return { pixel: event.clientX - box.left, y, row: row < 0 ? frames.length - 1 : row };
    };
    plot.addEventListener("pointermove", (event) => {
      if (!frames.length) return;
      const { pixel, row, y } = where(event);
      read(back(pixel), row, y);
      if (start !== null) { band.setAttribute("x", Math.min(start, pixel)); band.setAttribute("width", Math.abs(pixel - start)); }
    });
    plot.addEventListener("pointerdown", (event) => { if (event.button === 0) { start = where(event).pixel; plot.setPointerCapture(event.pointerId); } });
    plot.addEventListener("pointercancel", () => { start = null; paint(); });
    plot.addEventListener("pointerup", (event) => {
      const end = where(event).pixel;
      if (start !== null && Math.abs(end - start) > 6) {
        const [low, high] = [back(start), back(end)].sort((a, b) => a - b);
        range = [Math.max(whole[0], low), Math.min(whole[1], high)];
      }
      start = null;
      if (!(range[1] > range[0])) range = whole;
      paint();
    });
    const unzoom = () => { range = whole; paint(); };
    plot.addEventListener("dblclick", unzoom);
    plot.addEventListener("keydown", (event) => {
      const step = (chart.reverse ? -1 : 1) * { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (event.key === "Escape") unzoom();
      if (frames.length && maps[0]) {
        const rise = (maps[0].turned ? -1 : 1) * ({ ArrowUp: 1, ArrowDown: -1 }[event.key] || 0);
        if (!step && !rise) return;
        event.preventDefault();
        const [columns, rows] = [maps[0].x.length, maps[0].rows.length];
        if (place < 0 && chart.reverse) place = columns;
        place = Math.max(0, Math.min(columns - 1, place + (step || 0)));
        line = Math.max(0, Math.min(rows - 1, line < 0 ? (maps[0].turned ? rows - 1 : 0) : line + rise));
        tell(0, place, line);
        return;
      }
      const first = frames.length && (frames[0].shown[0] || all[0]);
      if (!step || !first) return;
      event.preventDefault();
      const xs = chart.xs[first.x];
      if (place < 0 && chart.reverse) place = xs.length; // the first step leads to the left end
      place = Math.max(0, Math.min(xs.length - 1, place + step));
      if (xs[place] !== null) read(xs[place], 0);
    });

    chart.legend.forEach(([row, column]) => {
      const trace = chart.panels[row].traces[column], button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      const key = draw(button, "svg", { width: 26, height: 12, "aria-hidden": "true" });
      if (trace.fill) draw(key, "rect", { width: 26, height: 12, fill: trace.colour, "fill-opacity": 0.16 });
      if (trace.line) draw(key, "path", { d: "M0 6H26", stroke: trace.colour, "stroke-width": 1.33 * trace.width, "stroke-dasharray": trace.dash || "none" });
      if (trace.marker) draw(key, "path", { d: `M13 6${shapes[trace.marker](trace.size)}`, stroke: trace.colour, fill: "#fff" });
      button.append(trace.label);
      button.addEventListener("click", () => {
        if (!hidden.delete(name(trace))) hidden.add(name(trace));
        button.setAttribute("aria-pressed", String(!hidden.has(name(trace))));
        paint();
      });
      legend.append(button);
    });
    const reset = document.createElement("button");
    reset.type = "button";
    reset.className = "reset";
    reset.textContent = "whole range";
    reset.addEventListener("click", unzoom);
    legend.append(reset);
    paint();
    let drawn = plot.clientWidth;
    new ResizeObserver(() => { if (plot.clientWidth !== drawn) { drawn = plot.clientWidth; paint(); } }).observe(plot);
  };

  document.querySelectorAll("figure.chart").forEach((figure) => {
    if (Object.hasOwn(charts, figure.dataset.stem)) show(figure, charts[figure.dataset.stem]);
  });
  const hint = document.querySelector(".readout");
  if (hint) hint.textContent = "Point at a curve to read it, drag to zoom, double-click for the whole range, press a name to hide its curve.";
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
})();
