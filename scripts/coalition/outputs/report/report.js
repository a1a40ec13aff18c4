// Search of states, statements and sources; the page is whole without it.
(function () {
  "use strict";
  var box = document.getElementById("search-box");
  if (!box) { return; }
  var input = document.getElementById("search-input");
  var said = document.getElementById("search-said");
  var places = Array.prototype.slice.call(document.querySelectorAll(".found"));
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
    document.querySelectorAll(".references, .drawer").forEach(function (fold) {
      fold.open = wanted !== "" && fold.querySelector(".found:not([hidden])") !== null;
    });
    said.textContent = wanted ? number + " states and sources" : "";
  });
}());
