/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_LOGIN_H
#define MFA_LOGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "deadline.h"
#include "message.h"
#include "origin.h"
#include "policy.h"
#include "seal.h"
#include "query.h"
#include "store.h"

/*
 * One login, from its begin message to its verdict.  The process that serves
 * it is sandboxed, and serves another only when this one was granted.
 */

/* ---- all limits ---- */
#define BEGIN_MS	5000	/* for the first message to come */
#define SOON_MS		50	/* as long as it takes, where nobody is held up */
#define VERDICT_MS	5000	/* for the verdict to leave, when the deadline has passed */
#define STORE_MS	10000	/* in the queue for the state */
#define HASTE_MS	100	/* an empty answer sooner than this is no person's */
#define STILL_MS	10000	/* before the person is told that their phone is still waited
				 * for; twice as long before the next time, and so on */
#define PUSHES_MAX	3	/* requests to the phone, calls and text messages in one login */
#define ENROL_TRIES	3	/* codes asked back when enrolling at a login */

/* Who is on the other end of the socket, by the kernel's word. */
struct caller {
	uint32_t uid;
	bool root;
	char name[257];		/* when not root: the name of uid, looked up by us */
};

/* What a process that serves logins has at hand before it is sandboxed. */
struct workshop {
	const struct config *config;	/* NULL: unusable, config_error says why */
	struct config_error config_error;
	struct store *store;		/* NULL: unusable, store_error says why */
	char store_error[256];
	char boot[64];			/* the kernel's boot id */
	int logind;			/* MFA_LOGIND_DIR, or -1 */
	struct authority authorities[AUTHORITIES_MAX];	/* that vouch for phones */
	size_t authority_count;
	/* Called before anybody is waited for, the person or the state; NULL:
	 * nobody wants to know. */
	void (*busy)(void);
	int still_ms;			/* before the person is told that their phone is still
					 * waited for; 0: STILL_MS */
};

/* The approval service, for one login: mfa-http on the other end. */
struct courier {
	int fd;				/* -1: not asked yet, or over */
	struct query_dialogue dialogue;
	bool no_way;			/* root's module could not reach it either */
	bool pending;			/* a push is out */
	bool told;			/* the person is told now and then that it is waited for */
	struct query *early;		/* what the phone said while something else was asked;
					 * NULL: nothing */
	struct statement statement;	/* what it asks the phone to sign */
	struct revocation *revocations;	/* of the user's devices, verified */
	size_t revocation_count;
	int64_t compulsory_from;	/* as it says; 0: never */
	uint32_t preferred;		/* enum query_method, as it says */
	uint32_t failure;		/* enum query_failure of the last; 0: none */
	char words[QUERY_WORDS_MAX];	/* what was said about it, for the log */
};

struct login {
	struct workshop *w;
	struct caller caller;
	int fd;
	struct deadline deadline;
	int64_t started;		/* CLOCK_MONOTONIC, ms */
	struct msg begin;
	struct msg_dialogue dialogue;
	const struct settings *settings;
	struct origin origin;
	char remember_key[POLICY_KEY_MAX];	/* "": not remembered */
	struct courier courier;

	/* The result.  It starts as a denial; login_grant alone changes that. */
	uint32_t verdict;		/* enum msg_verdict */
	enum reason reason;
	enum factor factor;
	uint32_t digits;		/* VERDICT_SPLIT */
	const char *detail;		/* static, for the log; NULL: none */
	bool recorded;			/* the audit record is in the state already */
	bool quiet;			/* nothing was decided: neither log nor audit */
};

/* Serves the login on fd and returns when its verdict has left (or nobody is
 * there to hear it).  True when it was granted, or asked nothing and decided
 * nothing; false when it was refused or anything was not as it should be.  fd
 * stays the caller's. */
bool login_serve(struct workshop *w, const struct caller *caller, int fd);

/* The only place where a login is granted. */
void login_grant(struct login *l, enum reason reason, enum factor factor);
void login_deny(struct login *l, enum reason reason, const char *detail);

/* Seconds since 1970; MFA_E_SYSTEM. */
int wall_clock(int64_t *now);

/* Does its person sit elsewhere, at the end of a connection? */
bool login_is_remote(const struct login *l);

/* Says that this process will be busy for a while. */
void login_busy(const struct login *l);

/* Begins a change of the state.  One queues for it for STORE_MS at most, and not
 * past the deadline; store_begin's errors. */
int login_begin_change(const struct login *l);

/* ---- ask.c ---- */

/* Asks for one of d->factors (or, for a decoy, as if) until one is accepted or
 * nothing more can be asked; the result is in *l. */
void login_ask(struct login *l, const struct decision *d);

/* ---- talk.c: the conversation, within its limits ---- */

/* What else is looked at while the person is asked. */
struct talk_watch {
	int fd;				/* -1: nothing */
	bool (*look)(void *arg);	/* it can be read; false: that is enough */
	void *arg;
};

