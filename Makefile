# Builds everything into build/. `make help` lists the targets.

BUILD ?= release
OUT := build/$(BUILD)
CC := $(if $(filter fuzz,$(BUILD)),clang,gcc)

COMMON_FLAGS := -std=c11 -D_GNU_SOURCE -I. -g -fno-omit-frame-pointer -Wall -Wextra -Wshadow -Wconversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla -Werror
FLAGS_release := -O2 -flto=auto -fstack-protector-strong -D_FORTIFY_SOURCE=2
FLAGS_debug := -O0
FLAGS_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
FLAGS_tsan := -O1 -fsanitize=thread
FLAGS_fuzz := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
# Debian's packages of libcsv, inih and libunistring name no flags: their headers and libraries lie where the compiler looks anyway.
PACKAGES := libxml-2.0 jansson sqlite3 openssl minizip expat libuv libsodium liboath libqrencode zlib libsystemd
LDFLAGS := $(filter -O% -flto% -fsanitize=%,$(FLAGS_$(BUILD))) -pthread

# Debian 13 has llhttp as a library; Debian 12 has its C files in a package for Node, compiled here, strict.
LLHTTP_LIBS := $(shell pkg-config --libs libllhttp 2>/dev/null)
OBJECTS_service/http := $(if $(LLHTTP_LIBS),,$(patsubst %,$(OUT)/llhttp/%.o,api http llhttp))
LLHTTP_INCLUDE := $(if $(LLHTTP_LIBS),,-isystem /usr/share/include/llhttp)
CFLAGS := $(COMMON_FLAGS) $(FLAGS_$(BUILD)) $(shell pkg-config --cflags $(PACKAGES) | sed 's/-I/-isystem /g') $(LLHTTP_INCLUDE)

# One archive per module. Below, for each, the archives and libraries it may use: a test links these and no others.
MODULES := base scoring importers reports service/storage service/auth service/host service/intake service/rounds \
	service/followup service/response service/http service/jobs service/pages service/api service/commands
USES_scoring := base
USES_importers := scoring base
USES_reports := scoring base
USES_service/storage := base
USES_service/auth := service/storage base
USES_service/host := service/auth service/storage base
USES_service/intake := service/host service/auth service/storage importers scoring reports base
USES_service/rounds := service/host service/auth service/storage importers scoring reports base
USES_service/followup := service/rounds service/intake $(USES_service/intake)
USES_service/response := service/rounds $(USES_service/rounds)
USES_service/http := base
USES_service/jobs := service/storage base
USES_service/pages := base
USES_service/api := service/http service/jobs service/pages service/followup service/response $(USES_service/followup)
USES_service/commands := service/api $(USES_service/api)
# What the tests of a module use besides: those of rounds load their orders as the office does.
ALSO_service/rounds := service/intake
ALSO_service/response := service/intake
LIBS_scoring := -linih -lm
LIBS_importers := -lcsv -linih -lunistring $(shell pkg-config --libs minizip expat)
LIBS_reports := $(shell pkg-config --libs libxml-2.0 jansson libqrencode) -lm
LIBS_service/storage := $(shell pkg-config --libs sqlite3)
LIBS_service/auth := $(shell pkg-config --libs openssl libsodium liboath)
LIBS_service/host := -linih
LIBS_service/http := $(LLHTTP_LIBS) $(shell pkg-config --libs libuv openssl zlib)
LIBS_service/jobs := $(shell pkg-config --libs libuv)
LIBS_service/api := $(shell pkg-config --libs jansson)
LIBS_service/commands := $(shell pkg-config --libs jansson libsystemd)
archive = $(OUT)/lib$(notdir $(1)).a
archives = $(call archive,$(1)) $(foreach m,$(USES_$(1)),$(call archive,$(m)))
libs = $(sort $(LIBS_$(1)) $(foreach m,$(USES_$(1)),$(LIBS_$(m))))
# The group makes the order of the archives irrelevant.
link = @echo "  link $@"; $(CC) $(LDFLAGS) -o $@ -Wl,--start-group $(filter %.o %.a,$^) -Wl,--end-group

# Files that become part of the program as bytes: SQL, profiles, calendars, style sheets.
EMBEDDED_service/storage := $(sort $(wildcard service/storage/migrations/*.sql service/storage/queries/*.sql))
EMBEDDED_importers := $(sort $(wildcard importers/profiles/*.ini))
EMBEDDED_scoring := $(sort $(wildcard scoring/data/*.csv scoring/data/*.ini))
EMBEDDED_reports := $(sort $(wildcard reports/assets/*))
EMBEDDED_service/auth := $(sort $(wildcard service/auth/data/*))
EMBEDDED_service/api := $(sort $(wildcard service/api/*.json))
NPM := build/npm/node_modules
EMBEDDED_service/pages := $(sort $(filter-out %.md %.h %package.json %package-lock.json,$(wildcard service/pages/*.*))) \
	$(NPM)/htm/preact/standalone.module.js $(NPM)/@picocss/pico/css/pico.min.css

objects = $(patsubst %.c,$(OUT)/%.o,$(wildcard $(1)/*.c)) $(if $(EMBEDDED_$(1)),$(OUT)/$(1)/embedded.o) $(OBJECTS_$(1))
# `make test ONLY=service` runs the tests below tests/service.
ONLY :=
TESTS := $(filter $(OUT)/tests/$(ONLY)%,$(patsubst %.c,$(OUT)/%,$(wildcard tests/*/test_*.c tests/*/*/test_*.c)))
E2E := $(filter tests/$(ONLY)%,$(wildcard tests/e2e/*.sh))
FUZZERS := $(patsubst %.c,build/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
DEMONSTRATION := $(OUT)/tests/demonstration/phone_campaign
BENCHES := $(patsubst %.c,$(OUT)/%,$(wildcard tests/bench/bench_*.c))
SUPPORT := $(patsubst %.c,$(OUT)/%.o,$(wildcard tests/support/*.c))
export SOURCES := $(shell git ls-files -co --exclude-standard '*.c' '*.h' 2>/dev/null)
export CLANG_FLAGS := $(COMMON_FLAGS) $(LLHTTP_INCLUDE)
PROGRAM := $(OUT)/pingyi

all: $(PROGRAM) ## build the program (the default); plain `make` leaves it at build/pingyi
	@$(if $(filter build/release,$(OUT)),ln -sf release/pingyi build/pingyi)
$(PROGRAM): $(OUT)/service/main.o $(call archives,service/commands)
	$(link) $(call libs,service/commands)

define module_rules
$(call archive,$(1)): $(call objects,$(1))
	@rm -f $$@; gcc-ar rcs $$@ $$^
$(OUT)/$(1)/embedded.c: scripts/embed.sh $(EMBEDDED_$(1))
	@mkdir -p $$(@D); sh scripts/embed.sh $(notdir $(1)) $(EMBEDDED_$(1)) > $$@
$(OUT)/$(1)/embedded.o: $(OUT)/$(1)/embedded.c $(OUT)/flags
	@$$(CC) $$(CFLAGS) -MMD -MP -c -o $$@ $$<
$(OUT)/tests/$(1)/test_%: $(OUT)/tests/$(1)/test_%.o $(SUPPORT) $(call archives,$(1)) $(OUT)/libbase.a \
		$(foreach m,$(ALSO_$(1)),$(call archives,$(m)))
	$$(link) $(call libs,$(1)) $(foreach m,$(ALSO_$(1)),$(call libs,$(m))) -lcmocka
endef
$(foreach m,$(MODULES),$(eval $(call module_rules,$(m))))
$(OUT)/tests/sim/test_simulation: $(patsubst %.c,$(OUT)/%.o,$(wildcard tests/sim/*.c)) $(SUPPORT) $(call archives,service/followup)
	$(link) $(call libs,service/followup) -lcmocka
$(OUT)/tests/fuzz/fuzz_%: $(OUT)/tests/fuzz/fuzz_%.o $(call archives,service/api)
	$(link) -fsanitize=fuzzer $(call libs,service/api)
$(BENCHES) $(DEMONSTRATION): %: %.o $(call archives,service/commands)
	$(link) $(call libs,service/commands)

$(OUT)/llhttp/%.o: /usr/share/llhttp/%.c $(OUT)/flags
	@mkdir -p $(@D); $(CC) -O2 -DLLHTTP_STRICT_MODE=1 $(LLHTTP_INCLUDE) $(filter -f%,$(CFLAGS)) -w -c -o $@ $<
# What the pages take from the npm registry, by the lock file; nothing of it is committed.
$(EMBEDDED_service/pages): | build/npm/installed
build/npm/installed: service/pages/package-lock.json
	@mkdir -p build/npm; cp service/pages/package.json service/pages/package-lock.json build/npm
	@cd build/npm && npm ci --ignore-scripts --no-audit --no-fund --silent && touch installed

$(OUT)/%.o: %.c $(OUT)/flags
	@mkdir -p $(@D); echo "  cc $<"; $(CC) $(CFLAGS) -MMD -MP -c -o $@ $<
# Objects depend on the flags they were made with.
$(OUT)/flags: force
	@mkdir -p $(@D); echo '$(CC) $(CFLAGS)' | cmp -s - $@ || echo '$(CC) $(CFLAGS)' > $@
-include $(shell find $(OUT) -name '*.d' 2>/dev/null)

demonstration: $(DEMONSTRATION) ## build what phones the demonstration's round
test: $(TESTS) $(if $(E2E),$(PROGRAM) $(DEMONSTRATION) $(OUT)/tests/bench/bench_callers) ## build and run the tests (BUILD=asan, ONLY=scoring)
	@PINGYI=$(PROGRAM) sh scripts/run_tests.sh $(TESTS) $(E2E)
golden: ## rewrite the golden files; git shows what changed
	@GOLDEN=update $(MAKE) --no-print-directory test
check: ## layers, headers, style, clang-tidy, tests under sanitizers, fuzz
	@sh scripts/run_checks.sh
layers headers style tidy: ## one check of the sources alone
	@sh scripts/check_$@.sh
fuzz: ## run every fuzz target for FUZZ_SECONDS (20)
	@$(MAKE) --no-print-directory BUILD=fuzz $(FUZZERS)
	@printf '%s\n' $(FUZZERS) | xargs -n 1 -P "$$(nproc)" sh scripts/run_fuzz.sh
bench: $(PROGRAM) $(BENCHES) ## measure speed and print the ratios
	@set -e; for run in $(BENCHES) $(wildcard tests/bench/*.sh); do PINGYI=$(PROGRAM) $$run; done
sim: $(OUT)/tests/sim/test_simulation; @SIM=city $< ## a city and forty towns are phoned in a time of their own, every rule checked on every call
soak: $(PROGRAM) ## hours: 1000 kills while it writes, streams of 5 GB, every fuzz target for an hour
	@PINGYI=$(PROGRAM) KILLS=1000 STREAM_MB=5000 sh scripts/run_tests.sh tests/e2e/kill.sh tests/e2e/kill_round.sh tests/e2e/kill_serve.sh tests/e2e/stream.sh
	@$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=3600
format: ## rewrite the sources as clang-format decides
	clang-format -i $(SOURCES)
clean: ## remove everything that was built
	rm -rf build
help: ## list the targets
	@sed -nE 's/^([a-z][a-z ]*):.*## /\1\t/p' Makefile | expand -t 28
.PHONY: all demonstration test golden check layers headers style tidy fuzz bench sim soak format clean help force
.SECONDARY .DELETE_ON_ERROR:
