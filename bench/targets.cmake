# Built by the target `benchmarks` only; bench/run runs them and writes bench/RESULTS.md (make bench).

eidos_bench(documents DEPS data base LIBS yaml rapidjson)
eidos_bench(diff DEPS diff model data base)
eidos_bench(stages DEPS bundle recipe catalog embedded_catalog model data base)
eidos_bench_program(bench_tool SOURCES bench/bench_tool.cc DEPS base)
eidos_bench_program(catalog_growth SOURCES bench/catalog_growth.cc DEPS recipe catalog embedded_catalog model data base)
