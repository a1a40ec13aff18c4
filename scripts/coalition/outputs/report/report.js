// Search, sorting, charts as tables and downloads; the page is whole without them.
(function () {
  "use strict";
  var all = function (selector, within) {
    return Array.prototype.slice.call((within || document).querySelectorAll(selector));
  };

  // -- on a narrow screen the answer comes before the contents
  if (window.matchMedia("(max-width: 69.99rem)").matches) { document.querySelector("nav details").open = false; }

  // -- search of states, statements and sources
  var box = document.getElementById("search-box");
  if (box) {
    var input = document.getElementById("search-input");
    var said = document.getElementById("search-said");
    var places = all(".found");
    var texts = places.map(function (place) { return place.textContent.toLowerCase(); });
    box.hidden = false;
    input.addEventListener("input", function () {
      var wanted = input.value.trim().toLowerCase();
      var number = 0;
      places.forEach(function (place, n) {
        var hit = texts[n].indexOf(wanted) !== -1;
        place.hidden = wanted !== "" && !hit;
        if (wanted && hit) { number += 1; }
      });
      all(".references, .drawer, .states").forEach(function (fold) {
        fold.open = wanted !== "" && fold.querySelector(".found:not([hidden])") !== null;
      });
      said.textContent = wanted ? number + " states and sources" : "";
    });
  }

  // -- a link to what lies in a fold opens it
  var unfold = function () {
    var aim = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var one = aim; one; one = one.parentElement) {
      if (one.tagName === "DETAILS") { one.open = true; }
    }
    if (aim && aim.tagName === "TR" && aim.querySelector("details")) { aim.querySelector("details").open = true; }
    if (aim) { aim.scrollIntoView(); }
  };
  window.addEventListener("hashchange", unfold);
  unfold();

  // -- the head of a column opens its model where the table stands
  all("thead a[href^='#model-']").forEach(function (link) {
    link.setAttribute("aria-expanded", "false");
    link.addEventListener("click", function (event) {
      var model = document.getElementById(link.hash.slice(1));
      var item = link.closest(".item");
      if (!model || !item) { return; }
      event.preventDefault();
      var shown = item.querySelector(".opened");
      var same = shown && shown.getAttribute("data-of") === link.hash;
      if (shown) { shown.remove(); }
      all("thead a", item).forEach(function (other) { other.setAttribute("aria-expanded", String(other === link && !same)); });
      if (same) { return; }
      var opened = document.createElement("div");
      opened.className = "opened";
      opened.setAttribute("role", "status");
      opened.setAttribute("data-of", link.hash);
      var name = document.createElement("p");
      name.append(link.textContent + " " + model.querySelector("summary").textContent);
      opened.append(name);
      all("p", model).forEach(function (part) { opened.append(part.cloneNode(true)); });
      item.querySelector(".scroll").after(opened);
    });
  });

  // -- a state's rows in tables and figures, gathered when its part is opened
  var rowsOf = null;
  var gathered = function () {
    if (rowsOf) { return rowsOf; }
    rowsOf = {};
    var pages = all(".state-page");
    pages.forEach(function (page) { rowsOf[page.dataset.name] = rowsOf[page.id.slice(6)] = []; });
    all(".item").forEach(function (item) {
      all("table.results tbody tr", item).forEach(function (row) {
        var texts = Array.prototype.map.call(row.cells, function (one) { return one.textContent.trim(); });
        var name = texts.filter(function (text) { return Object.prototype.hasOwnProperty.call(rowsOf, text); })[0];
        if (name) { rowsOf[name].push([item, row, texts]); }
      });
    });
    return rowsOf;
  };
  var rowSaid = function (item, row, texts, names) {
    var heads = Array.prototype.filter.call(row.closest("table").tHead.rows, function (one) { return one.cells.length === texts.length; });
    var group = row;
    while (group && !group.classList.contains("group")) { group = group.previousElementSibling; }
    var line = document.createElement("li");
    var link = document.createElement("a");
    link.href = "#" + item.id;
    link.textContent = item.querySelector(".label").textContent;
    var cells = texts.map(function (text, place) {
      return names.indexOf(text) !== -1 ? "" : (heads.length ? heads[heads.length - 1].cells[place].textContent.trim() + " " : "") + text;
    }).filter(Boolean);
    line.append(link, (group ? " (" + group.textContent.trim() + "): " : ": ") + cells.join("; "));
    return line;
  };
  all(".state-page").forEach(function (page) {
    page.addEventListener("toggle", function () {
      if (!page.open || page.querySelector(".rows")) { return; }
      var names = [page.dataset.name, page.id.slice(6)];
      var list = document.createElement("ul");
      list.className = "rows";
      var number = 0;
      var last = null;
      gathered()[names[0]].forEach(function (found) {
        number = found[0] === last ? number + 1 : 1;
        last = found[0];
        if (number <= 4) {
          list.append(rowSaid(found[0], found[1], found[2], names));
        } else if (number === 5) {
          list.lastChild.append("; and more");
        }
      });
      if (list.children.length) {
        var title = document.createElement("p");
        title.innerHTML = "<strong>Its rows in tables and figures:</strong>";
        page.append(title, list);
      }
    });
  });

  // -- what the browser makes itself: files from what stands on the page
  var save = function (name, content, type) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], {type: type}));
    link.download = name;
    document.body.appendChild(link);
    link.click();
    link.remove();
  };
  var cell = function (text) {
    text = text.replace(/\s+/g, " ").trim();
    return /[",\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  };
  var csv = function (table) {
    return all("tr", table).map(function (row) {
      var cells = [];
      Array.prototype.forEach.call(row.cells, function (one) {
        cells.push(cell(one.textContent));
        for (var n = 1; n < one.colSpan; n += 1) { cells.push(""); }
      });
      return cells.join(",");
    }).join("\n") + "\n";
  };
  var button = function (words, label, made) {
    var one = document.createElement("button");
    one.type = "button";
    one.textContent = words;
    one.setAttribute("aria-label", label);
    one.addEventListener("click", made);
    return one;
  };
  // -- a figure or the table of its values
  all(".item.drawn .values").forEach(function (fold) {
    var item = fold.closest(".item");
    var chart = item.querySelector("figure .scroll");
    var group = document.createElement("p");
    group.className = "toggle";
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", item.querySelector(".label").textContent + " as");
    var show = function (table) {
      chart.hidden = table;
      fold.hidden = !table;
      fold.open = table;
      all("button", group).forEach(function (one, place) { one.setAttribute("aria-pressed", String(table === (place === 1))); });
    };
    [false, true].forEach(function (table) {
      var one = button(table ? "Table" : "Chart", "", function () { show(table); });
      one.removeAttribute("aria-label");
      group.append(one);
    });
    fold.classList.add("chosen");
    item.querySelector("figure").before(group);
    item.querySelector("figure").after(fold);
    show(false);
  });

  // -- a figure that stands alone: its title above the drawing, below it how to read it, N and source
  var inLines = function (text, width, font) {
    var context = document.createElement("canvas").getContext("2d");
    var lines = [""];
    context.font = font;
    text.split(/\s+/).forEach(function (word) {
      var longer = (lines[lines.length - 1] + " " + word).trim();
      if (context.measureText(longer).width <= width) { lines[lines.length - 1] = longer; } else { lines.push(word); }
    });
    return lines;
  };
  var standing = function (item, image) {
    var drawing = new DOMParser().parseFromString(decodeURIComponent(image.src.slice(image.src.indexOf(",") + 1)), "image/svg+xml").documentElement;
    var width = image.naturalWidth, height = image.naturalHeight;
    var read = item.querySelector(".reading");
    var title = item.querySelector("h3").cloneNode(true);
    title.querySelector(".label").remove();
    var parts = [[title.textContent.trim(), 14, "bold", "#000"], [read ? read.textContent : "", 10, "normal", "#595959"], [item.getAttribute("data-source"), 10, "normal", "#595959"]];
    var y = 0;
    var whole = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    parts.forEach(function (part, place) {
      inLines(part[0], width - 8, part[2] + " " + part[1] + "px sans-serif").forEach(function (line) {
        var text = document.createElementNS("http://www.w3.org/2000/svg", "text");
        y += 1.3 * part[1];
        text.textContent = line;
        [["x", 4], ["y", y], ["font-family", "sans-serif"], ["font-size", part[1]], ["font-weight", part[2]], ["fill", part[3]]].forEach(function (one) { text.setAttribute(one[0], one[1]); });
        whole.append(text);
      });
      if (place === 0) {
        [["y", y + 8], ["width", width], ["height", height]].forEach(function (one) { drawing.setAttribute(one[0], one[1]); });
        whole.append(drawing);
        y += height + 12;
      }
    });
    [["width", width], ["height", y + 8], ["viewBox", "0 0 " + width + " " + (y + 8)]].forEach(function (one) { whole.setAttribute(one[0], one[1]); });
    return {text: new XMLSerializer().serializeToString(whole), width: width, height: y + 8};
  };
  all(".item[data-name]").forEach(function (item) {
    var foot = item.querySelector(".downloads");
    var table = item.querySelector("table");
    var image = item.querySelector("figure img");
    if (!foot || !(table || image)) { return; }
    var name = item.getAttribute("data-name");
    var label = item.querySelector(".label").textContent;
    var place = document.createElement("span");
    place.append("From this page: ");
    if (image) {
      place.append(button("svg", label + " as svg, from this page", function () {
        save(name + ".svg", standing(item, image).text, "image/svg+xml");
      }), " ", button("png", label + " as png, from this page", function () {
        var whole = standing(item, image);
        var drawn = new Image();
        drawn.onload = function () {
          var canvas = document.createElement("canvas");
          canvas.width = 3 * whole.width;
          canvas.height = 3 * whole.height;
          var context = canvas.getContext("2d");
          context.fillStyle = "#fff";
          context.fillRect(0, 0, canvas.width, canvas.height);
          context.drawImage(drawn, 0, 0, canvas.width, canvas.height);
          canvas.toBlob(function (blob) { save(name + ".png", blob); });
        };
        drawn.src = "data:image/svg+xml," + encodeURIComponent(whole.text);
      }), " ");
    }
    if (table) {
      place.append(button("csv", label + " as csv, from this page", function () {
        save(name + ".csv", "\ufeff" + csv(table), "text/csv");
      }));
    }
    foot.prepend(place, " \u00b7 ");
  });

  // -- tables whose rows stand alone can be sorted by a column
  var value = function (row, column) {
    var text = row.cells[column] ? row.cells[column].textContent.trim() : "";
    var number = parseFloat(text.replace(/\u2212/g, "-").replace(/[<,(]/g, ""));
    return isNaN(number) ? text.toLowerCase() : number;
  };
  var before = function (a, b) {
    if (typeof a === typeof b) { return a < b ? -1 : a > b ? 1 : 0; }
    return typeof a === "number" ? -1 : 1;
  };
  var sortable = function (table) {
    var heads = all("thead tr", table);
    var bodies = all("tbody", table);
    if (heads.length !== 1 || bodies.length !== 1 || bodies[0].rows.length < 4) { return; }
    var plain = all("tr", bodies[0]).every(function (row) {
      return row.cells.length === heads[0].cells.length && !row.classList.contains("group") && !row.classList.contains("more");
    });
    if (!plain || all("[colspan]:not([colspan='1']), [rowspan]:not([rowspan='1'])", table).length) { return; }
    all("th", heads[0]).forEach(function (head, column) {
      var words = head.textContent.trim();
      if (!words) { return; }
      var sort = button(words, "", function () {
        var down = head.getAttribute("aria-sort") === "ascending";
        all("th", heads[0]).forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        all("tr", bodies[0]).sort(function (a, b) {
          return (down ? -1 : 1) * before(value(a, column), value(b, column));
        }).forEach(function (row) { bodies[0].appendChild(row); });
      });
      sort.removeAttribute("aria-label");
      sort.className = "sort";
      head.textContent = "";
      head.appendChild(sort);
    });
  };
  all("table.results").forEach(sortable);

  // -- the specification curve, filtered by choice
  all(".explore").forEach(function (fold) {
    var data = JSON.parse(fold.querySelector("script").textContent);
    var taken = data.choices.map(function () { return -1; });
    var digits = "0123456789abcdefghijklmnopqrstuvwxyz";
    var canvas = document.createElement("canvas");
    var told = document.createElement("p");
    told.setAttribute("role", "status");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "Estimates in rising order; those that the options keep are dark");
    canvas.width = 1200;
    canvas.height = 320;
    var number = function (thousandths) { return (thousandths / 1000).toFixed(2).replace("-", "\u2212"); };
    var draw = function () {
      var kept = data.estimates.map(function (_, place) {
        return data.choices.every(function (choice, n) { return taken[n] < 0 || choice.taken[place] === digits[taken[n]]; });
      });
      var some = data.estimates.filter(function (_, place) { return kept[place]; });
      var predicted = some.filter(function (one) { return one * data.sign > 0; }).length;
      var firm = data.estimates.filter(function (_, place) { return kept[place] && data.significant[place] === "1"; }).length;
      var half = some.length / 2;
      var median = some.length % 2 ? some[Math.floor(half)] : (some[half - 1] + some[half]) / 2;
      var share = function (part) { return (100 * part / some.length).toFixed(1) + "%"; };
      told.textContent = some.length + " of " + data.estimates.length + " estimates" + (some.length ? ": " + share(predicted) +
        " with the predicted sign, " + share(firm) + " significant; median " + number(median) + " (" + data.scale + "), from " +
        number(some[0]) + " to " + number(some[some.length - 1]) : "");
      var style = getComputedStyle(document.documentElement);
      var context = canvas.getContext("2d");
      var pad = 12;
      // The middle 98% set the height, so that a few estimates that run off do not flatten the rest.
      var at = function (share) { return data.estimates[Math.round(share * (data.estimates.length - 1))]; };
      var low = Math.min(at(0.01), 0), high = Math.max(at(0.99), 0), room = (high - low) || 1;
      var y = function (one) { return canvas.height - pad - (canvas.height - 2 * pad) * (Math.max(low, Math.min(high, one)) - low) / room; };
      context.clearRect(0, 0, canvas.width, canvas.height);
      context.fillStyle = style.getPropertyValue("--line");
      context.fillRect(0, y(0) - 1, canvas.width, 2);
      [false, true].forEach(function (wanted) {
        context.fillStyle = style.getPropertyValue(wanted ? "--accent" : "--line");
        data.estimates.forEach(function (one, place) {
          if (kept[place] === wanted) {
            context.fillRect(pad + (canvas.width - 2 * pad) * place / data.estimates.length, y(one) - 3, 3, 6);
          }
        });
      });
    };
    data.choices.forEach(function (choice, n) {
      var group = document.createElement("fieldset");
      var legend = document.createElement("legend");
      legend.textContent = choice.label;
      group.append(legend);
      choice.options.forEach(function (label, option) {
        var one = button(label, "", function () {
          taken[n] = taken[n] === option ? -1 : option;
          all("button", group).forEach(function (other, place) { other.setAttribute("aria-pressed", String(taken[n] === place)); });
          draw();
        });
        one.removeAttribute("aria-label");
        one.setAttribute("aria-pressed", "false");
        group.append(one);
      });
      fold.append(group);
    });
    fold.querySelector(".without-script").replaceWith(told);
    told.after(canvas);
    fold.addEventListener("toggle", draw);
  });

  // -- the sources for a reference manager
  var shelf = document.getElementById("reference-files");
  if (shelf) {
    var entries = function () {
      return all(".references li").map(function (line) {
        var text = function (part) {
          var found = line.querySelector("." + part);
          return found ? found.textContent.trim() : "";
        };
        var link = line.querySelector("a");
        return {
          id: line.getAttribute("data-id"), author: text("author"), year: text("year"),
          title: line.querySelector("cite").textContent.trim(), publisher: text("publisher"),
          url: link ? link.href : ""
        };
      });
    };
    shelf.append("All sources for a reference manager: ", button("BibTeX", "All sources as BibTeX", function () {
      save("sources.bib", entries().map(function (one) {
        var safe = function (words) { return words.replace(/([&%#_$])/g, "\\$1").replace(/[{}]/g, ""); };
        var lines = [["author", one.author && "{" + safe(one.author) + "}"], ["year", one.year], ["title", "{" + safe(one.title) + "}"],
          ["howpublished", safe(one.publisher)], ["url", one.url]];
        return "@misc{" + one.id + ",\n" + lines.filter(function (line) { return line[1]; }).map(function (line) {
          return "  " + line[0] + " = {" + line[1] + "}";
        }).join(",\n") + "\n}\n";
      }).join("\n"), "text/plain");
    }), " ", button("RIS", "All sources as RIS", function () {
      save("sources.ris", entries().map(function (one) {
        var lines = [["TY", "GEN"], ["ID", one.id], ["AU", one.author], ["PY", one.year], ["TI", one.title],
          ["PB", one.publisher], ["UR", one.url]];
        return lines.filter(function (line) { return line[1]; }).map(function (line) {
          return line[0] + "  - " + line[1] + "\r\n";
        }).join("") + "ER  - \r\n";
      }).join("\r\n"), "text/plain");
    }));
    shelf.hidden = false;
  }
}());
