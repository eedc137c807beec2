# What others wrote. Debian's package where it is sound; else sources from a registry, pinned by version and hash.
# Debian's own SQLite has the WAL-reset bug (docs/decisions/0001-own-sqlite.md); its simdjson comes as a shared library only.
npm_package(better-sqlite3 VERSION 12.11.1 OUT better_sqlite3
            SHA256 ebf0ed75a7a59dbcb3b24bbd014ef49d9f15bc328e4adcbf516f2a8fadfa2835)
npm_package(uplot VERSION 1.6.32 OUT uplot
            SHA256 4b8a8191e425658e3ea8c8c1314b0fc679c861ee3a1af2b20c7b16ba50b5133d)
npm_package(@nozbe/simdjson VERSION 3.9.4 OUT nozbe_simdjson
            SHA256 d5c2e068967f1c3061123813d9b6e58ae4b180eb9c8b65b3db9a7f26a2a8a5c1)

add_library(sqlite3 STATIC ${better_sqlite3}/deps/sqlite3/sqlite3.c)
target_include_directories(sqlite3 SYSTEM PUBLIC ${better_sqlite3}/deps/sqlite3)
# The options that https://sqlite.org/compile.html recommends, less those that would change what Debian's shell sees.
target_compile_definitions(sqlite3 PRIVATE
  SQLITE_DQS=0 SQLITE_THREADSAFE=2 SQLITE_DEFAULT_MEMSTATUS=0 SQLITE_DEFAULT_WAL_SYNCHRONOUS=1
  SQLITE_LIKE_DOESNT_MATCH_BLOBS SQLITE_MAX_EXPR_DEPTH=0 SQLITE_OMIT_DEPRECATED SQLITE_OMIT_SHARED_CACHE
  SQLITE_OMIT_LOAD_EXTENSION SQLITE_USE_ALLOCA SQLITE_OMIT_AUTOINIT SQLITE_STRICT_SUBTYPE=1
  HAVE_FDATASYNC=1)  # else it writes the inode too, whenever it syncs
target_compile_options(sqlite3 PRIVATE -w)

add_library(simdjson STATIC ${nozbe_simdjson}/src/simdjson.cpp)
target_include_directories(simdjson SYSTEM PUBLIC ${nozbe_simdjson}/src)
target_compile_options(simdjson PRIVATE -w)

# spdlog and fmt are header-only in the few files that use them: a child maps neither library.
add_library(fmt_headers INTERFACE)
target_compile_definitions(fmt_headers INTERFACE FMT_HEADER_ONLY=1)
add_library(spdlog_headers INTERFACE)
target_compile_definitions(spdlog_headers INTERFACE SPDLOG_HEADER_ONLY SPDLOG_FMT_EXTERNAL)
target_link_libraries(spdlog_headers INTERFACE fmt_headers)

find_library(NETTLE_STATIC libnettle.a REQUIRED)
add_library(nettle STATIC IMPORTED)
set_target_properties(nettle PROPERTIES IMPORTED_LOCATION ${NETTLE_STATIC})

find_package(nlohmann_json 3.11 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(GTest REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Threads REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(CURL 7.88 REQUIRED)
