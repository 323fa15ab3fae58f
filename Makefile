# syscost: see README.md. `make` builds, and never installs anything.
CC      ?= cc
PREFIX  ?= /usr/local
BUILD   ?= build
CFLAGS  ?= -O2 -g
WARN     = -Wall -Wextra -Werror
# The CPU that the compiler makes code for.
ARCH    := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)) $(shell uname -m))
ifeq ($(wildcard include/arch/$(ARCH).mk),)
$(error syscost does not know the CPU $(ARCH): see README, to add a CPU)
endif
include include/arch/$(ARCH).mk
# The timed loops: the same everywhere.
HOT      = -O2 $(HOT_ARCH) -fno-stack-protector -falign-functions=64
INC      = -std=gnu11 -D_GNU_SOURCE -Iinclude -Isrc -I$(BUILD)
LIBS     = -luring -ljansson -lm -lpthread
# All flags of the timed loops, as every result records them; paths change no code.
FLAGS    = $(filter-out -I% -fdebug-prefix-map=% -ffile-prefix-map=% \
	-fmacro-prefix-map=%,$(CFLAGS) $(HOT) $(INC))

SRC      = $(wildcard src/*.c src/*/*.c)
TINY     = bench/tiny/true.c
BENCH    = $(filter-out $(TINY),$(wildcard bench/*.c bench/*/*.c))
ASM      = $(wildcard src/*/*.S)
OBJ      = $(SRC:%.c=$(BUILD)/%.o) $(BENCH:%.c=$(BUILD)/%.o) $(ASM:%.S=$(BUILD)/%.o)
UNIT     = $(wildcard tests/unit/test_*.c)
UNITBIN  = $(UNIT:tests/unit/%.c=$(BUILD)/unit/%)
HELPER   = $(wildcard tests/helpers/*.c)
HELPBIN  = $(HELPER:tests/helpers/%.c=$(BUILD)/helpers/%)

# One short line a file; V=1 shows the commands.
ifeq ($(V),1)
say      = 
else
say      = @echo "  $(1)$(@:$(BUILD)/%=%)";
endif

all: $(BUILD)/syscost

# Written anew only when a source comes or goes: then the program is linked anew.
$(BUILD)/objects: FORCE
	@mkdir -p $(@D)
	@echo $(OBJ) >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(BUILD)/syscost: $(OBJ) $(BUILD)/objects
	$(call say,LINK  )$(CC) $(CFLAGS) $(LDFLAGS) -Wl,-z,now -Wl,--build-id -o $@ $(OBJ) $(LIBS)

# Written anew only when the compiler or a flag changes; everything is then built anew.
$(BUILD)/flags.h: export NOW = $(FLAGS)
$(BUILD)/flags.h: FORCE
	@mkdir -p $(@D)
	@printf '/* %s */\n#define SYSCOST_FLAGS "%s"\n' "$(CC)" \
		"$$(printf %s "$$NOW" | sed 's/[\\"]/\\&/g')" >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(BUILD)/bench/%.o: bench/%.c Makefile $(BUILD)/flags.h
	@mkdir -p $(@D)
	$(call say,CC    )$(CC) $(CFLAGS) $(HOT) $(WARN) $(INC) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: %.c Makefile $(BUILD)/flags.h
	@mkdir -p $(@D)
	$(call say,CC    )$(CC) $(CFLAGS) $(WARN) $(INC) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: %.S Makefile
	@mkdir -p $(@D)
	$(call say,AS    )$(CC) -I$(BUILD) -c -o $@ $<

# The program that exec benchmarks run, inside of syscost.
$(BUILD)/src/measure/tiny.o: $(BUILD)/tiny_true
$(BUILD)/tiny_true: $(TINY) Makefile $(BUILD)/flags.h
	@mkdir -p $(@D)
	$(call say,LINK  )$(CC) $(HOT) $(WARN) $(INC) -fno-asynchronous-unwind-tables \
		-nostdlib -static -Wl,--build-id=none -o $@ $<

