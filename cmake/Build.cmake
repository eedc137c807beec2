# How every target of the project is compiled. The presets choose the build type and the instrumentation.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)

set(USER_LIMITS_SANITIZE "" CACHE STRING "-fsanitize= value for every target, empty for none")
option(USER_LIMITS_COVERAGE "Compile for gcov" OFF)
option(USER_LIMITS_WERROR "Warnings are errors" ON)

find_program(CCACHE ccache)
if(CCACHE)
  # The base folder makes two checkouts share their cache; the sloppiness is what precompiled headers need.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

# Third-party sources that we compile ourselves get these too, but not the warnings.
if(USER_LIMITS_SANITIZE)
  add_compile_options(-fsanitize=${USER_LIMITS_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${USER_LIMITS_SANITIZE})
elseif(NOT USER_LIMITS_COVERAGE)
  # A child starts in a third of the time and in half the memory when it maps no libstdc++.
  add_link_options(-static-libstdc++ -static-libgcc)
endif()
# use_shared_libstdcxx(<program>): for one that uses a shared C++ library; two libstdc++ in a process would be one too many.
function(use_shared_libstdcxx target)
  get_target_property(options ${target} LINK_OPTIONS)
  list(REMOVE_ITEM options -static-libstdc++ -static-libgcc)
  set_target_properties(${target} PROPERTIES LINK_OPTIONS "${options}")
endfunction()
# use_no_shared_library(<program>): for one that does without the C library's name service, and starts often.
function(use_no_shared_library target)
  if(NOT USER_LIMITS_SANITIZE AND NOT USER_LIMITS_COVERAGE)
    use_shared_libstdcxx(${target})  # the two options and the next exclude each other
    target_link_options(${target} PRIVATE -static-pie)
  endif()
endfunction()
# Most of an idle child's resident memory is code: what nothing calls (of libstdc++, above all) is left out.
add_link_options(-Wl,--gc-sections)
if(USER_LIMITS_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()

# The rules our own code is held to: target_link_libraries(x PRIVATE project_rules).
add_library(project_rules INTERFACE)
target_include_directories(project_rules INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(project_rules INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor
                       $<$<BOOL:${USER_LIMITS_WERROR}>:-Werror>
                       # To clang, the std::stable_sort of GCC 12 uses what is deprecated.
                       $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
if(USER_LIMITS_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # With the sanitizer's code in between, GCC no longer sees what is set where.
  target_compile_options(project_rules INTERFACE -Wno-maybe-uninitialized)
endif()

# project_library(kcl SOURCES a.cc b.cc LINKS limits PRIVATE_LINKS simdjson): one static library per folder.
function(project_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC project_rules ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
endfunction()

# project_executable(limits-processor SOURCES main.cc LINKS processor)
function(project_executable name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE project_rules ${ARG_LINKS})
endfunction()
