/* SPDX-License-Identifier: BSD-2-Clause */
#include "sip_line.h"

#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "log.h"
#include "stack.h"

/* Nobody's (RFC 5737, RFC 3849): only to see which of ours routes to the world. */
#define ANYWHERE_4	"192.0.2.1"
#define ANYWHERE_6	"2001:db8::1"
#define SERVERS_MAX	4

/* ---- the server ---- */

struct server {
	struct uri uri;
	enum sip_transp transport;
	char text[SIP_URI_MAX], host[256];
};

static const char *
transport_name(enum sip_transp transport)
{
	return transport == SIP_TRANSP_TLS ? "tls" : transport == SIP_TRANSP_TCP ? "tcp" : "udp";
}

static int
read_transport(struct server *v)
{
	static const enum sip_transp known[] = { SIP_TRANSP_UDP, SIP_TRANSP_TCP, SIP_TRANSP_TLS };
	struct pl name;
	size_t i;

	v->transport = SIP_TRANSP_UDP;
	if (msg_param_decode(&v->uri.params, "transport", &name) != 0)
		return v->uri.params.l == 0 ? 0 : EINVAL;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (pl_strcasecmp(&name, transport_name(known[i])) == 0) {
			v->transport = known[i];
			return 0;
		}
	return EINVAL;
}

static int
read_server(const struct call_settings *s, struct server *v)
{
	struct pl text;
	int n = snprintf(v->text, sizeof(v->text), "sip:%s", s->sip_server);

	if (n < 0 || (size_t)n >= sizeof(v->text) || strpbrk(s->sip_server, "@ \t<>\"?") != NULL)
		return EINVAL;
	pl_set_str(&text, v->text);
	if (uri_decode(&v->uri, &text) != 0 || pl_strcpy(&v->uri.host, v->host,
	    sizeof(v->host)) != 0)
		return EINVAL;
	return read_transport(v);
}

int
sip_line_uri(const struct call_settings *s, const char *user, int whole, char uri[SIP_URI_MAX])
{
	struct pl u = { user, user != NULL ? strlen(user) : 0 };
	bool six;
	struct server v = { .transport = SIP_TRANSP_UDP };
	int n;

	if (read_server(s, &v) != 0)
		return EINVAL;
	six = v.uri.af == AF_INET6;
	if (whole)
		n = re_snprintf(uri, SIP_URI_MAX, "sip:%H%s%s", uri_user_escape, &u,
		    user != NULL ? "@" : "", s->sip_server);
	else
		n = re_snprintf(uri, SIP_URI_MAX, "sip:%H%s%s%s%s", uri_user_escape, &u,
		    user != NULL ? "@" : "", six && v.host[0] != '[' ? "[" : "", v.host,
		    six && v.host[0] != '[' ? "]" : "");
	return n > 0 && n < SIP_URI_MAX - 1 ? 0 : EINVAL;
}

/* ---- /etc/hosts ---- */

/* libre asks DNS alone.  Here nothing else is looked at, so nothing waits. */
static bool
in_hosts(const struct call_settings *s, const struct server *v, struct sa *at)
{
	struct addrinfo want = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM }, *list;
	struct sa ours;
	int err;

	if (v->uri.af != AF_UNSPEC || __nss_configure_lookup("hosts", "files") != 0)
		return false;
	if (s->sip_address != NULL && sa_set_str(&ours, s->sip_address, 0) == 0)
		want.ai_family = sa_af(&ours);
	if (getaddrinfo(v->host, NULL, &want, &list) != 0)
		return false;
	err = sa_set_sa(at, list->ai_addr);
	freeaddrinfo(list);
	sa_set_port(at, v->uri.port != 0 ? v->uri.port :
	    v->transport == SIP_TRANSP_TLS ? SIP_PORT_TLS : SIP_PORT);
	return err == 0;
}

int
sip_line_route(const struct call_settings *s, char route[SIP_URI_MAX])
{
	struct server v = { .transport = SIP_TRANSP_UDP };
	struct sa at;

	route[0] = '\0';
	if (read_server(s, &v) != 0)
		return EINVAL;
	if (!in_hosts(s, &v, &at))
		return 0;
	return re_snprintf(route, SIP_URI_MAX, "sip:%J;transport=%s", &at,
	    transport_name(v.transport)) > 0 ? 0 : EINVAL;
}

