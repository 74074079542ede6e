# SPDX-License-Identifier: BSD-2-Clause
#
# make            build everything into build/
# make check      the whole test suite
# make demo       log in for real in a throw-away world, and show it
# make bench      measure, side by side with the modules that others use
# make fuzz       run the fuzzers for FUZZ_SECONDS each
# make install    DESTDIR= PREFIX=

BUILD ?= build
CC ?= cc
PKG_CONFIG ?= pkg-config

PREFIX ?= /usr
libdir ?= $(PREFIX)/lib/$(shell $(CC) -print-multiarch)
bindir ?= $(PREFIX)/bin
sbindir ?= $(PREFIX)/sbin
mandir ?= $(PREFIX)/share/man
securitydir ?= $(libdir)/security
libexecdir ?= $(PREFIX)/libexec/pam_mfa
sysconfdir ?= /etc/pam_mfa
statedir ?= /var/lib/pam_mfa
rundir ?= /run/pam_mfa
mfadconfdir ?= /etc/mfad
mfadstatedir ?= /var/lib/mfad
mfadrundir ?= /run/mfad
callcachedir ?= /var/cache/mfad_call

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wpointer-arith -Wcast-qual -Wcast-align \
	-Wwrite-strings -Wformat=2 -Wundef -Wvla -Wswitch-enum -Wnull-dereference -Werror
OPT ?= -O2 -g
HARDEN ?= -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fcf-protection
PATHS = -DMFA_LIBEXECDIR='"$(libexecdir)"' -DMFA_SYSCONFDIR='"$(sysconfdir)"' \
	-DMFA_STATEDIR='"$(statedir)"' -DMFA_RUNDIR='"$(rundir)"' \
	-DMFAD_SYSCONFDIR='"$(mfadconfdir)"' -DMFAD_STATEDIR='"$(mfadstatedir)"' \
	-DMFAD_RUNDIR='"$(mfadrundir)"' -DMFA_CALL_CACHEDIR='"$(callcachedir)"'
CFLAGS_ALL = -std=c11 -D_GNU_SOURCE -fPIC -fvisibility=hidden $(WARN) $(OPT) $(HARDEN) $(PATHS) \
	-Icommon -MMD -MP $(SAN) $(CFLAGS)
LDFLAGS_ALL = -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed,--gc-sections $(SAN) $(LDFLAGS)

