// SPDX-License-Identifier: MIT
/* Fields become numbers, strings or null. What they mean is not known here. */
#include "base/json.h"
#include "row/json.h"

static json_t *field_json(const struct column *c, const void *field)
{
	switch (c->type) {
	case COLUMN_TEXT:
		return json_string(*(char *const *)field);
	case COLUMN_REAL:
		return json_real_or_null(*(const double *)field);
	case COLUMN_COUNT:
		return *(const int64_t *)field < 0
			       ? json_null()
			       : json_integer(*(const int64_t *)field);
	case COLUMN_WORD:
		return json_string(c->words[*(const unsigned int *)field]);
	}
	return json_null();
}

json_t *table_json(const struct table *t)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < t->n; i++) {
		const char *row = (const char *)t->rows + i * t->schema->row_size;
		json_t *object = json_object();

		for (size_t c = 0; c < t->schema->n_columns; c++) {
			const struct column *column = &t->schema->columns[c];

			json_object_set_new(object, column->name,
					    field_json(column, row + column->offset));
		}
		json_array_append_new(rows, object);
	}
	return rows;
}
