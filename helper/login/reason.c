/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy.h"

const char *
reason_name(enum reason r)
{
	static const char *const names[REASON_COUNT] = {
		[REASON_NONE] = "none",
		[REASON_NOT_ENABLED] = "not_enabled",
		[REASON_OUT_OF_SCOPE] = "out_of_scope",
		[REASON_TRUSTED_NETWORK] = "trusted_network",
		[REASON_TRUSTED_CONSOLE] = "trusted_console",
		[REASON_REMEMBERED] = "remembered",
		[REASON_GRACE_DATE] = "grace_until",
		[REASON_GRACE_LOGIN] = "grace_login",
		[REASON_LOCKED] = "locked",
		[REASON_NOT_ENROLLED] = "not_enrolled",
		[REASON_COMPULSORY] = "compulsory",
		[REASON_SERVICE_DOWN] = "service_down",
		[REASON_FACTOR_NEEDED] = "factor_needed",
		[REASON_STATE] = "state_unusable",
		[REASON_CODE_ACCEPTED] = "code_accepted",
		[REASON_APPROVED] = "approved",
		[REASON_DENIED_ON_PHONE] = "denied_on_phone",
		[REASON_REPORTED] = "reported",
		[REASON_WRONG_NUMBER] = "wrong_number",
		[REASON_NO_APPROVAL] = "no_approval",
		[REASON_BAD_APPROVAL] = "bad_approval",
		[REASON_NOT_PICKED_UP] = "not_picked_up",
		[REASON_BUSY] = "busy",
		[REASON_DECLINED] = "declined",
		[REASON_HUNG_UP] = "hung_up",
		[REASON_NO_KEYS] = "no_keys",
		[REASON_KEYS_TWICE] = "keys_twice",
		[REASON_GATEWAY] = "gateway",
		[REASON_NOT_ALLOWED] = "number_not_allowed",
		[REASON_TOO_MANY_CALLS] = "too_many_calls",
		[REASON_NO_MESSAGE] = "no_message",
		[REASON_CODE_REFUSED] = "code_refused",
		[REASON_REPLAYED] = "code_replayed",
		[REASON_CLOCK_BEHIND] = "clock_behind",
		[REASON_TOO_SOON] = "too_soon",
		[REASON_NOT_A_CODE] = "not_a_code",
		[REASON_NOT_CHECKED] = "not_checked",
		[REASON_NO_ANSWER] = "no_answer",
		[REASON_NO_TERMINAL] = "no_terminal",
		[REASON_CANCELLED] = "cancelled",
		[REASON_DEADLINE] = "deadline",
		[REASON_NO_VERDICT] = "no_verdict",
		[REASON_NOT_YOURSELF] = "not_yourself",
		[REASON_NOT_ROOT] = "not_root",
		[REASON_STACK] = "stack",
		[REASON_CONFIG] = "configuration",
		[REASON_FAULT] = "fault",
	};

	return (unsigned int)r < REASON_COUNT ? names[r] : "unknown";
}