objs = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard $(addsuffix /*.c,$(1)))))
COMMON = $(BUILD)/common.a
HELPER = $(BUILD)/helper.a

HELPER_LIBS = -lsqlite3 -lcrypto
CTL_LIBS = $(HELPER_LIBS) $(HTTP_LIBS) -lqrencode
SERVER_LIBS = $(shell $(PKG_CONFIG) --libs libevent libevent_openssl libssl libcrypto json-c sqlite3) -lpthread

HTTP = $(BUILD)/http.a
CLIENT = $(BUILD)/client.a
HTTP_LIBS = -lcurl -ljson-c -lcrypto

PROGRAMS = $(BUILD)/pam_mfa.so $(BUILD)/mfa-helper $(BUILD)/mfa-http $(BUILD)/mfactl $(BUILD)/mfad \
	$(BUILD)/mfa-phone $(BUILD)/mfa-call

all: $(PROGRAMS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -c -o $@ $<

$(COMMON): $(call objs,common)
	@rm -f $@
	$(AR) rcs $@ $^

# The module: what it takes out of common.a needs libc and nothing else.
$(BUILD)/pam_mfa.so: $(call objs,pam_mfa) $(COMMON) pam_mfa/exports.map
	$(CC) -shared $(LDFLAGS_ALL) -Wl,--version-script=pam_mfa/exports.map -Wl,-z,defs \
		-o $@ $(call objs,pam_mfa) $(COMMON) -lpam

# The catalogues that programs take in (common/catalogue.h).
$(BUILD)/po/%.mo: po/%.po
	@mkdir -p $(@D)
	msgfmt --check-format -o $@ $<
$(BUILD)/helper/login/words.o: $(BUILD)/po/login/nl.mo
$(BUILD)/helper/login/words.o: PATHS += -DWORDS_NL='"$(BUILD)/po/login/nl.mo"'
$(BUILD)/server/call_text.o $(BUILD)/server/call/words.o: $(BUILD)/po/server/nl.mo
$(BUILD)/server/call_text.o $(BUILD)/server/call/words.o: PATHS += -DWORDS_NL='"$(BUILD)/po/server/nl.mo"'

# The helper without its main, which tests and mfactl take from as well.
$(HELPER): $(filter-out %/main.o,$(call objs,helper helper/login))
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/mfa-helper: $(BUILD)/helper/login/main.o $(HELPER) $(COMMON)
	$(CC) -pie $(LDFLAGS_ALL) -o $@ $^ $(HELPER_LIBS)

# The same of mfa-http, for tests.
$(HTTP): $(filter-out %/main.o,$(call objs,helper/http))
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/mfa-http: $(BUILD)/helper/http/main.o $(HTTP) $(COMMON)
	$(CC) -pie $(LDFLAGS_ALL) -o $@ $^ $(HTTP_LIBS)

# What mfactl and mfa-phone ask an approval service with.
$(CLIENT): $(call objs,client)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/mfa-phone: $(call objs,tests/phone) $(CLIENT) $(HTTP) $(COMMON)
	$(CC) -pie $(LDFLAGS_ALL) -o $@ $^ $(HTTP_LIBS)

# mfactl without its main, for tests.
$(BUILD)/ctl.a: $(filter-out %/mfactl.o,$(call objs,ctl))
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/mfactl: $(BUILD)/ctl/mfactl.o $(BUILD)/ctl.a $(HELPER) $(CLIENT) $(HTTP) $(COMMON)
	$(CC) -pie $(LDFLAGS_ALL) -o $@ $^ $(CTL_LIBS)

# It takes the document in.
$(BUILD)/server/resource_openapi.o: server/openapi.json

# mfad without its main, for tests.
$(BUILD)/server.a: $(filter-out %/main.o,$(call objs,server))
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/mfad: $(BUILD)/server/main.o $(BUILD)/server.a $(COMMON)
	$(CC) -pie $(LDFLAGS_ALL) -o $@ $^ $(SERVER_LIBS)

# mfa-call without its main, for tests; of mfa-http it takes the strict half of a
# client, and its sandbox.
CALL = $(BUILD)/call.a
CALL_LIBS = -lre -lrem -lspeexdsp -lssl $(HTTP_LIBS)

$(CALL): $(filter-out %/main.o,$(call objs,server/call))
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/mfa-call: $(BUILD)/server/call/main.o $(CALL) $(HTTP) $(COMMON)
	$(CC) -pie $(LDFLAGS_ALL) -o $@ $^ $(CALL_LIBS)

clean:
	rm -rf $(BUILD)

.PHONY: all clean
.DELETE_ON_ERROR:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# ---- install ----

unitdir ?= $(PREFIX)/lib/systemd/system
docdir ?= $(PREFIX)/share/doc/pam_mfa
MANUALS = $(sort $(wildcard man/*.[158]))
# PAM finds a module by its name in one directory only.
MODULE_NAME = $(if $(filter /usr,$(PREFIX)),pam_mfa.so,$(securitydir)/pam_mfa.so)
FILL = sed -e 's|@libexecdir@|$(libexecdir)|' -e 's|@sbindir@|$(sbindir)|' -e 's|@module@|$(MODULE_NAME)|'
# put MODE FILE TARGET: whole or not at all, so that a login under way keeps
# the file that it has open.
PUT = set -e; put() { install -D -m "$$1" "$$2" "$(DESTDIR)$$3.new"; \
	mv -f "$(DESTDIR)$$3.new" "$(DESTDIR)$$3"; }

UNITS = mfa-helper.socket mfa-helper.service mfa-http.socket mfa-http.service \
	mfad.socket mfad-admin.socket mfad.service mfa-call.socket mfa-call.service

# Builds nothing, so that it can run as another user than make did.
install:
	@test -x $(BUILD)/mfactl || { echo "run make first" >&2; exit 1; }
	@$(PUT); \
	put 0644 $(BUILD)/pam_mfa.so $(securitydir)/pam_mfa.so; \
	put 0755 $(BUILD)/mfa-helper $(libexecdir)/mfa-helper; \
	put 0755 $(BUILD)/mfa-http $(libexecdir)/mfa-http; \
	put 0755 $(BUILD)/mfactl $(bindir)/mfactl; \
	put 0755 $(BUILD)/mfad $(sbindir)/mfad; \
	put 0755 $(BUILD)/mfa-call $(libexecdir)/mfa-call; \
	put 0755 $(BUILD)/mfa-phone $(bindir)/mfa-phone; \
	put 0644 conf/pam_mfa.conf $(docdir)/pam_mfa.conf; \
	put 0644 conf/mfad.conf $(docdir)/mfad.conf; \
	put 0644 conf/mfa-call.conf $(docdir)/mfa-call.conf; \
	install -d -m 0755 $(DESTDIR)$(sysconfdir)/pam_mfa.conf.d; \
	test -e $(DESTDIR)$(sysconfdir)/pam_mfa.conf || \
		put 0644 conf/pam_mfa.conf $(sysconfdir)/pam_mfa.conf; \
	test -e $(DESTDIR)$(mfadconfdir)/mfad.conf || \
		put 0644 conf/mfad.conf $(mfadconfdir)/mfad.conf; \
	test -e $(DESTDIR)$(mfadconfdir)/mfa-call.conf || \
		put 0640 conf/mfa-call.conf $(mfadconfdir)/mfa-call.conf; \
	for page in $(MANUALS); do put 0644 $$page $(mandir)/man$${page##*.}/$${page#man/}; done; \
	put 0644 conf/sysusers.conf /usr/lib/sysusers.d/pam_mfa.conf; \
	put 0644 conf/tmpfiles.conf /usr/lib/tmpfiles.d/pam_mfa.conf; \
	made=$$(mktemp -d); trap 'rm -r "$$made"' EXIT; \
	for unit in $(UNITS); do \
		$(FILL) conf/$$unit > $$made/unit; put 0644 $$made/unit $(unitdir)/$$unit; \
	done; \
	$(FILL) conf/pam-config > $$made/pam; put 0644 $$made/pam /usr/share/pam-configs/pam_mfa
	@test -n "$(DESTDIR)" || conf/activate

# The configuration and the state stay: they are yours.
uninstall:
	@test -n "$(DESTDIR)" || conf/deactivate
	cd $(DESTDIR)/ && rm -f $(patsubst /%,%,/usr/share/pam-configs/pam_mfa $(securitydir)/pam_mfa.so \
		$(libexecdir)/mfa-helper $(libexecdir)/mfa-http $(libexecdir)/mfa-call $(bindir)/mfactl $(bindir)/mfa-phone \
		$(sbindir)/mfad $(UNITS:%=$(unitdir)/%) /usr/lib/sysusers.d/pam_mfa.conf \
		/usr/lib/tmpfiles.d/pam_mfa.conf $(docdir)/pam_mfa.conf $(docdir)/mfad.conf $(docdir)/mfa-call.conf \
		$(foreach page,$(MANUALS),$(mandir)/man$(subst .,,$(suffix $(page)))/$(notdir $(page))))
	@rmdir $(DESTDIR)$(libexecdir) $(DESTDIR)$(docdir) 2>/dev/null || :
	@test -n "$(DESTDIR)" || ! test -d /run/systemd/system || systemctl daemon-reload

# ---- tests ----

CHECK_LIBS = $(shell $(PKG_CONFIG) --libs check) -lpthread
UNIT_TESTS = $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/unit/test_*.c)))
WORLD_TOOLS = $(patsubst tests/world/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/world/*.c)))

# What several unit tests share.
$(BUILD)/tests/unit.a: $(filter-out $(UNIT_TESTS:%=%.o),$(call objs,tests/unit)) $(BUILD)/tests/number.o
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/tests/unit/test_%: $(BUILD)/tests/unit/test_%.o $(BUILD)/tests/unit.a $(BUILD)/ctl.a \
		$(HELPER) $(CLIENT) $(HTTP) $(COMMON)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(CHECK_LIBS) $(CTL_LIBS)

# Those of mfad: of its parts, and of the whole as it runs.
$(BUILD)/tests/unit/test_http_%: $(BUILD)/tests/unit/test_http_%.o $(BUILD)/server.a $(COMMON)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(CHECK_LIBS)

$(BUILD)/tests/unit/test_mfad_%: $(BUILD)/tests/unit/test_mfad_%.o $(BUILD)/tests/unit.a \
		$(BUILD)/server.a $(COMMON) | $(BUILD)/mfad $(BUILD)/tests/held
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(CHECK_LIBS) $(SERVER_LIBS)

$(BUILD)/tests/unit/test_api_%: $(BUILD)/tests/unit/test_api_%.o $(BUILD)/tests/unit.a \
		$(BUILD)/server.a $(COMMON) | $(BUILD)/mfad
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(CHECK_LIBS) $(SERVER_LIBS)

# Those of mfa-call.
$(BUILD)/tests/unit/test_call_%: $(BUILD)/tests/unit/test_call_%.o $(BUILD)/tests/unit.a $(CALL) \
		$(HTTP) $(COMMON) | $(BUILD)/mfa-call
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(CHECK_LIBS) $(CALL_LIBS)

# Those of its state.
MODEL_TEST = $(BUILD)/tests/unit.a $(BUILD)/server.a $(COMMON)
MODEL_LIBS = $(CHECK_LIBS) -lsqlite3 -lcrypto

$(BUILD)/tests/unit/test_db_%: $(BUILD)/tests/unit/test_db_%.o $(MODEL_TEST)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(MODEL_LIBS)

$(BUILD)/tests/unit/test_model_%: $(BUILD)/tests/unit/test_model_%.o $(MODEL_TEST)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(MODEL_LIBS)

$(BUILD)/tests/held: $(BUILD)/tests/server/held.o $(BUILD)/server.a $(COMMON)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(SERVER_LIBS)

# It puts itself between SQLite and the C library.
$(BUILD)/tests/unit/test_store_kill $(BUILD)/tests/unit/test_db_kill: $(BUILD)/tests/fault/kill_at_write.o

# The same for a shipped program, by LD_PRELOAD or /etc/ld.so.preload.
$(BUILD)/tests/kill_at_write.so: $(BUILD)/tests/fault/kill_at_write.o
	$(CC) -shared $(LDFLAGS_ALL) -o $@ $<

# The same, with a wall clock that tests set.
$(BUILD)/tests/wall_clock.so: $(BUILD)/tests/fault/wall_clock.o
	$(CC) -shared $(LDFLAGS_ALL) -o $@ $<

$(BUILD)/tests/unit/test_api_clock $(BUILD)/tests/unit/test_api_text: | $(BUILD)/tests/wall_clock.so

$(WORLD_TOOLS): $(BUILD)/tests/%: $(BUILD)/tests/world/%.o
	$(CC) $(LDFLAGS_ALL) -o $@ $< -lpam -lssl -lcrypto

# mfa-call and telephones as a test plays them.
$(BUILD)/tests/telephone/telephone: $(BUILD)/tests/telephone/telephone.o $(BUILD)/tests/number.o $(COMMON)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcrypto

# Both ends of mfa-http: an approval service that does as it is told, and who
# asks for it.
NUMBER = $(BUILD)/tests/number.o $(COMMON)
HTTP_TOOLS = $(addprefix $(BUILD)/tests/http/,server ask tunnel mutate damage)

$(BUILD)/tests/http/server: $(BUILD)/tests/http/server.o $(NUMBER)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lssl -lcrypto -lpthread

$(BUILD)/tests/http/ask: $(BUILD)/tests/http/ask.o $(BUILD)/tests/words.o $(NUMBER)
	$(CC) $(LDFLAGS_ALL) -o $@ $^

# mfad's side of mfa-call.
$(BUILD)/tests/call/twilio: $(BUILD)/tests/call/twilio.o $(BUILD)/tests/number.o $(CALL) $(HTTP) $(COMMON)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(HTTP_LIBS)

$(BUILD)/tests/call/dial: $(BUILD)/tests/call/dial.o $(BUILD)/tests/words.o $(NUMBER)
	$(CC) $(LDFLAGS_ALL) -o $@ $^

# Tests of its parts.
HTTP_TESTS = $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/http/test_*.c)))

$(HTTP_TESTS): $(BUILD)/tests/http/test_%: $(BUILD)/tests/http/test_%.o \
		$(BUILD)/tests/http/mutation.o $(HTTP) $(COMMON)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(CHECK_LIBS) $(HTTP_LIBS)

$(BUILD)/tests/http/tunnel: $(BUILD)/tests/http/tunnel.o $(NUMBER)
	$(CC) $(LDFLAGS_ALL) -o $@ $^

$(BUILD)/tests/http/damage: $(addprefix $(BUILD)/tests/http/,damage.o mutation.o)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lssl -lcrypto

$(BUILD)/tests/http/mutate: $(addprefix $(BUILD)/tests/http/,mutate.o mutation.o) $(NUMBER)
	$(CC) $(LDFLAGS_ALL) -o $@ $^

# mfa-call's gateways, with mfad played by a script.
CALL_TOOLS = $(addprefix $(BUILD)/tests/call/,place alike dial twilio)

$(BUILD)/tests/call/alike: $(BUILD)/tests/call/alike.o
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lm

$(BUILD)/tests/call/place: $(BUILD)/tests/call/place.o $(CALL) $(HTTP) $(COMMON)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(CALL_LIBS)

# Every call that can fail goes through a wrapper (tests/fault/calls.h), in a
# build of its own with sanitizers and without the names that fortifying gives
# to calls.
WRAPS = $(shell sed -n 's/^CALL.[^,]*, \([A-Za-z0-9_]*\),.*/-Wl,--wrap=\1/p' tests/fault/calls.h)
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
TORTURE = $(addprefix $(BUILD)/tests/,fault/test_torture.o fault/fake_pam.o fault/wrap.o fault/plan.o \
	fault/no_check.o unit/http_world.o unit/device_world.o)

$(BUILD)/torture: $(TORTURE) $(call objs,pam_mfa) $(HELPER) $(COMMON)
	$(CC) $(LDFLAGS_ALL) $(WRAPS) -o $@ $^ $(HELPER_LIBS) -lpthread

$(BUILD)/tests/fault/test_torture: FORCE
	@mkdir -p $(@D)
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/san SAN="$(SANITIZE)" OPT="-O1 -g" HARDEN= \
		$(BUILD)/san/torture
	@cp -u $(BUILD)/san/torture $@

# The same for mfa-http.
HTTP_WRAPS = $(shell sed -n 's/^CALL.[^,]*, \([A-Za-z0-9_]*\),.*/-Wl,--wrap=\1/p' tests/fault/http_calls.h)

$(BUILD)/tests/fault/wrap_http.o: tests/fault/wrap.c tests/fault/http_calls.h
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -DCALLS='"http_calls.h"' -c -o $@ $<

$(BUILD)/http_torture: $(addprefix $(BUILD)/tests/fault/,http_torture.o wrap_http.o plan.o) $(HTTP) $(COMMON)
	$(CC) $(LDFLAGS_ALL) $(HTTP_WRAPS) -o $@ $^ $(HTTP_LIBS) -lpthread

# One after the other: they build in one directory.
$(BUILD)/tests/fault/http_torture: FORCE | $(BUILD)/tests/fault/test_torture
	@mkdir -p $(@D)
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/san SAN="$(SANITIZE)" OPT="-O1 -g" HARDEN= \
		$(BUILD)/san/http_torture
	@cp -u $(BUILD)/san/http_torture $@

# And for mfad, which a test asks from outside.
MFAD_WRAPS = $(shell sed -n 's/^CALL.[^,]*, \([A-Za-z0-9_]*\),.*/-Wl,--wrap=\1/p' tests/fault/mfad_calls.h)

$(BUILD)/tests/fault/wrap_mfad.o: tests/fault/wrap.c tests/fault/mfad_calls.h
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -DCALLS='"mfad_calls.h"' -c -o $@ $<

$(BUILD)/mfad_faulty: $(addprefix $(BUILD)/tests/fault/,mfad_faulty.o wrap_mfad.o plan.o) \
		$(BUILD)/server/main.o $(BUILD)/server.a $(COMMON)
	$(CC) $(LDFLAGS_ALL) $(MFAD_WRAPS) -o $@ $^ $(SERVER_LIBS)

$(BUILD)/tests/fault/mfad_faulty: FORCE | $(BUILD)/tests/fault/http_torture
	@mkdir -p $(@D)
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/san SAN="$(SANITIZE)" OPT="-O1 -g" HARDEN= \
		$(BUILD)/san/mfad_faulty
	@cp -u --remove-destination $(BUILD)/san/mfad_faulty $@

$(BUILD)/tests/fault/test_mfad_%: $(addprefix $(BUILD)/tests/fault/,test_mfad_%.o faulty_world.o plan.o) \
		$(BUILD)/tests/unit.a $(BUILD)/server.a $(COMMON) | $(BUILD)/tests/fault/mfad_faulty
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(CHECK_LIBS) $(SERVER_LIBS)

FORCE:

PAM_TESTS = $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/pam/test_*.c)))
PAM_STAGE = $(BUILD)/tests/pam/stage.o $(BUILD)/tests/pam/role.o

