/* SPDX-License-Identifier: BSD-2-Clause */
#include "call_order.h"

#include <string.h>

#include "call_text.h"
#include "text.h"

void
call_order_dial(const struct call_order *o, const char *organisation, struct dial *d)
{
	const struct model_login_opened *opened = o->opened;
	const char *language = o->language != NULL ? o->language : opened->to.language;

	memset(d, 0, sizeof(*d));
	d->type = o->dial == MODEL_DIAL_CALL ? DIAL_CALL : DIAL_TEXT;
	(void)text_copy(d->to, sizeof(d->to), opened->to.number);
	(void)text_copy(d->id, sizeof(d->id), opened->login);
	if (o->dial == MODEL_DIAL_TEXT) {
		call_text_code(d, organisation, o->host_name, opened->code, language);
		return;
	}
	d->form = o->form;
	d->digits = o->digits;
	(void)text_copy(d->language, sizeof(d->language), language);
	call_text_names(d, o->host_name, o->service);
	call_text_organisation(d, organisation);
}