/* ---- our address ---- */

static int
address_towards(const struct sa *to, struct sa *address)
{
	int fd = socket(sa_af(to), SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;

	if (fd == -1)
		return errno;
	sa_init(address, sa_af(to));
	address->len = sizeof(address->u);
	if (connect(fd, &to->u.sa, to->len) == -1 ||
	    getsockname(fd, &address->u.sa, &address->len) == -1)
		err = errno;
	(void)close(fd);
	sa_set_port(address, 0);
	return err;
}

int
sip_line_address(const struct call_settings *s, struct sa *address)
{
	struct server v = { .transport = SIP_TRANSP_UDP };
	struct sa to;

	if (s->sip_address != NULL)
		return sa_set_str(address, s->sip_address, 0);
	if (read_server(s, &v) != 0)
		return EINVAL;
	if (sa_set(&to, &v.uri.host, SIP_PORT) == 0 || in_hosts(s, &v, &to))
		return address_towards(&to, address);
	if (sa_set_str(&to, ANYWHERE_4, SIP_PORT) == 0 && address_towards(&to, address) == 0)
		return 0;
	return sa_set_str(&to, ANYWHERE_6, SIP_PORT) == 0 ? address_towards(&to, address) :
	    EADDRNOTAVAIL;
}

/* ---- TLS ---- */

/* Only here is known what is wrong with it. */
static int
on_certificate(int ok, X509_STORE_CTX *store)
{
	if (!ok)
		log_line(LOG_ERR, "sip_server: its certificate does not count: %s",
		    X509_verify_cert_error_string(X509_STORE_CTX_get_error(store)));
	return ok;
}

/* libre 1.1.0 looks at no certificate by itself.  This process speaks TLS to one
 * server only, so that the context can say which name it must have. */
static int
believe(struct tls *tls, const struct call_settings *s, const struct server *v)
{
	SSL_CTX *ctx = tls_openssl_context(tls);
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(ctx);
	int ok;

	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, on_certificate);
	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	ok = v->uri.af == AF_UNSPEC ? X509_VERIFY_PARAM_set1_host(param, v->host, 0) :
	    X509_VERIFY_PARAM_set1_ip_asc(param, v->host);
	if (ok == 1)
		ok = SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1;
	if (ok == 1 && s->sip_ca != NULL)
		ok = SSL_CTX_load_verify_locations(ctx, s->sip_ca, NULL);
	else if (ok == 1)
		ok = SSL_CTX_set_default_verify_paths(ctx);
	return ok == 1 ? 0 : EINVAL;
}

static int
add_transport(struct sip *sip, const struct call_settings *s, const struct server *v,
    const struct sa *address)
{
	struct tls *tls = NULL;
	int err = 0;

	if (v->transport == SIP_TRANSP_TLS) {
		err = tls_alloc(&tls, TLS_METHOD_SSLV23, NULL, NULL);
		if (err == 0)
			err = believe(tls, s, v);
	}
	if (err == 0)
		err = sip_transp_add(sip, v->transport, address, tls);
	mem_deref(tls);
	return err;
}

/* ---- */

static int
open_resolver(struct dnsc **resolver)
{
	struct sa servers[SERVERS_MAX];
	uint32_t n = SERVERS_MAX;
	char domain[64];
	int err = dns_srv_get(domain, sizeof(domain), servers, &n);

	return err != 0 ? err : dnsc_alloc(resolver, NULL, servers, n);
}

int
sip_line_open(const struct call_settings *s, const struct sa *address,
    void (*closed)(void *arg), void *arg, struct sip **sip)
{
	struct dnsc *resolver = NULL;
	struct server v = { .transport = SIP_TRANSP_UDP };
	int err = read_server(s, &v);
	struct sa at;

	*sip = NULL;
	/* One that is found without it may give names in its answers, for what follows. */
	if (err == 0 && (err = open_resolver(&resolver)) != 0 &&
	    (v.uri.af != AF_UNSPEC || in_hosts(s, &v, &at)))
		err = 0;
	if (err == 0)
		err = sip_alloc(sip, resolver, 8, 8, 8, "pam_mfa", closed, arg);
	if (err == 0)
		err = add_transport(*sip, s, &v, address);
	if (err != 0)
		*sip = mem_deref(*sip);
	mem_deref(resolver);
	return err;
}
