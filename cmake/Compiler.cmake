# The language, the warnings and the instrumentations, the same for every target.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Release or Debug" FORCE)
endif()

option(WATTUNE_WERROR "Treat warnings as errors" OFF)
option(WATTUNE_COVERAGE "Instrument for gcov" OFF)
option(WATTUNE_VALGRIND "Run the unit tests under valgrind too" OFF)
option(WATTUNE_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
set(WATTUNE_SANITIZE "" CACHE STRING "Sanitizers, such as address,undefined")

add_compile_definitions(_GNU_SOURCE)
add_compile_options(
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wdouble-promotion
    -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wvla -Wformat=2 -Wundef)
if(CMAKE_C_COMPILER_ID MATCHES Clang)
    # Unlike GCC it warns of functions that hand on the arguments of another, and of NAN and INFINITY, which are floats.
    add_compile_options(-Wno-format-nonliteral -Wno-double-promotion)
endif()
if(WATTUNE_WERROR)
    add_compile_options(-Werror)
endif()
if(WATTUNE_SANITIZE)
    add_compile_options(-fsanitize=${WATTUNE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${WATTUNE_SANITIZE})
endif()
if(WATTUNE_COVERAGE)
    add_compile_options(--coverage)
    add_link_options(--coverage)
endif()
if(WATTUNE_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
