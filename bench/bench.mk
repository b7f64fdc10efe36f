# Benchmarks of the hot paths, each beside its peer in the same run, one JSON line a result. Ratios
# from one run are what counts; absolute times of a shared machine prove nothing.
#   bench/x.c            C, linked with everything but the programs' mains
#   bench/x.js           runs alike on isorun and on Node; compare.mjs prints both and the ratio

BENCH := $(patsubst bench/%.c,$(B)/bench/%,$(wildcard bench/*.c))
COMPARE = node bench/compare.mjs $(B)/bin/isorun

$(BENCH): $(B)/bench/%: bench/%.c $(filter-out %/main.o,$(RUNTIME)) $(DETECT) $(WIRE) $(BASE)
	@mkdir -p $(@D)
	$(call say,BENCH)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -MF $@.d -o $@ $(filter %.c %.o,$^) $(LIBS_isorun) $(LIBS_bench_$(@F))

# history on disk beside a row for each sample
$(B)/bench/history: $(patsubst %,$(B)/obj/daemon/%.o,history/pack history/track history/disk \
  history/keeper history/recall history/query model/history)
LIBS_bench_history := -lsqlite3

.PHONY: bench bench-c bench-js bench-lttng bench-pool bench-probes bench-page check-frames bench-page-hour bench-stream bench-agent bench-watched
bench: bench-c bench-lttng bench-js
bench-c: $(BENCH)
	$(Q)for program in $(BENCH); do $$program || exit 1; done
# our record beside an LTTng-UST event; Debian's packages, unpacked under build/, not installed
bench-lttng: $(B)/bench/ring
	$(Q)sh bench/lttng.sh $(B)/bench/ring build/peers/lttng
bench-js: $(PROGRAMS) bench-pool
	$(Q)$(COMPARE) bench/start.js 3
	$(Q)$(COMPARE) bench/idle.js 3
	$(Q)$(COMPARE) bench/messages.js 3
	$(Q)$(COMPARE) bench/latency.js 3
	$(Q)$(COMPARE) bench/load.js 3
	$(Q)$(COMPARE) bench/await.js 3
	$(Q)$(COMPARE) bench/heap.js 3
	$(Q)$(B)/bin/isorun --collector none bench/allocating.js
	$(Q)node bench/watched.mjs $(B)/bin
	$(Q)node bench/lowering.mjs $(B)/bin/isorun
# the dashboard: bytes and time to the first picture; with few and many isolates frames of the long
# table and the cost of page, browser and collector; the stream beside Node's; whether a page grows
bench-page: $(PROGRAMS) build/npm/e2e/.done
	$(Q)node bench/first.mjs $(B)/bin
	$(Q)node bench/page.mjs $(B)/bin 12
	$(Q)node bench/page.mjs $(B)/bin 1000
	$(Q)node bench/page.mjs $(B)/bin 10000
	$(Q)node bench/page.mjs $(B)/bin 50 60 overview
# 10,000 isolates: 95 of 100 frames within 17 ms, on a machine that does nothing else
check-frames: $(PROGRAMS) build/npm/e2e/.done
	$(Q)FRAME_MOST=17 node bench/page.mjs $(B)/bin 10000 5
bench-page-hour: $(PROGRAMS) build/npm/e2e/.done
	$(Q)node bench/hour.mjs $(B)/bin 3600 10
$(B)/bench/fanout: bench/tools/fanout.c
	@mkdir -p $(@D)
	$(call say,BENCH)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -MF $@.d -o $@ $<
bench-stream: $(PROGRAMS) $(B)/bench/fanout
	$(Q)node bench/sse.mjs $(B)/bin
# Node with the agent beside Node without it
bench-agent: $(B)/bin/isoscoped
	$(Q)node bench/agent.mjs $(B)/bin
# published servers with worker threads under wrk: probes, agent, both, neither; root
bench-watched: $(PROGRAMS) build/npm/watched/.done
	$(Q)node bench/served.mjs $(B)/bin $(CURDIR)/build/npm/watched/node_modules
# isoscope:pool beside the published piscina (tests/pools)
bench-pool: $(B)/bin/isorun build/npm/pools/.done
	$(Q)$(COMPARE) bench/pool.js 3 $(CURDIR)/build/npm/pools/node_modules
# what probes cost Node.js; root
bench-probes: $(PROGRAMS)
	$(Q)ISOSCOPE_BIN=$(B)/bin node bench/probes.mjs 5
# beside stock Duktape, with a checkout of Octane: make bench-octane OCTANE=path
bench-octane: $(B)/bin/isorun
	$(Q)node bench/octane.mjs $(B)/bin/isorun $(OCTANE)