$(BUILD)/tests/pam/test_%: $(BUILD)/tests/pam/test_%.o $(PAM_STAGE) $(COMMON)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(CHECK_LIBS) -lpam

$(BUILD)/tests/pam/probe: $(BUILD)/tests/pam/probe.o $(COMMON)
	$(CC) $(LDFLAGS_ALL) -o $@ $^

# The fuzzers have a build of their own, with clang.
FUZZERS = $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_SECONDS ?= 60
FUZZ_MODULE = $(addprefix $(BUILD)/fuzz/,fuzz_module_message fuzz_pam_authenticate)

$(FUZZ_MODULE): $(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/module_script.o \
		$(call objs,pam_mfa) $(COMMON)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ \
		$(filter-out $(if $(findstring message,$@),%/conv.o),$^) $(if $(findstring message,$@),-lpam)

$(BUILD)/fuzz/fuzz_http: $(BUILD)/tests/fuzz/fuzz_http.o $(BUILD)/server.a $(COMMON)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $^

$(BUILD)/fuzz/fuzz_api_body: $(BUILD)/tests/fuzz/fuzz_api_body.o $(BUILD)/server.a $(COMMON)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $^ $(SERVER_LIBS)

$(BUILD)/fuzz/fuzz_api_request: $(BUILD)/tests/fuzz/fuzz_api_request.o $(BUILD)/server.a $(COMMON)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $^ $(SERVER_LIBS)

FUZZ_CALL = $(addprefix $(BUILD)/fuzz/,fuzz_call_exec fuzz_call_keys fuzz_call_answer fuzz_call_template fuzz_dial \
	fuzz_twilio)

$(FUZZ_CALL): $(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(CALL) $(HTTP) $(COMMON)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $^ $(CALL_LIBS)

FUZZ_REPLY = $(addprefix $(BUILD)/fuzz/,fuzz_http_reply fuzz_client_reply)

$(FUZZ_REPLY): $(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/reply_head.o \
		$(CLIENT) $(HTTP) $(COMMON)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $^ $(HTTP_LIBS)

$(filter-out $(FUZZ_MODULE) $(FUZZ_REPLY) $(FUZZ_CALL) %/fuzz_http %/fuzz_api_body %/fuzz_api_request,$(FUZZERS)): $(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o \
		$(BUILD)/ctl.a $(HELPER) $(CLIENT) $(HTTP) $(COMMON)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $^ $(CTL_LIBS)

all-fuzzers: $(FUZZERS)

fuzzers: FORCE
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/clang CC=clang OPT="-O1 -g" HARDEN= \
		SAN="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined" all-fuzzers

fuzz: fuzzers
	@BUILD=$(BUILD) tests/fuzz/test_fuzz.sh $(FUZZ_SECONDS)

tests: $(PROGRAMS) $(addprefix $(BUILD)/tests/,kill_at_write.so wall_clock.so) $(UNIT_TESTS) $(PAM_TESTS) $(BUILD)/tests/pam/probe $(WORLD_TOOLS) \
	$(HTTP_TOOLS) $(HTTP_TESTS) $(CALL_TOOLS) $(BUILD)/tests/telephone/telephone \
	$(addprefix $(BUILD)/tests/fault/,test_torture http_torture test_mfad_faults test_mfad_report) fuzzers

check: tests
	@tests/run $(BUILD)

demo: $(PROGRAMS) $(WORLD_TOOLS) $(BUILD)/tests/telephone/telephone
	@tests/deps --check build
	@tests/world/run -b $(BUILD) $(CURDIR)/tests/demo/demo

# ---- measurements ----

BENCH_TOOLS = $(addprefix $(BUILD)/tests/bench/,login provision push service calls slow_sync.so)

$(BUILD)/tests/bench/login: $(BUILD)/tests/bench/login.o $(COMMON)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lpam $(HELPER_LIBS)

$(BUILD)/tests/bench/push: $(BUILD)/tests/bench/push.o $(filter-out %/main.o,$(call objs,tests/phone)) \
		$(CLIENT) $(HTTP) $(COMMON)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lpam $(HTTP_LIBS) -lpthread

$(BUILD)/tests/bench/provision: $(BUILD)/tests/bench/provision.o $(COMMON)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(HELPER_LIBS)

$(BUILD)/tests/bench/service: $(addprefix $(BUILD)/tests/bench/,service.o people.o wire.o) \
		$(BUILD)/tests/number.o $(BUILD)/server.a $(COMMON)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lssl -lsqlite3 -lcrypto -lpthread

$(BUILD)/tests/bench/calls: $(addprefix $(BUILD)/tests/bench/,calls.o callee.o people.o wire.o) \
		$(BUILD)/tests/number.o $(BUILD)/server.a $(COMMON)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lpam -lssl -lsqlite3 -lcrypto -lpthread

$(BUILD)/tests/bench/slow_sync.so: tests/bench/slow_sync.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -shared -o $@ $<

# By hand: the state alone, in a directory that it makes.
$(BUILD)/tests/bench/store_bench: $(BUILD)/tests/bench/store_bench.o $(COMMON)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(HELPER_LIBS)

# How the cost of a login grows with users and with logins that wait.
GROWTH = $(BUILD)/tests/bench/growth

$(GROWTH): $(addprefix $(BUILD)/tests/bench/,growth.o growth_state.o people.o) $(BUILD)/server.a $(COMMON)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lsqlite3 -lcrypto -lpthread

# They are built with the tests, which show that they can be.
tests: $(GROWTH) $(BENCH_TOOLS) $(BUILD)/tests/bench/store_bench

bench: $(PROGRAMS) $(WORLD_TOOLS) $(GROWTH) $(BENCH_TOOLS) $(BUILD)/tests/call/place
	@tests/deps --check
	@tests/bench/run $(BUILD)

.PHONY: FORCE fuzz fuzzers all-fuzzers bench install uninstall tests check demo
.SECONDARY:
