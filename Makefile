# Builds everything into build/. `make help` lists the targets.

BUILD ?= release
OUT := build/$(BUILD)
CC_release := gcc
CC_debug := gcc
CC_asan := gcc
CC_tsan := gcc
CC := $(CC_$(BUILD))

COMMON_FLAGS := -std=c11 -D_GNU_SOURCE -I. -g -fno-omit-frame-pointer -Wall -Wextra -Wshadow -Wconversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla -Werror
FLAGS_release := -O2 -fstack-protector-strong -D_FORTIFY_SOURCE=2
FLAGS_debug := -O0
FLAGS_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
FLAGS_tsan := -O1 -fsanitize=thread
PACKAGES := libxml-2.0 jansson sqlite3 openssl
CFLAGS := $(COMMON_FLAGS) $(FLAGS_$(BUILD)) $(shell pkg-config --cflags $(PACKAGES) | sed 's/-I/-isystem /g')
LDFLAGS := $(filter -fsanitize=%,$(FLAGS_$(BUILD))) -pthread

# One archive per module. Below, for each, the archives and libraries it may use: a test links these and no others.
MODULES := base scoring importers reports service/storage service/auth service/host service/intake service/rounds service/commands
USES_base :=
USES_scoring := base
USES_importers := base
USES_reports := scoring base
USES_service/storage := base
USES_service/auth := service/storage base
USES_service/host := service/auth service/storage base
USES_service/intake := service/host service/auth service/storage importers scoring reports base
USES_service/rounds := service/host service/auth service/storage scoring reports base
USES_service/commands := service/intake service/rounds service/host service/auth service/storage importers reports scoring base
LIBS_base :=
LIBS_scoring := -linih -lm
LIBS_importers := -lcsv -linih
LIBS_reports := $(shell pkg-config --libs libxml-2.0 jansson)
LIBS_service/storage := $(shell pkg-config --libs sqlite3)
LIBS_service/auth := $(shell pkg-config --libs openssl)
LIBS_service/host := -linih
LIBS_service/intake :=
LIBS_service/rounds :=
LIBS_service/commands := $(shell pkg-config --libs jansson)
archive = $(OUT)/lib$(notdir $(1)).a
archives = $(call archive,$(1)) $(foreach m,$(USES_$(1)),$(call archive,$(m)))
libs = $(sort $(LIBS_$(1)) $(foreach m,$(USES_$(1)),$(LIBS_$(m))))

# Files that become part of the program as bytes: SQL, profiles, calendars, style sheets.
EMBEDDED_service/storage := $(sort $(wildcard service/storage/migrations/*.sql service/storage/queries/*.sql))
EMBEDDED_importers := $(sort $(wildcard importers/profiles/*.ini))
EMBEDDED_scoring := $(sort $(wildcard scoring/data/*))
EMBEDDED_reports := $(sort $(wildcard reports/assets/*))

objects = $(patsubst %.c,$(OUT)/%.o,$(wildcard $(1)/*.c)) $(if $(EMBEDDED_$(1)),$(OUT)/$(1)/embedded.o)
TESTS := $(patsubst %.c,$(OUT)/%,$(wildcard tests/*/test_*.c tests/*/*/test_*.c))
SUPPORT := $(patsubst %.c,$(OUT)/%.o,$(wildcard tests/support/*.c))
SOURCES := $(shell git ls-files -co --exclude-standard '*.c' '*.h' 2>/dev/null)
PROGRAM := $(OUT)/pingyi

all: build/pingyi ## build the program (the default)
build/pingyi: $(PROGRAM)
	@ln -sf $(BUILD)/pingyi $@
$(PROGRAM): $(OUT)/service/main.o $(call archives,service/commands)
	@echo "  link $@"; $(CC) $(LDFLAGS) -o $@ $^ $(call libs,service/commands) -ldl -lm

define module_rules
$(call archive,$(1)): $(call objects,$(1))
	@rm -f $$@; ar rcs $$@ $$^
$(OUT)/$(1)/embedded.c: scripts/embed.sh $(EMBEDDED_$(1))
	@mkdir -p $$(@D); sh scripts/embed.sh $(notdir $(1)) $(EMBEDDED_$(1)) > $$@
$(OUT)/$(1)/embedded.o: $(OUT)/$(1)/embedded.c
	@$$(CC) $$(CFLAGS) -c -o $$@ $$<
$(OUT)/tests/$(1)/test_%: $(OUT)/tests/$(1)/test_%.o $(SUPPORT) $(call archives,$(1))
	@echo "  link $$@"; $$(CC) $$(LDFLAGS) -o $$@ $$^ $(call libs,$(1)) -lcmocka
endef
$(foreach m,$(MODULES),$(eval $(call module_rules,$(m))))

$(OUT)/%.o: %.c $(OUT)/flags
	@mkdir -p $(@D); echo "  cc $<"; $(CC) $(CFLAGS) -MMD -MP -c -o $@ $<
# Objects depend on the flags they were made with.
$(OUT)/flags: force
	@mkdir -p $(@D); echo '$(CC) $(CFLAGS)' | cmp -s - $@ || echo '$(CC) $(CFLAGS)' > $@
-include $(shell find $(OUT) -name '*.d' 2>/dev/null)

include tests/tests.mk

format: ## rewrite the sources as clang-format decides
	clang-format -i $(SOURCES)
clean: ## remove everything that was built
	rm -rf build
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | sort
force:
.PHONY: all format clean help force
.SECONDARY:
.DELETE_ON_ERROR:
