// SPDX-License-Identifier: MIT
/* Small helpers around jansson. They know no keys. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/json.h"

#define MAX_JSON (64 << 20)

json_t *json_real_or_null(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

json_t *json_text_or_null(const char *text)
{
	json_t *value = text ? json_string(text) : NULL;

	return value ? value : json_null();
}

json_t *json_read(const char *path, int *ret, struct err *err)
{
	json_error_t json_err;
	json_t *json;
	char *text;
	size_t len;

	*ret = file_read(path, MAX_JSON, &text, &len, err);
	if (*ret)
		return NULL;
	json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &json_err);
	free(text);
	if (!json)
		*ret = err_set(err, -EINVAL, "%s, line %d: %s", path, json_err.line,
			       json_err.text);
	return json;
}

int json_fill(FILE *out, const void *json)
{
	errno = 0;
	if (json_dumpf(json, out, JSON_INDENT(2)) || putc('\n', out) == EOF)
		return errno ? -errno : -EIO;
	return 0;
}