/* Asks and waits.  MFA_OK with the answer, and how long it took; otherwise
 * the login is over (MFA_E_DEADLINE, MFA_E_CLOSED: gone or cancelled …).  watch may
 * be NULL. */
int talk_prompt(struct login *l, const char *text, bool echo, struct secret *answer,
    int64_t *took_ms, const struct talk_watch *watch);

/* Asks the module who the user is to the name services; once a login. */
int talk_look_up(struct login *l, struct policy_ids *out);

/* Has the module connect to mfa-http or run it, for a caller that is root and a few
 * times a login.  *fd is then the caller's; MFA_E_ABSENT: there is no way. */
int talk_reach(struct login *l, int *fd);

/* A text in the language of the login (words.h).  Fixed prompts and lines need not be
 * given to it: they are looked up on their way out. */
const char *talk_words(const struct login *l, const char *text) __attribute__((format_arg(2)));

/* Shows a line when it may be shown; false when it was not. */
bool talk_info(struct login *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same where the person is to wait: a module that cannot show it hangs up.  again:
 * only while enough lines are left for what follows a success. */
bool talk_waiting(struct login *l, bool again, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- judge.c: a typed code under one locked transaction ---- */

struct judgement {
	bool accepted;
	bool counted;		/* a try, which is in the state with its record */
	enum reason reason;
	enum factor factor;	/* that was accepted */
	unsigned int left;	/* recovery codes, or uses of the pass */
	char notice[STORE_NOTICE_MAX];	/* accepted: what changed since the last time */
};

/*
 * MUST, for every typed code:
 *  1. The user's state is read again inside the transaction; a lock or a delay
 *     found there refuses before anything is compared.
 *  2. The try is counted, compared and spent in that one transaction, with
 *     its audit record, and the commit is durable before this returns.
 *  3. A decoy login does the same work and accepts nothing.
 *  4. What the approval service says of a code is believed only as far as
 *     "right, for this login's user", and only where the factor is attested.
 * An error is a fault of ours; *out is then no acceptance.
 */
int judge(struct login *l, const struct decision *d, const struct secret *typed,
    struct judgement *out);

/* Would the user's state refuse now whatever is typed, without looking at it? */
bool judge_refuses_unseen(struct login *l);

/* The same for a code that the approval service has compared, counted and
 * spent; result is enum query_code_result, factor what an acceptance is one of, which
 * counts only where the decision names it. */
int judge_attested(struct login *l, const struct decision *d, uint32_t result,
    enum factor factor, struct judgement *out);

/* What came back from a phone or telephone. */
struct approved {
	enum factor factor;	/* FACTOR_PUSH or FACTOR_CALL */
	bool verified;		/* approval_verify, or a comparison of the number, said so;
				 * else it is a try that failed */
	unsigned char nonce[STATEMENT_NONCE_LEN];
	char device[STORE_DEVICE_MAX];
};

/* The same for an approval or a keyed number: spent, or counted as a failed try, in the one
 * transaction. */
int judge_push(struct login *l, const struct decision *d, const struct approved *approved,
    struct judgement *out);

/* ---- factors: one file each ---- */

struct attempt {
	struct login *l;
	int64_t now;
	char code[OTP_CODE_MAX];	/* digits, or "" */
	const struct approved *approved;	/* from a phone; NULL: a code was typed */
	uint32_t attested;		/* enum query_code_result; 0: compared here */
	enum factor attested_as;
	bool onetime;			/* hash holds a slow hash of what was typed */
	unsigned char hash[ONETIME_HASH_LEN];
	struct token tokens[TOKENS_MAX];
	size_t token_count;
	enum reason reason;		/* of a refusal */
	unsigned int left;
};

/* Inside the transaction: MFA_OK when the code was right and is now spent;
 * MFA_E_REFUSED when it was not (maybe with a better reason); else a fault. */
int factor_totp(struct attempt *a);
int factor_hotp(struct attempt *a);
int factor_recovery(struct attempt *a);
int factor_pass(struct attempt *a);

/* Judges what was typed, here or with the approval service's word, in one
 * place only.  *sentence is for the next prompt, where it could not be. */
int server_code(struct login *l, const struct decision *d, const struct secret *typed,
    struct judgement *out, const char **sentence);

/* For them: spends what matched on token t, and on every other token that the
 * user has with the same key, where the same code would match again.
 * MFA_E_REFUSED (and the reason) when it was spent on any of them before. */
int attempt_spend(struct attempt *a, const struct token *t, uint64_t counter);

/* ---- courier.c: the dialogue with mfa-http ---- */

/* Asks what the service has for the user: *methods, bits of query.h, and for one
 * who has no phone l->courier.compulsory_from.  Any error leaves
 * l->courier.failure. */
int courier_begin(struct login *l, uint32_t *methods);

/* Asks the person by enum query_method, or for a decoy nobody; l->courier.statement is
 * complete but for the decision.  What was out before is taken back first. */
int courier_push(struct login *l, uint32_t method, bool decoy);

/* Waits for what the phone says, and tells the person so where
 * l->courier.told says: *out is QUERY_ANSWERED, QUERY_KEYED, QUERY_ENDED or
 * QUERY_FAILED, and no push is out any more.  MFA_E_CLOSED: the module is
 * gone; MFA_E_DEADLINE. */
int courier_wait(struct login *l, struct query *out);

/* What was keyed in is not the number: does the telephone ask once more?  Then a push is
 * out again.  Any error leaves l->courier.failure. */
int courier_wrong(struct login *l, bool *again);

/* What the service says about a code. */
struct coded {
	uint32_t result;	/* enum query_code_result or anything else */
	bool by_text;		/* it was the code of a text message */
};

/* Has the service check a code of the user's.  NULL: the same about no code, so that
 * nothing is counted.  Any error leaves l->courier.failure. */
int courier_code(struct login *l, const struct secret *code, struct coded *out);

/* The same about the code of the text message that this login has asked for;
 * MFA_E_ABSENT also when none is out any more (courier_text_is_out). */
int courier_text(struct login *l, const struct secret *code, struct coded *out);

/* Looks at what has come meanwhile, which is kept in l->courier.early. */
bool courier_text_is_out(struct login *l);
void courier_listen(struct login *l);
void courier_forget_early(struct login *l);

/* What became of the login, once; without a dialogue nothing happens. */
void courier_close(struct login *l, enum query_outcome outcome);

/* ---- push.c: an approval on the phone ---- */

/* The policy's question to the service. */
void push_look(struct login *l, struct policy_state *out);

/* Sends a request to the phone, or by FACTOR_CALL or FACTOR_SMS to the telephone, and
 * says whether it is out.  number is what is shown; where none could be sent *sentence
 * says so.  For a decoy the service does as if, within the limits that it has for
 * others. */
#define PUSH_NUMBER_MAX 16
bool push_send(struct login *l, enum factor factor, bool decoy, char number[PUSH_NUMBER_MAX],
    const char **sentence);

/* Waits for the phone and judges what it says.  MFA_OK with *out, or the login
 * is over (as talk_prompt); *sentence is for the next prompt. */
int push_finish(struct login *l, const struct decision *d, struct judgement *out,
    const char **sentence);

/* ---- factor_call.c: a number keyed in on the telephone ---- */

/* Waits for it and judges it, as push_finish.  The service is told only whether what was
 * keyed in is wrong; it asks for another at most once. */
int call_finish(struct login *l, const struct decision *d, struct judgement *out,
    const char **sentence);

/* What was heard while a prompt was open. */
struct call_heard {
	bool over;		/* with what call_finish would have said */
	struct judgement judgement;
	const char *sentence;
};

/* Something was said while a prompt is open: a wrong number is judged at once, so that the
 * telephone can ask once more; everything else is kept for call_finish.  False: nothing more
 * is expected. */
bool call_listen(struct login *l, const struct decision *d, struct call_heard *heard);

/* ---- factor_sms.c: the code of a text message ---- */

/* Is it of the form of such a code? */
bool sms_is_code(const struct secret *typed);

/* Has the service judge it, bound to this login, and nobody else.  MFA_OK with *out; *sentence
 * is for the next prompt where the code could not be judged. */
int sms_code(struct login *l, const struct decision *d, const struct secret *typed,
    struct judgement *out, const char **sentence);

/* Is the message still to be answered?  Where not, *reason and *sentence say why. */
bool sms_is_out(struct login *l, enum reason *reason, const char **sentence);

/* ---- ended.c: calls and messages that brought nothing ---- */

/* q is QUERY_ENDED, or QUERY_FAILED with l->courier.failure. */
enum reason ended_reason(const struct login *l, enum factor factor, const struct query *q);
const char *ended_sentence(const struct login *l, enum factor factor, const struct query *q);

/* What a person is told whose call or message the service did not take. */
const char *ended_unsent(enum factor factor, uint32_t failure);

/* ---- enrol.c: an authenticator app set up at the login, after a pass ---- */
void enrol_at_login(struct login *l);

/* ---- session.c: the origin of a login, and its record ---- */
void session_find_origin(struct login *l);
void session_open(struct login *l);
void session_close(struct login *l);

/* ---- report.c ---- */

/* The audit record of this login as it stands, for a transaction. */
void report_audit(const struct login *l, const char *event, struct audit *out);
/* The one log line: before the verdict leaves, unless a durable record of it is
 * in the state, and then nobody waits for the system log. */
void report_log(const struct login *l);
/* What became of a question to the service ("push", "code") that let nobody in,
 * while the login goes on: a log line, and an audit record unless a try was
 * recorded.  words are the service's own, or "". */
void report_asked(const struct login *l, const char *what, const char *words, bool recorded);
/* The audit record of a login that no counter stands behind (one that was
 * judged has its record already), after the verdict: whoever waits in the
 * queue for the state must not keep out people who are not asked anything. */
void report_record(const struct login *l);

#endif
