// SPDX-License-Identifier: MIT
// Sorting and filtering of the tables of rows. The page is complete without it.
(function () {
	'use strict';
	var tables = Array.from(document.querySelectorAll('table.rows'));
	if (!tables.length)
		return;
	var value = function (row, i) {
		var cell = row.cells[i], v = cell.getAttribute('data-v');
		if (v !== null)
			return parseFloat(v);
		return cell.className === 'n' ? null : cell.textContent;
	};
	tables.forEach(function (table) {
		var body = table.tBodies[0];
		var heads = Array.from(table.tHead.rows[0].cells);
		heads.forEach(function (th, i) {
			var sort = function () {
				var up = th.getAttribute('aria-sort') !== 'ascending';
				heads.forEach(function (h) { h.removeAttribute('aria-sort'); });
				th.setAttribute('aria-sort', up ? 'ascending' : 'descending');
				Array.from(body.rows).sort(function (a, b) {
					var x = value(a, i), y = value(b, i);
					// What is not available stays at the end.
					if (x === null || y === null)
						return (x === null) - (y === null);
					return (x > y ? 1 : x < y ? -1 : 0) * (up ? 1 : -1);
				}).forEach(function (row) { body.appendChild(row); });
			};
			th.classList.add('sortable');
			th.tabIndex = 0;
			th.addEventListener('click', sort);
			th.addEventListener('keydown', function (e) {
				if (e.key === 'Enter')
					sort();
			});
		});
	});
	var input = document.createElement('input');
	input.type = 'search';
	input.placeholder = 'Filter rows: write, vdso, noisy …';
	input.setAttribute('aria-label', 'Filter rows');
	input.addEventListener('input', function () {
		var words = input.value.toLowerCase().split(/\s+/);
		tables.forEach(function (table) {
			Array.from(table.tBodies[0].rows).forEach(function (row) {
				var text = row.textContent.toLowerCase();
				row.hidden = !words.every(function (w) {
					return text.includes(w);
				});
			});
		});
	});
	tables[0].parentNode.parentNode.insertBefore(input, tables[0].parentNode);
})();
