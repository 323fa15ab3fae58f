// SPDX-License-Identifier: MIT
/*
 * Goes by the schema, and knows no table.
 */
#include "base/json.h"
#include "row/json.h"

static json_t *row_json(const struct schema *schema, const char *row)
{
	json_t *json = json_object();

	for (size_t c = 0; c < schema->n_columns; c++) {
		const struct column *col = &schema->columns[c];
		const void *field = row + col->offset;
		json_t *value = NULL;

		switch (col->type) {
		case COLUMN_TEXT:
			value = json_text_or_null(*(char *const *)field);
			break;
		case COLUMN_WORD:
			value = json_string(col->words[*(const unsigned int *)field]);
			break;
		case COLUMN_REAL:
			value = json_real_or_null(*(const double *)field);
			break;
		case COLUMN_COUNT:
			value = *(const int64_t *)field < 0
					? json_null()
					: json_integer(*(const int64_t *)field);
			break;
		}
		json_object_set_new(json, col->name, value);
	}
	return json;
}

json_t *table_json(const struct table *t)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < t->n; i++)
		json_array_append_new(
			rows, row_json(t->schema,
				       (const char *)t->rows + i * t->schema->row_size));
	return rows;
}