# The names of the system calls that bench.h has numbers of.
$(BUILD)/src/measure/calls.o: $(BUILD)/measure/calls.inc
$(BUILD)/measure/calls.inc: include/bench.h $(wildcard include/arch/*.h) $(BUILD)/flags.h
	@mkdir -p $(@D)
	$(call say,GEN   )$(CC) $(INC) -E -dM include/bench.h | \
		sed -n 's/^#define SYS_\([a-z0-9_]*\) .*/"\1",/p' | sort >$@

$(BUILD)/src/render/embed.o: $(wildcard scripts/plots/*.gp src/render/*.css src/render/*.js)

$(BUILD)/unit/%: tests/unit/%.c $(wildcard tests/unit/*.h) $(OBJ)
	@mkdir -p $(@D)
	$(call say,CC    )$(CC) $(CFLAGS) $(WARN) $(INC) -o $@ $< \
		$(filter-out $(BUILD)/src/main.o,$(OBJ)) $(LIBS) -lcmocka

# Programs that the tests of the whole program use.
$(BUILD)/helpers/%: tests/helpers/%.c
	@mkdir -p $(@D)
	$(call say,CC    )$(CC) $(CFLAGS) $(WARN) $(INC) -o $@ $< -lseccomp

# The commands that read stored rows, without what measures.
READERS  = $(filter $(foreach d,base stats row compare render,$(BUILD)/src/$(d)/%),$(OBJ)) \
	$(foreach c,batch cli command compare export learnt option report verdict,$(BUILD)/src/cli/$(c).o)
$(BUILD)/readers: tests/readers/readers.c $(READERS)
	$(call say,LINK  )$(CC) $(CFLAGS) $(WARN) $(INC) -o $@ $< $(READERS) -ljansson -lm

$(BUILD)/tools/%: tests/tools/%.c $(wildcard tests/tools/*.h) $(OBJ)
	@mkdir -p $(@D)
	$(call say,CC    )$(CC) $(CFLAGS) $(WARN) $(INC) -o $@ $< \
		$(filter-out $(BUILD)/src/main.o $(BUILD)/src/cli/%,$(OBJ)) $(LIBS)

# Experiments that decide how windows are taken and judged (README, Method).
METHOD   = $(BUILD)/tools/twice $(BUILD)/tools/probe
method: $(METHOD)
	$(BUILD)/tools/twice
	$(BUILD)/tools/probe

static:
	$(MAKE) BUILD=$(BUILD)/static LDFLAGS=-static \
		LIBS="-Wl,-u,pfm_get_os_event_encoding -lpfm $(LIBS)"

bench: all
	$(BUILD)/syscost run -o results/run-$$(date +%Y%m%d-%H%M%S)

check: all $(UNITBIN) $(HELPBIN) $(BUILD)/readers
	tests/run.sh $(BUILD)

# Unit tests, the tests of the program and a run of every row, all of it built with
# AddressSanitizer and UndefinedBehaviorSanitizer. Also with CC=clang.
SANITIZE = $(BUILD)/sanitize-$(notdir $(firstword $(CC)))
sanitize:
	$(MAKE) BUILD=$(SANITIZE) CFLAGS="-O1 -g -fsanitize=address,undefined \
		-fno-sanitize-recover=all" all unit helpers
	tests/sanitize.sh $(SANITIZE)

# Targets of libFuzzer, which needs clang: build/fuzz/fuzz_wire -max_total_time=60. Here
# they are built, and read what stands in tests/fuzz/corpus.
FUZZ     = $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/*.c))
fuzz: $(FUZZ)
	@for f in $(FUZZ); do $$f -runs=0 tests/fuzz/corpus 2>$$f.log || \
		{ cat $$f.log; exit 1; }; done
$(BUILD)/fuzz/%: tests/fuzz/%.c $(wildcard src/row/*.c src/stats/*.c src/base/*.c) src/measure/wire.c
	@mkdir -p $(@D)
	$(call say,CC    )clang -O1 -g -fsanitize=fuzzer,address,undefined $(WARN) $(INC) -o $@ \
		$(filter %.c,$^) -ljansson -lm

# shellcheck, clang-format, and no warning of gcc or clang.
lint:
	BUILD=$(BUILD) scripts/lint.sh

unit: $(UNITBIN)

helpers: $(HELPBIN) $(BUILD)/readers

tools: $(METHOD)

# What the suite says of itself, measured; long, and resumable. See the scripts.
self-test-noise self-test-power self-test-relink: all
	scripts/$@.sh

print-libs:
	@echo $(LIBS)

# What is installed where, below PREFIX: FILE:PLACE.
INSTALL  = man/syscost.1:share/man/man1/syscost.1 \
	scripts/completions/syscost.bash:share/bash-completion/completions/syscost \
	scripts/completions/_syscost:share/zsh/site-functions/_syscost \
	scripts/completions/syscost.fish:share/fish/vendor_completions.d/syscost.fish

install: all
	install -D -m 755 $(BUILD)/syscost $(DESTDIR)$(PREFIX)/bin/syscost
	@set -e; for f in $(INSTALL); do \
		echo "install $${f%%:*} $(DESTDIR)$(PREFIX)/$${f#*:}"; \
		install -D -m 644 "$${f%%:*}" "$(DESTDIR)$(PREFIX)/$${f#*:}"; \
	done

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/syscost
	rm -f $(foreach f,$(INSTALL),$(DESTDIR)$(PREFIX)/$(lastword $(subst :, ,$(f))))

clean:
	rm -rf $(BUILD)

-include $(OBJ:.o=.d)
.PHONY: FORCE all static bench method check fuzz sanitize lint unit helpers tools install uninstall clean
.PHONY: self-test-noise self-test-power self-test-relink print-libs
.SECONDARY:
