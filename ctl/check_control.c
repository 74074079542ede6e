/* SPDX-License-Identifier: BSD-2-Clause */
#include "check_control.h"

#include <string.h>
#include <strings.h>

#include "check_stack.h"
#include "error.h"
#include "text.h"

#define UNSET	(-100)
#define JUMP_MAX 1000

static const char *const values[_PAM_RETURN_VALUES] = {
	[PAM_SUCCESS] = "success",
	[PAM_OPEN_ERR] = "open_err",
	[PAM_SYMBOL_ERR] = "symbol_err",
	[PAM_SERVICE_ERR] = "service_err",
	[PAM_SYSTEM_ERR] = "system_err",
	[PAM_BUF_ERR] = "buf_err",
	[PAM_PERM_DENIED] = "perm_denied",
	[PAM_AUTH_ERR] = "auth_err",
	[PAM_CRED_INSUFFICIENT] = "cred_insufficient",
	[PAM_AUTHINFO_UNAVAIL] = "authinfo_unavail",
	[PAM_USER_UNKNOWN] = "user_unknown",
	[PAM_MAXTRIES] = "maxtries",
	[PAM_NEW_AUTHTOK_REQD] = "new_authtok_reqd",
	[PAM_ACCT_EXPIRED] = "acct_expired",
	[PAM_SESSION_ERR] = "session_err",
	[PAM_CRED_UNAVAIL] = "cred_unavail",
	[PAM_CRED_EXPIRED] = "cred_expired",
	[PAM_CRED_ERR] = "cred_err",
	[PAM_NO_MODULE_DATA] = "no_module_data",
	[PAM_CONV_ERR] = "conv_err",
	[PAM_AUTHTOK_ERR] = "authtok_err",
	[PAM_AUTHTOK_RECOVERY_ERR] = "authtok_recover_err",
	[PAM_AUTHTOK_LOCK_BUSY] = "authtok_lock_busy",
	[PAM_AUTHTOK_DISABLE_AGING] = "authtok_disable_aging",
	[PAM_TRY_AGAIN] = "try_again",
	[PAM_IGNORE] = "ignore",
	[PAM_ABORT] = "abort",
	[PAM_AUTHTOK_EXPIRED] = "authtok_expired",
	[PAM_MODULE_UNKNOWN] = "module_unknown",
	[PAM_BAD_ITEM] = "bad_item",
	[PAM_CONV_AGAIN] = "conv_again",
	[PAM_INCOMPLETE] = "incomplete",
};

static const struct {
	const char *name;
	int action;
} actions_by_name[] = {
	{ "ignore", ACTION_IGNORE }, { "ok", ACTION_OK }, { "done", ACTION_DONE },
	{ "bad", ACTION_BAD }, { "die", ACTION_DIE }, { "reset", ACTION_RESET },
};

/* pam.d(5) gives these words in the other form. */
static const struct {
	const char *name, *control;
} words[] = {
	{ "required", "success=ok new_authtok_reqd=ok ignore=ignore default=bad" },
	{ "requisite", "success=ok new_authtok_reqd=ok ignore=ignore default=die" },
	{ "sufficient", "success=done new_authtok_reqd=done default=ignore" },
	{ "optional", "success=ok new_authtok_reqd=ok default=ignore" },
};

const char *
stack_value_name(int value)
{
	return value >= 0 && value < _PAM_RETURN_VALUES ? values[value] : "unknown";
}

void
control_set_all(int *actions, int action)
{
	int i;

	for (i = 0; i < _PAM_RETURN_VALUES; i++)
		actions[i] = action;
}

static bool
is_word(const char *s, size_t len, const char *name)
{
	return strlen(name) == len && strncasecmp(s, name, len) == 0;
}

static bool
parse_action(const char *s, size_t len, int *action)
{
	char digits[8] = "";
	unsigned long n;
	size_t i;

	for (i = 0; i < sizeof(actions_by_name) / sizeof(actions_by_name[0]); i++)
		if (is_word(s, len, actions_by_name[i].name)) {
			*action = actions_by_name[i].action;
			return true;
		}
	if (len >= sizeof(digits))
		return false;
	memcpy(digits, s, len);
	if (text_number(digits, 1, JUMP_MAX, &n) != MFA_OK)
		return false;
	*action = (int)n;
	return true;
}

/* "default" is for those that are not set by then. */
static bool
set_value(const char *s, size_t len, int action, int *actions)
{
	int i;

	for (i = 0; i < _PAM_RETURN_VALUES; i++) {
		if (is_word(s, len, "default")) {
			if (actions[i] == UNSET)
				actions[i] = action;
		} else if (is_word(s, len, values[i])) {
			actions[i] = action;
			return true;
		}
	}
	return is_word(s, len, "default");
}

static bool
parse_pairs(const char *s, int *actions)
{
	static const char blanks[] = " \t\n";
	size_t name, value;
	int action;

	control_set_all(actions, UNSET);
	for (s += strspn(s, blanks); *s != '\0'; s += value + strspn(s + value, blanks)) {
		const char *at = s;

		name = strcspn(s, " \t\n=");
		s += name;
		s += strspn(s, blanks);
		if (*s != '=')
			return false;
		s++;
		s += strspn(s, blanks);
		value = strcspn(s, blanks);
		if (!parse_action(s, value, &action) || !set_value(at, name, action, actions))
			return false;
	}
	return true;
}

bool
control_parse(const char *s, int *actions)
{
	size_t i;
	int k;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(s, words[i].name) == 0)
			s = words[i].control;
	if (!parse_pairs(s, actions)) {
		control_set_all(actions, ACTION_BAD);
		return false;
	}
	for (k = 0; k < _PAM_RETURN_VALUES; k++)
		if (actions[k] == UNSET)
			actions[k] = ACTION_BAD;
	return true;
}
